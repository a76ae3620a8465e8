#include "flow/split.h"

#include <stdlib.h>
#include <string.h>

#include "codec/hash.h"
#include "model/span.h"
#include "util/alloc.h"
#include "util/opt.h"

enum { PREFIX = 8 };	/* bytes in front of a key, for periods */

int split_parse(struct split_options *opt, const char *text, struct err *err)
{
	const char *colon = strchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : strlen(text);
	char *end;

	if (n == 6 && memcmp(text, "series", 6) == 0) {
		opt->by = SPLIT_SERIES;
		opt->series = colon ? strtoull(colon + 1, &end, 10) : 1;
		if (!colon || (opt->series && !*end && colon[1] != '-'))
			return 0;
	} else if (colon && n == 6 && memcmp(text, "period", 6) == 0) {
		opt->by = SPLIT_PERIOD;
		opt->digits = strcmp(colon + 1, "YYYY") == 0 ? 4 :
			strcmp(colon + 1, "YYYYMM") == 0 ? 6 :
			strcmp(colon + 1, "YYYYMMDD") == 0 ? 8 : 0;
		if (opt->digits)
			return 0;
	} else if (colon && n == 5 && memcmp(text, "label", 5) == 0) {
		opt->by = SPLIT_LABEL;
		opt->label = (struct series_text){ colon + 1,
						   strlen(colon + 1) };
		if (opt->label.n)
			return 0;
	} else if (colon && n == 4 && memcmp(text, "size", 4) == 0) {
		opt->by = SPLIT_SIZE;
		if (opt_size(colon + 1, &opt->size, err) == 0 && opt->size)
			return 0;
		err_clear(err);
	}
	return err_set(err, ERR_USAGE, "--split-by takes period:YYYY|YYYYMM|"
		       "YYYYMMDD, series, series:N, label:NAME or size:SIZE,"
		       " not '%s'", text);
}

bool split_needs_order(const struct split_options *opt)
{
	return opt->by == SPLIT_PERIOD || opt->by == SPLIT_LABEL;
}

/* The value of the label that the series are split by; empty without. */
static void label_value(const struct split_options *opt,
			const struct series *s, struct buf *value)
{
	struct series_names v = { 0 };

	buf_reset(value);
	series_names_parse(&v, s);
	for (size_t i = 0; i < v.nlabels; i++)
		if (v.labels[i].name.n == opt->label.n &&
		    memcmp(v.labels[i].name.p, opt->label.p,
			   opt->label.n) == 0)
			buf_add(value, v.labels[i].value.p,
				v.labels[i].value.n);
	series_names_release(&v);
}

/*
 * The source in front of the sort: series get a key that begins with what
 * orders the outputs (the begin of the period, the value of the label), so
 * that the sort need not know of outputs.
 */
struct mark {
	struct flow_source base;
	struct flow_source *from;
	struct split_options opt;
	const struct batch *in;	/* lent; NULL: the next one is due */
	size_t at;
	struct buf value;
	struct series series;
	struct batch out;
};

static void mark_free(struct flow_source *base)
{
	struct mark *m = (struct mark *)base;

	flow_source_free(m->from);
	series_release(&m->series);
	batch_release(&m->out);
	buf_release(&m->value);
	free(m);
}

/* Label values end as texts of a key do, so that order is theirs. */
static void mark_label(struct mark *m, const struct series *s)
{
	struct series key = { 0 };
	struct err none = { 0 };

	label_value(&m->opt, s, &m->value);
	series_set(&key, (struct series_text){ (char *)m->value.data,
					       m->value.len }, NULL, 0, &none);
	buf_add(&m->series.key, key.key.data, key.key.len);
	series_release(&key);
}

static int mark_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	struct mark *m = (struct mark *)base;
	struct span period = SPAN_ALL;
	size_t from = m->at, to;
	int r;

	if (!m->in) {
		r = flow_next(m->from, &m->in, err);
		if (r <= 0)
			return r;
		from = 0;
	}
	series_copy(&m->series, m->in->series);
	buf_reset(&m->series.key);
	if (m->opt.by == SPLIT_PERIOD) {
		span_period_of(m->in->tick[from], m->opt.digits,
			       m->opt.units, &period);
		buf_add_be64(&m->series.key, (uint64_t)period.start ^
			     UINT64_C(1) << 63);
	} else {
		mark_label(m, m->in->series);
	}
	buf_add(&m->series.key, m->in->series->key.data,
		m->in->series->key.len);
	for (to = from + 1; to < m->in->n && m->in->tick[to] >= period.start &&
	     m->in->tick[to] <= period.end; to++)
		;
	batch_reset(&m->out);
	batch_add_range(&m->out, m->in, from, to - from);
	m->out.series = &m->series;
	m->at = to;
	if (to == m->in->n)
		m->in = NULL;
	*b = &m->out;
	return 1;
}

/* The source behind the sort: the key is that of the series again. */
struct unmark {
	struct flow_source base;
	struct flow_source *from;
	enum split_by by;
	struct series series;
	struct batch view;
};

static void unmark_free(struct flow_source *base)
{
	struct unmark *u = (struct unmark *)base;

	flow_source_free(u->from);
	series_release(&u->series);
	free(u);
}

static int unmark_next(struct flow_source *base, const struct batch **b,
		       struct err *err)
{
	struct unmark *u = (struct unmark *)base;
	const struct series *s;
	size_t n = PREFIX;
	int r = flow_next(u->from, b, err);

	if (r <= 0)
		return r;
	s = (*b)->series;
	if (u->by == SPLIT_LABEL)
		for (n = 2; s->key.data[n - 2] != 0 ||
		     s->key.data[n - 1] != 1; n++)
			;
	series_copy(&u->series, s);
	buf_reset(&u->series.key);
	buf_add(&u->series.key, s->key.data + n, s->key.len - n);
	u->view = **b;
	u->view.series = &u->series;
	*b = &u->view;
	return 1;
}

struct flow_source *split_order(struct flow_source *from,
				const struct split_options *opt,
				const struct sort_options *sort,
				struct err *err)
{
	static const struct flow_source_ops mark_ops = {
		mark_next, mark_free
	};
	static const struct flow_source_ops unmark_ops = {
		unmark_next, unmark_free
	};
	struct mark *m = alloc_zero(1, sizeof(*m));
	struct unmark *u;
	struct flow_source *sorted;

	m->base.ops = &mark_ops;
	m->from = from;
	m->opt = *opt;
	sorted = sort_open(&m->base, sort, err);
	if (!sorted)
		return NULL;
	u = alloc_zero(1, sizeof(*u));
	u->base.ops = &unmark_ops;
	u->from = sorted;
	u->by = opt->by;
	return &u->base;
}

/* The names given so far, as hashes; 0 is a free place. */
struct names {
	uint64_t *slot;
	size_t slots, n;
};

/* False when the name was given before. */
static bool names_add(struct names *t, const char *name)
{
	uint64_t h = hash_xxh3(name, strlen(name), 0) | 1;
	size_t n = t->slots, i;

	if (2 * t->n >= n) {
		uint64_t *old = t->slot;

		t->slots = n ? 2 * n : 256;
		t->slot = alloc_zero(t->slots, sizeof(*t->slot));
		for (size_t k = 0; k < n; k++) {
			for (i = old[k] % t->slots; old[k] && t->slot[i];)
				i = (i + 1) % t->slots;
			if (old[k])
				t->slot[i] = old[k];
		}
		free(old);
	}
	for (i = h % t->slots; t->slot[i]; i = (i + 1) % t->slots)
		if (t->slot[i] == h)
			return false;
	t->slot[i] = h;
	t->n++;
	return true;
}

struct split_sink {
	struct flow_sink base;
	struct names names;
	struct split_options opt;
	struct split_outputs outputs;
	struct flow_sink *open;	/* NULL: none yet */
	char *name;
	uint64_t n;		/* outputs so far */
	uint64_t nseries;	/* of the open one */
	struct span period;	/* of it */
	struct buf value;	/* of the label, of it */
	struct buf scratch;
	struct series series;	/* the last one */
};

static int close_output(struct split_sink *s, struct err *err)
{
	int bad;

	if (!s->open)
		return 0;
	bad = flow_close(s->open, err) ||
		s->outputs.closed(s->outputs.to, s->name, err);
	flow_sink_free(s->open);
	s->open = NULL;
	return bad;
}

/* %l{name} at p (behind the l): appends the value, returns what follows. */
static const char *add_label(struct buf *out, const struct series_names *v,
			     const char *p, struct err *err)
{
	const char *end = *p == '{' ? strchr(p, '}') : NULL;

	if (!end) {
		err_set(err, ERR_USAGE, "-o: %%l takes a name: %%l{name}");
		return NULL;
	}
	for (size_t i = 0; i < v->nlabels; i++)
		if (v->labels[i].name.n == (size_t)(end - p - 1) &&
		    memcmp(v->labels[i].name.p, p + 1,
			   v->labels[i].name.n) == 0)
			series_percent_encode(out, v->labels[i].value.p,
					      v->labels[i].value.n);
	return end + 1;
}

/* The name of the output that begins with tick i of b. */
static int name_output(struct split_sink *s, const struct batch *b, size_t i,
		       struct err *err)
{
	struct series_names v = { 0 };
	struct buf name = { 0 };
	const char *p = s->opt.pattern;
	int bad = 0;

	series_names_parse(&v, b->series);
	while (!bad && *p) {
		if (*p != '%') {
			buf_add_byte(&name, (uint8_t)*p++);
			continue;
		}
		p += 2;
		if (p[-1] == 'c')
			series_percent_encode(&name, v.class.p, v.class.n);
		else if (p[-1] == 'p')
			span_print_period(&name, b->tick[i], s->opt.digits ?
					  s->opt.digits : 8, s->opt.units);
		else if (p[-1] == 'n')
			buf_addf(&name, "%llu", (unsigned long long)s->n);
		else if (p[-1] == '%')
			buf_add_byte(&name, '%');
		else if (p[-1] == 'l')
			bad = !(p = add_label(&name, &v, p, err));
		else
			bad = err_set(err, ERR_USAGE, "-o: %%c, %%p, %%l{name}"
				      " and %%n stand in a pattern") != 0;
	}
	series_names_release(&v);
	free(s->name);
	s->name = bad ? NULL : alloc_string(buf_text(&name));
	buf_release(&name);
	return bad;
}

static int open_output(struct split_sink *s, const struct batch *b, size_t i,
		       struct err *err)
{
	s->n++;
	s->nseries = 0;
	s->period = SPAN_ALL;
	if (s->opt.by == SPLIT_PERIOD)
		span_period_of(b->tick[i], s->opt.digits, s->opt.units,
			       &s->period);
	if (s->opt.by == SPLIT_LABEL)
		label_value(&s->opt, b->series, &s->value);
	if (name_output(s, b, i, err))
		return -1;
	if (!names_add(&s->names, s->name))
		return err_set(err, ERR_USAGE, "-o: two outputs would be %s "
			       "(%%n makes them differ)", s->name);
	s->open = s->outputs.open(s->outputs.to, s->name, err);
	return s->open ? 0 : -1;
}

/* Does point i of b, which begins a series or not, need another output? */
static bool needs_another(struct split_sink *s, const struct batch *b,
			  size_t i, bool begins)
{
	switch (s->opt.by) {
	case SPLIT_PERIOD:
		return b->tick[i] < s->period.start ||
			b->tick[i] > s->period.end;
	case SPLIT_SERIES:
		return begins && s->nseries == s->opt.series;
	case SPLIT_LABEL:
		if (!begins)
			return false;
		label_value(&s->opt, b->series, &s->scratch);
		return s->scratch.len != s->value.len ||
			(s->value.len && memcmp(s->scratch.data,
						s->value.data, s->value.len));
	default:
		return s->outputs.bytes(s->outputs.to) >= s->opt.size;
	}
}

static int split_put(struct flow_sink *base, const struct batch *b,
		     struct err *err)
{
	struct split_sink *s = (struct split_sink *)base;
	bool begins = !s->name || series_compare(&s->series, b->series);
	struct batch part = { 0 };

	if (begins)
		series_copy(&s->series, b->series);
	for (size_t i = 0, to; i < b->n; i = to) {
		int bad = 0;

		if (s->open && needs_another(s, b, i, begins))
			bad = close_output(s, err);
		if (!bad && !s->open)
			bad = open_output(s, b, i, err);
		s->nseries += begins || s->nseries == 0;
		begins = false;
		for (to = i + 1; to < b->n && b->tick[to] >= s->period.start &&
		     b->tick[to] <= s->period.end; to++)
			;
		if (!bad && i == 0 && to == b->n)
			return flow_put(s->open, b, err);
		if (!bad) {
			batch_reset(&part);
			batch_add_range(&part, b, i, to - i);
			part.series = b->series;
			bad = flow_put(s->open, &part, err);
		}
		if (bad) {
			batch_release(&part);
			return -1;
		}
	}
	batch_release(&part);
	return 0;
}

static int split_close(struct flow_sink *base, struct err *err)
{
	return close_output((struct split_sink *)base, err);
}

static void split_free(struct flow_sink *base)
{
	struct split_sink *s = (struct split_sink *)base;

	flow_sink_free(s->open);
	free(s->name);
	free(s->names.slot);
	buf_release(&s->value);
	buf_release(&s->scratch);
	series_release(&s->series);
	free(s);
}

struct flow_sink *split_sink(const struct split_options *opt,
			     const struct split_outputs *outputs)
{
	static const struct flow_sink_ops ops = {
		split_put, split_close, split_free
	};
	struct split_sink *s = alloc_zero(1, sizeof(*s));

	s->base.ops = &ops;
	s->opt = *opt;
	s->outputs = *outputs;
	return &s->base;
}
