#include "store/archive.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/layer.h"
#include "store/libarchive.h"
#include "util/alloc.h"
#include "util/buf.h"

enum {
	DEEPEST = 8,		/* compressions of compressed data */
	DRAIN = 16 << 10,
};

struct member {
	struct io_reader base;
	struct layer *of;
};

struct archive_input {
	struct layer *layer;	/* a container, or plain */
	struct member member;
	char *from;		/* name of the input */
	char *name;		/* of a member of a container */
	bool given;		/* the one member of a plain input */
};

static ptrdiff_t member_read(struct io_reader *base, void *p, size_t n,
			     struct err *err)
{
	return io_read(layer_reader(((struct member *)base)->of), p, n, err);
}

static void member_free(struct io_reader *r)
{
	(void)r;	/* part of the input */
}

static bool is_packed(enum layer_kind kind)
{
	return kind != LAYER_NONE && kind != LAYER_TAR && kind != LAYER_ZIP;
}

/* Takes off compression after compression. */
static struct layer *open_layers(struct io_reader *from, struct err *err)
{
	struct layer *l = layer_open(from, err);

	for (int i = 0; l && is_packed(layer_kind(l)); i++) {
		if (i == DEEPEST) {
			err_set(err, ERR_DATA, "%s: compressed more than %d "
				"times", layer_reader(l)->name, DEEPEST);
			layer_free(l);
			return NULL;
		}
		l = layer_open(layer_reader(l), err);
	}
	return l;
}

struct archive_input *archive_input_open(struct io_reader *from,
					 struct err *err)
{
	static const struct io_reader_ops ops = { member_read, member_free };
	struct layer *l = open_layers(from, err);
	struct archive_input *a;

	if (!l)
		return NULL;
	a = alloc_zero(1, sizeof(*a));
	a->layer = l;
	a->from = alloc_string(layer_reader(l)->name);
	a->member.base.ops = &ops;
	a->member.base.name = a->from;
	a->member.of = l;
	return a;
}

void archive_input_free(struct archive_input *a)
{
	if (!a)
		return;
	layer_free(a->layer);
	free(a->from);
	free(a->name);
	free(a);
}

/* INPUT:MEMBER */
static void name_member(struct archive_input *a, const char *member)
{
	struct buf name = { 0 };

	free(a->name);
	buf_addf(&name, "%s:%s", a->from, member ? member : "");
	a->name = alloc_string(buf_text(&name));
	a->member.base.name = a->name;
	buf_release(&name);
}

/* What nobody wanted of compressed data is looked at, too: is it whole? */
static int drain(struct archive_input *a, struct err *err)
{
	uint8_t *p = alloc_bytes(DRAIN);
	ptrdiff_t k;

	do
		k = io_read(layer_reader(a->layer), p, DRAIN, err);
	while (k > 0);
	free(p);
	return (int)k;
}

int archive_input_next(struct archive_input *a, struct io_reader **member,
		 struct err *err)
{
	const char *name;
	int r;

	*member = &a->member.base;
	if (layer_kind(a->layer) == LAYER_NONE) {
		if (a->given)
			return drain(a, err);
		a->given = true;
		return 1;
	}
	r = layer_next(a->layer, &name, err);
	if (r > 0)
		name_member(a, name);
	return r;
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
		packer_write, packer_commit, packer_free, NULL
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
