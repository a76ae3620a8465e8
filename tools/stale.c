#include "stale.h"

#include <stdlib.h>
#include <string.h>

#include "codec/warpscript.h"
#include "companions-keep.h"
#include "companions.h"
#include "codec/digest.h"
#include "hfadmin.h"
#include "hfile/companion.h"
#include "series-file.h"
#include "store/store.h"

static bool is_long(const struct warp_value *map, const char *key,
		    uint64_t want)
{
	const struct warp_value *v = warp_find(map, key);

	return !v || (v->kind == WARP_LONG && (uint64_t)v->number == want);
}

static bool is_text(const struct warp_value *map, const char *key,
		    const char *want)
{
	const struct warp_value *v = warp_find(map, key);

	return !v || (v->kind == WARP_STRING && v->text.len == strlen(want) &&
		      memcmp(v->text.data, want, v->text.len) == 0);
}

/* The first thing of an .info that is not so, or NULL. */
static const char *differs(const struct warp_value *map, struct reader *r,
			   const char *sha256)
{
	const struct index_root *root = reader_root(r);
	char digest[DIGEST_TEXT];

	digest_print(root->digest, root->points, digest);
	return map->kind != WARP_MAP ? "its form" :
		!is_long(map, "gts", root->series) ? "gts" :
		!is_long(map, "values", root->points) ? "values" :
		root->points && !is_long(map, "mints", (uint64_t)root->first) ?
		"mints" :
		root->points && !is_long(map, "maxts", (uint64_t)root->last) ?
		"maxts" :
		!is_long(map, "size", reader_tail(r)->file) ? "size" :
		!is_text(map, "digest", digest) ? "digest" :
		sha256 && !is_text(map, "sha256", sha256) ? "sha256" : NULL;
}

/* NULL when the .info at path is right, else what is not. */
static const char *check_info(const char *path, struct reader *r,
			      const char *sha256)
{
	struct warp_value stack = { 0 };
	struct buf text = { 0 };
	struct err none = { 0 };
	const char *what = "its form";
	size_t line;

	if (companions_read(path, &text, &none) == 0 &&
	    warp_read(&stack, (char *)text.data, text.len, &line, &none) ==
	    0 && stack.n == 1 && stack.item[0].kind == WARP_LIST &&
	    stack.item[0].n == 2)
		what = differs(&stack.item[0].item[1], r, sha256);
	warp_release(&stack);
	buf_release(&text);
	return what;
}

static const char *check_series(const char *path, struct reader *r)
{
	struct table t = { 0 };
	struct err none = { 0 };
	const char *what = series_file_read(&t, path, &none) ? "its form" :
		t.n != reader_root(r)->series ? "the number of series" : NULL;

	table_release(&t);
	return what;
}

static bool is_there(const char *name)
{
	struct err none = { 0 };

	return store_is_blob(name) && store_exists(name, &none) == 1;
}

int stale_check(const char *path, bool sum,
		void (*report)(void *to, const char *what), void *to,
		struct err *err)
{
	struct io_blob *b = sum ? store_blob(path, err) : NULL;
	struct reader *r = hfadmin_open(path, err);
	char hex[65];
	int bad = !r || (sum && (!b || companion_sha256(b, hex, err)));

	for (int k = 0; !bad && k < 2 * COMPANIONS; k++) {
		struct companions_options opt = { .gzip = k >= COMPANIONS };
		char *name = companions_name(path, &opt, k % COMPANIONS);
		struct buf text = { 0 };
		const char *what = !is_there(name) ? NULL :
			k % COMPANIONS == COMPANION_INFO ?
			check_info(name, r, sum ? hex : NULL) :
			check_series(name, r);

		buf_addf(&text, "%s: stale companion (%s): run hfadmin index "
			 "--force", name, what ? what : "");
		if (what)
			report(to, buf_text(&text));
		buf_release(&text);
		free(name);
	}
	io_blob_free(b);
	reader_free(r);
	return bad;
}
