#include "store/layer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codec/lz4.h"
#include "codec/squeeze.h"
#include "store/feed.h"
#include "store/libarchive.h"
#include "store/zip.h"
#include "util/alloc.h"

enum {
	TAR_BLOCK = 512,
	/* in its header */
	TAR_SUM = 148, TAR_SUM_SIZE = 8, TAR_MAGIC = 257,
};

struct layer {
	struct io_reader base;
	struct feed *feed;
	enum layer_kind kind;
	struct archive *lib;	/* of all but gzip */
	uint64_t begun;		/* offset of its first byte */
	uint64_t members;	/* so far, of a zip */
	bool over;
	struct squeeze_unpacker *gzip;
	struct lz4 lz4;		/* all bytes that lib was given */
	struct err *err;	/* of the call at hand, for the callback */
};

/*
 * Older headers of tar archives have no magic, but a sum.  An archive of
 * zeros, without a member, is not told from a file whose data were lost.
 */
static bool is_tar(const uint8_t *p, size_t n)
{
	unsigned long sum = TAR_SUM_SIZE * ' ';
	char text[TAR_SUM_SIZE + 1] = "";

	if (n >= TAR_MAGIC + 5 && memcmp(p + TAR_MAGIC, "ustar", 5) == 0)
		return true;
	if (n < TAR_BLOCK || p[TAR_BLOCK - 1])
		return false;
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i - TAR_SUM < TAR_SUM_SIZE ? 0 : p[i];
	memcpy(text, p + TAR_SUM, TAR_SUM_SIZE);
	return strtoul(text, NULL, 8) == sum;
}

static enum layer_kind kind_of(const uint8_t *p, size_t n)
{
	static const struct {
		const char *magic;
		size_t n;
		enum layer_kind kind;
	} known[] = {
		{ "\x1f\x8b", 2, LAYER_GZIP }, { "BZh", 3, LAYER_BZIP2 },
		{ "\xfd" "7zXZ\0", 6, LAYER_XZ },
		{ "\x28\xb5\x2f\xfd", 4, LAYER_ZSTD },
		{ "\x04\x22\x4d\x18", 4, LAYER_LZ4 },
		{ "PK\3\4", 4, LAYER_ZIP }, { "PK\5\6", 4, LAYER_ZIP },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (n >= known[i].n &&
		    memcmp(p, known[i].magic, known[i].n) == 0)
			return known[i].kind;
	return is_tar(p, n) ? LAYER_TAR : LAYER_NONE;
}

enum layer_kind layer_kind(const struct layer *l)
{
	return l->kind;
}

static la_ssize_t lib_read(struct archive *lib, void *data, const void **to)
{
	struct layer *l = data;
	const uint8_t *p = NULL;
	ptrdiff_t k = feed_block(l->feed, &p, l->err);

	if (k < 0)
		libarchive.set_error(lib, ARCHIVE_FATAL, "read error");
	if (k > 0 && l->kind == LAYER_LZ4)
		lz4_walk(&l->lz4, p, (size_t)k);
	*to = p;
	return k;
}

static int lib_fault(struct layer *l, struct err *err)
{
	const char *text = libarchive.error_string(l->lib);

	return err_set(err, ERR_DATA, "%s: %s", l->base.name,
		       text ? text : "damaged");
}

static int next_header(struct layer *l, struct archive_entry **e,
		       struct err *err)
{
	int r;

	l->err = err;
	r = libarchive.read_next_header(l->lib, e);
	return r == ARCHIVE_EOF ? 0 : r == ARCHIVE_OK || r == ARCHIVE_WARN ?
		1 : lib_fault(l, err);
}

static int open_library(struct layer *l, struct err *err)
{
	struct archive *lib = libarchive.read_new();

	if (!lib)
		alloc_bytes(SIZE_MAX);
	l->lib = lib;
	l->err = err;
	l->begun = feed_at(l->feed);
	if (l->kind == LAYER_BZIP2)
		libarchive.read_support_filter_bzip2(lib);
	else if (l->kind == LAYER_XZ)
		libarchive.read_support_filter_xz(lib);
	else if (l->kind == LAYER_ZSTD)
		libarchive.read_support_filter_zstd(lib);
	else if (l->kind == LAYER_LZ4)
		libarchive.read_support_filter_lz4(lib);
	if (l->kind == LAYER_TAR)
		libarchive.read_support_format_tar(lib);
	else if (l->kind == LAYER_ZIP)
		libarchive.read_support_format_zip_streamable(lib);
	else
		libarchive.read_support_format_raw(lib);
	libarchive.read_support_format_empty(lib);
	/* one tar behind the other: else what is behind the first is lost */
	libarchive.read_set_format_option(lib, "tar",
					  "read_concatenated_archives", "1");
	return libarchive.read_open(lib, l, NULL, lib_read, NULL) ==
		ARCHIVE_OK ? 0 : lib_fault(l, err);
}

static bool is_container(const struct layer *l)
{
	return l->kind == LAYER_TAR || l->kind == LAYER_ZIP;
}

/*
 * The library ends compressed data where what follows is of no form that it
 * knows, and says nothing of it: a part that is damaged or cut at its
 * beginning.  Zeros that fill up a block of a tape are none.
 */
static int end_content(struct layer *l, struct err *err)
{
	uint64_t used;
	int over;

	l->over = true;
	if (l->kind == LAYER_GZIP)
		used = squeeze_unpacker_taken(l->gzip);
	else if (l->kind == LAYER_LZ4)
		used = l->lz4.end;
	else
		used = (uint64_t)libarchive.filter_bytes(l->lib, -1);
	over = feed_is_over(l->feed, used, err);
	if (over < 0)
		return -1;
	if (l->kind == LAYER_LZ4 && !lz4_is_whole(&l->lz4))
		return err_set(err, ERR_DATA, "%s: lz4 is cut short",
			       l->base.name);
	return over ? 0 : err_set(err, ERR_DATA, "%s@%llu: what follows the "
				  "compressed data is none", l->base.name,
				  (unsigned long long)used);
}

/* Of a compression: opens what is within. */
static int open_content(struct layer *l, struct err *err)
{
	struct archive_entry *e;
	int r = next_header(l, &e, err);

	return r == 0 ? end_content(l, err) : r < 0 ? -1 : 0;
}

static ptrdiff_t read_within(struct layer *l, void *p, size_t n,
			     struct err *err)
{
	ptrdiff_t k;

	if (l->kind == LAYER_GZIP) {
		k = squeeze_unpacker_read(l->gzip, p, n, err);
		if (k < 0)
			err_at(err, "%s", l->base.name);
		return k;
	}
	l->err = err;
	k = libarchive.read_data(l->lib, p, n);
	return k < 0 ? lib_fault(l, err) : k;
}

static ptrdiff_t layer_read(struct io_reader *base, void *p, size_t n,
			    struct err *err)
{
	struct layer *l = (struct layer *)base;
	ptrdiff_t k;

	if (l->kind == LAYER_NONE)
		return io_read(feed_reader(l->feed), p, n, err);
	if (l->over || n == 0)
		return 0;
	k = read_within(l, p, n, err);
	return k == 0 && !is_container(l) ? end_content(l, err) : k;
}

struct io_reader *layer_reader(struct layer *l)
{
	return &l->base;
}

static void layer_release(struct io_reader *base)
{
	struct layer *l = (struct layer *)base;

	if (l->lib)
		libarchive.read_free(l->lib);
	squeeze_unpacker_free(l->gzip);
	feed_free(l->feed);
	free(l);
}

void layer_free(struct layer *l)
{
	if (l)
		layer_release(&l->base);
}

static int open_kind(struct layer *l, struct err *err)
{
	if (l->kind == LAYER_NONE)
		return 0;
	if (l->kind == LAYER_GZIP) {
		l->gzip = squeeze_unpacker_of(feed_reader(l->feed));
		return 0;
	}
	if (libarchive_load(err))
		return err_at(err, "%s", l->base.name);
	if (open_library(l, err))
		return -1;
	return is_container(l) ? 0 : open_content(l, err);
}

struct layer *layer_open(struct io_reader *from, struct err *err)
{
	static const struct io_reader_ops ops = { layer_read, layer_release };
	struct layer *l = alloc_zero(1, sizeof(*l));
	const uint8_t *p;
	ptrdiff_t n;

	l->base.ops = &ops;
	l->base.name = from->name;
	l->feed = feed_open(from);
	n = feed_look(l->feed, FEED_HEAD, &p, err);
	if (n >= 0) {
		l->kind = kind_of(p, (size_t)n);
		if (open_kind(l, err) == 0)
			return l;
	}
	layer_free(l);
	return NULL;
}

/*
 * The end of an archive: 1 where another one is behind it, or 0.  The library
 * does not say that a tar ends without blocks of zeros, cut between two
 * members.
 */
static int end_archive(struct layer *l, struct err *err)
{
	uint64_t used = l->begun +
		(uint64_t)libarchive.filter_bytes(l->lib, -1);
	int r;

	if (l->kind == LAYER_ZIP) {
		feed_back(l->feed, used);
		r = zip_take_directory(l->feed, l->members, err);
		l->members = 0;
		libarchive.read_free(l->lib);
		l->lib = NULL;
		return r > 0 && open_library(l, err) ? -1 : r;
	}
	r = feed_is_over(l->feed, used, err);
	if (r < 0)
		return -1;
	if (feed_zeros(l->feed) < TAR_BLOCK)
		return err_set(err, ERR_DATA, "%s: the tar archive has no end: "
			       "it is cut short", l->base.name);
	return 0;
}

/* What is no file has no bytes that would be passed over. */
static int check_other(struct layer *l, struct archive_entry *e,
		       struct err *err)
{
	char byte;
	ptrdiff_t k = read_within(l, &byte, 1, err);

	return k <= 0 ? (int)k : err_set(err, ERR_DATA, "%s:%s: is no file, "
					 "but has bytes", l->base.name,
					 libarchive.entry_pathname(e));
}

int layer_next(struct layer *l, const char **name, struct err *err)
{
	struct archive_entry *e;

	while (!l->over) {
		int r = next_header(l, &e, err);

		if (r == 0) {
			r = end_archive(l, err);
			l->over = r == 0;
		} else if (r > 0) {
			l->members++;
			*name = libarchive.entry_pathname(e);
			if (libarchive.entry_filetype(e) == AE_IFREG)
				return 1;
			r = check_other(l, e, err);
		}
		if (r < 0)
			return -1;
	}
	return 0;
}
