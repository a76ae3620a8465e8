/*
 * usage: payloads FILE.hfile PAGES INDEX
 *
 * Seeds for the fuzz targets page and index: the payload of each page goes
 * into a file of the folder PAGES, each unpacked block of the index, behind
 * the byte that chooses its reader, into one of INDEX.
 */
#include <stdio.h>

#include "hfile/stream.h"
#include "store/file.h"

/* The chooser of fuzz/index.c, or -1. */
static int reader_of(int type)
{
	switch (type) {
	case FORMAT_SERIES:
		return 0;
	case FORMAT_LEAF:
		return 1;
	case FORMAT_PAGES:
		return 2;
	case FORMAT_BRANCH:
		return 3;
	case FORMAT_SEGMENTS:
		return 4;
	case FORMAT_STATS:
		return 5;
	case FORMAT_LOOKUP:
		return 6;
	case FORMAT_TERMS:
		return 7;
	case FORMAT_ROOT:
		return 8;
	}
	return -1;
}

static int save(const char *dir, unsigned number, const struct buf *b,
		struct err *err)
{
	struct buf path = { 0 };
	struct io_writer *w;
	int r = -1;

	buf_addf(&path, "%s/seed-%u", dir, number);
	w = file_writer(buf_text(&path), true, true, err);
	if (w)
		r = io_write(w, b->data, b->len, err);
	if (w && !r)
		r = io_commit(w, err);
	io_writer_free(w);
	buf_release(&path);
	return r;
}

static int save_block(const struct stream_block *b, char **dir,
		      unsigned number, struct err *err)
{
	struct buf out = { 0 };
	const char *to = dir[0];
	int reader = reader_of(b->head.type), r = 0;

	if (b->head.type == FORMAT_PAGE) {
		buf_add(&out, b->payload, b->head.length);
	} else if (reader >= 0) {
		to = dir[1];
		buf_add_byte(&out, (uint8_t)reader);
		r = block_unpack(b->payload, b->head.length,
				 FORMAT_INDEX_RAW, &out, err);
	}
	if (out.len && !r)
		r = save(to, number, &out, err);
	buf_release(&out);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct io_reader *file;
	struct stream *s = NULL;
	struct stream_block b;
	unsigned number = 0;
	int r = 1;

	if (argc != 4)
		return 2;
	file = file_reader(argv[1], &err);
	if (file)
		s = stream_open(file, NULL, &err);
	while (s && r > 0 && (r = stream_next(s, &b, &err)) > 0)
		if (save_block(&b, argv + 2, number++, &err))
			r = -1;
	stream_free(s);
	if (r)
		fprintf(stderr, "payloads: %s\n", err.text);
	return r != 0;
}
