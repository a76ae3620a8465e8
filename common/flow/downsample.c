#include "flow/downsample.h"

#include <stdlib.h>
#include <string.h>

#include "flow/lttb.h"
#include "flow/hold.h"
#include "util/alloc.h"

/* The points of the bucket at hand. */
struct bucket {
	bool open;
	int64_t tick;		/* of the result */
	uint64_t n;
	struct batch point;	/* first, last, smallest or largest */
	struct batch last;
	bool longs;		/* all are LONG */
	bool over;		/* their sum is none */
	int64_t sum;
	double total;
};

struct down {
	struct flow_source base;
	struct flow_source *from;
	struct downsample_options opt;
	struct ledger *ledger;
	const struct batch *in;	/* lent; NULL: ask for the next */
	size_t at;
	bool ended;
	struct series series;
	bool begun;
	uint64_t points, given;	/* of the series */
	bool refused;		/* the series, for its types */
	bool held;		/* results wait for the end of the series */
	struct hold *hold, *chosen;
	bool giving;		/* what was held */
	struct bucket bucket;
	struct batch out;
	struct batch view;	/* of what is held's: owns nothing */
};

static void down_free(struct flow_source *base)
{
	struct down *d = (struct down *)base;

	flow_source_free(d->from);
	series_release(&d->series);
	hold_free(d->hold);
	hold_free(d->chosen);
	batch_release(&d->bucket.point);
	batch_release(&d->bucket.last);
	batch_release(&d->out);
	free(d);
}

int downsample_parse(struct downsample_options *opt, const char *text,
		     struct err *err)
{
	static const char *const name[] = { "first", "last", "min", "max",
					    "mean", "sum", "count" };
	char *end;

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (strcmp(text, name[i]) == 0) {
			opt->how = (enum downsample)(DOWNSAMPLE_FIRST + i);
			return 0;
		}
	if (strncmp(text, "lttb:", 5) == 0) {
		opt->how = DOWNSAMPLE_LTTB;
		opt->points = strtoull(text + 5, &end, 10);
		if (text[5] >= '0' && text[5] <= '9' && !*end &&
		    opt->points >= 2 && opt->points <= LTTB_POINTS_MAX)
			return 0;
	}
	return err_set(err, ERR_USAGE, "--downsample takes first, last, min, "
		       "max, mean, sum, count or lttb:N (N from 2 to %d), not "
		       "'%s'", LTTB_POINTS_MAX, text);
}

/* The tick of the bucket that a tick is in. */
static int bucket_of(const struct down *d, int64_t tick, int64_t *begin,
		     struct err *err)
{
	int64_t w = d->opt.width, k = tick / w;

	if (d->opt.ends ? tick > 0 && tick % w : tick < 0 && tick % w)
		k += d->opt.ends ? 1 : -1;
	if (!__builtin_mul_overflow(k, w, begin))
		return 0;
	return err_set(err, ERR_DATA, "the bucket of tick %lld has no tick",
		       (long long)tick);
}

static bool is_number(uint8_t kind)
{
	return kind == BATCH_LONG || kind == BATCH_DOUBLE ||
		kind == BATCH_DECIMAL;
}

static void keep(struct batch *to, const struct batch *b, size_t i)
{
	batch_reset(to);
	batch_add_range(to, b, i, 1);
}

/* Is point i smaller (or larger) than the one kept? */
static bool beats(const struct down *d, const struct batch *b, size_t i)
{
	const struct batch *p = &d->bucket.point;
	bool min = d->opt.how == DOWNSAMPLE_MIN;
	double x, y;

	if (b->kind[i] == BATCH_LONG && p->kind[0] == BATCH_LONG)
		return min ? b->val[i] < p->val[0] : b->val[i] > p->val[0];
	x = lttb_value(b, i);
	y = lttb_value(p, 0);
	return y != y ? x == x : min ? x < y : x > y;
}

static void add(struct down *d, const struct batch *b, size_t i)
{
	struct bucket *k = &d->bucket;
	bool isnumber = is_number(b->kind[i]);
	bool islong = b->kind[i] == BATCH_LONG;
	enum downsample how = d->opt.how;

	if (k->n == 0)
		k->longs = true;
	if (k->n == 0 || how == DOWNSAMPLE_LAST ||
	    ((how == DOWNSAMPLE_MIN || how == DOWNSAMPLE_MAX) &&
	     beats(d, b, i)))
		keep(&k->point, b, i);
	if (how >= DOWNSAMPLE_MEAN)
		keep(&k->last, b, i);
	k->longs &= islong;
	if (islong)
		k->over |= __builtin_add_overflow(k->sum, b->val[i], &k->sum);
	if (isnumber)
		k->total += lttb_value(b, i);
	k->n++;
}

/* The bucket's point is appended to out. */
static int close_bucket(struct down *d, struct err *err)
{
	struct bucket *k = &d->bucket;
	const struct batch *p = d->opt.how >= DOWNSAMPLE_MEAN ? &k->last :
		&k->point;
	size_t i = d->out.n;

	if (!k->n)
		return 0;
	if (d->opt.how < DOWNSAMPLE_MEAN) {
		batch_add_range(&d->out, p, 0, 1);
		d->out.tick[i] = k->tick;
	} else {
		batch_add_place(&d->out, k->tick, p->has_location ?
				p->location[0] : BATCH_NO_LOCATION,
				p->has_elevation ? p->elevation[0] :
				BATCH_NO_ELEVATION);
	}
	if (d->opt.how == DOWNSAMPLE_COUNT)
		batch_set_long(&d->out, i, (int64_t)k->n);
	else if (d->opt.how == DOWNSAMPLE_MEAN)
		batch_set_double(&d->out, i, k->total / (double)k->n);
	else if (d->opt.how == DOWNSAMPLE_SUM && !k->longs)
		batch_set_double(&d->out, i, k->total);
	else if (d->opt.how == DOWNSAMPLE_SUM && k->over)
		return err_set(err, ERR_DATA, "the sum of the bucket at %lld "
			       "is beyond LONG", (long long)k->tick);
	else if (d->opt.how == DOWNSAMPLE_SUM)
		batch_set_long(&d->out, i, k->sum);
	k->n = 0;
	k->over = false;
	k->sum = 0;
	k->total = 0;
	return 0;
}

static int refuse(struct down *d, const struct batch *b, size_t i,
		  struct err *err)
{
	static const char *const kind[] = { "", "LONG", "DOUBLE", "BOOLEAN",
					    "STRING", "BYTES" };

	if (d->opt.skip_types) {
		d->refused = true;
		return 0;
	}
	return err_set(err, ERR_DATA, "this aggregate takes numbers, and "
		       "there is a %s at tick %lld", kind[b->kind[i]],
		       (long long)b->tick[i]);
}

/* Some points of in, until out has what they give. */
static int look(struct down *d, struct err *err)
{
	const struct batch *b = d->in;
	size_t last = b->n - d->at > BATCH_POINTS ? d->at + BATCH_POINTS :
		b->n;
	bool numbers = d->opt.how >= DOWNSAMPLE_MIN &&
		d->opt.how != DOWNSAMPLE_COUNT;

	d->points += last - d->at;
	for (; d->at < last; d->at++) {
		int64_t tick;

		if (numbers && !is_number(b->kind[d->at]) &&
		    refuse(d, b, d->at, err))
			return -1;
		if (d->refused)
			continue;
		if (d->opt.how == DOWNSAMPLE_LTTB) {
			batch_add_range(&d->out, b, d->at, 1);
			continue;
		}
		if (bucket_of(d, b->tick[d->at], &tick, err) ||
		    (d->bucket.n && d->bucket.tick != tick &&
		     close_bucket(d, err)))
			return -1;
		d->bucket.tick = tick;
		add(d, b, d->at);
	}
	d->at = last;
	if (last == b->n)
		d->in = NULL;
	return 0;
}

/* The series ends: what was held is given, or forgotten. */
static int end_series(struct down *d, struct err *err)
{
	d->begun = false;
	if (d->refused) {
		d->bucket.n = 0;
		d->bucket.sum = 0;
		d->bucket.total = 0;
		d->bucket.over = false;
		d->ledger->dropped_types += d->points;
		hold_reset(d->hold);
		return 0;
	}
	if (close_bucket(d, err))
		return -1;
	d->given += d->out.n;
	if (d->held) {
		if (hold_put(d->hold, &d->out, err))
			return -1;
		d->given = hold_points(d->hold);
	}
	if (d->opt.how == DOWNSAMPLE_LTTB) {
		struct hold *s = d->chosen;

		if (lttb_choose(d->hold, d->opt.points, s, err))
			return -1;
		hold_reset(d->hold);
		d->chosen = d->hold;
		d->hold = s;
		d->given = hold_points(s);
	}
	d->ledger->dropped_thinned += d->points - d->given;
	d->giving = d->held;
	if (d->held)
		batch_reset(&d->out);
	return d->held ? hold_rewind(d->hold, err) : 0;
}

/* Says which series it is about. */
static int name_it(const struct down *d, struct err *err)
{
	struct buf name = { 0 };

	series_print(&name, &d->series, false);
	err_at(err, "%s", buf_text(&name));
	buf_release(&name);
	return -1;
}

/* The next batch; where it begins a series, the last one has ended. */
static int pull(struct down *d, struct err *err)
{
	int r;

	if (!d->in && !d->ended) {
		r = flow_next(d->from, &d->in, err);
		if (r < 0)
			return -1;
		d->at = 0;
		d->ended = r == 0;
		if (r == 0)
			d->in = NULL;
	}
	if (d->begun && (!d->in || series_compare(&d->series,
						  d->in->series)))
		return end_series(d, err) ? name_it(d, err) : 0;
	if (!d->in)
		return 0;
	if (!d->begun) {
		series_copy(&d->series, d->in->series);
		d->begun = true;
		d->points = d->given = 0;
		d->refused = false;
	}
	if (look(d, err))
		return name_it(d, err);
	if (!d->held) {
		d->given += d->out.n;
		return 0;
	}
	if (d->refused || hold_put(d->hold, &d->out, err) == 0) {
		batch_reset(&d->out);
		return 0;
	}
	return -1;
}

static int down_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	struct down *d = (struct down *)base;

	batch_reset(&d->out);
	d->out.series = &d->series;
	*b = &d->out;
	while (d->out.n == 0) {
		if (d->giving) {
			int r = hold_next(d->hold, b, err);

			if (r < 0)
				return -1;
			if (r > 0) {
				d->view = **b;
				d->view.series = &d->series;
				*b = &d->view;
				return 1;
			}
			d->giving = false;
			hold_reset(d->hold);
			*b = &d->out;
		}
		if (d->ended && !d->begun)
			return 0;
		if (pull(d, err))
			return -1;
	}
	return 1;
}

struct flow_source *downsample_open(struct flow_source *from,
				    const struct downsample_options *opt,
				    struct ledger *ledger)
{
	static const struct flow_source_ops ops = { down_next, down_free };
	struct down *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->from = from;
	d->opt = *opt;
	d->ledger = ledger;
	d->hold = hold_new(opt->tmpdir);
	d->chosen = hold_new(opt->tmpdir);
	d->held = opt->how == DOWNSAMPLE_LTTB || opt->skip_types;
	return &d->base;
}
