#include "codec/warpscript.h"

#include <stdlib.h>

#include "codec/base64.h"
#include "codec/names.h"
#include "codec/number.h"
#include "codec/opb64.h"
#include "codec/warpnumber.h"
#include "codec/wrap.h"
#include "model/percent.h"
#include "util/alloc.h"

struct reader {
	struct warp_value *stack;	/* a list */
	bool comment;		/* within a block comment */
	bool multiline;		/* within a string of lines */
	struct buf lines;	/* of that */
};

void warp_release(struct warp_value *v)
{
	/* not deeper than WARP_DEPTH */
	for (size_t i = 0; i < v->n; i++)
		warp_release(&v->item[i]);
	free(v->item);
	buf_release(&v->text);
	*v = (struct warp_value){ 0 };
}

/* Appends an empty value of a kind to a list, lent. */
static struct warp_value *add(struct warp_value *list, enum warp_kind kind)
{
	struct warp_value *v;

	list->item = alloc_grow(list->item, &list->cap, list->n + 1,
				sizeof(*list->item));
	v = &list->item[list->n++];
	*v = (struct warp_value){ .kind = kind };
	if (kind >= WARP_LIST && kind <= WARP_MAP)
		v->depth = 1;
	return v;
}

static int missing(struct err *err, const char *what)
{
	return err_set(err, ERR_DATA, "%s is wanted on the stack", what);
}

static struct warp_value *top(struct reader *r, size_t below)
{
	size_t n = r->stack->n;
	struct warp_value *v = below < n ? &r->stack->item[n - 1 - below] :
		NULL;

	return v && v->kind != WARP_MARK ? v : NULL;
}

static bool same(const struct warp_value *a, const struct warp_value *b)
{
	if (a->kind != b->kind || a->number != b->number ||
	    a->scale != b->scale || a->n != b->n ||
	    a->text.len != b->text.len || (a->text.len &&
	    memcmp(a->text.data, b->text.data, a->text.len)))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same(&a->item[i], &b->item[i]))
			return false;
	return true;
}

/* Takes the value at the top into the container: *v is empty after. */
static int put_item(struct warp_value *to, struct warp_value *v,
		    struct err *err)
{
	if (v->depth + 1 > to->depth)
		to->depth = v->depth + 1;
	if (to->depth > WARP_DEPTH)
		return err_set(err, ERR_DATA, "more than %d containers in "
			       "each other", WARP_DEPTH);
	if (to->kind == WARP_SET)
		for (size_t i = 0; i < to->n; i++)
			if (same(&to->item[i], v)) {
				warp_release(v);
				return 0;
			}
	*add(to, WARP_NULL) = *v;
	*v = (struct warp_value){ 0 };
	return 0;
}

static int append(struct reader *r, struct err *err)
{
	struct warp_value *v = top(r, 0), *to = top(r, 1);

	if (!v || !to || to->kind < WARP_LIST || to->kind > WARP_SET)
		return missing(err, "a list, vector or set, and a value,");
	if (put_item(to, v, err))
		return -1;
	r->stack->n--;
	return 0;
}

/* Where in a map a key is; the number of items when it is not there. */
static size_t find_key(const struct warp_value *map,
		       const struct warp_value *key)
{
	size_t i = 0;

	while (i < map->n && !same(&map->item[i], key))
		i += 2;
	return i;
}

/* PUT: map value key, or list value index. */
static int put(struct reader *r, struct err *err)
{
	struct warp_value *key = top(r, 0), *v = top(r, 1), *to = top(r, 2);
	size_t at;

	if (!key || !v || !to || to->kind < WARP_LIST)
		return missing(err, "a map, a value and a key");
	if (to->kind != WARP_MAP) {
		if (key->kind != WARP_LONG || to->kind == WARP_SET ||
		    to->kind > WARP_MAP || key->number < 0 ||
		    (uint64_t)key->number >= to->n)
			return missing(err, "a list and an index of it");
		if (v->depth + 1 > to->depth)
			to->depth = v->depth + 1;
		if (to->depth > WARP_DEPTH)
			return err_set(err, ERR_DATA, "too deep");
		warp_release(&to->item[key->number]);
		to->item[key->number] = *v;
		warp_release(key);
		r->stack->n -= 2;
		return 0;
	}
	at = find_key(to, key);
	if (at < to->n) {
		warp_release(&to->item[at + 1]);
		to->item[at + 1] = *v;
		if (v->depth + 1 > to->depth)
			to->depth = v->depth + 1;
		warp_release(key);
		r->stack->n -= 2;
		return to->depth > WARP_DEPTH ?
			err_set(err, ERR_DATA, "too deep") : 0;
	}
	if (put_item(to, key, err) || put_item(to, v, err))
		return -1;
	r->stack->n -= 2;
	return 0;
}

/* ] ]] ) }: what stands above the mark becomes a container. */
static int close_mark(struct reader *r, enum warp_kind kind, struct err *err)
{
	struct warp_value made = { .kind = kind, .depth = 1 };
	struct warp_value *s = r->stack;
	size_t mark = s->n;

	while (mark > 0 && s->item[mark - 1].kind != WARP_MARK)
		mark--;
	if (mark == 0)
		return missing(err, "a mark");
	if (kind == WARP_MAP && (s->n - mark) % 2)
		return err_set(err, ERR_DATA, "a key without a value");
	for (size_t i = mark; i < s->n; i++) {
		if (kind == WARP_MAP && (i - mark) % 2 == 0 &&
		    find_key(&made, &s->item[i]) < made.n) {
			warp_release(&made);
			return err_set(err, ERR_DATA, "a key twice");
		}
		if (put_item(&made, &s->item[i], err)) {
			warp_release(&made);
			return -1;
		}
	}
	s->n = mark;
	s->item[mark - 1] = made;
	return 0;
}

/* STRING to BYTES. */
static int decode(struct reader *r, const char *word, struct err *err)
{
	struct warp_value *v = top(r, 0);
	struct buf bytes = { 0 };
	int bad = 0;

	if (!v || v->kind != WARP_STRING)
		return missing(err, "a string");
	if (*word == 'O')
		bad = opb64_decode(&bytes, (char *)v->text.data, v->text.len,
				   err);
	else if (*word == 'B')
		base64_decode(&bytes, (char *)v->text.data, v->text.len);
	else
		bad = warpnumber_hex(&bytes, (char *)v->text.data,
				     v->text.len, err);
	buf_release(&v->text);
	v->text = bytes;
	v->kind = WARP_BYTES;
	return bad;
}

/* What UNWRAP and its kin make of the bytes of a wrapper. */
static int open_wrapper(struct warp_value *v, const char *word,
			struct err *err)
{
	const struct wrap_options plain = { 0 };
	struct wrapper w = { 0 };
	size_t used;
	bool cut;
	int bad = wrap_read(&w, v->text.data, v->text.len, &used, &cut, err);

	if (bad) {
		/* what it says is no wrapper */
	} else if (strcmp(word, "UNWRAPSIZE") == 0) {
		v->kind = WARP_LONG;
		v->number = w.count;
		buf_reset(&v->text);
	} else if (strcmp(word, "UNWRAPEMPTY") == 0) {
		v->kind = WARP_SERIES;
		buf_reset(&v->text);
		wrap_put_head(&v->text, &w.series, 0, 0, &plain);
		wrap_put_tail(&v->text, 0, 0, &plain);
	} else if (strcmp(word, "UNWRAP") == 0) {
		v->kind = WARP_SERIES;
	} else {
		v->kind = WARP_ENCODER;
		if (!w.has_encoded)
			bad = err_set(err, ERR_DATA, "an encoder without "
				      "points field");
	}
	wrapper_release(&w);
	return bad;
}

/* UNWRAP and its kin of a text, bytes, or (UNWRAP) a list of them. */
static int unwrap(struct warp_value *v, const char *word, struct err *err)
{
	struct buf bytes = { 0 };

	if (v && v->kind == WARP_LIST && strcmp(word, "UNWRAPENCODER")) {
		for (size_t i = 0; i < v->n; i++)
			if (unwrap(&v->item[i], word, err))
				return -1;
		return 0;
	}
	if (!v || (v->kind != WARP_STRING && v->kind != WARP_BYTES))
		return missing(err, "a wrapper");
	if (v->kind == WARP_STRING) {
		if (opb64_decode(&bytes, (char *)v->text.data, v->text.len,
				 err)) {
			buf_release(&bytes);
			return -1;
		}
		buf_release(&v->text);
		v->text = bytes;
	}
	return open_wrapper(v, word, err);
}

/* + of two strings. */
static int concatenate(struct reader *r, const char *word, struct err *err)
{
	struct warp_value *v = top(r, 0), *to = top(r, 1);

	(void)word;
	if (!v || !to || v->kind != WARP_STRING || to->kind != WARP_STRING)
		return missing(err, "two strings");
	buf_add(&to->text, v->text.data, v->text.len);
	warp_release(v);
	r->stack->n--;
	return 0;
}

/*
 * PARSE, of what the lines of find give it alone: the point in it stands
 * for none.
 */
static int parse(struct reader *r, const char *word, struct err *err)
{
	struct warp_value *v = top(r, 0), made = { .kind = WARP_ENCODER };
	struct warp_value list = { .kind = WARP_LIST, .depth = 1 };
	struct series s = { 0 };
	size_t n = v && v->kind == WARP_STRING ? v->text.len : 0, column;
	const char *p = n ? (char *)v->text.data : NULL;

	(void)word;
	if (n < 6 || memcmp(p, "0// ", 4) || memcmp(p + n - 2, " T", 2))
		return err_set(err, ERR_DATA, "PARSE only of \"0// CLASS{"
			       "LABELS} T\", as find writes it");
	if (names_parse(&s, p + 4, n - 6, &column, err)) {
		series_release(&s);
		return -1;
	}
	wrap_series(&made.text, &s);
	series_release(&s);
	warp_release(v);
	*v = list;
	return put_item(v, &made, err);
}

/* GET of a list. */
static int get(struct reader *r, const char *word, struct err *err)
{
	struct warp_value *key = top(r, 0), *list = top(r, 1), item;

	(void)word;
	if (!key || !list || key->kind != WARP_LONG ||
	    list->kind != WARP_LIST || key->number < 0 ||
	    (uint64_t)key->number >= list->n)
		return missing(err, "a list and an index of it");
	item = list->item[key->number];
	list->item[key->number] = (struct warp_value){ 0 };
	warp_release(list);
	*list = item;
	r->stack->n--;
	return 0;
}

static int convert(struct reader *r, const char *word, struct err *err)
{
	struct warp_value *v = top(r, 0), *below = top(r, 1);

	if (strcmp(word, "->BD") == 0)
		return v ? warpnumber_decimal(v, err) : missing(err, "a "
							       "number");
	if (strncmp(word, "UNWRAP", 6) == 0)
		return unwrap(v, word, err);
	if (strcmp(word, "BYTESTOBITS") == 0) {
		if (!v || v->kind != WARP_BYTES)
			return missing(err, "bytes");
		while (v->text.len && v->text.data[v->text.len - 1] == 0)
			v->text.len--;
		v->kind = WARP_BITS;
		return 0;
	}
	/* COUNTERSET */
	if (!v || v->kind != WARP_LONG || !below ||
	    below->kind != WARP_COUNTER)
		return missing(err, "a counter and a number");
	below->number = v->number;
	r->stack->n--;
	return 0;
}

static int shuffle(struct reader *r, const char *word, struct err *err)
{
	struct warp_value *s = r->stack, t;

	if (s->n < (*word == 'S' ? 2u : 1u))
		return missing(err, "a value");
	if (*word == 'S') {
		t = s->item[s->n - 1];
		s->item[s->n - 1] = s->item[s->n - 2];
		s->item[s->n - 2] = t;
	} else if (word[1] == 'R') {
		warp_release(&s->item[--s->n]);
	} else {
		/* what changes later would change both: scalars only */
		if (s->item[s->n - 1].depth)
			return err_set(err, ERR_DATA, "DUP of a container");
		t = s->item[s->n - 1];
		buf_reserve(&s->item[s->n - 1].text, 0);
		*add(s, WARP_NULL) = t;
		s->item[s->n - 1].text = (struct buf){ 0 };
		buf_add(&s->item[s->n - 1].text, t.text.data, t.text.len);
	}
	return 0;
}

/* What each word does, besides numbers. */
static int run_word(struct reader *r, const char *w, struct err *err)
{
	static const struct {
		const char *word;
		enum warp_kind kind;
	} open[] = {
		{ "NULL", WARP_NULL }, { "[]", WARP_LIST }, { "{}", WARP_MAP },
		{ "()", WARP_SET }, { "[[]]", WARP_VECTOR },
		{ "[", WARP_MARK }, { "{", WARP_MARK }, { "(", WARP_MARK },
		{ "[[", WARP_MARK }, { "MARK", WARP_MARK },
		{ "COUNTER", WARP_COUNTER },
	}, close[] = {
		{ "]", WARP_LIST }, { "]]", WARP_VECTOR }, { ")", WARP_SET },
		{ "}", WARP_MAP },
	};
	static const struct {
		const char *word;
		int (*run)(struct reader *r, const char *w, struct err *err);
	} word[] = {
		{ "OPB64->", decode }, { "HEX->", decode },
		{ "B64->", decode }, { "B64URL->", decode },
		{ "->BD", convert }, { "UNWRAP", convert },
		{ "UNWRAPENCODER", convert }, { "UNWRAPEMPTY", convert },
		{ "UNWRAPSIZE", convert }, { "BYTESTOBITS", convert },
		{ "+", concatenate }, { "PARSE", parse }, { "GET", get },
		{ "COUNTERSET", convert }, { "DUP", shuffle },
		{ "DROP", shuffle }, { "SWAP", shuffle },
	};

	if (strcmp(w, "+!") == 0)
		return append(r, err);
	if (strcmp(w, "PUT") == 0)
		return put(r, err);
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		if (strcmp(w, open[i].word) == 0) {
			add(r->stack, open[i].kind);
			return 0;
		}
	for (size_t i = 0; i < sizeof(close) / sizeof(*close); i++)
		if (strcmp(w, close[i].word) == 0)
			return close_mark(r, close[i].kind, err);
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (strcmp(w, word[i].word) == 0)
			return word[i].run(r, w, err);
	return err_set(err, ERR_DATA, "%.40s is no data", w);
}

static int take_token(struct reader *r, const char *p, size_t n,
		      struct err *err)
{
	struct warp_value v = { 0 };
	char *word;
	int bad;

	if (warpnumber_parse(&v, p, n, err)) {
		if (err->status)
			return -1;
		*add(r->stack, WARP_NULL) = v;
		return 0;
	}
	word = alloc_dup(p, n);
	bad = strlen(word) != n ? err_set(err, ERR_DATA, "bad word") :
		run_word(r, word, err);
	free(word);
	return bad;
}

/* The end of the string that begins at p: its quote, or NULL. */
static const char *string_end(const char *p, const char *end)
{
	for (const char *q = p + 1; q < end; q++)
		if (*q == *p && (q + 1 == end || q[1] == ' '))
			return q;
	return NULL;
}

/* One item of a line; *p ends behind it. */
static int take_item(struct reader *r, const char **p, const char *end,
		     bool alone, struct err *err)
{
	const char *q = *p, *to = q;

	if (*q == '\'' || *q == '"') {
		to = string_end(q, end);
		if (!to)
			return err_set(err, ERR_DATA, "a string without its "
				       "end");
		*p = to + 1;
		return percent_decode(&add(r->stack, WARP_STRING)->text,
				      q + 1, (size_t)(to - q - 1), err);
	}
	while (to < end && (unsigned char)*to > ' ')
		to++;
	*p = to;
	if (to - q == 2 && memcmp(q, "<'", 2) == 0) {
		if (!alone)
			return err_set(err, ERR_DATA, "<' must be alone on "
				       "its line");
		r->multiline = true;
		return 0;
	}
	return take_token(r, q, (size_t)(to - q), err);
}

/* The end of a block comment in this line, or NULL. */
static const char *comment_end(const char *p, const char *end)
{
	for (; p + 1 < end; p++)
		if (p[0] == '*' && p[1] == '/' && (p + 2 == end ||
						   p[2] == ' '))
			return p + 2;
	return NULL;
}

static int take_line(struct reader *r, const char *p, size_t n,
		     struct err *err)
{
	const char *end = p + n, *from = p, *to = end;

	while (from < to && (unsigned char)*from <= ' ')
		from++;
	while (from < to && (unsigned char)to[-1] <= ' ')
		to--;
	if (r->multiline) {
		if (to - from == 2 && memcmp(from, "'>", 2) == 0) {
			buf_add(&add(r->stack, WARP_STRING)->text,
				r->lines.data, r->lines.len);
			buf_reset(&r->lines);
			r->multiline = false;
			return 0;
		}
		if (r->lines.len)
			buf_add_byte(&r->lines, '\n');
		percent_add_utf8(&r->lines, p, n);
		return 0;
	}
	for (p = from; p < to;) {
		if (r->comment) {
			p = comment_end(p, to);
			r->comment = !p;
			if (!p)
				return 0;
		} else if ((unsigned char)*p <= ' ') {
			p++;
		} else if (to - p >= 2 && memcmp(p, "/*", 2) == 0) {
			r->comment = true;
			p += 2;
		} else if (*p == '#' || (to - p >= 2 &&
					 memcmp(p, "//", 2) == 0)) {
			return 0;
		} else if (take_item(r, &p, to, p == from && to - from == 2,
				     err)) {
			return -1;
		}
	}
	return 0;
}

int warp_read(struct warp_value *stack, const char *p, size_t n,
	      size_t *line, struct err *err)
{
	struct reader r = { .stack = stack };
	const char *end = p + n;
	int bad = 0;

	*stack = (struct warp_value){ .kind = WARP_LIST, .depth = 1 };
	for (*line = 0; !bad && p < end;) {
		const char *q = p;

		while (q < end && *q != '\n' && *q != '\r')
			q++;
		++*line;
		bad = take_line(&r, p, (size_t)(q - p), err);
		p = q + (q < end && *q == '\r' && q + 1 < end &&
			 q[1] == '\n') + 1;
	}
	buf_release(&r.lines);
	if (bad)
		warp_release(stack);
	return bad;
}

const struct warp_value *warp_find(const struct warp_value *map,
				   const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; map->kind == WARP_MAP && i + 1 < map->n; i += 2) {
		const struct warp_value *k = &map->item[i];

		if (k->kind == WARP_STRING && k->text.len == n &&
		    memcmp(k->text.data, key, n) == 0)
			return &map->item[i + 1];
	}
	return NULL;
}
