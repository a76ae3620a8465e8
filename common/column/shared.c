#include "column/shared.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/cost.h"
#include "column/distinct.h"
#include "column/vz.h"
#include "util/alloc.h"
#include "util/clones.h"

enum {
	POINTS_LEAST = 16,	/* of a stream that is tried */
	SAMPLE = 64,
	BITS_LEAST = 6,		/* a point, of a stream that is tried */
	OWNER_MANY = -1,	/* a value of several streams */
	VALUES_MAX = 1 << 17,	/* of a list: what it takes to find it */
	SLOTS_FIRST = 4096,	/* of a table that is hashed */
	NEAR_MAX = 1 << 18,	/* values that may be, of one that is not */
	PART_POINTS = 16384,	/* looked at by one thread, about */
};

/* A value of a family. */
struct entry {
	int32_t owner;		/* 1 + the stream, 0: free */
	uint32_t rank;		/* in the list, ascending */
};

/* The values of the streams of a family. */
struct table {
	struct entry *slot;
	int64_t *value;		/* of the slots; NULL: one for each value, */
	int64_t least;		/* from this one on */
	size_t slots;		/* a power of two, where values are hashed */
	size_t n;
	size_t most;		/* values with which a list may pay */
	size_t changes;		/* points unlike the one before */
};

/* A stream that may gain. */
struct member {
	uint64_t family;
	size_t stream;
	bool in;		/* it takes part */
	uint32_t own;		/* values that only it has */
	int64_t *index;		/* room for those of its points */
	uint64_t bits;		/* of the indices that are there, */
	struct vz_plan plan;	/* and how they are written */
};

/* The streams of one kind, which are tried together. */
struct family {
	struct member *member;
	size_t n;
	struct relation_stream *stream;	/* of the page */
	struct pool *pool;
	size_t grain;		/* members that one thread looks at */
	struct table table;
	struct shared_list list;	/* what came of it, n 0: nothing */
};

void shared_release(struct shared *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->list[i].value);
	free(s->index);
	*s = (struct shared){ 0 };
}

static inline size_t find_slot(const struct table *t, int64_t v)
{
	size_t k;

	if (!t->value)
		return (size_t)((uint64_t)v - (uint64_t)t->least);
	k = (size_t)((uint64_t)v * UINT64_C(0x9E3779B97F4A7C15) >> 24) &
		(t->slots - 1);
	while (t->slot[k].owner && t->value[k] != v)
		k = (k + 1) & (t->slots - 1);
	return k;
}

static void set_slots(struct table *t, size_t slots, bool hashed)
{
	t->slots = slots;
	t->slot = alloc_zero(slots, sizeof(*t->slot));
	t->value = hashed ? alloc_resize(NULL, slots, sizeof(*t->value)) :
		NULL;
}

static void grow(struct table *t)
{
	struct table old = *t;

	set_slots(t, 2 * old.slots, true);
	for (size_t i = 0; i < old.slots; i++) {
		size_t k;

		if (!old.slot[i].owner)
			continue;
		k = find_slot(t, old.value[i]);
		t->slot[k] = old.slot[i];
		t->value[k] = old.value[i];
	}
	free(old.slot);
	free(old.value);
}

static void add_stream(struct table *t, const struct relation_stream *s,
		       size_t number)
{
	int32_t owner = (int32_t)number + 1;

	for (size_t i = 0; i < s->n && t->n <= t->most; i++) {
		struct entry *e;
		size_t k;

		if (i && s->v[i] == s->v[i - 1])
			continue;
		if (t->value && 2 * t->n >= t->slots)
			grow(t);
		k = find_slot(t, s->v[i]);
		e = &t->slot[k];
		if (!e->owner) {
			if (t->value)
				t->value[k] = s->v[i];
			e->owner = owner;
			t->n++;
		} else if (e->owner != owner) {
			e->owner = OWNER_MANY;
		}
	}
}

/* The values in their order; each entry learns its rank. */
static int64_t *rank_values(struct table *t)
{
	int64_t *v = alloc_resize(NULL, t->n, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < t->slots; i++) {
		if (!t->slot[i].owner)
			continue;
		v[n] = t->value ? t->value[i] : t->least + (int64_t)i;
		t->slot[i].rank = (uint32_t)n++;
	}
	if (!t->value)
		return v;
	distinct_sort(v, n);
	for (size_t i = 0; i < n; i++)
		t->slot[find_slot(t, v[i])].rank = (uint32_t)i;
	return v;
}

static void empty(struct table *t)
{
	free(t->slot);
	free(t->value);
	*t = (struct table){ 0 };
}

/* Is a stream dear enough that a list may pay? */
static bool dear(const struct relation_stream *s)
{
	size_t step = s->n / SAMPLE + 1, tried = 0;
	uint64_t bits = 0;

	if (s->n < POINTS_LEAST)
		return false;
	for (size_t i = 1; i < s->n; i += step, tried++)
		bits += cost_length(varint_zigzag((int64_t)
			((uint64_t)s->v[i] - (uint64_t)s->v[i - 1])));
	return bits >= BITS_LEAST * tried;
}

static void find_indices(const struct table *t,
			 const struct relation_stream *s, int64_t *index)
{
	for (size_t i = 0; i < s->n; i++)
		index[i] = i && s->v[i] == s->v[i - 1] ? index[i - 1] :
			t->slot[find_slot(t, s->v[i])].rank;
}

/* Members from..to-1 as indices into the list at hand, if they take part. */
static void index_members(void *arg, size_t from, size_t to)
{
	struct family *f = arg;

	for (size_t i = from; i < to; i++) {
		struct member *m = &f->member[i];
		struct relation_stream *r = &f->stream[m->stream];

		if (!m->in)
			continue;
		find_indices(&f->table, r, m->index);
		m->bits = vz_cost(m->index, r->n, &m->plan);
		if (r->cost == 0)
			r->cost = vz_cost(r->v, r->n, &r->plan);
	}
}

/*
 * Leaves out the streams that are cheaper alone, each with those values of
 * the list that only it has; *left: there were some.  Returns the bits that
 * the rest saves.
 */
static uint64_t leave_out(struct family *f, const int64_t *value, bool *left)
{
	const struct table *t = &f->table;
	uint64_t each = vz_cost(value, t->n, NULL) / t->n + 1, saved = 0;

	for (size_t i = 0; i < f->n; i++)
		f->member[i].own = 0;
	/* owners are numbers among the members */
	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].owner > 0)
			f->member[t->slot[i].owner - 1].own++;
	pool_each(f->pool, f->n, f->grain, index_members, f);
	*left = false;
	for (size_t i = 0; i < f->n; i++) {
		struct member *m = &f->member[i];
		const struct relation_stream *r = &f->stream[m->stream];

		if (!m->in)
			continue;
		m->in = m->bits + each * m->own < r->cost;
		if (m->in)
			saved += r->cost - m->bits;
		else
			*left = true;
	}
	return saved;
}

/* How many of n points are unlike the one before; *up: greater. */
CLONES
static size_t count_changes(const int64_t *v, size_t n, size_t *up)
{
	uint64_t changes = n > 0, ups = 0;

	for (size_t i = 1; i < n; i++) {
		changes += (uint64_t)(v[i] != v[i - 1]);
		ups += (uint64_t)(v[i] > v[i - 1]);
	}
	*up = (size_t)ups;
	return (size_t)changes;
}

/*
 * Makes room for the values of the members that still take part; false where
 * they are known to be too many.
 */
static bool begin_table(struct family *f)
{
	struct table *t = &f->table;
	struct plan_range all = { INT64_MAX, INT64_MIN };
	size_t points = 0;
	uint64_t range;

	empty(t);
	for (size_t i = 0; i < f->n; i++) {
		const struct member *m = &f->member[i];
		const struct relation_stream *r = &f->stream[m->stream];
		struct plan_range own;
		size_t up;

		if (!m->in)
			continue;
		plan_range(&own, r->v, r->n);
		all.least = own.least < all.least ? own.least : all.least;
		all.most = own.most > all.most ? own.most : all.most;
		points += r->n;
		t->changes += count_changes(r->v, r->n, &up);
		/* none of a counter comes back */
		if (f->n == 1 && up + 1 == t->changes)
			return false;
	}
	t->least = all.least;
	range = (uint64_t)all.most - (uint64_t)all.least;
	if (points > 0 && range < NEAR_MAX && range < 2 * points)
		set_slots(t, (size_t)range + 1, false);
	else
		set_slots(t, points < SLOTS_FIRST ? SLOTS_FIRST / 4 :
			  SLOTS_FIRST, true);
	return true;
}

/*
 * Makes the table of the members that still take part.  It may end beyond
 * VALUES_MAX, and unless all are wanted where they are too many for a list:
 * those of most points unlike the one before.
 */
static void fill_table(struct family *f, bool all)
{
	struct table *t = &f->table;

	if (!begin_table(f))
		return;
	t->most = all || t->changes / 4 * 3 > VALUES_MAX ? VALUES_MAX :
		t->changes / 4 * 3;
	for (size_t i = 0; i < f->n; i++)
		if (f->member[i].in)
			add_stream(t, &f->stream[f->member[i].stream], i);
}

/* The members that take part are written as indices. */
static void use_list(struct family *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct member *m = &f->member[i];
		struct relation_stream *r = &f->stream[m->stream];

		if (!m->in)
			continue;
		r->index = m->index;
		r->cost = m->bits;
		r->plan = m->plan;
	}
}

/* Tries a list for a family. */
static void try_family(struct family *f)
{
	struct table *t = &f->table;
	int64_t *value = NULL;
	uint64_t saved = 0;
	bool left = true;

	fill_table(f, false);
	/* one round to find out who gains, one with the shorter list */
	for (int round = 0; round < 2 && left && t->n &&
	     t->n <= VALUES_MAX && t->n < t->changes / 4 * 3; round++) {
		free(value);
		value = rank_values(t);
		saved = leave_out(f, value, &left);
		if (left)
			fill_table(f, true);
	}
	if (left) {
		free(value);
		value = saved && t->n ? rank_values(t) : NULL;
	}
	if (value && saved > vz_cost(value, t->n, NULL) + 64) {
		if (left)
			pool_each(f->pool, f->n, f->grain, index_members, f);
		use_list(f);
		f->list = (struct shared_list){ value, t->n };
		value = NULL;
	}
	free(value);
	empty(t);
}

static void try_families(void *arg, size_t from, size_t to)
{
	struct family *f = arg;

	for (size_t i = from; i < to; i++)
		try_family(&f[i]);
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return (x->stream > y->stream) - (x->stream < y->stream);
}

/* The streams that may gain, by family; their number. */
static size_t find_members(struct shared *s, struct member *m,
			   const struct relation_stream *stream, size_t n)
{
	size_t k = 0, total = 0;

	for (size_t i = 0; i < n; i++)
		if (dear(&stream[i])) {
			m[k++] = (struct member){
				.family = stream[i].family, .stream = i,
				.in = true,
			};
			total += stream[i].n;
		}
	qsort(m, k, sizeof(*m), compare_members);
	s->index = alloc_resize(NULL, total, sizeof(*s->index));
	total = 0;
	for (size_t i = 0; i < k; i++) {
		m[i].index = s->index + total;
		total += stream[m[i].stream].n;
	}
	return k;
}

/* The members of one family, from the first of them on. */
static struct family take_family(struct member *m, size_t n,
				 struct relation_stream *stream,
				 struct pool *pool)
{
	struct family f = { .member = m, .stream = stream, .pool = pool };
	size_t points = 0;

	for (; f.n < n && m[f.n].family == m->family; f.n++)
		points += stream[m[f.n].stream].n;
	f.grain = f.n * PART_POINTS / points + 1;
	return f;
}

/* What came of a family gets its number. */
static void keep_list(struct shared *s, const struct family *f)
{
	if (f->list.n == 0)
		return;
	s->list[s->n++] = f->list;
	for (size_t i = 0; i < f->n; i++)
		if (f->member[i].in)
			f->stream[f->member[i].stream].relation.list = s->n;
}

void shared_choose(struct shared *s, struct relation_stream *stream,
		   size_t n, struct pool *pool)
{
	struct member *m = alloc_resize(NULL, n, sizeof(*m));
	size_t members = find_members(s, m, stream, n), i = 0;
	struct family f[SHARED_MAX];

	while (i < members && s->n < SHARED_MAX) {
		size_t k = 0;

		/* as many as can have a list, whatever comes of each */
		for (; i < members && k < SHARED_MAX - s->n; i += f[k++].n)
			f[k] = take_family(m + i, members - i, stream, pool);
		pool_each(pool, k, 1, try_families, f);
		for (size_t j = 0; j < k; j++)
			keep_list(s, &f[j]);
	}
	free(m);
}

void shared_put(struct lane_set *out, const struct shared *s)
{
	for (size_t i = 0; i < s->n; i++) {
		varint_put(&out->lane[LANE_HEAD], s->list[i].n);
		vz_encode(out, LANE_NUMBER, s->list[i].value, s->list[i].n);
	}
}
