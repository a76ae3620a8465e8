#include "store/sigv4.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "codec/hash.h"
#include "util/alloc.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
enum { DAY = 8 };		/* digits of the day in a date */

void sigv4_date(int64_t seconds, char out[SIGV4_DATE])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, SIGV4_DATE, "%Y%m%dT%H%M%SZ", &tm);
}

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

void sigv4_encode(struct buf *out, const char *s, bool keep_slash)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (is_plain(c) || (keep_slash && c == '/'))
			buf_add_byte(out, c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Sorted by the encoded name, then value; a NUL between the two sorts
 * before any byte of a longer name.
 */
void sigv4_query(struct buf *out, const struct sigv4_pair *query, size_t n)
{
	struct pair {
		struct buf name, value;
	} *p = alloc_zero(n, sizeof(*p));
	size_t *at = alloc_zero(n, sizeof(*at));

	for (size_t i = 0; i < n; i++) {
		size_t k = i;

		sigv4_encode(&p[i].name, query[i].name, false);
		sigv4_encode(&p[i].value, query[i].value, false);
		buf_text(&p[i].name);
		buf_text(&p[i].value);
		for (; k > 0; k--) {
			const struct pair *o = &p[at[k - 1]];
			int c = strcmp((char *)o->name.data,
				       (char *)p[i].name.data);

			if (c < 0 || (c == 0 && strcmp(
					(char *)o->value.data,
					(char *)p[i].value.data) <= 0))
				break;
			at[k] = at[k - 1];
		}
		at[k] = i;
	}
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s=%s", i ? "&" : "",
			 (char *)p[at[i]].name.data,
			 (char *)p[at[i]].value.data);
	for (size_t i = 0; i < n; i++) {
		buf_release(&p[i].name);
		buf_release(&p[i].value);
	}
	free(p);
	free(at);
}

/* The distinct names in lower case, sorted; freed with free_names. */
static char **names_of(const struct sigv4_request *r, size_t *n)
{
	char **name = alloc_zero(r->nheaders + 1, sizeof(*name));

	*n = 0;
	for (size_t i = 0; i < r->nheaders; i++) {
		bool seen = false;

		for (size_t k = 0; k < *n; k++)
			seen |= strcasecmp(name[k], r->header[i].name) == 0;
		if (seen)
			continue;
		name[*n] = alloc_string(r->header[i].name);
		for (char *p = name[*n]; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		(*n)++;
	}
	qsort(name, *n, sizeof(*name), compare_texts);
	return name;
}

static void free_names(char **name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(name[i]);
	free(name);
}

static void add_names(struct buf *out, char **name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s", i ? ";" : "", name[i]);
}

/* Trimmed, runs of blanks become one. */
static void add_value(struct buf *out, const char *v)
{
	bool blank = false, any = false;

	for (; *v; v++) {
		if (isspace((unsigned char)*v)) {
			blank = true;
			continue;
		}
		if (blank && any)
			buf_add_byte(out, ' ');
		blank = false;
		any = true;
		buf_add_byte(out, (uint8_t)*v);
	}
}

static void add_headers(struct buf *out, const struct sigv4_request *r,
			char **name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *between = ":";

		buf_add_string(out, name[i]);
		for (size_t k = 0; k < r->nheaders; k++) {
			if (strcasecmp(r->header[k].name, name[i]) != 0)
				continue;
			buf_add_string(out, between);
			add_value(out, r->header[k].value);
			between = ",";
		}
		buf_add_byte(out, '\n');
	}
}

void sigv4_canonical(struct buf *out, const struct sigv4_request *r)
{
	size_t n;
	char **name = names_of(r, &n);

	buf_addf(out, "%s\n", r->method);
	sigv4_encode(out, *r->path ? r->path : "/", true);
	buf_add_byte(out, '\n');
	sigv4_query(out, r->query, r->nquery);
	buf_add_byte(out, '\n');
	add_headers(out, r, name, n);
	buf_add_byte(out, '\n');
	add_names(out, name, n);
	buf_addf(out, "\n%s", r->payload);
	free_names(name, n);
}

static void add_scope(struct buf *out, const struct sigv4_scope *s)
{
	buf_addf(out, "%.*s/%s/%s/aws4_request", DAY, s->date, s->region,
		 s->service);
}

void sigv4_string(struct buf *out, const struct sigv4_scope *s,
		  const struct buf *canonical)
{
	uint8_t md[HASH_SHA256_BYTES];
	char hex[SIGV4_SIGNATURE];

	hash_sha256(canonical->data, canonical->len, md);
	hash_hex(md, sizeof(md), hex);
	buf_addf(out, ALGORITHM "\n%s\n", s->date);
	add_scope(out, s);
	buf_addf(out, "\n%s", hex);
}

void sigv4_key(const char *secret, const struct sigv4_scope *s,
	       uint8_t key[SIGV4_KEY])
{
	struct buf first = { 0 };

	buf_addf(&first, "AWS4%s", secret);
	hash_hmac_sha256(first.data, first.len, s->date, DAY, key);
	hash_hmac_sha256(key, SIGV4_KEY, s->region, strlen(s->region), key);
	hash_hmac_sha256(key, SIGV4_KEY, s->service, strlen(s->service), key);
	hash_hmac_sha256(key, SIGV4_KEY, "aws4_request", 12, key);
	explicit_bzero(first.data, first.len);
	buf_release(&first);
}

void sigv4_sign(const uint8_t key[SIGV4_KEY], const struct buf *string,
		char hex[SIGV4_SIGNATURE])
{
	uint8_t md[HASH_SHA256_BYTES];

	hash_hmac_sha256(key, SIGV4_KEY, string->data, string->len, md);
	hash_hex(md, sizeof(md), hex);
}

static void sign_request(const struct sigv4_request *r,
			 const struct sigv4_scope *s,
			 const uint8_t key[SIGV4_KEY],
			 char hex[SIGV4_SIGNATURE])
{
	struct buf canonical = { 0 }, string = { 0 };

	sigv4_canonical(&canonical, r);
	sigv4_string(&string, s, &canonical);
	sigv4_sign(key, &string, hex);
	buf_release(&canonical);
	buf_release(&string);
}

void sigv4_authorization(struct buf *out, const struct sigv4_request *r,
			 const struct sigv4_scope *s, const char *key_id,
			 const uint8_t key[SIGV4_KEY])
{
	char hex[SIGV4_SIGNATURE];
	size_t n;
	char **name = names_of(r, &n);

	sign_request(r, s, key, hex);
	buf_addf(out, ALGORITHM " Credential=%s/", key_id);
	add_scope(out, s);
	buf_add_string(out, ", SignedHeaders=");
	add_names(out, name, n);
	buf_addf(out, ", Signature=%s", hex);
	free_names(name, n);
}

void sigv4_presign(struct buf *out, const struct sigv4_request *r,
		   const struct sigv4_scope *s, const char *key_id,
		   const char *token, unsigned expires,
		   const uint8_t key[SIGV4_KEY])
{
	struct sigv4_pair *q = alloc_zero(r->nquery + 6, sizeof(*q));
	struct sigv4_request full = *r;
	struct buf credential = { 0 }, names = { 0 };
	char seconds[16], hex[SIGV4_SIGNATURE];
	size_t n = r->nquery, k;
	char **name = names_of(r, &k);

	for (size_t i = 0; i < n; i++)
		q[i] = r->query[i];
	buf_addf(&credential, "%s/", key_id);
	add_scope(&credential, s);
	add_names(&names, name, k);
	snprintf(seconds, sizeof(seconds), "%u", expires);
	q[n++] = (struct sigv4_pair){ "X-Amz-Algorithm", ALGORITHM };
	q[n++] = (struct sigv4_pair){ "X-Amz-Credential",
				      buf_text(&credential) };
	q[n++] = (struct sigv4_pair){ "X-Amz-Date", s->date };
	q[n++] = (struct sigv4_pair){ "X-Amz-Expires", seconds };
	if (token)
		q[n++] = (struct sigv4_pair){ "X-Amz-Security-Token", token };
	q[n++] = (struct sigv4_pair){ "X-Amz-SignedHeaders",
				      buf_text(&names) };
	full.query = q;
	full.nquery = n;
	sign_request(&full, s, key, hex);
	sigv4_query(out, q, n);
	buf_addf(out, "&X-Amz-Signature=%s", hex);
	buf_release(&credential);
	buf_release(&names);
	free_names(name, k);
	free(q);
}
