#include "column/group.h"

#include <stdlib.h>
#include <string.h>

#include "column/cost.h"
#include "column/rans.h"
#include "util/alloc.h"
#include "util/clones.h"

enum {
	SMALL = 2048,		/* integers of a stream with its own group */
	CENTRES = 24,		/* groups of smaller streams */
	ROUNDS = 2,		/* of gathering them */
	LARGE_MAX = 160,
	PART_GROUPS = 8,	/* that one thread looks at */
	PART_ITEMS = 16,
	MANY = 512,		/* symbols that are counted in turns */
};

void group_costs(const uint32_t *count, uint32_t *cost)
{
	uint64_t total = 0;
	uint32_t all;

	for (unsigned k = 0; k < BUCKET_MAX; k++)
		total += count[k];
	all = cost_log2(total ? total : 1);
	for (unsigned k = 0; k < BUCKET_MAX; k++)
		cost[k] = count[k] ? all - cost_log2(count[k]) :
			all + (16 << 8);
}

/* Four in turns: runs of one symbol would wait for each other. */
static void count_many(uint32_t *count, const uint8_t *symbol, size_t n)
{
	uint32_t other[3][BUCKET_MAX] = { { 0 } };

	for (size_t i = 0; i < n; i += 4) {
		count[symbol[i]]++;
		other[0][symbol[i + 1]]++;
		other[1][symbol[i + 2]]++;
		other[2][symbol[i + 3]]++;
	}
	for (unsigned k = 0; k < BUCKET_MAX; k++)
		count[k] += other[0][k] + other[1][k] + other[2][k];
}

void group_count(uint32_t *count, const uint8_t *symbol, size_t n)
{
	size_t many = n < MANY ? 0 : n - n % 4;

	if (many)
		count_many(count, symbol, many);
	for (size_t i = many; i < n; i++)
		count[symbol[i]]++;
}

/* The first centre of a small stream: by the mean length of its integers. */
static unsigned first_centre(const uint8_t *symbol, size_t n,
			     const struct bucket_table *t)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += cost_length(t->base[symbol[i]]);
	sum = 2 * sum / n;
	return sum < CENTRES ? (unsigned)sum : CENTRES - 1;
}

/* The centre where a histogram costs least; used lists its symbols. */
static unsigned nearest(const uint32_t *count, const uint8_t *used,
			unsigned n, uint32_t (*cost)[BUCKET_MAX])
{
	uint64_t best = UINT64_MAX;
	unsigned centre = 0;

	for (unsigned k = 0; k < CENTRES; k++) {
		uint64_t sum = 0;

		for (unsigned i = 0; i < n; i++)
			sum += (uint64_t)count[used[i]] * cost[k][used[i]];
		if (sum < best) {
			best = sum;
			centre = k;
		}
	}
	return centre;
}

/* Moves small streams to the centre where they cost least. */
static void gather_small(const uint8_t *symbol, struct group_stream *s,
			 size_t n, uint32_t (*centre)[BUCKET_MAX])
{
	uint32_t (*cost)[BUCKET_MAX] = alloc_zero(CENTRES, sizeof(*cost));
	uint32_t (*next)[BUCKET_MAX] = alloc_zero(CENTRES, sizeof(*next));
	uint32_t count[BUCKET_MAX] = { 0 };
	uint8_t used[BUCKET_MAX];

	for (unsigned k = 0; k < CENTRES; k++)
		group_costs(centre[k], cost[k]);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *v = symbol + s[i].from;
		unsigned symbols = 0;

		if (s[i].group >= CENTRES)
			continue;
		for (size_t j = 0; j < s[i].n; j++)
			if (count[v[j]]++ == 0)
				used[symbols++] = v[j];
		s[i].group = nearest(count, used, symbols, cost);
		for (unsigned k = 0; k < symbols; k++) {
			next[s[i].group][used[k]] += count[used[k]];
			count[used[k]] = 0;
		}
	}
	memcpy(centre, next, CENTRES * sizeof(*centre));
	free(cost);
	free(next);
}

/* Numbers the groups that have streams, in order of first use. */
static unsigned renumber(struct group_stream *s, size_t n)
{
	unsigned number[CENTRES + LARGE_MAX] = { 0 }, used = 0;

	for (size_t i = 0; i < n; i++) {
		if (!number[s[i].group])
			number[s[i].group] = ++used;
		s[i].group = number[s[i].group] - 1;
	}
	return used;
}

unsigned group_streams(const uint8_t *symbol, struct group_stream *s,
		       size_t n)
{
	struct bucket_table table;
	uint32_t (*centre)[BUCKET_MAX] = alloc_zero(CENTRES, sizeof(*centre));
	size_t total = n ? s[n - 1].from + s[n - 1].n : 0;
	size_t large = total / LARGE_MAX + 1;
	unsigned next = CENTRES;

	bucket_init(&table, 0);
	if (large < SMALL)
		large = SMALL;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *v = symbol + s[i].from;

		if (s[i].n >= large && next < CENTRES + LARGE_MAX) {
			s[i].group = next++;
			continue;
		}
		s[i].group = s[i].n ? first_centre(v, s[i].n, &table) : 0;
		group_count(centre[s[i].group], v, s[i].n);
	}
	for (int k = 0; k < ROUNDS; k++)
		gather_small(symbol, s, n, centre);
	free(centre);
	return renumber(s, n);
}

int group_kind(const uint32_t count[BUCKET_KINDS][BUCKET_MAX],
	       const struct bucket_table table[BUCKET_KINDS])
{
	uint64_t cost[BUCKET_KINDS];

	for (int k = 0; k < BUCKET_KINDS; k++) {
		cost[k] = cost_entropy(count[k], BUCKET_MAX) +
			rans_table_cost(count[k]);
		for (unsigned b = 0; b < BUCKET_MAX; b++)
			cost[k] += (uint64_t)count[k][b] * table[k].bits[b];
	}
	return cost[1] < cost[0];
}

/* One histogram that needs a table: a context of a group, or a whole one. */
struct item {
	uint32_t *count;
	uint64_t n;
	uint64_t own;		/* what it takes in a table of its own, in */
	unsigned group;		/* 1/256 bit */
	unsigned context;
	unsigned table;
	unsigned from, to;	/* what is beyond is 0 */
};

/* The choice of tables. */
struct choice {
	struct group *group;
	struct item *item;	/* at first BUCKET_CONTEXTS of each group */
	size_t *items;		/* of each group, that there are */
	uint32_t (*cost)[BUCKET_MAX];	/* in each table */
	unsigned tables;
};

static void find_bounds(struct item *it)
{
	it->to = BUCKET_MAX;
	while (it->to > 1 && it->count[it->to - 1] == 0)
		it->to--;
	while (it->from + 1 < it->to && it->count[it->from] == 0)
		it->from++;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->count < y->count ? -1 : 1;
}

static uint64_t count_all(const uint32_t *count)
{
	uint64_t n = 0;

	for (unsigned k = 0; k < BUCKET_MAX; k++)
		n += count[k];
	return n;
}

static void add_all(uint32_t *to, const uint32_t *count)
{
	for (unsigned k = 0; k < BUCKET_MAX; k++)
		to[k] += count[k];
}

/* Order 1 where it saves more than its tables take; fills the items. */
static size_t choose_order(struct group *g, unsigned group, struct item *item)
{
	uint32_t all[BUCKET_MAX] = { 0 };
	uint64_t plain, ordered = 8 * BUCKET_CONTEXTS;
	size_t n = 0;

	for (unsigned c = 0; c < BUCKET_CONTEXTS; c++) {
		uint64_t symbols = count_all(g->count[c]), codes, table;

		if (!symbols)
			continue;
		add_all(all, g->count[c]);
		codes = cost_entropy(g->count[c], BUCKET_MAX);
		table = rans_table_cost(g->count[c]);
		ordered += codes + table / 4;
		item[n++] = (struct item){ .count = g->count[c],
			.n = symbols, .own = (codes + table) << 8,
			.group = group, .context = c };
	}
	plain = cost_entropy(all, BUCKET_MAX) + rans_table_cost(all);
	g->order = ordered < plain;
	if (g->order || n == 0)
		return n;
	memcpy(g->count[0], all, sizeof(all));
	item[0] = (struct item){ .count = g->count[0], .n = count_all(all),
		.own = plain << 8, .group = group };
	return 1;
}

/* Orders of groups from..to-1, and what there is to know of their items. */
static void choose_some(void *arg, size_t from, size_t to)
{
	const struct choice *c = arg;

	for (size_t g = from; g < to; g++) {
		struct item *it = c->item + g * BUCKET_CONTEXTS;

		c->items[g] = choose_order(&c->group[g], (unsigned)g, it);
		for (size_t i = 0; i < c->items[g]; i++)
			find_bounds(&it[i]);
	}
}

/* The items of all n groups, one behind the other: how many. */
static size_t close_up(const struct choice *c, unsigned n)
{
	size_t items = 0;

	for (unsigned g = 0; g < n; g++) {
		memmove(c->item + items, c->item + (size_t)g *
			BUCKET_CONTEXTS, c->items[g] * sizeof(*c->item));
		items += c->items[g];
	}
	return items;
}

CLONES
static uint64_t sum_costs(const uint32_t *count, const uint32_t *cost,
			  unsigned n)
{
	uint64_t sum = 0;

	for (unsigned k = 0; k < n; k++)
		sum += (uint64_t)count[k] * cost[k];
	return sum;
}

/* The table where the item costs least, and what, in 1/256 bit. */
static unsigned cheapest(const struct item *it, unsigned tables,
			 uint32_t (*cost)[BUCKET_MAX], uint64_t *least)
{
	unsigned best = 0;

	*least = UINT64_MAX;
	for (unsigned t = 0; t < tables; t++) {
		uint64_t sum = sum_costs(it->count + it->from,
					 cost[t] + it->from,
					 it->to - it->from);

		if (sum < *least) {
			*least = sum;
			best = t;
		}
	}
	return best;
}

/* Largest items first: one that no table suits gets a table of its own. */
static void gather_items(struct choice *c, size_t n,
			 uint32_t (*counts)[BUCKET_MAX])
{
	for (size_t i = 0; i < n; i++) {
		uint64_t shared;
		unsigned t = cheapest(&c->item[i], c->tables, c->cost,
				      &shared);

		if (c->item[i].own < shared && c->tables < GROUP_TABLES) {
			t = c->tables++;
			memset(counts[t], 0, sizeof(counts[t]));
		}
		add_all(counts[t], c->item[i].count);
		group_costs(counts[t], c->cost[t]);
	}
}

/* Moves items to their cheapest tables once all are known. */
static void settle_some(void *arg, size_t from, size_t to)
{
	const struct choice *c = arg;
	uint64_t least;

	for (size_t i = from; i < to; i++)
		c->item[i].table = cheapest(&c->item[i], c->tables, c->cost,
					    &least);
}

/* Numbers the tables that have items, in order of first use. */
static unsigned number_tables(const struct choice *c, size_t n,
			      uint32_t (*counts)[BUCKET_MAX])
{
	unsigned number[GROUP_TABLES] = { 0 }, used = 0;

	memset(counts, 0, c->tables * sizeof(*counts));
	for (size_t i = 0; i < n; i++) {
		struct item *it = &c->item[i];

		if (!number[it->table])
			number[it->table] = ++used;
		it->table = number[it->table] - 1;
		add_all(counts[it->table], it->count);
	}
	return used;
}

unsigned group_tables(struct group *g, unsigned n,
		      uint32_t (*counts)[BUCKET_MAX], struct pool *pool)
{
	struct choice c = {
		.group = g,
		.item = alloc_zero((size_t)n * BUCKET_CONTEXTS + 1,
				   sizeof(*c.item)),
		.items = alloc_zero(n, sizeof(*c.items)),
		.cost = alloc_zero(GROUP_TABLES, sizeof(*c.cost)),
	};
	size_t items;

	pool_each(pool, n, PART_GROUPS, choose_some, &c);
	items = close_up(&c, n);
	qsort(c.item, items, sizeof(*c.item), compare_items);
	gather_items(&c, items, counts);
	pool_each(pool, items, PART_ITEMS, settle_some, &c);
	c.tables = number_tables(&c, items, counts);
	for (size_t i = 0; i < items; i++) {
		struct group *of = &g[c.item[i].group];

		of->table[c.item[i].context] = c.item[i].table;
		for (unsigned k = 1; !of->order && k < BUCKET_CONTEXTS; k++)
			of->table[k] = c.item[i].table;
	}
	free(c.cost);
	free(c.items);
	free(c.item);
	return c.tables;
}
