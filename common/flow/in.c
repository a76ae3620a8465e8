#include "flow/in.h"

#include <stdlib.h>

#include "codec/sniff.h"
#include "flow/ahead.h"
#include "flow/blocks.h"
#include "hfile/stream.h"
#include "util/alloc.h"

enum { STEP = 256 << 10 };	/* bytes read at once */

struct in {
	struct flow_source base;
	struct in_options opt;
	struct ledger *ledger;
	struct io_reader *member;	/* lent; NULL between members */
	struct buf bytes;		/* of the member */
	size_t at;			/* begin of the line at hand */
	size_t scanned;			/* no line end before this */
	size_t cr;			/* the first CR from here on is there;
					   the end of bytes: there is none */
	bool ended;			/* the member has no more bytes */
	uint64_t line;			/* number, from 1 */
	uint64_t read;			/* bytes of the member */
	size_t column;			/* bytes used up of it; not by lines */
	struct form_decoder *decoder;	/* of the member; one of known */
	struct form_decoder *known[FORM_NULL + 1];	/* by form */
	struct stream *stream;
	struct batch batch;
	struct blocks *blocks;	/* of dumps that are decoded in the pool */
	struct io_reader *again;	/* what it reads; NULL between them */
	struct flow_source alone;	/* the points of the member */
	struct flow_source *ahead;	/* alone, in a thread */
};

static void in_free(struct flow_source *base)
{
	struct in *in = (struct in *)base;

	for (int i = 0; i <= FORM_NULL; i++)
		form_decoder_free(in->known[i]);
	flow_source_free(in->ahead);
	blocks_free(in->blocks);
	io_reader_free(in->again);
	stream_free(in->stream);
	buf_release(&in->bytes);
	batch_release(&in->batch);
	free(in);
}

/* Looks for a CR from a place on: most dumps have none, ever. */
static void find_cr(struct in *in, size_t from)
{
	const struct buf *b = &in->bytes;
	const uint8_t *cr = from < b->len ?
		memchr(b->data + from, '\r', b->len - from) : NULL;

	in->cr = cr ? (size_t)(cr - b->data) : b->len;
}

static size_t most_bytes(const struct in *in)
{
	return in->decoder && in->decoder->most ? in->decoder->most :
		IN_LINE_MAX;
}

static int too_long(const struct in *in, struct err *err)
{
	return err_set(err, ERR_DATA, "%s:%llu: line of more than %zu bytes",
		       in->member->name, (unsigned long long)in->line,
		       most_bytes(in));
}

/* Reads on behind what is there; what was used goes first. */
static int fill(struct in *in, struct err *err)
{
	struct buf *b = &in->bytes;
	ptrdiff_t k;
	size_t want;
	bool none = in->cr == b->len;

	if (in->at > 0) {
		memmove(b->data, b->data + in->at, b->len - in->at);
		b->len -= in->at;
		in->scanned -= in->at;
		in->cr -= in->cr < in->at ? in->cr : in->at;
		in->at = 0;
	}
	if (b->len > most_bytes(in))
		return too_long(in, err);
	/* long ones in growing steps: what is there is looked at again */
	want = b->len > STEP ? b->len : STEP;
	buf_reserve(b, want);
	k = io_read(in->member, b->data + b->len, want, err);
	if (k < 0)
		return -1;
	b->len += (size_t)k;
	if (none)
		find_cr(in, b->len - (size_t)k);
	in->read += (uint64_t)k;
	in->ended = k == 0;
	return 0;
}

/* find_line where only the decoder knows what ends a line. */
static int find_own_end(struct in *in, size_t *n, size_t *next,
			struct err *err)
{
	for (;;) {
		const char *from = (char *)in->bytes.data + in->at;
		size_t left = in->bytes.len - in->at;
		const char *end = in->decoder->ops->line_end(from,
							     from + left);

		if (end || (in->ended && left)) {
			*n = end ? (size_t)(end - from) : left;
			*next = in->at + *n + (end != NULL);
			return 1;
		}
		if (in->ended)
			return 0;
		if (fill(in, err))
			return -1;
	}
}

/*
 * The next line, without its end (LF, CR LF; a lone CR too): 1, 0 or -1.
 * *next is where the one behind it begins.
 */
static int find_line(struct in *in, size_t *n, size_t *next, struct err *err)
{
	if (in->decoder->ops->line_end)
		return find_own_end(in, n, next, err);
	for (;;) {
		const struct buf *b = &in->bytes;
		const uint8_t *from = b->data + in->scanned;
		size_t left = b->len - in->scanned;
		const uint8_t *lf = left ? memchr(from, '\n', left) : NULL;
		const uint8_t *cr = NULL;

		if (in->cr < in->at)
			find_cr(in, in->at);
		if (in->cr < (lf ? (size_t)(lf - b->data) : b->len))
			cr = b->data + in->cr;
		/* a CR at the very end may be half of a CR LF */
		if (cr && cr + 1 == b->data + b->len && !in->ended)
			cr = NULL;
		if (cr || lf) {
			const uint8_t *end = cr ? cr : lf;

			*n = (size_t)(end - (b->data + in->at));
			*next = (size_t)(end - b->data) + 1 +
				(cr && cr + 1 == lf);
			return 1;
		}
		in->scanned = b->len;
		if (in->ended) {
			*n = b->len - in->at;
			*next = b->len;
			return *n > 0;
		}
		if (fill(in, err))
			return -1;
	}
}

static int sniff(struct in *in, enum form *form, struct err *err)
{
	bool cut;

	for (*form = FORM_WRAPPER;;) {
		if (sniff_bare(in->bytes.data, in->bytes.len, &cut))
			return 0;
		if (!cut || in->ended)
			break;
		if (fill(in, err))
			return -1;
	}
	*form = FORM_GTS;
	for (size_t at = 0;;) {
		const uint8_t *p = in->bytes.data + at;
		size_t left = in->bytes.len - at, n;
		const uint8_t *lf = left ? memchr(p, '\n', left) : NULL;

		if (!lf && !in->ended) {
			if (fill(in, err))
				return -1;
			continue;
		}
		n = lf ? (size_t)(lf - p) : left;
		while (n && p[n - 1] <= ' ')
			n--;
		while (n && *p <= ' ' && *p != '\t')
			p++, n--;
		if (n && *p != '#') {
			const char *hint;

			*form = sniff_line((const char *)p, n, &hint);
			if (*form != FORM_UNKNOWN)
				return 0;
			return err_set(err, ERR_DATA, hint ?
				       "%s: this is %s" :
				       "%s: form is not recognised (-f FORM)",
				       in->member->name, hint);
		}
		if (!lf)
			return 0;
		at += (size_t)(lf - p) + 1;
	}
}

/* A reader that gives what was looked at again. */
struct again {
	struct io_reader base;
	struct in *in;
};

static ptrdiff_t again_read(struct io_reader *r, void *p, size_t n,
			    struct err *err)
{
	struct in *in = ((struct again *)r)->in;
	size_t left = in->bytes.len - in->at;

	if (left == 0) {
		ptrdiff_t k = io_read(in->member, p, n, err);

		in->read += k > 0 ? (uint64_t)k : 0;
		return k;
	}
	n = n < left ? n : left;
	memcpy(p, in->bytes.data + in->at, n);
	in->at += n;
	return (ptrdiff_t)n;
}

static void again_free(struct io_reader *r)
{
	free(r);
}

static struct io_reader *again_new(struct in *in)
{
	static const struct io_reader_ops ops = { again_read, again_free };
	struct again *r = alloc_zero(1, sizeof(*r));

	r->base.ops = &ops;
	r->base.name = in->member->name;
	r->in = in;
	return &r->base;
}

static int open_stream(struct in *in, struct err *err)
{
	in->stream = stream_open(again_new(in), in->opt.tmpdir, err);
	if (!in->stream)
		return -1;
	return in->opt.units ? in->opt.units(in->opt.members,
		stream_header(in->stream)->units, err) : 0;
}

/* The decoders stay: what they know of series holds for the next member. */
static void use_decoder(struct in *in, enum form form)
{
	if (!in->known[form])
		in->known[form] = form_decoder_new(form, &in->opt.codec);
	in->decoder = in->known[form];
	if (in->decoder->ops->begin)
		in->decoder->ops->begin(in->decoder);
}

static struct form_decoder *blocks_decoder(const void *arg)
{
	return text_decoder_new(arg);
}

static void open_blocks(struct in *in)
{
	in->again = again_new(in);
	if (!in->blocks)
		in->blocks = blocks_open(&(struct blocks_options){
			.decoder = blocks_decoder, .arg = &in->opt.codec,
			.pool = in->opt.pool, .line_max = most_bytes(in),
			.max_bad = in->opt.max_errors,
		});
	blocks_begin(in->blocks, in->again);
}

static int next_member(struct in *in, struct err *err)
{
	enum form form = in->opt.form;
	int r = in->opt.next(in->opt.members, &in->member, err);

	if (r <= 0) {
		in->member = NULL;
		return r;
	}
	buf_reset(&in->bytes);
	in->at = in->scanned = in->cr = 0;
	in->ended = false;
	in->line = 1;
	in->column = 0;
	in->read = 0;
	while (!in->ended && in->bytes.len < FORMAT_HEADER_SIZE)
		if (fill(in, err))
			return -1;
	if (in->bytes.len >= sizeof(FORMAT_MAGIC) - 1 &&
	    memcmp(in->bytes.data, FORMAT_MAGIC,
		   sizeof(FORMAT_MAGIC) - 1) == 0)
		form = FORM_HFILE;
	else if (form == FORM_HFILE && in->bytes.len)
		return err_set(err, ERR_DATA, "%s: this is no HFile",
			       in->member->name);
	else if (form == FORM_UNKNOWN && sniff(in, &form, err))
		return -1;
	if (in->opt.only_blobs && in->bytes.len && form != FORM_WRAPPER &&
	    form != FORM_SNAPSHOT)
		return err_set(err, ERR_DATA, "%s: this is %s, no blob",
			       in->member->name, form_name(form));
	if (in->opt.one_form && ledger_same_form(in->ledger,
						 in->member->name, form, err))
		return -1;
	ledger_add_input(in->ledger, in->member->name, form);
	if (form == FORM_HFILE && in->bytes.len) {
		if (open_stream(in, err))
			return -1;
	} else {
		use_decoder(in, form);
	}
	if (pool_threads(in->opt.pool) == 1)
		return 1;
	if (in->decoder && in->decoder->ops->prime)
		open_blocks(in);
	else
		in->ahead = ahead_open(&in->alone);
	return 1;
}

static void add_counts(struct in *in, const struct form_counts *c)
{
	in->ledger->now_used += c->now_used;
	in->ledger->deletions += c->deletions;
	in->ledger->encrypted += c->encrypted;
	in->ledger->points_in += c->deletions + c->encrypted;
}

static void end_member(struct in *in)
{
	flow_source_free(in->ahead);
	io_reader_free(in->again);
	in->ahead = NULL;
	in->again = NULL;
	if (in->decoder) {
		add_counts(in, &in->decoder->counts);
		in->decoder->counts = (struct form_counts){ 0 };
	}
	in->ledger->input[in->ledger->inputs - 1].bytes = in->read;
	if (!in->stream)
		in->ledger->input[in->ledger->inputs - 1].lines = in->line - 1;
	stream_free(in->stream);
	in->decoder = NULL;
	in->stream = NULL;
	in->member = NULL;
}

/* Counts a bad line, or ends the run with its place. */
static int reject(struct in *in, const char *line, size_t n, size_t column,
		  struct err *err)
{
	struct buf b = { 0 };
	int r = 0;

	if (in->ledger->rejected >= in->opt.max_errors)
		return err_at(err, "%s:%llu:%zu", in->member->name,
			      (unsigned long long)in->line, column);
	in->ledger->rejected++;
	if (in->opt.rejects) {
		buf_addf(&b, "%llu\t%zu\t%s\t", (unsigned long long)in->line,
			 column, err->text);
		buf_add(&b, line, n);
		buf_add_byte(&b, '\n');
		err_clear(err);
		r = io_write(in->opt.rejects, b.data, b.len, err);
		buf_release(&b);
	} else {
		err_clear(err);
	}
	return r;
}

static int truncated(struct in *in, const char *line, size_t n,
		     struct err *err)
{
	size_t k = n < 200 ? n : 200;

	return err_set(err, ERR_DATA, "%s:%llu:1: the dump is truncated, it "
		       "says: %.*s", in->member->name,
		       (unsigned long long)in->line, (int)k, line);
}

/* Decodes lines until a batch is full: 1, 0 at the member's end, or -1. */
static int next_lines(struct in *in, struct err *err)
{
	size_t n, next, column;
	int r;

	while ((r = find_line(in, &n, &next, err)) > 0) {
		const char *line = (const char *)in->bytes.data + in->at;
		enum form_answer answer;

		if (n >= 8 && memcmp(line, "# ERROR:", 8) == 0)
			return truncated(in, line, n, err);
		column = 1;
		answer = in->decoder->ops->line(in->decoder, line, n,
						&in->batch, &column, err);
		if (answer == FORM_FLUSH)
			return 1;
		if (answer == FORM_BAD &&
		    reject(in, line, n, column, err))
			return -1;
		in->ledger->blank += answer == FORM_BLANK;
		in->ledger->comments += answer == FORM_COMMENT;
		in->ledger->data_lines += answer == FORM_DATA;
		in->ledger->lines++;
		in->line++;
		in->at = in->scanned = next;
	}
	return r < 0 ? -1 : in->batch.n > 0;
}

/* Where in lines the next n bytes end; a line that ends is counted. */
static size_t pass(struct in *in, size_t n)
{
	const uint8_t *p = in->bytes.data + in->at, *end = p + n, *lf;

	while ((lf = memchr(p, '\n', (size_t)(end - p)))) {
		in->line++;
		in->column = 0;
		p = lf + 1;
	}
	in->column += (size_t)(end - p);
	in->at += n;
	in->scanned = in->at;
	return in->column;
}

/* Decodes a form that is no lines; as next_lines. */
static int next_piece(struct in *in, struct err *err)
{
	for (;;) {
		const char *p = (char *)in->bytes.data + in->at;
		size_t n = in->bytes.len - in->at, used = 0, column;
		enum form_answer a = in->decoder->ops->take(in->decoder, p, n,
			in->ended, &in->batch, &used, err);

		column = pass(in, used) + 1;
		if (a == FORM_BAD && in->decoder->binary)
			return err_at(err, "%s@%llu", in->member->name,
				      (unsigned long long)(in->read -
					(in->bytes.len - in->at)));
		if (a == FORM_BAD)
			return err_at(err, "%s:%llu:%zu", in->member->name,
				      (unsigned long long)in->line, column);
		if (a == FORM_FLUSH)
			return 1;
		if (a == FORM_BLANK)
			return in->batch.n > 0;
		if (a == FORM_MORE && fill(in, err))
			return -1;
	}
}

/* The bad lines of a block, in turn. */
static int reject_block(struct in *in, struct err *err)
{
	struct blocks_bad bad;

	while (blocks_bad(in->blocks, &bad)) {
		in->line = bad.line;
		if (bad.too_long)
			return too_long(in, err);
		if (bad.truncated)
			return truncated(in, bad.text, bad.n, err);
		*err = bad.err;
		if (reject(in, bad.text, bad.n, bad.column, err))
			return -1;
	}
	return 0;
}

/* The next points of a block: 1, 0 at the member's end, or -1. */
static int next_block(struct in *in, const struct batch **b, struct err *err)
{
	struct ledger *l = in->ledger;
	struct blocks_counts c;
	uint64_t line = in->line;
	int r;

	while (!blocks_points(in->blocks, b)) {
		r = blocks_next(in->blocks, &c, err);
		if (r <= 0)
			return r;
		if (reject_block(in, err))
			return -1;
		in->line = line += c.lines;
		l->lines += c.lines;
		l->blank += c.blank;
		l->comments += c.comments;
		l->data_lines += c.data;
		add_counts(in, &c.form);
	}
	return 1;
}

/* The next points of the member that is open, one behind the other. */
static int alone_next(struct flow_source *base, const struct batch **b,
		      struct err *err)
{
	struct in *in = (struct in *)((char *)base -
				      offsetof(struct in, alone));
	int r;

	if (in->stream)
		return stream_batch(in->stream, b, err);
	do {
		batch_reset(&in->batch);
		r = in->decoder->ops->take ? next_piece(in, err) :
			next_lines(in, err);
	} while (r > 0 && in->batch.n == 0);
	*b = &in->batch;
	return r;
}

static void alone_free(struct flow_source *base)
{
	(void)base;	/* it is part of the whole */
}

static int in_next(struct flow_source *base, const struct batch **b,
		   struct err *err)
{
	struct in *in = (struct in *)base;
	int r;

	for (;;) {
		if (!in->member) {
			r = next_member(in, err);
			if (r <= 0)
				return r;
		}
		r = in->ahead ? flow_next(in->ahead, b, err) :
			in->again ? next_block(in, b, err) :
			alone_next(&in->alone, b, err);
		if (r < 0)
			return -1;
		if (r > 0 && (*b)->n > 0) {
			in->ledger->points_in += (*b)->n;
			return 1;
		}
		if (r == 0)
			end_member(in);
	}
}

struct flow_source *in_open(const struct in_options *opt,
			    struct ledger *ledger)
{
	static const struct flow_source_ops ops = { in_next, in_free };
	static const struct flow_source_ops alone = {
		alone_next, alone_free
	};
	struct in *in = alloc_zero(1, sizeof(*in));

	in->base.ops = &ops;
	in->alone.ops = &alone;
	in->opt = *opt;
	in->ledger = ledger;
	return &in->base;
}
