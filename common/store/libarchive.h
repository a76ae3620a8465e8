/*
 * libarchive - the functions of libarchive that store/archive uses, and
 * nobody else; loaded for the first file that is compressed or a container.
 */
#ifndef STORE_LIBARCHIVE_H
#define STORE_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "util/err.h"

#define LIBARCHIVE_FUNCTIONS(X) \
	X(entry_filetype) X(entry_free) X(entry_new) X(entry_pathname) \
	X(entry_set_filetype) X(entry_set_mtime) X(entry_set_pathname) \
	X(entry_set_perm) X(entry_set_size) X(error_string) X(filter_bytes) \
	X(filter_count) X(format) \
	X(read_data) X(read_free) X(read_new) X(read_next_header) \
	X(read_open) X(read_set_format_option) \
	X(read_support_filter_bzip2) \
	X(read_support_filter_gzip) X(read_support_filter_lz4) \
	X(read_support_filter_xz) X(read_support_filter_zstd) \
	X(read_support_format_empty) X(read_support_format_raw) \
	X(read_support_format_tar) X(read_support_format_zip_streamable) \
	X(set_error) X(write_add_filter_bzip2) X(write_add_filter_gzip) \
	X(write_add_filter_lz4) X(write_add_filter_xz) \
	X(write_add_filter_zstd) X(write_close) X(write_data) X(write_free) \
	X(write_header) X(write_new) X(write_open) \
	X(write_set_bytes_in_last_block) X(write_set_filter_option) \
	X(write_set_format_pax_restricted) X(write_set_format_raw)

/* archive_read_new is libarchive.read_new, and so on. */
struct libarchive {
#define LIBARCHIVE_FIELD(f) __typeof__(archive_##f) *f;
	LIBARCHIVE_FUNCTIONS(LIBARCHIVE_FIELD)
#undef LIBARCHIVE_FIELD
};
extern struct libarchive libarchive;

/* To be called before any of them, from any thread. */
int libarchive_load(struct err *err);

#endif
