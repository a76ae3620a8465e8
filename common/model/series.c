#include "model/series.h"

#include <stdlib.h>

#include "util/alloc.h"

void series_release(struct series *s)
{
	buf_release(&s->key);
	buf_release(&s->attributes);
	*s = (struct series){ 0 };
}

void series_reset(struct series *s)
{
	buf_reset(&s->key);
	buf_reset(&s->attributes);
	s->has_attributes = false;
	s->has_bucket = false;
	s->has_ids = false;
	s->nameless = false;
	s->has_activity = false;
	s->base = 0;
}

void series_copy(struct series *to, const struct series *from)
{
	series_reset(to);
	buf_add(&to->key, from->key.data, from->key.len);
	buf_add(&to->attributes, from->attributes.data, from->attributes.len);
	to->has_attributes = from->has_attributes;
	to->has_bucket = from->has_bucket;
	to->lastbucket = from->lastbucket;
	to->bucketspan = from->bucketspan;
	to->bucketcount = from->bucketcount;
	to->has_ids = from->has_ids;
	to->nameless = from->nameless;
	to->has_activity = from->has_activity;
	to->activity = from->activity;
	to->class_id = from->class_id;
	to->labels_id = from->labels_id;
	to->base = from->base;
}

void series_update(struct series *to, const struct series *from)
{
	if (from->has_attributes) {
		buf_release(&to->attributes);
		to->has_attributes = true;
		if (from->attributes.len)
			to->attributes = (struct buf){
				alloc_dup(from->attributes.data,
					  from->attributes.len),
				from->attributes.len, from->attributes.len
			};
	}
	if (from->has_bucket) {
		to->has_bucket = true;
		to->lastbucket = from->lastbucket;
		to->bucketspan = from->bucketspan;
		to->bucketcount = from->bucketcount;
	}
	if (from->has_ids) {
		to->has_ids = true;
		to->class_id = from->class_id;
		to->labels_id = from->labels_id;
	}
}

/* Appends a text with its zero bytes escaped, and the terminator. */
static void put_text(struct buf *key, struct series_text t)
{
	const char *p = t.p, *end = p + t.n;

	while (p < end) {
		const char *zero = memchr(p, 0, (size_t)(end - p));

		buf_add(key, p, (size_t)((zero ? zero : end) - p));
		if (!zero)
			break;
		buf_add(key, "\0\377", 2);
		p = zero + 1;
	}
	buf_add(key, "\0\1", 2);
}

static int compare_texts(const struct series_text *a,
			 const struct series_text *b)
{
	return series_compare_keys(a->p, a->n, b->p, b->n);
}

/* Sorts by name, stable, keeping the last of equal names. */
static size_t sort_pairs(struct series_pair *p, size_t n)
{
	size_t k = 0;

	for (size_t i = 1; i < n; i++) {
		struct series_pair t = p[i];
		size_t j = i;

		for (; j > 0 && compare_texts(&p[j - 1].name, &t.name) > 0;
		     j--)
			p[j] = p[j - 1];
		p[j] = t;
	}
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || compare_texts(&p[i].name, &p[i + 1].name))
			p[k++] = p[i];
	return k;
}

static int put_pairs(struct buf *key, struct series_pair *p, size_t n,
		     struct err *err)
{
	n = sort_pairs(p, n);
	for (size_t i = 0; i < n; i++) {
		put_text(key, p[i].name);
		put_text(key, p[i].value);
	}
	if (key->len > SERIES_NAME_MAX)
		return err_set(err, ERR_DATA, "names of a series take %zu "
			       "bytes, more than %d", key->len,
			       SERIES_NAME_MAX);
	return 0;
}

int series_set(struct series *s, struct series_text class,
	       struct series_pair *labels, size_t n, struct err *err)
{
	series_reset(s);
	put_text(&s->key, class);
	return put_pairs(&s->key, labels, n, err);
}

int series_set_attributes(struct series *s, struct series_pair *pairs,
			  size_t n, struct err *err)
{
	buf_reset(&s->attributes);
	s->has_attributes = true;
	return put_pairs(&s->attributes, pairs, n, err);
}

int series_compare_keys(const void *a, size_t na, const void *b, size_t nb)
{
	size_t n = na < nb ? na : nb;
	int c = n ? memcmp(a, b, n) : 0;

	return c ? c : (na > nb) - (na < nb);
}

int series_compare(const struct series *a, const struct series *b)
{
	return series_compare_keys(a->key.data, a->key.len, b->key.data,
				   b->key.len);
}

bool series_same(const struct series *a, const struct series *b)
{
	return series_compare(a, b) == 0 &&
		a->has_attributes == b->has_attributes &&
		a->attributes.len == b->attributes.len &&
		(a->attributes.len == 0 ||
		 memcmp(a->attributes.data, b->attributes.data,
			a->attributes.len) == 0);
}

/* Decodes the text at *p into out; moves *p behind its terminator. */
static struct series_text take_text(const uint8_t **p, struct buf *out)
{
	size_t from = out->len;
	const uint8_t *q = *p;

	for (;;) {
		const uint8_t *zero = q;

		while (*zero)
			zero++;
		buf_add(out, q, (size_t)(zero - q));
		q = zero + 2;
		if (zero[1] == 1)
			break;
		buf_add_byte(out, 0);
	}
	*p = q;
	return (struct series_text){ (const char *)out->data + from,
				     out->len - from };
}

static size_t take_pairs(const uint8_t *p, const uint8_t *end,
			 struct buf *text, struct series_pair **pairs,
			 size_t *cap)
{
	size_t n = 0;

	while (p < end) {
		*pairs = alloc_grow(*pairs, cap, n + 1, sizeof(**pairs));
		(*pairs)[n].name = take_text(&p, text);
		(*pairs)[n++].value = take_text(&p, text);
	}
	return n;
}

void series_names_parse(struct series_names *v, const struct series *s)
{
	const uint8_t *p = s->key.data;

	buf_reset(&v->text);
	/* decoding never grows, so the texts stay where they are */
	buf_reserve(&v->text, s->key.len + s->attributes.len + 1);
	v->class = (struct series_text){ "", 0 };
	v->nlabels = v->nattributes = 0;
	if (s->key.len == 0)
		return;
	v->class = take_text(&p, &v->text);
	v->nlabels = take_pairs(p, s->key.data + s->key.len, &v->text,
				&v->labels, &v->cap_labels);
	v->nattributes = take_pairs(s->attributes.data,
				    s->attributes.data + s->attributes.len,
				    &v->text, &v->attributes,
				    &v->cap_attributes);
}

void series_names_release(struct series_names *v)
{
	free(v->labels);
	free(v->attributes);
	buf_release(&v->text);
	*v = (struct series_names){ 0 };
}

const struct series_text *series_find(const struct series_pair *pairs,
				      size_t n, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (pairs[i].name.n == length &&
		    memcmp(pairs[i].name.p, name, length) == 0)
			return &pairs[i].value;
	return NULL;
}

size_t series_text_length(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (p[i])
			continue;
		if (p[i + 1] == 1)
			return i + 2;
		if (p[i + 1] != 0xff)
			return 0;
		i++;
	}
	return 0;
}

int series_key_check(const void *key, size_t n, bool attributes)
{
	const uint8_t *p = key, *before = NULL;
	size_t k, before_n = 0;

	if (n > SERIES_NAME_MAX)
		return -1;
	if (!attributes) {
		k = series_text_length(p, n);
		if (k == 0)
			return -1;
		p += k;
		n -= k;
	}
	while (n > 0) {
		k = series_text_length(p, n);
		if (k == 0 || (before && series_compare_keys(
				before, before_n, p, k) >= 0))
			return -1;
		before = p;
		before_n = k;
		p += k;
		n -= k;
		k = series_text_length(p, n);
		if (k == 0)
			return -1;
		p += k;
		n -= k;
	}
	return 0;
}

void series_percent_encode(struct buf *out, const char *p, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";

	buf_reserve(out, 3 * n);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '.' || c == '-' ||
		    c == '_' || c == '*') {
			out->data[out->len++] = c;
			continue;
		}
		out->data[out->len++] = '%';
		out->data[out->len++] = (uint8_t)hex[c >> 4];
		out->data[out->len++] = (uint8_t)hex[c & 15];
	}
}

/* The text at p of a key, without its end; what follows it. */
static const uint8_t *print_text(struct buf *out, const uint8_t *p)
{
	const uint8_t *end = p;

	for (;;) {
		while (*end)
			end++;
		series_percent_encode(out, (const char *)p,
				      (size_t)(end - p) + (end[1] != 1));
		p = end += 2;
		if (end[-1] == 1)
			return end;
	}
}

/* The pairs of a key from p to its end. */
static void print_pairs(struct buf *out, const uint8_t *p,
			const uint8_t *end)
{
	const uint8_t *first = p;

	buf_add_byte(out, '{');
	while (p < end) {
		if (p != first)
			buf_add_byte(out, ',');
		p = print_text(out, p);
		buf_add_byte(out, '=');
		p = print_text(out, p);
	}
	buf_add_byte(out, '}');
}

void series_print(struct buf *out, const struct series *s, bool attributes)
{
	const uint8_t *p = s->key.data;

	if (s->key.len)
		p = print_text(out, p);
	print_pairs(out, p, s->key.data + s->key.len);
	if (attributes)
		print_pairs(out, s->attributes.data, s->attributes.data +
			    s->attributes.len);
}

void series_print_identity(struct buf *out, const struct series *s)
{
	uint8_t first = s->key.len ? s->key.data[0] : 0;

	if (first == '=' || first == '~')
		buf_add_string(out, "=");
	series_print(out, s, false);
}
