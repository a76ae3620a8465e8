/*
 * made - a file in memory that is all directory: header, made-up chunks, tail.
 */
#ifndef TESTS_UNIT_MADE_H
#define TESTS_UNIT_MADE_H

#include "hfile/directory.h"
#include "hfile/format.h"
#include "unit/tap.h"
#include "util/buf.h"
#include "util/io.h"

struct made {
	struct directory *directory;	/* takes series and chunks */
	struct io_writer *to;
	struct block_out out;
	struct index_root root;		/* what close writes */
	struct err err;
};

/* Into file, which is lent until close. */
static inline void made_open(struct made *m, struct buf *file,
			     const struct directory_options *opt)
{
	uint8_t header[FORMAT_HEADER_SIZE];

	*m = (struct made){
		.directory = directory_new(opt),
		.to = io_writer_memory(file, "memory"),
		.out = { .hash = hash_stream_new() },
		.root = { .preset = FORMAT_PRESET_FAST },
	};
	m->out.to = m->to;
	format_put_header(header, &(struct format_header){ 1000000 });
	block_write_bytes(&m->out, header, sizeof(header), &m->err);
}

/* Writes the directory, as a test. */
static inline void made_close(struct made *m)
{
	struct directory_lists lists = { 0 };
	int bad = directory_write(m->directory, &m->out, &m->root, &lists,
				  1000000, &m->err) ||
		io_commit(m->to, &m->err);

	tap_ok(!bad, "a directory of %llu series: %llu bytes, %s %s",
	       (unsigned long long)m->root.series,
	       (unsigned long long)m->out.offset, m->root.branched ?
	       "branches" : "leaves", m->err.text);
	directory_free(m->directory);
	index_root_release(&m->root);
	hash_stream_free(m->out.hash);
	io_writer_free(m->to);
}

#endif
