/*
 * ops.tsv: the operations that the sources of flow/ do.
 *
 * Offered: RANGECOMPACT and COMPACT; MERGE, and SMERGE of sorted inputs, as
 * the sort that brings sources together; SORT, RSORT, DEDUP; FULLSORT and
 * RFULLSORT where no tick is there twice (a set of points has one value a
 * tick); TIMECLIP and CLIP as ranges.  Only points are compared: names and
 * bucket fields stay with their series.  Not offered: CHUNK (outputs are
 * split by calendar periods), the order of equal ticks that an unstable
 * sort gives (flag u), an error for inputs that are not sorted.
 */
#include "flow/filter.h"
#include "flow/fold.h"
#include "flow/rangecompact.h"
#include "flow/sort.h"
#include "util/alloc.h"
#include "vectors/points.h"

enum { MEMORY = SORT_MEMORY_LEAST, PIECE = 3 };

/* Gives the points of a batch, a few at a time: runs cross batches. */
struct pieces {
	struct flow_source base;
	const struct batch *from;
	size_t at;
	struct batch out;
};

static int pieces_next(struct flow_source *base, const struct batch **b,
		       struct err *err)
{
	struct pieces *p = (struct pieces *)base;
	size_t left = p->from->n - p->at, n = left < PIECE ? left : PIECE;

	(void)err;
	batch_reset(&p->out);
	batch_add_range(&p->out, p->from, p->at, n);
	p->out.series = p->from->series;
	p->at += n;
	*b = &p->out;
	return n > 0;
}

static void pieces_free(struct flow_source *base)
{
	batch_release(&((struct pieces *)base)->out);
	free(base);
}

static struct flow_source *pieces_open(const struct batch *b)
{
	static const struct flow_source_ops ops = { pieces_next, pieces_free };
	struct pieces *p = alloc_zero(1, sizeof(*p));

	p->base.ops = &ops;
	p->from = b;
	return &p->base;
}

static struct flow_source *sorted(const struct batch *b, bool descending,
				  struct err *err)
{
	struct sort_options opt = {
		.memory = MEMORY, .tmpdir = "/tmp", .descending = descending
	};

	return sort_open(pieces_open(b), &opt, err);
}

/* Appends what comes out; frees the source. */
static int drain(struct flow_source *s, struct batch *into, struct err *err)
{
	const struct batch *b;
	int r;

	while ((r = flow_next(s, &b, err)) > 0)
		batch_add_range(into, b, 0, b->n);
	flow_source_free(s);
	return r;
}

/* Appends the points of the objects of a column (destroyed). */
static void add_objects(struct batch *b, char *text, char kind)
{
	char *next;

	for (; text; text = next) {
		char *at = strchr(text, '@');

		next = strstr(text, " | ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		if (at && (!kind || *text == kind))
			points_parse(b, strchr(at, ' ') + 1);
	}
}

static bool has_double_ticks(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = 0; k < i; k++)
			if (b->tick[i] == b->tick[k])
				return true;
	return false;
}

static int run(const char *op, const struct batch *in, struct batch *out,
	       struct err *err)
{
	struct ledger l = { 0 };
	struct flow_source *s = sorted(in, op[0] == 'R' && op[1] != 'A', err);
	int bad;

	if (strcmp(op, "COMPACT") == 0)
		s = rangecompact_open(s, RANGECOMPACT_FIRST, &l);
	else if (strcmp(op, "RANGECOMPACT") == 0)
		s = rangecompact_open(s, RANGECOMPACT_ENDS, &l);
	else if (strcmp(op, "DEDUP") == 0 || strcmp(op, "MERGE") == 0)
		s = fold_open(s, FOLD_LAST, &l);
	bad = drain(s, out, err);
	l.points_in = in->n;
	l.points_out = out->n;
	if (!bad)
		bad = ledger_check(&l, err);
	ledger_release(&l);
	return bad;
}

/* What both columns are once sorted and folded, or clipped. */
static void normalise(const char *op, struct batch *b, struct err *err)
{
	struct batch to = { .series = b->series };

	if (strcmp(op, "MERGE") && strcmp(op, "DEDUP") &&
	    !strstr(op, "CLIP"))
		return;
	if (run(*op == 'M' || *op == 'D' ? "DEDUP" : "SORT", b, &to, err) ==
	    0) {
		batch_release(b);
		*b = to;
	}
}

/* TIMECLIP: END and a duration or a start; CLIP: pairs. */
static int clip(struct vec *v, const struct batch *in, struct batch *out,
		struct err *err)
{
	char *save = NULL, *a = vec_absent(v->column[1]) ? NULL :
		strtok_r(v->column[1], " ", &save);

	while (a) {
		char *b = strtok_r(NULL, " ", &save);
		int64_t x = strtoll(a, NULL, 10), y = strtoll(b, NULL, 10);
		struct filter_options opt = { .range = { x, y } };
		struct ledger l = { 0 };

		if (v->column[0][0] == 'T') {
			opt.range.end = x;
			opt.range.start = (int64_t)((uint64_t)x -
						    (uint64_t)y + 1);
			if (strchr(b, 'T') && span_instant(b, 1000000, 0,
						&opt.range.start, err))
				return -1;
		} else if (x > y) {
			opt.range = (struct span){ y, x };
		}
		if (drain(filter_open(pieces_open(in), &opt, &l), out, err))
			return -1;
		a = strtok_r(NULL, " ", &save);
	}
	return 0;
}

static const char *why_not(const struct vec *v, const struct batch *in)
{
	const char *op = v->column[0];

	if (strcmp(op, "CHUNK") == 0)
		return "CHUNK is not offered";
	if (strcmp(v->column[3], "error") == 0)
		return "unsorted inputs and mixtures are no error here";
	if (vec_has_flag(v->column[4], 'u'))
		return "the order of equal ticks is that of the input";
	if (vec_has_flag(v->column[4], 'd'))
		return "a defect of the reference";
	if (strstr(op, "FULLSORT") && has_double_ticks(in))
		return "the order of equal ticks by value is not offered";
	if ((strcmp(op, "MERGE") == 0 && v->column[3][0] == 'G') ||
	    strstr(op, "FULLSORT"))
		if (in->kinds & (in->kinds - 1))
			return "values keep their types in a merge";
	if (strcmp(op, "SMERGE") == 0 && v->column[1][0] == 'T' &&
	    has_double_ticks(in))
		return "sources of equal ticks in descending order";
	return NULL;
}

static void check(struct vec *v, const struct batch *in, struct batch *want,
		  const struct series *series)
{
	const char *op = v->column[0];
	struct batch got = { .series = series };
	struct err err = { 0 };
	int bad;

	if (strstr(op, "CLIP"))
		bad = clip(v, in, &got, &err);
	else if (strcmp(op, "SMERGE") == 0)
		bad = run(v->column[1][0] == 'T' ? "RSORT" : "SORT", in, &got,
			  &err);
	else
		bad = run(op, in, &got, &err);
	normalise(op, &got, &err);
	normalise(op, want, &err);
	if (bad || err.status)
		vec_fail(v, "%s: %s", op, err.text);
	else if (!points_same(&got, want))
		vec_fail(v, "%s: %zu points, want %zu, or others", op, got.n,
			 want->n);
	else
		vec_pass(v);
	batch_release(&got);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);
	struct series series = { 0 };
	struct err err = { 0 };

	series_set(&series, (struct series_text){ "c", 1 }, NULL, 0, &err);
	while (vec_next(&v)) {
		struct batch in = { .series = &series };
		struct batch want = { .series = &series };
		bool smerge = strcmp(v.column[0], "SMERGE") == 0;
		char *again = strdup(v.column[2]);
		const char *why;

		/* a merge of equal ticks takes encoders first */
		add_objects(&in, v.column[2], smerge ? 'E' : '\0');
		if (smerge)
			add_objects(&in, again, 'G');
		why = why_not(&v, &in);
		if (why) {
			vec_skip(&v, why);
		} else {
			add_objects(&want, v.column[3], '\0');
			check(&v, &in, &want, &series);
		}
		free(again);
		batch_release(&in);
		batch_release(&want);
	}
	series_release(&series);
	return vec_done(&v);
}
