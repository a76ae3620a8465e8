#include <stdlib.h>

#include "hfile/reader.h"
#include "util/alloc.h"

/* Leaf after leaf, through the branches where there are any. */
struct leaves {
	struct reader *r;
	const struct index_children *top;
	size_t at_top;			/* next branch, or next leaf */
	struct index_children branch;	/* the one at hand */
	size_t at;			/* next leaf of it */
	int64_t first, last;		/* the range wanted */
	uint64_t from, to;		/* the chunks wanted, by their place
					   in this order; to 0: all */
	uint64_t passed;		/* chunks of the leaves before */
	bool one;			/* series: it ends where no leaf
					   continues it */
	bool begun;			/* a leaf was looked at */
	struct terms_leaves only;	/* unless all, other ones are not */
	size_t next;			/* the first of them not passed */
	const uint64_t *begin;		/* of each branch: its first leaf */
	const struct buf *within;	/* all keys begin with it, or NULL */
};

static bool outside(const struct leaves *l, const struct index_child *c)
{
	return c->last < l->first || c->first > l->last ||
		(l->to && (l->passed >= l->to ||
			   (l->passed < l->from &&
			    c->chunks <= l->from - l->passed)));
}

/* Is all of it behind the keys that are wanted? */
static bool behind(const struct leaves *l, const struct index_child *c)
{
	const struct buf *k = l->within;

	return k && series_compare_keys(c->key.data, c->key.len, k->data,
					k->len) > 0 &&
		(c->key.len < k->len || memcmp(c->key.data, k->data, k->len));
}

/*
 * Passes over leaves and branches that are not among the only ones; false
 * where none of those follows.
 */
static bool skip(struct leaves *l)
{
	const struct terms_leaves *only = &l->only;
	uint64_t at, leaf;

	if (only->all)
		return true;
	/* a branch at hand is the one before at_top */
	at = !l->begin ? l->at_top : l->at < l->branch.n ?
		l->begin[l->at_top - 1] + l->at : l->begin[l->at_top];
	while (l->next < only->n && only->leaf[l->next] < at)
		l->next++;
	if (l->next == only->n)
		return false;
	leaf = only->leaf[l->next];
	if (!l->begin) {
		l->at_top = (size_t)leaf;
	} else if (l->at < l->branch.n && leaf < l->begin[l->at_top]) {
		l->at = (size_t)(leaf - l->begin[l->at_top - 1]);
	} else {
		l->at = l->branch.n;
		while (l->begin[l->at_top + 1] <= leaf)
			l->at_top++;
	}
	return true;
}

/* Has the branch at hand as many leaves as the lookup says? */
static bool branch_fits(const struct leaves *l)
{
	return !l->begin || l->branch.n == 0 || l->branch.n ==
		l->begin[l->at_top] - l->begin[l->at_top - 1];
}

/* 1 and the next leaf of the range, 0 the end, or -1. */
static int leaves_next(struct leaves *l, struct index_leaf *leaf,
		       struct err *err)
{
	bool branched = reader_root(l->r)->branched, below;
	const struct index_child *c;

	while (skip(l)) {
		if (!branch_fits(l))
			return err_set(err, ERR_DATA, "%s: branch does not "
				       "fit the lookup", reader_name(l->r));
		below = branched && l->at < l->branch.n;
		if (!below && l->at_top == l->top->n)
			return 0;
		c = below ? &l->branch.child[l->at++] :
			&l->top->child[l->at_top++];
		if ((l->one && l->begun && !c->continued) || behind(l, c))
			return 0;
		l->begun |= below || !branched;
		if (outside(l, c)) {
			l->passed += c->chunks;
			continue;
		}
		if (below || !branched) {
			l->passed += c->chunks;
			return reader_leaf(l->r, c, leaf, err) ? -1 : 1;
		}
		if (reader_branch(l->r, c, &l->branch, err))
			return -1;
		l->at = 0;
	}
	return 0;
}

struct reader_walk {
	struct leaves leaves;
	struct index_leaf leaf;
	size_t at;			/* next chunk of it */
	struct index_series series;	/* where leaves have no names */
	size_t def;			/* next SERIES block to load */
	uint64_t from;			/* number of the first series wanted */
	bool bounded;
	bool exact;			/* one key, not all that begin so */
	struct buf key;
	uint64_t decided;		/* number of a series + 1 */
	int order;			/* of that one, against the key */
};

struct reader_walk *reader_walk_all(struct reader *r)
{
	struct reader_walk *w = alloc_zero(1, sizeof(*w));

	w->leaves.r = r;
	w->leaves.top = &reader_root(r)->top;
	w->leaves.first = INT64_MIN;
	w->leaves.last = INT64_MAX;
	w->leaves.only.all = true;
	return w;
}

void reader_walk_range(struct reader_walk *w, int64_t first, int64_t last)
{
	w->leaves.first = first;
	w->leaves.last = last;
}

void reader_walk_chunks(struct reader_walk *w, uint64_t from, uint64_t to)
{
	w->leaves.from = from;
	w->leaves.to = to;
}

void reader_walk_leaves(struct reader_walk *w, struct terms_leaves *only)
{
	const struct terms_lookup *l = NULL;
	struct err ignored = { 0 };

	w->leaves.only = *only;
	*only = (struct terms_leaves){ 0 };
	/* whoever has leaves has it from there */
	if (!w->leaves.only.all && reader_lookup(w->leaves.r, &l, &ignored) > 0)
		w->leaves.begin = l->branches ? l->begin : NULL;
}

void reader_walk_free(struct reader_walk *w)
{
	if (!w)
		return;
	terms_leaves_release(&w->leaves.only);
	index_children_release(&w->leaves.branch);
	index_leaf_release(&w->leaf);
	index_series_release(&w->series);
	buf_release(&w->key);
	free(w);
}

static int compare(const struct buf *key, const struct buf *with)
{
	return series_compare_keys(key->data, key->len, with->data,
				   with->len);
}

/* The last child whose key is not greater; where it only continues the
   series of that key, the one that begins it. */
static size_t find_child(const struct index_children *c,
			 const struct buf *key)
{
	size_t low = 0, high = c->n;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (compare(&c->child[mid].key, key) <= 0)
			low = mid;
		else
			high = mid;
	}
	while (low > 0 && c->child[low].continued &&
	       compare(&c->child[low].key, key) == 0)
		low--;
	return low;
}

/* Begins at the first leaf that may hold the key, by keys. */
static int seek_named(struct reader_walk *w, struct err *err)
{
	struct leaves *l = &w->leaves;
	size_t i;

	if (l->top->n == 0)
		return 0;
	i = find_child(l->top, &w->key);
	l->at_top = i;
	if (!reader_root(l->r)->branched)
		return 0;
	l->at_top = i + 1;
	if (reader_branch(l->r, &l->top->child[i], &l->branch, err))
		return -1;
	l->at = find_child(&l->branch, &w->key);
	return 0;
}

/* The same by number, which the SERIES block of the key tells. */
static int seek_numbered(struct reader_walk *w, struct err *err)
{
	const struct index_root *root = reader_root(w->leaves.r);
	size_t low = 0, high = root->ndef;
	uint64_t number;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (compare(&root->def[mid].key, &w->key) <= 0)
			low = mid;
		else
			high = mid;
	}
	w->def = low + 1;
	if (reader_series(w->leaves.r, low, &w->series, err))
		return -1;
	for (low = 0; low < w->series.n &&
	     compare(&w->series.series[low].key, &w->key) < 0; low++)
		;
	number = w->from = w->series.first + low;
	if (w->exact && (low == w->series.n ||
			 compare(&w->series.series[low].key, &w->key))) {
		w->leaves.at_top = root->top.n;
		return 0;
	}
	/* the one before may end with the beginning of the series */
	for (low = 0; low + 1 < root->top.n; low++) {
		const struct index_child *c = &root->top.child[low + 1];

		if (c->series > number ||
		    (c->series == number && c->continued))
			break;
	}
	w->leaves.at_top = low;
	return 0;
}

static struct reader_walk *walk_bounded(struct reader *r, const void *key,
					size_t n, bool exact,
					struct err *err)
{
	struct reader_walk *w = reader_walk_all(r);

	w->bounded = true;
	w->exact = exact;
	w->leaves.one = exact;
	buf_add(&w->key, key, n);
	if (reader_root(r)->ndef == 0)
		w->leaves.within = &w->key;
	if (reader_root(r)->ndef ? seek_numbered(w, err) :
	    seek_named(w, err)) {
		reader_walk_free(w);
		return NULL;
	}
	return w;
}

struct reader_walk *reader_walk_series(struct reader *r,
				       const struct series *s,
				       struct err *err)
{
	return walk_bounded(r, s->key.data, s->key.len, true, err);
}

struct reader_walk *reader_walk_class(struct reader *r,
				      struct series_text class,
				      struct err *err)
{
	struct series s = { 0 };
	struct reader_walk *w = NULL;

	if (series_set(&s, class, NULL, 0, err) == 0)
		w = walk_bounded(r, s.key.data, s.key.len, false, err);
	series_release(&s);
	return w;
}

/* The series of a chunk of the leaf at hand, or NULL. */
static const struct series *find_series(struct reader_walk *w,
					const struct index_chunk *c,
					struct err *err)
{
	const struct index_root *root = reader_root(w->leaves.r);
	const struct index_series *s = w->leaf.named ? &w->leaf.names :
		&w->series;

	while (!w->leaf.named && c->series >= s->first + s->n) {
		/* leaves of no interest were left out: so are their names */
		while (w->def < root->ndef && c->series >=
		       root->def[w->def].first + root->def[w->def].n)
			w->def++;
		if (w->def == root->ndef) {
			err_set(err, ERR_DATA, "%s: chunk of no series",
				reader_name(w->leaves.r));
			return NULL;
		}
		if (reader_series(w->leaves.r, w->def++, &w->series, err))
			return NULL;
	}
	if (c->series < s->first) {
		err_set(err, ERR_DATA, "%s: chunks out of order",
			reader_name(w->leaves.r));
		return NULL;
	}
	return &s->series[c->series - s->first];
}

/* Where a series stands: < 0 before what is wanted, 0 in it, > 0 behind. */
static int place(struct reader_walk *w, const struct series *s,
		 uint64_t number)
{
	size_t n = w->key.len;

	if (!w->bounded)
		return 0;
	if (w->decided == number + 1)
		return w->order;
	w->decided = number + 1;
	if (!w->exact && s->key.len >= n &&
	    memcmp(s->key.data, w->key.data, n) == 0)
		w->order = 0;
	else
		w->order = compare(&s->key, &w->key);
	return w->order;
}

int reader_walk_next(struct reader_walk *w, const struct series **s,
		     const struct index_chunk **c, struct err *err)
{
	int order;

	do {
		if (w->at == w->leaf.n) {
			int r = leaves_next(&w->leaves, &w->leaf, err);

			if (r <= 0)
				return r;
			w->at = 0;
		}
		*c = &w->leaf.chunk[w->at++];
		order = -1;
		/* their names may be in a block that was not loaded */
		if ((*c)->series < w->from)
			continue;
		*s = find_series(w, *c, err);
		if (!*s)
			return -1;
		order = place(w, *s, (*c)->series);
	} while (order < 0);
	return order > 0 ? 0 : 1;
}

struct reader_names {
	struct reader *r;
	size_t def;			/* next SERIES block */
	struct leaves leaves;		/* where leaves have the names */
	struct index_leaf leaf;
	struct index_series series;
	size_t at;
	uint64_t next;			/* number of the next series */
};

struct reader_names *reader_names_open(struct reader *r)
{
	struct reader_names *n = alloc_zero(1, sizeof(*n));

	n->r = r;
	n->leaves.r = r;
	n->leaves.top = &reader_root(r)->top;
	n->leaves.first = INT64_MIN;
	n->leaves.last = INT64_MAX;
	n->leaves.only.all = true;
	return n;
}

void reader_names_free(struct reader_names *n)
{
	if (!n)
		return;
	index_children_release(&n->leaves.branch);
	index_leaf_release(&n->leaf);
	index_series_release(&n->series);
	free(n);
}

/* The next names: 1, 0 the end, or -1. */
static int more_names(struct reader_names *n, struct err *err)
{
	const struct index_root *root = reader_root(n->r);

	n->at = 0;
	if (root->ndef) {
		if (n->def == root->ndef)
			return 0;
		return reader_series(n->r, n->def++, &n->series, err) ? -1 :
			1;
	}
	return leaves_next(&n->leaves, &n->leaf, err);
}

int reader_names_next(struct reader_names *n, const struct series **s,
		      struct err *err)
{
	const struct index_series *names = reader_root(n->r)->ndef ?
		&n->series : &n->leaf.names;
	int r;

	for (;;) {
		while (n->at < names->n && names->first + n->at < n->next)
			n->at++;
		if (n->at < names->n)
			break;
		r = more_names(n, err);
		if (r <= 0)
			return r;
	}
	*s = &names->series[n->at];
	n->next = names->first + n->at + 1;
	return 1;
}
