#include "hfile/companion.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/hash.h"
#include "codec/warpscript.h"
#include "util/alloc.h"

enum { STEP = 1 << 20 };	/* bytes read at once for the sum */

static const char *const label[COMPANION_LISTS] = {
	".owner", ".producer", ".app"
};

const char *const companion_list[COMPANION_LISTS] = {
	"owners", "producers", "applications"
};

static void put_text(struct buf *out, const char *p, size_t n)
{
	warp_put_string(out, p, n, false);
}

static void put_key(struct buf *out, const char *key)
{
	buf_addf(out, "'%s' PUT ", key);
}

static void put_long(struct buf *out, const char *key, int64_t v)
{
	buf_addf(out, "%lld ", (long long)v);
	put_key(out, key);
}

static void put_string(struct buf *out, const char *key, const char *v)
{
	put_text(out, v, strlen(v));
	put_key(out, key);
}

static void put_identity(struct buf *out, const char *key,
			 const struct series *s)
{
	struct buf text = { 0 };

	series_print_identity(&text, s);
	put_text(out, (char *)text.data, text.len);
	put_key(out, key);
	buf_release(&text);
}

void companion_release(struct companion_gathered *g)
{
	for (int k = 0; k < COMPANION_LISTS; k++)
		texts_release(&g->values[k]);
	series_release(&g->first);
	series_release(&g->last);
}

static void gather(struct companion_gathered *g, const struct series *s,
		   struct series_names *v)
{
	series_names_parse(v, s);
	for (int k = 0; k < COMPANION_LISTS; k++) {
		const struct series_text *t = series_find(v->labels,
							  v->nlabels,
							  label[k]);

		if (t)
			texts_add(&g->values[k], t->p, t->n);
	}
	if (g->n++ == 0)
		series_copy(&g->first, s);
	series_copy(&g->last, s);
}

int companion_gather(struct companion_gathered *g, struct reader *r,
		     struct err *err)
{
	struct reader_names *n = reader_names_open(r);
	struct series_names v = { 0 };
	const struct series *s;
	int more;

	while ((more = reader_names_next(n, &s, err)) > 0)
		gather(g, s, &v);
	reader_names_free(n);
	series_names_release(&v);
	return more;
}

static void put_list(struct buf *out, const struct texts *t, const char *key)
{
	struct series_text *v = texts_sorted(t);

	buf_add_string(out, "[] ");
	for (size_t i = 0; i < t->n; i++) {
		put_text(out, v[i].p, v[i].n);
		buf_add_string(out, "+! ");
	}
	put_key(out, key);
	free(v);
}

static void put_given(struct buf *out, const struct index_root *root)
{
	buf_add_string(out, "[] ");
	for (size_t i = 0; i < root->ntag; i++) {
		put_text(out, root->tag[i].p, root->tag[i].n);
		buf_add_string(out, "+! ");
	}
	put_key(out, "tags");
	buf_add_string(out, "{} ");
	for (size_t i = 0; i < root->nattribute; i++) {
		put_text(out, root->attribute[i].value.p,
			 root->attribute[i].value.n);
		put_text(out, root->attribute[i].name.p,
			 root->attribute[i].name.n);
		buf_add_string(out, "PUT ");
	}
	put_key(out, "attributes");
}

int companion_info(struct buf *out, struct reader *r, const char *name,
		   const char *sha256, struct err *err)
{
	const struct index_root *root = reader_root(r);
	const struct format_tail *tail = reader_tail(r);
	struct companion_gathered g = { 0 };
	char digest[56];
	int bad = companion_gather(&g, r, err);

	snprintf(digest, sizeof(digest), "%016llx%016llx:%llu",
		 (unsigned long long)root->digest.high,
		 (unsigned long long)root->digest.low,
		 (unsigned long long)root->points);
	buf_add_string(out, "[] ");
	put_text(out, name, strlen(name));
	buf_add_string(out, "+! {} ");
	put_long(out, "gts", (int64_t)root->series);
	put_long(out, "values", (int64_t)root->points);
	if (root->points) {
		put_long(out, "mints", root->first);
		put_long(out, "maxts", root->last);
	}
	for (int k = 0; k < COMPANION_LISTS; k++)
		put_list(out, &g.values[k], companion_list[k]);
	if (root->series) {
		put_identity(out, "firstgts", &g.first);
		put_identity(out, "lastgts", &g.last);
	}
	put_long(out, "size", (int64_t)tail->file);
	put_string(out, "timeunit", tail->units == 1000 ? "ms" :
		   tail->units == 1000000 ? "us" : "ns");
	put_string(out, "format", FORMAT_NAME);
	if (sha256)
		put_string(out, "sha256", sha256);
	put_string(out, "digest", digest);
	put_given(out, root);
	buf_add_string(out, "+! \n");
	companion_release(&g);
	return bad;
}

void companion_line(struct buf *out, const struct series *s)
{
	warp_put_find(out, s, false);
}

int companion_series(struct io_writer *to, struct reader *r,
		     companion_wanted *wanted, void *arg, struct err *err)
{
	struct reader_names *n = reader_names_open(r);
	struct buf line = { 0 };
	const struct series *s;
	int more;

	while ((more = reader_names_next(n, &s, err)) > 0) {
		int yes = wanted ? wanted(arg, s, err) : 1;

		buf_reset(&line);
		if (yes > 0)
			companion_line(&line, s);
		if (yes < 0 || (line.len && io_write(to, line.data, line.len,
						     err))) {
			more = -1;
			break;
		}
	}
	buf_release(&line);
	reader_names_free(n);
	return more;
}

int companion_sha256(struct io_blob *b, char hex[65], struct err *err)
{
	struct hash_sha256 *h = hash_sha256_new();
	uint8_t *p = alloc_bytes(STEP);
	int bad = 0;

	for (uint64_t at = 0; !bad && at < b->size; at += STEP) {
		size_t n = b->size - at < STEP ? (size_t)(b->size - at) :
			STEP;

		bad = io_pread(b, p, n, at, err);
		if (!bad)
			hash_sha256_add(h, p, n);
	}
	if (!bad)
		hash_sha256_hex(h, hex);
	free(p);
	hash_sha256_free(h);
	return bad;
}
