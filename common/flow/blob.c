#include "flow/blob.h"

#include <stdlib.h>

#include "codec/typed.h"
#include "util/alloc.h"
#include "util/spool.h"

enum { PIECE = 64 << 10 };	/* bytes handled at once */

struct blob {
	struct blob_options opt;
	struct series series;
	struct encoder encoder;	/* its bytes go to raw from time to time */
	enum batch_kind type;	/* of a typed series, once known */
	struct batch typed;
	struct spool *raw;	/* the stream of points */
	struct spool *packed[2];
	struct spool *content;	/* one of these: the field encoded */
	struct buf head, tail;
	struct buf piece;
	uint64_t changed;
};

struct blob *blob_new(const struct blob_options *opt)
{
	struct blob *b = alloc_zero(1, sizeof(*b));

	b->opt = *opt;
	b->raw = spool_new(opt->tmpdir, opt->memory);
	b->packed[0] = spool_new(opt->tmpdir, opt->memory);
	b->packed[1] = spool_new(opt->tmpdir, opt->memory);
	return b;
}

void blob_free(struct blob *b)
{
	if (!b)
		return;
	spool_free(b->raw);
	spool_free(b->packed[0]);
	spool_free(b->packed[1]);
	encoder_release(&b->encoder);
	series_release(&b->series);
	batch_release(&b->typed);
	buf_release(&b->head);
	buf_release(&b->tail);
	buf_release(&b->piece);
	free(b);
}

int blob_begin(struct blob *b, const struct series *s, int64_t base,
	       struct err *err)
{
	series_copy(&b->series, s);
	encoder_reset(&b->encoder);
	b->encoder.base = b->opt.wrap.typed || b->opt.optimise ? 0 : base;
	b->type = 0;
	b->changed = 0;
	return spool_reset(b->raw, err);
}

static int flush(struct blob *b, struct err *err)
{
	struct buf *bytes = &b->encoder.bytes;
	uint64_t most = b->opt.most ? b->opt.most : BLOB_MAX;
	struct buf name = { 0 };
	int bad = spool_write(b->raw, bytes->data, bytes->len, err);

	buf_reset(bytes);
	if (bad || spool_size(b->raw) <= most)
		return bad;
	series_print(&name, &b->series, false);
	err_set(err, ERR_DATA, "%s: more than %llu bytes of points do not fit "
		"one blob: --by-period makes several", buf_text(&name),
		(unsigned long long)most);
	buf_release(&name);
	return -1;
}

static bool is_typed(const struct blob *b)
{
	return b->opt.wrap.typed || b->opt.optimise ||
		(b->opt.multivalue && b->type == BATCH_DOUBLE);
}

static bool is_optimised(const struct blob *b)
{
	return b->type == BATCH_DOUBLE && (b->opt.optimise ||
					   b->opt.multivalue);
}

/* The points as those of a series of one type. */
static const struct batch *make_typed(struct blob *b,
				      const struct batch *from, size_t first,
				      size_t n)
{
	struct batch *t = &b->typed;

	batch_reset(t);
	batch_add_range(t, from, first, n);
	for (size_t i = 0; i < n; i++) {
		if (t->kind[i] == BATCH_DELETION)
			continue;
		b->changed += typed_convert(t, i, b->type);
		if (is_optimised(b))
			typed_optimise(t, i);
	}
	return t;
}

int blob_add(struct blob *b, const struct batch *from, size_t first,
	     size_t n, struct err *err)
{
	for (size_t i = first; !b->type && i < first + n; i++)
		if (from->kind[i] != BATCH_DELETION)
			b->type = typed_kind(from->kind[i]);
	if (is_typed(b) && b->encoder.count == 0)
		b->encoder.base = 0;
	if (b->type && is_typed(b) &&
	    (is_optimised(b) || from->kinds != 1u << b->type)) {
		from = make_typed(b, from, first, n);
		first = 0;
	}
	for (size_t i = first; i < first + n; i++) {
		if (is_typed(b) && from->kind[i] == BATCH_DELETION)
			continue;
		encoder_add(&b->encoder, from, i);
		if (b->encoder.bytes.len >= PIECE && flush(b, err))
			return -1;
	}
	return 0;
}

/* One member of gzip. */
static int pack(struct blob *b, struct spool *from, struct spool *to,
		struct err *err)
{
	struct squeeze_packer *s = squeeze_packer_new();
	struct buf out = { 0 };
	uint64_t size = spool_size(from);
	int bad = spool_reset(to, err);

	buf_reset(&b->piece);
	buf_reserve(&b->piece, PIECE);
	for (uint64_t at = 0; !bad && at < size;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		bad = spool_read(from, b->piece.data, n, at, err);
		if (bad)
			break;
		squeeze_packer_put(s, b->piece.data, n, &out);
		bad = out.len && spool_write(to, out.data, out.len, err);
		buf_reset(&out);
		at += n;
	}
	if (!bad) {
		squeeze_packer_end(s, &out);
		bad = spool_write(to, out.data, out.len, err);
	}
	squeeze_packer_free(s);
	buf_release(&out);
	return bad ? -1 : 0;
}

static double ratio_of(struct spool *from, struct spool *to)
{
	return (double)spool_size(from) / (double)spool_size(to);
}

/* The passes of wrapper.md 4; content is what they leave. */
static int compress(struct blob *b, int *passes, struct err *err)
{
	double threshold = b->opt.ratio > 1 ? b->opt.ratio : 1, ratio;
	struct spool *now = b->raw;

	*passes = 0;
	b->content = now;
	if (b->opt.compress == BLOB_NEVER || spool_size(now) == 0)
		return 0;
	if (b->opt.compress == BLOB_ALWAYS) {
		*passes = 1;
		b->content = b->packed[0];
		return pack(b, now, b->packed[0], err);
	}
	do {
		struct spool *next = b->packed[*passes % 2];

		if (pack(b, now, next, err))
			return -1;
		ratio = ratio_of(now, next);
		if (ratio > 1) {
			++*passes;
			b->content = now = next;
		}
	} while (ratio > threshold && *passes < WRAP_PASSES_MAX);
	return 0;
}

int blob_end(struct blob *b, struct err *err)
{
	struct wrap_options opt = b->opt.wrap;
	int passes;

	if (flush(b, err) || compress(b, &passes, err))
		return -1;
	opt.bare = opt.bare || b->opt.multivalue;
	opt.typed = is_typed(b);
	buf_reset(&b->head);
	buf_reset(&b->tail);
	wrap_put_head(&b->head, &b->series, b->encoder.base,
		      spool_size(b->content), &opt);
	wrap_put_tail(&b->tail, b->encoder.count, passes, &opt);
	return 0;
}

uint64_t blob_size(const struct blob *b)
{
	return b->head.len + spool_size(b->content) + b->tail.len;
}

uint64_t blob_count(const struct blob *b)
{
	return b->encoder.count;
}

uint64_t blob_changed(const struct blob *b)
{
	return b->changed;
}

int blob_give(struct blob *b, int (*take)(void *to, const void *p, size_t n,
					  struct err *err),
	      void *to, struct err *err)
{
	uint64_t size = spool_size(b->content);

	if (take(to, b->head.data, b->head.len, err))
		return -1;
	buf_reset(&b->piece);
	buf_reserve(&b->piece, PIECE);
	for (uint64_t at = 0; at < size;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		if (spool_read(b->content, b->piece.data, n, at, err) ||
		    take(to, b->piece.data, n, err))
			return -1;
		at += n;
	}
	return take(to, b->tail.data, b->tail.len, err);
}
