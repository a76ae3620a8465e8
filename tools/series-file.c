#include "series-file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/names.h"
#include "codec/opb64.h"
#include "codec/wrap.h"
#include "store/archive.h"
#include "store/store.h"

static const char unwrap[] = "' UNWRAPENCODER";

/* 'BLOB' UNWRAPENCODER, as a companion has it. */
static int take_wrapped(struct series *s, const char *p, size_t n,
			struct err *err)
{
	struct buf bytes = { 0 };
	int bad = opb64_decode(&bytes, p + 1, n - sizeof(unwrap), err) ||
		wrap_take_series(s, bytes.data, bytes.len, err);

	buf_release(&bytes);
	return bad;
}

static int take_line(struct table *t, const char *p, size_t n,
		     struct series *s, size_t *column, struct err *err)
{
	size_t k = sizeof(unwrap) - 1;

	*column = 0;
	while (n && (unsigned char)p[n - 1] <= ' ')
		n--;
	if (n == 0 || *p == '#')
		return 0;
	series_reset(s);
	if (*p == '\'' && n > k && memcmp(p + n - k, unwrap, k) == 0 ?
	    take_wrapped(s, p, n, err) : names_parse(s, p, n, column, err))
		return -1;
	table_add(t, s);
	return 0;
}

/* The lines of one member; what is left of the last one is a line too. */
static int take_member(struct table *t, struct io_reader *r, struct err *err)
{
	struct buf b = { 0 };
	struct series s = { 0 };
	unsigned long line = 0;
	ptrdiff_t k = 1;
	size_t column;
	int bad = 0;

	while (!bad && k > 0) {
		size_t at = 0;
		uint8_t *lf;

		buf_reserve(&b, 1 << 16);
		k = io_read(r, b.data + b.len, 1 << 16, err);
		if (k < 0)
			break;
		b.len += (size_t)k;
		while (!bad && at < b.len &&
		       ((lf = memchr(b.data + at, '\n', b.len - at)) ||
			k == 0)) {
			size_t end = lf ? (size_t)(lf - b.data) : b.len;

			line++;
			bad = take_line(t, (char *)b.data + at, end - at, &s,
					&column, err);
			at = lf ? end + 1 : b.len;
		}
		memmove(b.data, b.data + at, b.len - at);
		b.len -= at;
	}
	if (bad)
		err_at(err, "%s:%lu:%zu", r->name, line, column + 1);
	series_release(&s);
	buf_release(&b);
	return bad || k < 0 ? -1 : 0;
}

int series_file_read(struct table *t, const char *path, struct err *err)
{
	struct io_reader *r = store_reader(path, err), *member;
	struct archive_input *a = r ? archive_input_open(r, err) : NULL;
	int k = a ? 1 : -1;

	while (k > 0 && (k = archive_input_next(a, &member, err)) > 0)
		if (take_member(t, member, err))
			k = -1;
	archive_input_free(a);
	return k;
}
