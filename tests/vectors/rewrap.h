/*
 * rewrap - a wrapper read and wrapped again, as UNWRAP (typed) or
 * UNWRAPENCODER and then WRAP or WRAPFAST do.
 */
#ifndef TESTS_VECTORS_REWRAP_H
#define TESTS_VECTORS_REWRAP_H

#include "codec/unwrap.h"
#include "flow/blob.h"

static inline int rewrap_append(void *to, const void *p, size_t n,
				struct err *err)
{
	(void)err;
	buf_add(to, p, n);
	return 0;
}

/* An encoder reports what the wrapper said, not what is in it. */
static inline void rewrap_count(struct buf *out, uint64_t is, uint64_t want)
{
	const struct wrap_options plain = { 0 };
	struct buf tail = { 0 };

	wrap_put_tail(&tail, is, 0, &plain);
	out->len -= tail.len;
	wrap_put_tail(out, want, 0, &plain);
	buf_release(&tail);
}

/* bytes becomes the new wrapper; false where the old one is damaged. */
static inline bool rewrap(struct buf *bytes, bool typed,
			  enum blob_compress compress)
{
	struct blob_options o = {
		.wrap = { .typed = typed }, .compress = compress,
		.ratio = 100, .memory = 1 << 20, .tmpdir = "/tmp",
	};
	struct blob *blob = blob_new(&o);
	struct unwrap u = { .typed = typed };
	struct wrapper w = { 0 };
	struct batch b = { 0 };
	struct form_counts counts = { 0 };
	struct err err = { 0 };
	struct buf out = { 0 };
	enum form_answer a = FORM_FLUSH;
	size_t used;
	bool cut, good = wrap_read(&w, bytes->data, bytes->len, &used, &cut,
				   &err) == 0 &&
		unwrap_open(&u, &w, &err) == 0;

	good = good && blob_begin(blob, &w.series, typed ? 0 : w.base,
				  &err) == 0;
	/* deletion markers are points of an encoder */
	while (good && !typed) {
		batch_reset(&b);
		good = wrap_points_read(&u.points, &b, &err) >= 0 &&
			blob_add(blob, &b, 0, b.n, &err) == 0;
		if (b.n == 0)
			break;
	}
	while (good && typed && a == FORM_FLUSH) {
		batch_reset(&b);
		a = unwrap_next(&u, &b, &counts, &err);
		good = a != FORM_BAD && blob_add(blob, &b, 0, b.n, &err) == 0;
	}
	good = good && blob_end(blob, &err) == 0 &&
		blob_give(blob, rewrap_append, &out, &err) == 0;
	if (good && !typed && compress == BLOB_NEVER)
		rewrap_count(&out, blob_count(blob), (uint64_t)w.count);
	buf_release(bytes);
	*bytes = out;
	blob_free(blob);
	unwrap_release(&u);
	wrapper_release(&w);
	batch_release(&b);
	return good;
}

#endif
