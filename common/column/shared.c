#include "column/shared.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/cost.h"
#include "column/vz.h"
#include "util/alloc.h"

enum {
	POINTS_LEAST = 16,	/* of a stream that is tried */
	SAMPLE = 64,
	BITS_LEAST = 6,		/* a point, of a stream that is tried */
	OWNER_MANY = -1,	/* a value of several streams */
	VALUES_MAX = 1 << 17,	/* of a list: what it takes to find it */
};

/* A value of a family. */
struct entry {
	int64_t value;
	int32_t owner;		/* 1 + the stream, 0: free */
	uint32_t rank;		/* in the list, ascending */
};

/* The values of the streams of a family. */
struct table {
	struct entry *slot;
	size_t slots;		/* a power of two */
	size_t n;
	size_t changes;		/* points unlike the one before */
	bool *in;		/* the streams that take part */
};

void shared_release(struct shared *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->list[i].value);
	free(s->index);
	*s = (struct shared){ 0 };
}

static size_t find_slot(const struct table *t, int64_t v)
{
	size_t k = (size_t)((uint64_t)v * UINT64_C(0x9E3779B97F4A7C15) >> 24) &
		(t->slots - 1);

	while (t->slot[k].owner && t->slot[k].value != v)
		k = (k + 1) & (t->slots - 1);
	return k;
}

static void grow(struct table *t)
{
	struct table old = *t;

	t->slots = old.slots ? 2 * old.slots : 1024;
	t->slot = alloc_zero(t->slots, sizeof(*t->slot));
	for (size_t i = 0; i < old.slots; i++)
		if (old.slot[i].owner)
			t->slot[find_slot(t, old.slot[i].value)] =
				old.slot[i];
	free(old.slot);
}

static void add_stream(struct table *t, const struct relation_stream *s,
		       size_t number)
{
	int32_t owner = (int32_t)number + 1;

	for (size_t i = 0; i < s->n && t->n <= VALUES_MAX; i++) {
		struct entry *e;

		if (i && s->v[i] == s->v[i - 1])
			continue;
		if (2 * t->n >= t->slots)
			grow(t);
		e = &t->slot[find_slot(t, s->v[i])];
		if (!e->owner) {
			e->value = s->v[i];
			e->owner = owner;
			t->n++;
		} else if (e->owner != owner) {
			e->owner = OWNER_MANY;
		}
		t->changes++;
	}
}

static int compare_values(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The values in their order; each entry learns its rank. */
static int64_t *rank_values(struct table *t)
{
	int64_t *v = alloc_resize(NULL, t->n, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].owner)
			v[n++] = t->slot[i].value;
	qsort(v, n, sizeof(*v), compare_values);
	for (size_t i = 0; i < n; i++)
		t->slot[find_slot(t, v[i])].rank = (uint32_t)i;
	return v;
}

static void empty(struct table *t)
{
	free(t->slot);
	t->slot = NULL;
	t->slots = t->n = t->changes = 0;
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

/*
 * Leaves out the streams that are cheaper alone, each with those values of
 * the list that only it has.  Returns the bits that the rest saves.
 */
static uint64_t leave_out(struct table *t, const int64_t *value,
			  struct relation_stream *s, const size_t *member,
			  size_t members, int64_t *index)
{
	uint64_t each = vz_cost(value, t->n, NULL) / t->n + 1, saved = 0;
	uint32_t *own = alloc_zero(members, sizeof(*own));
	size_t k = 0;

	/* owners are numbers among the members */
	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].owner > 0)
			own[t->slot[i].owner - 1]++;
	for (size_t m = 0; m < members; m++) {
		struct relation_stream *r = &s[member[m]];
		uint64_t bits;

		if (!t->in[m])
			continue;
		find_indices(t, r, index + k);
		bits = vz_cost(index + k, r->n, NULL);
		if (r->cost == 0)
			r->cost = vz_cost(r->v, r->n, &r->plan);
		t->in[m] = bits + each * own[m] < r->cost;
		if (t->in[m])
			saved += r->cost - bits;
		k += r->n;
	}
	free(own);
	return saved;
}

/* Makes the table of the members that still take part. */
static void fill_table(struct table *t, const struct relation_stream *s,
		       const size_t *member, size_t members)
{
	empty(t);
	for (size_t m = 0; m < members; m++)
		if (t->in[m])
			add_stream(t, &s[member[m]], m);
}

/* Tries a list for a family; index has room for all its points. */
static size_t try_family(struct shared *to, struct relation_stream *s,
			 const size_t *member, size_t members, int64_t *index)
{
	struct table t = { .in = alloc_bytes(members * sizeof(bool)) };
	int64_t *value = NULL;
	uint64_t saved = 0;
	size_t used = 0;

	memset(t.in, true, members * sizeof(bool));
	fill_table(&t, s, member, members);
	/* one round to find out who gains, one with the shorter list */
	for (int round = 0; round < 2 && t.n && t.n <= VALUES_MAX &&
	     t.n < t.changes / 4 * 3; round++) {
		free(value);
		value = rank_values(&t);
		saved = leave_out(&t, value, s, member, members, index);
		fill_table(&t, s, member, members);
	}
	free(value);
	value = saved && t.n ? rank_values(&t) : NULL;
	if (value && saved > vz_cost(value, t.n, NULL) + 64) {
		for (size_t m = 0; m < members; m++) {
			struct relation_stream *r = &s[member[m]];

			if (!t.in[m])
				continue;
			find_indices(&t, r, index + used);
			r->index = index + used;
			r->relation.list = to->n + 1;
			r->cost = vz_cost(r->index, r->n,
						  &r->plan);
			used += r->n;
		}
		to->list[to->n++] = (struct shared_list){ value, t.n };
		value = NULL;
	}
	free(value);
	empty(&t);
	free(t.in);
	return used;
}

/* A stream that may gain, in the order of families. */
struct member {
	uint64_t family;
	size_t stream;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return (x->stream > y->stream) - (x->stream < y->stream);
}

void shared_choose(struct shared *s, struct relation_stream *stream,
		   size_t n)
{
	struct member *m = alloc_resize(NULL, n, sizeof(*m));
	size_t *member = alloc_resize(NULL, n, sizeof(*member));
	size_t k = 0, total = 0, used = 0, end;

	for (size_t i = 0; i < n; i++)
		if (dear(&stream[i])) {
			m[k++] = (struct member){ stream[i].family, i };
			total += stream[i].n;
		}
	qsort(m, k, sizeof(*m), compare_members);
	for (size_t i = 0; i < k; i++)
		member[i] = m[i].stream;
	s->index = alloc_resize(NULL, total, sizeof(*s->index));
	for (size_t i = 0; i < k && s->n < SHARED_MAX; i = end) {
		for (end = i; end < k && m[end].family == m[i].family;)
			end++;
		used += try_family(s, stream, member + i, end - i,
				   s->index + used);
	}
	free(m);
	free(member);
}

void shared_put(struct lane_set *out, const struct shared *s)
{
	for (size_t i = 0; i < s->n; i++) {
		varint_put(&out->lane[LANE_HEAD], s->list[i].n);
		vz_encode(out, LANE_NUMBER, s->list[i].value, s->list[i].n);
	}
}
