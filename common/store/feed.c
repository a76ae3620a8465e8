#include "store/feed.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { BLOCK = 64 << 10 };

struct feed {
	struct io_reader base;
	struct io_reader *from;
	uint64_t got;		/* bytes of from, up to end */
	uint64_t zeros;		/* and how many of the last ones are 0 */
	size_t at, end;		/* what is to be given, of data */
	uint8_t data[FEED_HEAD + BLOCK];
};

uint64_t feed_at(const struct feed *f)
{
	return f->got - (f->end - f->at);
}

uint64_t feed_zeros(const struct feed *f)
{
	return f->zeros;
}

static ptrdiff_t read_counted(struct feed *f, uint8_t *p, size_t n,
			      struct err *err)
{
	ptrdiff_t k = io_read(f->from, p, n, err), zeros = 0;

	if (k <= 0)
		return k;
	f->got += (uint64_t)k;
	while (zeros < k && p[k - 1 - zeros] == 0)
		zeros++;
	f->zeros = (uint64_t)zeros + (zeros == k ? f->zeros : 0);
	return k;
}

/* Reads behind what is there: at most n bytes. */
static ptrdiff_t fill(struct feed *f, size_t n, struct err *err)
{
	ptrdiff_t k = read_counted(f, f->data + f->end, n, err);

	f->end += k > 0 ? (size_t)k : 0;
	return k;
}

/* Makes room, but keeps what feed_back may want. */
static void make_room(struct feed *f)
{
	size_t from = f->at > FEED_HEAD ? f->at - FEED_HEAD : 0;

	memmove(f->data, f->data + from, f->end - from);
	f->at -= from;
	f->end -= from;
}

ptrdiff_t feed_look(struct feed *f, size_t n, const uint8_t **p,
		    struct err *err)
{
	ptrdiff_t k = 1;

	if (f->end - f->at < n)
		make_room(f);
	while (k > 0 && f->end - f->at < n)
		k = fill(f, n - (f->end - f->at), err);
	*p = f->data + f->at;
	if (k < 0)
		return -1;
	return (ptrdiff_t)(f->end - f->at < n ? f->end - f->at : n);
}

ptrdiff_t feed_block(struct feed *f, const uint8_t **p, struct err *err)
{
	size_t at;

	if (f->at == f->end) {
		ptrdiff_t k;

		make_room(f);
		k = fill(f, BLOCK, err);
		if (k <= 0)
			return k;
	}
	at = f->at;
	f->at = f->end;
	*p = f->data + at;
	return (ptrdiff_t)(f->end - at);
}

static ptrdiff_t feed_read(struct io_reader *base, void *p, size_t n,
			   struct err *err)
{
	struct feed *f = (struct feed *)base;
	size_t left = f->end - f->at;

	if (left == 0) {
		f->at = f->end = 0;
		return read_counted(f, p, n, err);
	}
	n = n < left ? n : left;
	memcpy(p, f->data + f->at, n);
	f->at += n;
	return (ptrdiff_t)n;
}

void feed_back(struct feed *f, uint64_t at)
{
	uint64_t back = feed_at(f) - at;

	f->at -= back < f->at ? (size_t)back : f->at;
}

int feed_skip(struct feed *f, uint64_t n, struct err *err)
{
	while (n > 0) {
		const uint8_t *p;
		ptrdiff_t k = feed_block(f, &p, err);

		if (k <= 0)
			return (int)k;
		if ((uint64_t)k > n)
			feed_back(f, feed_at(f) - ((uint64_t)k - n));
		n -= (uint64_t)k < n ? (uint64_t)k : n;
	}
	return 1;
}

int feed_is_over(struct feed *f, uint64_t at, struct err *err)
{
	const uint8_t *p;
	ptrdiff_t k = 1;

	while (k > 0 && f->got - at <= f->zeros)
		k = feed_block(f, &p, err);
	return k < 0 ? -1 : f->got - at <= f->zeros;
}

static void feed_release(struct io_reader *base)
{
	struct feed *f = (struct feed *)base;

	io_reader_free(f->from);
	free(f);
}

struct feed *feed_open(struct io_reader *from)
{
	static const struct io_reader_ops ops = { feed_read, feed_release };
	struct feed *f = alloc_zero(1, sizeof(*f));

	f->base.ops = &ops;
	f->base.name = from->name;
	f->from = from;
	return f;
}

struct io_reader *feed_reader(struct feed *f)
{
	return &f->base;
}

void feed_free(struct feed *f)
{
	if (f)
		feed_release(&f->base);
}
