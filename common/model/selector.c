#define PCRE2_CODE_UNIT_WIDTH 8

#include "model/selector.h"

#include <pcre2.h>
#include <stdlib.h>

#include "model/percent.h"
#include "util/alloc.h"

enum {
	MATCH_LIMIT = 1000000,	/* steps: an expression must not run away */
	HEAP_LIMIT = 20000,	/* KiB */
};

/* An exact text, or an expression. */
struct pattern {
	struct buf name;	/* of the label; empty for the class */
	struct buf text;
	char sign;		/* as given: = or ~, 0: a class without */
	pcre2_code *code;	/* of ~ */
	pcre2_match_data *data;
	bool any;		/* matches whatever it is */
};

struct selector {
	struct pattern class;
	struct pattern *label;
	size_t nlabels, cap_labels;
	struct pattern *attribute;
	size_t nattributes, cap_attributes;
	bool apart;		/* attributes have a block of their own */
	struct series_text exact;	/* the class, where it is a text */
	pcre2_match_context *limits;
};

static void pattern_release(struct pattern *p)
{
	buf_release(&p->name);
	buf_release(&p->text);
	pcre2_match_data_free(p->data);
	pcre2_code_free(p->code);
}

void selector_free(struct selector *s)
{
	if (!s)
		return;
	pattern_release(&s->class);
	for (size_t i = 0; i < s->nlabels; i++)
		pattern_release(&s->label[i]);
	for (size_t i = 0; i < s->nattributes; i++)
		pattern_release(&s->attribute[i]);
	free(s->label);
	free(s->attribute);
	pcre2_match_context_free(s->limits);
	free(s);
}

static int compile(struct pattern *p, struct err *err)
{
	PCRE2_UCHAR why[128];
	PCRE2_SIZE at;
	pcre2_compile_context *c = pcre2_compile_context_create(NULL);
	int code;

	/* as in Java a dot does not match CR either */
	pcre2_set_newline(c, PCRE2_NEWLINE_ANYCRLF);
	p->code = pcre2_compile(p->text.data, p->text.len, PCRE2_UTF |
				PCRE2_ANCHORED | PCRE2_ENDANCHORED, &code,
				&at, c);
	pcre2_compile_context_free(c);
	if (!p->code) {
		pcre2_get_error_message(code, why, sizeof(why));
		return err_set(err, ERR_USAGE, "bad expression '%s': %s at "
			       "%zu", buf_text(&p->text), (char *)why,
			       (size_t)at);
	}
	p->data = pcre2_match_data_create_from_pattern(p->code, NULL);
	return 0;
}

/* The class: decoded as a whole, then ~ or = is looked at. */
static int parse_class(struct pattern *p, const char *text, size_t n,
		       struct err *err)
{
	struct buf b = { 0 };
	int r = percent_decode(&b, text, n, err);
	size_t skip = b.len && (b.data[0] == '~' || b.data[0] == '=');

	if (r == 0) {
		buf_reserve(&p->text, 1);
		buf_add(&p->text, b.data + skip, b.len - skip);
		/* ~.* is every class, those with line ends too */
		p->any = b.len == 3 && memcmp(b.data, "~.*", 3) == 0;
		p->sign = skip ? (char)b.data[0] : 0;
	}
	buf_release(&b);
	return r;
}

/* Replaces the pattern of the same name, or appends. */
static void add_pattern(struct pattern **list, size_t *n, size_t *cap,
			const struct pattern *p)
{
	for (size_t i = 0; i < *n; i++)
		if ((*list)[i].name.len == p->name.len &&
		    memcmp((*list)[i].name.data, p->name.data,
			   p->name.len) == 0) {
			pattern_release(&(*list)[i]);
			(*list)[i] = *p;
			return;
		}
	*list = alloc_grow(*list, cap, *n + 1, sizeof(**list));
	(*list)[(*n)++] = *p;
}

static int parse_piece(struct pattern *p, const char *text, const char *end,
		       struct err *err)
{
	char sign = memchr(text, '=', (size_t)(end - text)) ? '=' : '~';
	const char *at = memchr(text, sign, (size_t)(end - text)), *second;

	if (!at)
		return err_set(err, ERR_USAGE, "selector: label without = or "
			       "~");
	second = memchr(at + 1, sign, (size_t)(end - at - 1));
	if (!second)
		second = end;
	buf_reserve(&p->name, 1);
	buf_reserve(&p->text, 1);
	if (percent_decode(&p->name, text, (size_t)(at - text), err) ||
	    percent_decode(&p->text, at + 1, (size_t)(second - at - 1), err))
		return -1;
	p->sign = sign;
	return 0;
}

static int parse_block(struct pattern **list, size_t *n, size_t *cap,
		       const char *text, const char *end, struct err *err)
{
	while (text <= end) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		const char *from = text, *to = comma ? comma : end;
		struct pattern p = { 0 };

		text = to + 1;
		while (from < to && (unsigned char)*from <= ' ')
			from++;
		while (from < to && (unsigned char)to[-1] <= ' ')
			to--;
		if (from == to)
			continue;
		if (parse_piece(&p, from, to, err)) {
			pattern_release(&p);
			return -1;
		}
		add_pattern(list, n, cap, &p);
	}
	return 0;
}

/* The class and what stands between the braces. */
static int parse_parts(struct selector *s, const char *text, const char *open,
		       const char *close, struct err *err)
{
	return parse_class(&s->class, text, (size_t)(open - text), err) ||
		parse_block(&s->label, &s->nlabels, &s->cap_labels, open + 1,
			    close, err) ? -1 : 0;
}

static int parse(struct selector *s, const char *text, size_t n,
		 struct err *err)
{
	const char *end = text + n, *open = memchr(text, '{', n);
	const char *close = open ? memchr(open, '}', (size_t)(end - open)) :
		NULL;

	if (!close || open == text)
		return err_set(err, ERR_USAGE,
			       "selector: CLASS{LABELS} is wanted");
	if (parse_parts(s, text, open, close, err))
		return -1;
	if (close + 1 == end)
		return 0;
	s->apart = true;
	if (close[1] != '{' || end[-1] != '}' ||
	    memchr(close + 1, '}', (size_t)(end - close - 1)) != end - 1)
		return err_set(err, ERR_USAGE,
			       "selector: text behind CLASS{LABELS}");
	return parse_block(&s->attribute, &s->nattributes,
			   &s->cap_attributes, close + 2, end - 1, err);
}

/* Whether } and { stand behind each other, blanks between them or none. */
static bool has_blocks(const char *p, const char *end)
{
	bool closed = false;

	for (; p < end && !(closed && *p == '{'); p++)
		closed = *p == '}' || (closed && (unsigned char)*p <= ' ');
	return p < end;
}

static int parse_fetch(struct selector *s, const char *text, size_t n,
		       struct err *err)
{
	const char *end = text + n, *open = memchr(text, '{', n);

	if (!open || open == text || end[-1] != '}')
		return err_set(err, ERR_USAGE,
			       "selector: CLASS{LABELS} is wanted");
	if (has_blocks(open, end))
		return err_set(err, ERR_USAGE, "selector: attributes cannot "
			       "be selected here");
	return parse_parts(s, text, open, end - 1, err);
}

int selector_compile(struct selector *s, struct err *err)
{
	int r = s->class.sign == '~' ? compile(&s->class, err) : 0;

	for (size_t i = 0; r == 0 && i < s->nlabels; i++)
		if (s->label[i].sign == '~')
			r = compile(&s->label[i], err);
	for (size_t i = 0; r == 0 && i < s->nattributes; i++)
		if (s->attribute[i].sign == '~')
			r = compile(&s->attribute[i], err);
	return r;
}

static pcre2_match_context *limits_new(void)
{
	pcre2_match_context *c = pcre2_match_context_create(NULL);

	pcre2_set_match_limit(c, MATCH_LIMIT);
	pcre2_set_heap_limit(c, HEAP_LIMIT);
	return c;
}

/* What was made of a text; NULL, and where, when it is bad. */
static struct selector *finish(struct selector *s, int bad, const char *text,
			       size_t n, struct err *err)
{
	if (bad) {
		err_at(err, "'%.*s'", (int)(n < 200 ? n : 200), text);
		selector_free(s);
		return NULL;
	}
	s->limits = limits_new();
	s->exact = (struct series_text){ (const char *)s->class.text.data,
					 s->class.text.len };
	return s;
}

struct selector *selector_new(const char *text, size_t n, struct err *err)
{
	struct selector *s = alloc_zero(1, sizeof(*s));

	return finish(s, parse(s, text, n, err) || selector_compile(s, err),
		      text, n, err);
}

struct selector *selector_new_fetch(const char *text, size_t n,
				    struct err *err)
{
	struct selector *s = alloc_zero(1, sizeof(*s));

	return finish(s, parse_fetch(s, text, n, err), text, n, err);
}

static int compare_names(const void *a, const void *b)
{
	const struct buf *x = &(*(const struct pattern *const *)a)->name;
	const struct buf *y = &(*(const struct pattern *const *)b)->name;
	int c = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);

	return c ? c : (x->len > y->len) - (x->len < y->len);
}

void selector_print(const struct selector *s, struct buf *class,
		    struct buf *labels)
{
	const struct pattern **sorted = NULL;
	size_t cap = 0;

	if (s->class.sign)
		buf_add_byte(class, (uint8_t)s->class.sign);
	buf_add(class, s->class.text.data, s->class.text.len);
	sorted = alloc_grow(sorted, &cap, s->nlabels + 1, sizeof(*sorted));
	for (size_t i = 0; i < s->nlabels; i++)
		sorted[i] = &s->label[i];
	qsort(sorted, s->nlabels, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < s->nlabels; i++) {
		const struct pattern *p = sorted[i];

		if (i)
			buf_add_byte(labels, ' ');
		series_percent_encode(labels, (const char *)p->name.data,
				      p->name.len);
		buf_add_byte(labels, (uint8_t)p->sign);
		series_percent_encode(labels, (const char *)p->text.data,
				      p->text.len);
	}
	free(sorted);
}

static int match(const struct selector *s, const struct pattern *p,
		 const struct series_text *t, struct err *err)
{
	int r;

	if (p->any)
		return 1;
	if (p->sign != '~')
		return t->n == p->text.len &&
			memcmp(t->p, p->text.data, t->n) == 0;
	r = pcre2_match(p->code, (PCRE2_SPTR)t->p, t->n, 0, 0, p->data,
			s->limits);
	if (r >= 0)
		return 1;
	if (r == PCRE2_ERROR_NOMATCH)
		return 0;
	return err_set(err, ERR_USAGE, "an expression of the selector takes "
		       "too long (error %d)", r);
}

const struct series_text *selector_class(const struct selector *s)
{
	return s->class.sign == '~' ? NULL : &s->exact;
}

bool selector_next_pair(const struct selector *s, size_t *at,
			struct series_pair *pair)
{
	while (*at < s->nlabels + s->nattributes) {
		size_t i = (*at)++;
		const struct pattern *p = i < s->nlabels ? &s->label[i] :
			&s->attribute[i - s->nlabels];

		if (p->sign == '~')
			continue;
		*pair = (struct series_pair){
			{ (const char *)p->name.data, p->name.len },
			{ (const char *)p->text.data, p->text.len },
		};
		return true;
	}
	return false;
}

static const struct series_text *find(const struct series_pair *pairs,
				      size_t n, const struct buf *name)
{
	for (size_t i = 0; i < n; i++)
		if (pairs[i].name.n == name->len &&
		    memcmp(pairs[i].name.p, name->data, name->len) == 0)
			return &pairs[i].value;
	return NULL;
}

int selector_match(const struct selector *s, const struct series_names *v,
		   struct err *err)
{
	int r = match(s, &s->class, &v->class, err);

	for (size_t i = 0; r > 0 && i < s->nlabels; i++) {
		const struct series_text *t = find(v->labels, v->nlabels,
						   &s->label[i].name);

		if (!t && !s->apart)
			t = find(v->attributes, v->nattributes,
				 &s->label[i].name);
		r = t ? match(s, &s->label[i], t, err) : 0;
	}
	for (size_t i = 0; r > 0 && i < s->nattributes; i++) {
		const struct series_text *t = find(v->attributes,
						   v->nattributes,
						   &s->attribute[i].name);

		r = t ? match(s, &s->attribute[i], t, err) : 0;
	}
	return r;
}

struct selector_rename {
	struct pattern from;
	struct buf to;
	pcre2_match_context *limits;
};

void selector_rename_free(struct selector_rename *r)
{
	if (!r)
		return;
	pattern_release(&r->from);
	buf_release(&r->to);
	pcre2_match_context_free(r->limits);
	free(r);
}

struct selector_rename *selector_rename_new(const char *text,
					    struct err *err)
{
	const char *equals = strchr(text, '=');
	struct selector_rename *r;

	if (!equals) {
		err_set(err, ERR_USAGE, "'%s': RE=TEXT is wanted", text);
		return NULL;
	}
	r = alloc_zero(1, sizeof(*r));
	r->limits = limits_new();
	buf_add(&r->from.text, text, (size_t)(equals - text));
	buf_text(&r->from.text);
	buf_add_string(&r->to, equals + 1);
	buf_text(&r->to);
	if (compile(&r->from, err)) {
		selector_rename_free(r);
		return NULL;
	}
	return r;
}

int selector_rename(const struct selector_rename *r,
		    const struct series_text *class, struct buf *out,
		    struct err *err)
{
	PCRE2_UCHAR why[128];
	PCRE2_SIZE n = 256;
	int k;

	do {
		buf_reserve(out, n);
		k = pcre2_substitute(r->from.code, (PCRE2_SPTR)class->p,
				     class->n, 0,
				     PCRE2_SUBSTITUTE_OVERFLOW_LENGTH,
				     r->from.data, r->limits, r->to.data,
				     r->to.len, out->data + out->len, &n);
	} while (k == PCRE2_ERROR_NOMEMORY && n <= SERIES_NAME_MAX);
	if (k > 0)
		out->len += n;
	if (k >= 0)
		return k > 0;
	pcre2_get_error_message(k, why, sizeof(why));
	return err_set(err, ERR_USAGE, "'%.*s=%.*s': %s",
		       (int)r->from.text.len, (char *)r->from.text.data,
		       (int)r->to.len, (char *)r->to.data, (char *)why);
}
