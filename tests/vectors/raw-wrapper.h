/*
 * raw-wrapper - the lines of a fetch with format wrapper (raw.md 3): ids,
 * keyed hash, wrapper.
 */
#ifndef TESTS_VECTORS_RAW_WRAPPER_H
#define TESTS_VECTORS_RAW_WRAPPER_H

#include "codec/blobs.h"
#include "codec/hash.h"
#include "codec/opb64.h"
#include "flow/blob.h"
#include "vectors/vec.h"

/* The 16 bytes behind "name=" in the options; false when it is not there. */
static inline bool raw_wrapper_key(uint8_t key[16], const char *opts,
				   const char *name)
{
	const char *p = strstr(opts, name);
	char hex[33];

	if (!p)
		return false;
	memcpy(hex, p + strlen(name), 32);
	hex[32] = '\0';
	vec_hex(hex);
	memcpy(key, hex, 16);
	return true;
}

static inline int raw_wrapper_append(void *to, const void *p, size_t n,
				     struct err *err)
{
	(void)err;
	buf_add(to, p, n);
	return 0;
}

static inline void raw_wrapper_ids(struct series *s, const char *opts)
{
	struct series_names n = { 0 };
	uint8_t ck[16], lk[16];

	if (!raw_wrapper_key(ck, opts, "ck=") ||
	    !raw_wrapper_key(lk, opts, "lk="))
		return;
	series_names_parse(&n, s);
	s->has_ids = true;
	s->class_id = (int64_t)hash_class_id(ck, n.class);
	s->labels_id = (int64_t)hash_labels_id(lk, n.labels, n.nlabels);
	series_names_release(&n);
}

/* The line of the points of one encoder. */
static inline void raw_wrapper_line(struct buf *out, const struct batch *b,
				    const char *opts)
{
	struct blob_options o = { .ratio = 100, .memory = 1 << 20,
				  .tmpdir = "/tmp" };
	struct blob *blob = blob_new(&o);
	struct series s = { 0 };
	struct buf bytes = { 0 };
	struct err err = { 0 };
	uint8_t psk[16];

	series_copy(&s, b->series);
	raw_wrapper_ids(&s, opts);
	blob_begin(blob, &s, 0, &err);
	blob_add(blob, b, 0, b->n, &err);
	blob_end(blob, &err);
	blob_give(blob, raw_wrapper_append, &bytes, &err);
	buf_addf(out, "%016llx%016llx ", (unsigned long long)s.class_id,
		 (unsigned long long)s.labels_id);
	if (raw_wrapper_key(psk, opts, "psk="))
		buf_addf(out, "%016llx ", (unsigned long long)hash_sip(psk,
			 bytes.data, bytes.len));
	else
		buf_add_string(out, "- ");
	opb64_encode(out, bytes.data, bytes.len);
	buf_add_string(out, "\r\n");
	blob_free(blob);
	buf_release(&bytes);
	series_release(&s);
}

/* Points that lines have, -1 where one is bad. */
static inline long raw_wrapper_read(const struct buf *lines)
{
	struct form_options opt = { 0 };
	struct form_decoder *d = wrapper_decoder_new(&opt);
	struct batch b = { 0 };
	struct err err = { 0 };
	enum form_answer a = FORM_DATA;
	size_t at = 0, used;
	long n = 0;

	while (a == FORM_DATA || a == FORM_FLUSH) {
		a = d->ops->take(d, (char *)lines->data + at, lines->len - at,
				 true, &b, &used, &err);
		n += (long)b.n;
		batch_reset(&b);
		at += used;
	}
	form_decoder_free(d);
	batch_release(&b);
	return a == FORM_BLANK ? n : -1;
}

static inline void raw_wrapper_check(struct vec *v)
{
	struct form_options opt = { .now = INT64_C(1000000000000000) };
	struct form_decoder *d = text_decoder_new(&opt);
	struct batch b = { 0 };
	struct buf out = { 0 };
	struct err err = { 0 };
	size_t n = vec_bytes(v->column[2]), want = vec_bytes(v->column[3]);
	char *p = v->column[2], *end = p + n;
	long points = 0;

	while (p < end) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((lf ? lf : end) - p), column;
		enum form_answer a = d->ops->line(d, p, k, &b, &column, &err);

		if (a == FORM_FLUSH) {
			raw_wrapper_line(&out, &b, v->column[1]);
			points += (long)b.n;
			batch_reset(&b);
			continue;
		}
		p += k + 1;
	}
	if (b.n)
		raw_wrapper_line(&out, &b, v->column[1]);
	points += (long)b.n;
	if (!vec_is(v, "lines", out.data, out.len, v->column[3], want))
		;
	else if (raw_wrapper_read(&out) != points)
		vec_fail(v, "the lines are read otherwise");
	else
		vec_pass(v);
	form_decoder_free(d);
	batch_release(&b);
	buf_release(&out);
}

#endif
