#include "store/archive.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/libarchive.h"
#include "util/alloc.h"
#include "util/buf.h"

enum {
	TAR_BLOCK = 512,
	HEAD = TAR_BLOCK,	/* bytes looked at: a tar header */
	BUFFER = 64 << 10,
};

struct member {
	struct io_reader base;
	struct archive_input *from;
};

struct archive_input {
	struct io_reader *from;
	uint8_t head[HEAD];	/* read to look at, given again */
	size_t nhead, at;
	uint64_t taken;		/* bytes so far */
	uint64_t zeros;		/* and how many of the last ones are 0 */
	uint8_t buffer[BUFFER];
	struct archive *lib;	/* NULL: plain */
	struct err *err;	/* of the call at hand, for the callback */
	struct member member;
	char *name;		/* of a member of a container */
	bool given;		/* the one member of a plain input */
};

/* Bytes of the input, those looked at first. */
static ptrdiff_t take(struct archive_input *a, void *p, size_t n,
		      struct err *err)
{
	size_t left = a->nhead - a->at;

	if (left == 0)
		return io_read(a->from, p, n, err);
	n = n < left ? n : left;
	memcpy(p, a->head + a->at, n);
	a->at += n;
	return (ptrdiff_t)n;
}

/* The next bytes into the buffer, counted. */
static ptrdiff_t fill(struct archive_input *a, struct err *err)
{
	ptrdiff_t k = take(a, a->buffer, sizeof(a->buffer), err), zeros = 0;

	if (k <= 0)
		return k;
	while (zeros < k && a->buffer[k - 1 - zeros] == 0)
		zeros++;
	a->taken += (uint64_t)k;
	a->zeros = (uint64_t)zeros + (zeros == k ? a->zeros : 0);
	return k;
}

static la_ssize_t lib_read(struct archive *lib, void *data, const void **p)
{
	struct archive_input *a = data;
	ptrdiff_t k = fill(a, a->err);

	if (k < 0)
		libarchive.set_error(lib, ARCHIVE_FATAL, "read error");
	*p = a->buffer;
	return k;
}

static int lib_fault(struct archive_input *a, struct err *err)
{
	return err_set(err, ERR_DATA, "%s: %s", a->from->name,
		       libarchive.error_string(a->lib) ?
		       libarchive.error_string(a->lib) : "damaged");
}

static ptrdiff_t member_read(struct io_reader *base, void *p, size_t n,
			     struct err *err)
{
	struct archive_input *a = ((struct member *)base)->from;
	la_ssize_t k;

	if (!a->lib)
		return take(a, p, n, err);
	a->err = err;
	k = libarchive.read_data(a->lib, p, n);
	return k < 0 ? lib_fault(a, err) : k;
}

static void member_free(struct io_reader *r)
{
	(void)r;	/* part of the input */
}

/* Is this something libarchive should open? */
static bool wrapped(const uint8_t *p, size_t n)
{
	static const struct {
		const char *magic;
		size_t at, n;
	} known[] = {
		{ "\x1f\x8b", 0, 2 }, { "BZh", 0, 3 },
		{ "\xfd" "7zXZ\0", 0, 6 }, { "\x28\xb5\x2f\xfd", 0, 4 },
		{ "\x04\x22\x4d\x18", 0, 4 }, { "PK\3\4", 0, 4 },
		{ "PK\5\6", 0, 4 }, { "ustar", 257, 5 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (n >= known[i].at + known[i].n &&
		    memcmp(p + known[i].at, known[i].magic, known[i].n) == 0)
			return true;
	return false;
}

static int open_library(struct archive_input *a, struct err *err)
{
	struct archive *lib;

	if (libarchive_load(err))
		return err_at(err, "%s", a->from->name);
	lib = libarchive.read_new();
	if (!lib)
		alloc_bytes(SIZE_MAX);
	a->lib = lib;
	a->err = err;
	libarchive.read_support_filter_gzip(lib);
	libarchive.read_support_filter_bzip2(lib);
	libarchive.read_support_filter_xz(lib);
	libarchive.read_support_filter_zstd(lib);
	libarchive.read_support_filter_lz4(lib);
	libarchive.read_support_format_tar(lib);
	libarchive.read_support_format_zip_streamable(lib);
	libarchive.read_support_format_raw(lib);
	libarchive.read_support_format_empty(lib);
	/* one tar behind the other: else what is behind the first is lost */
	libarchive.read_set_format_option(lib, "tar",
					  "read_concatenated_archives", "1");
	if (libarchive.read_open(lib, a, NULL, lib_read, NULL) != ARCHIVE_OK)
		return lib_fault(a, err);
	return 0;
}

struct archive_input *archive_input_open(struct io_reader *from,
					 struct err *err)
{
	static const struct io_reader_ops ops = { member_read, member_free };
	struct archive_input *a = alloc_zero(1, sizeof(*a));
	ptrdiff_t n;

	a->from = from;
	a->member.base.ops = &ops;
	a->member.from = a;
	n = io_read_full(from, a->head, sizeof(a->head), err);
	a->nhead = n > 0 ? (size_t)n : 0;
	if (n < 0 || (wrapped(a->head, a->nhead) && open_library(a, err))) {
		archive_input_free(a);
		return NULL;
	}
	return a;
}

void archive_input_free(struct archive_input *a)
{
	if (!a)
		return;
	if (a->lib)
		libarchive.read_free(a->lib);
	io_reader_free(a->from);
	free(a->name);
	free(a);
}

/* INPUT:MEMBER, or INPUT for what is merely compressed. */
static void name_member(struct archive_input *a, struct archive_entry *e)
{
	struct buf name = { 0 };

	free(a->name);
	buf_add_string(&name, a->from->name);
	if (libarchive.format(a->lib) != ARCHIVE_FORMAT_RAW &&
	    libarchive.entry_pathname(e))
		buf_addf(&name, ":%s", libarchive.entry_pathname(e));
	a->name = alloc_string(buf_text(&name));
	a->member.base.name = a->name;
	buf_release(&name);
}

/*
 * The library ends compressed data where what follows is of no form that it
 * knows, and says nothing of it: a part that is damaged or cut at its
 * beginning.  Zeros that fill up a block of a tape are none.  Nor does it say
 * that a tar ends without blocks of zeros, that is cut between two members;
 * of a compressed one the compression tells.
 */
static int check_rest(struct archive_input *a, struct err *err)
{
	int format = libarchive.format(a->lib);
	uint64_t used = (uint64_t)libarchive.filter_bytes(a->lib, -1);
	ptrdiff_t k = 1;

	if ((format & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR &&
	    libarchive.filter_count(a->lib) == 1 && a->taken == used &&
	    a->zeros < TAR_BLOCK)
		return err_set(err, ERR_DATA, "%s: the tar archive has no end: "
			       "it is cut short", a->from->name);
	if (format != ARCHIVE_FORMAT_RAW && format != ARCHIVE_FORMAT_EMPTY)
		return 0;
	while (k > 0 && a->taken - used <= a->zeros)
		k = fill(a, err);
	if (k < 0)
		return -1;
	return a->taken - used <= a->zeros ? 0 :
		err_set(err, ERR_DATA, "%s@%llu: what follows the compressed "
			"data is none", a->from->name,
			(unsigned long long)used);
}

int archive_input_next(struct archive_input *a, struct io_reader **member,
		 struct err *err)
{
	struct archive_entry *e;
	int r;

	*member = &a->member.base;
	if (!a->lib) {
		a->member.base.name = a->from->name;
		r = !a->given;
		a->given = true;
		return r;
	}
	a->err = err;
	do {
		r = libarchive.read_next_header(a->lib, &e);
		if (r == ARCHIVE_EOF)
			return check_rest(a, err);
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return lib_fault(a, err);
	} while (libarchive.format(a->lib) != ARCHIVE_FORMAT_RAW &&
		 libarchive.entry_filetype(e) != AE_IFREG);
	name_member(a, e);
	return 1;
}

struct packer {
	struct io_writer base;
	struct io_writer *to;
	struct archive *lib;
	struct err *err;
	bool closed;
};

static la_ssize_t packer_sink(struct archive *lib, void *data, const void *p,
			      size_t n)
{
	struct packer *w = data;

	/* without err it is only closed after a failure */
	if (w->err && io_write(w->to, p, n, w->err)) {
		libarchive.set_error(lib, ARCHIVE_FATAL, "write error");
		return -1;
	}
	return (la_ssize_t)n;
}

static int packer_fault(struct packer *w, struct err *err)
{
	return err_set(err, ERR_IO, "%s: %s", w->to->name,
		       libarchive.error_string(w->lib));
}

static int packer_write(struct io_writer *base, const void *p, size_t n,
			struct err *err)
{
	struct packer *w = (struct packer *)base;

	w->err = err;
	return libarchive.write_data(w->lib, p, n) < 0 ?
		packer_fault(w, err) : 0;
}

static int packer_commit(struct io_writer *base, struct err *err)
{
	struct packer *w = (struct packer *)base;

	w->err = err;
	w->closed = true;
	if (libarchive.write_close(w->lib) != ARCHIVE_OK)
		return packer_fault(w, err);
	return io_commit(w->to, err);
}

static void packer_free(struct io_writer *base)
{
	struct packer *w = (struct packer *)base;

	w->err = NULL;
	libarchive.write_free(w->lib);
	io_writer_free(w->to);
	free(w);
}

static int add_filter(struct archive *lib, const char *suffix)
{
	if (strcmp(suffix, "gz") == 0) {
		int r = libarchive.write_add_filter_gzip(lib);

		return r ? r : libarchive.write_set_filter_option(
			lib, "gzip", "timestamp", NULL);
	}
	if (strcmp(suffix, "zst") == 0)
		return libarchive.write_add_filter_zstd(lib);
	if (strcmp(suffix, "xz") == 0)
		return libarchive.write_add_filter_xz(lib);
	if (strcmp(suffix, "bz2") == 0)
		return libarchive.write_add_filter_bzip2(lib);
	return libarchive.write_add_filter_lz4(lib);
}

/* Takes to, also when it fails. */
static struct packer *packer_new(struct io_writer *to, struct err *err)
{
	static const struct io_writer_ops ops = {
		packer_write, packer_commit, packer_free
	};
	struct packer *w;

	if (libarchive_load(err)) {
		err_at(err, "%s", to->name);
		io_writer_free(to);
		return NULL;
	}
	w = alloc_zero(1, sizeof(*w));
	w->base.ops = &ops;
	w->base.name = to->name;
	w->to = to;
	w->err = err;
	w->lib = libarchive.write_new();
	return w;
}

struct io_writer *archive_writer(struct io_writer *to, const char *suffix,
				 struct err *err)
{
	struct packer *w = packer_new(to, err);
	struct archive_entry *e;
	bool good;

	if (!w)
		return NULL;
	e = libarchive.entry_new();
	libarchive.entry_set_filetype(e, AE_IFREG);
	libarchive.entry_set_pathname(e, "data");
	good = !libarchive.write_set_format_raw(w->lib) &&
		!add_filter(w->lib, suffix) &&
		!libarchive.write_set_bytes_in_last_block(w->lib, 1) &&
		!libarchive.write_open(w->lib, w, NULL, packer_sink, NULL) &&
		!libarchive.write_header(w->lib, e);
	libarchive.entry_free(e);
	if (good)
		return &w->base;
	packer_fault(w, err);
	packer_free(&w->base);
	return NULL;
}

struct archive_tar {
	struct packer packer;
};

struct archive_tar *archive_tar_new(struct io_writer *to, struct err *err)
{
	struct packer *w = packer_new(to, err);

	if (!w ||
	    (libarchive.write_set_format_pax_restricted(w->lib) == ARCHIVE_OK &&
	     libarchive.write_open(w->lib, w, NULL, packer_sink,
				   NULL) == ARCHIVE_OK))
		return (struct archive_tar *)w;
	packer_fault(w, err);
	packer_free(&w->base);
	return NULL;
}

int archive_tar_member(struct archive_tar *t, const char *name, uint64_t size,
		       struct err *err)
{
	struct archive_entry *e = libarchive.entry_new();
	int r;

	t->packer.err = err;
	libarchive.entry_set_filetype(e, AE_IFREG);
	libarchive.entry_set_perm(e, 0644);
	libarchive.entry_set_pathname(e, name);
	libarchive.entry_set_size(e, (la_int64_t)size);
	libarchive.entry_set_mtime(e, 0, 0);
	r = libarchive.write_header(t->packer.lib, e);
	libarchive.entry_free(e);
	return r == ARCHIVE_OK ? 0 : packer_fault(&t->packer, err);
}

int archive_tar_write(struct archive_tar *t, const void *p, size_t n,
		      struct err *err)
{
	t->packer.err = err;
	return libarchive.write_data(t->packer.lib, p, n) == (la_ssize_t)n ?
		0 : packer_fault(&t->packer, err);
}

int archive_tar_commit(struct archive_tar *t, struct err *err)
{
	return packer_commit(&t->packer.base, err);
}

void archive_tar_free(struct archive_tar *t)
{
	if (t)
		packer_free(&t->packer.base);
}
