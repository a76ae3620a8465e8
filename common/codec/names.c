#include "codec/names.h"

#include <stdlib.h>

#include "model/percent.h"
#include "util/alloc.h"

const char *names_end(const char *p, size_t n, size_t *column,
		      struct err *err)
{
	const char *end = p + n, *open = memchr(p, '{', n), *close;

	*column = n;
	if (!open) {
		err_set(err, ERR_DATA, "no class{labels}");
		return NULL;
	}
	*column = (size_t)(open - p);
	close = memchr(open, '}', (size_t)(end - open));
	if (!close) {
		err_set(err, ERR_DATA, "labels without }");
		return NULL;
	}
	if (close + 1 == end || close[1] != '{')
		return close + 1;
	*column = (size_t)(close + 1 - p);
	close = memchr(close + 1, '}', (size_t)(end - close - 1));
	if (!close)
		err_set(err, ERR_DATA, "attributes without }");
	return close ? close + 1 : NULL;
}

/* Pairs while they are parsed: offsets into text, which may move. */
struct pair_list {
	struct series_pair *pair;
	size_t n, cap;
	struct buf text;
};

static void list_release(struct pair_list *l)
{
	free(l->pair);
	buf_release(&l->text);
}

/* Decodes p into the list's text; t->p is an offset until list_settle. */
static int add_text(struct pair_list *l, struct series_text *t, const char *p,
		    size_t n, struct err *err)
{
	size_t from = l->text.len;

	if (percent_decode(&l->text, p, n, err))
		return -1;
	t->p = (const char *)(uintptr_t)from;
	t->n = l->text.len - from;
	return 0;
}

static void list_settle(struct pair_list *l)
{
	const char *base = buf_text(&l->text);

	for (size_t i = 0; i < l->n; i++) {
		l->pair[i].name.p = base + (uintptr_t)l->pair[i].name.p;
		l->pair[i].value.p = base + (uintptr_t)l->pair[i].value.p;
	}
}

static int add_piece(struct pair_list *l, const char *p, const char *end,
		     struct err *err)
{
	const char *equals, *second;
	struct series_pair *pair;

	while (p < end && (unsigned char)*p <= ' ')
		p++;
	while (p < end && (unsigned char)end[-1] <= ' ')
		end--;
	if (p == end)
		return 0;
	equals = memchr(p, '=', (size_t)(end - p));
	if (!equals)
		return err_set(err, ERR_DATA, memchr(p, '~', (size_t)
			       (end - p)) ? "a label with ~ is a selector" :
			       "label without =");
	/* what stands behind a second = is dropped, as the database does */
	second = memchr(equals + 1, '=', (size_t)(end - equals - 1));
	l->pair = alloc_grow(l->pair, &l->cap, l->n + 1, sizeof(*l->pair));
	pair = &l->pair[l->n++];
	if (!second)
		second = end;
	return add_text(l, &pair->name, p, (size_t)(equals - p), err) ||
		add_text(l, &pair->value, equals + 1,
			 (size_t)(second - equals - 1), err) ? -1 : 0;
}

/* Parses the pieces between { and }; *column is from base. */
static int parse_pairs(struct pair_list *l, const char *p, const char *end,
		       const char *base, size_t *column, struct err *err)
{
	l->n = 0;
	while (p <= end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));

		*column = (size_t)(p - base);
		if (!comma)
			comma = end;
		if (add_piece(l, p, comma, err))
			return -1;
		p = comma + 1;
	}
	return 0;
}

int names_parse(struct series *s, const char *p, size_t n, size_t *column,
		struct err *err)
{
	const char *open = memchr(p, '{', n), *close, *end = p + n;
	struct pair_list l = { 0 };
	struct series_text class = { 0 };
	int r = -1;

	*column = 0;
	close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
	if (!close)
		return err_set(err, ERR_DATA, "no class{labels}");
	if (add_text(&l, &class, p, (size_t)(open - p), err) ||
	    parse_pairs(&l, open + 1, close, p, column, err))
		goto out;
	list_settle(&l);
	class.p = (const char *)l.text.data + (uintptr_t)class.p;
	if (series_set(s, class, l.pair, l.n, err))
		goto out;
	r = 0;
	if (close + 1 == end)
		goto out;
	r = -1;
	if (close[1] != '{' || end[-1] != '}') {
		err_set(err, ERR_DATA, "text behind the labels");
		goto out;
	}
	if (parse_pairs(&l, close + 2, end - 1, p, column, err))
		goto out;
	list_settle(&l);
	r = series_set_attributes(s, l.pair, l.n, err);
out:
	list_release(&l);
	return r;
}
