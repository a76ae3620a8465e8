/* Calls of a client: signed, judged, sent on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "codec/hash.h"
#include "store/s3.h"
#include "util/alloc.h"

void s3_call_init(struct s3_call *c, struct s3 *s3,
		  const struct s3_call_ops *ops, const char *method,
		  const char *bucket, const char *key)
{
	struct buf name = { 0 };

	*c = (struct s3_call){ .s3 = s3, .ops = ops, .method = method };
	strcpy(c->payload, SIGV4_EMPTY);
	c->job.fd = -1;
	c->bucket = bucket ? alloc_string(bucket) : NULL;
	c->key = key ? alloc_string(key) : NULL;
	buf_addf(&name, "s3://%s%s", bucket ? bucket : "", key ? "/" : "");
	if (key)
		s3_show(&name, key);
	c->name = alloc_string(buf_text(&name));
	buf_release(&name);
}

void s3_call_init_url(struct s3_call *c, struct s3 *s3,
		      const struct s3_call_ops *ops, const char *method,
		      const char *url)
{
	struct buf name = { 0 };

	*c = (struct s3_call){ .s3 = s3, .ops = ops, .method = method };
	c->job.fd = -1;
	c->url = alloc_string(url);
	/* A query may be a signature: it is never shown. */
	buf_add(&name, url, strcspn(url, "?#"));
	c->name = alloc_string(buf_text(&name));
	buf_release(&name);
}

void s3_call_query(struct s3_call *c, const char *name, const char *value)
{
	size_t i = 0;

	while (i < c->nquery && strcmp(c->query[i].name, name))
		i++;
	if (i == c->nquery)
		c->nquery++;
	else
		free((void *)(uintptr_t)c->query[i].value);
	c->query[i] = (struct sigv4_pair){ name, alloc_string(value) };
}

void s3_call_header(struct s3_call *c, const char *name, const char *value)
{
	size_t i = 0;

	while (i < c->nheaders && strcasecmp(c->header[i].name, name))
		i++;
	if (i < c->nheaders) {
		free((void *)(uintptr_t)c->header[i].name);
		free((void *)(uintptr_t)c->header[i].value);
	}
	if (!value) {
		if (i < c->nheaders)
			c->header[i] = c->header[--c->nheaders];
		return;
	}
	if (i == c->nheaders && c->nheaders < S3_HEADERS - 6)
		c->nheaders++;
	else if (i == c->nheaders)
		return;
	c->header[i] = (struct sigv4_pair){ alloc_string(name),
					    alloc_string(value) };
}

void s3_call_sse_c(struct s3_call *c)
{
	static const char base[] = "x-amz-server-side-encryption-customer-";
	static const char *const tail[] = { "algorithm", "key", "key-MD5" };
	char name[64];

	for (int i = 0; c->s3->sse_c[0] && i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", base, tail[i]);
		s3_call_header(c, name, i ? c->s3->sse_c[i - 1] : "AES256");
	}
}

void s3_call_body(struct s3_call *c, const void *p, size_t n)
{
	uint8_t md[HASH_SHA256_BYTES];

	hash_sha256(p, n, md);
	hash_hex(md, sizeof(md), c->payload);
	c->job.has_body = true;
	c->job.body = p;
	c->job.bytes = n;
}

static int64_t server_now(const struct s3 *s3)
{
	return (int64_t)time(NULL) + s3->clock_off;
}

static void add_pair(struct sigv4_pair *p, size_t *n, const char *name,
		     const char *value)
{
	p[(*n)++] = (struct sigv4_pair){ name, value };
}

/* Signs what is in the call and writes headers and URL of the attempt. */
static void write_request(struct s3_call *c, const struct s3_address *a,
			  const struct credentials *keys)
{
	struct http_job *j = &c->job;
	const struct s3 *s3 = c->s3;
	struct sigv4_pair h[S3_HEADERS];
	size_t n = c->nheaders;
	char date[SIGV4_DATE];
	struct sigv4_scope scope = { date, s3_signing_region(s3->region),
				     "s3" };
	uint8_t key[SIGV4_KEY];
	struct buf authorization = { 0 };
	struct sigv4_request r = {
		.method = c->method, .path = (char *)a->path.data,
		.query = c->query, .nquery = c->nquery, .header = h,
		.payload = c->job.has_body && s3->opt.payload_unsigned ?
			SIGV4_UNSIGNED : c->payload,
	};

	memcpy(h, c->header, n * sizeof(*h));
	sigv4_date(server_now(s3), date);
	add_pair(h, &n, "Host", (char *)a->host.data);
	if (keys) {
		add_pair(h, &n, "x-amz-date", date);
		add_pair(h, &n, "x-amz-content-sha256", r.payload);
		if (keys->token)
			add_pair(h, &n, "x-amz-security-token", keys->token);
	}
	if (s3->opt.requester_pays && c->bucket)
		add_pair(h, &n, "x-amz-request-payer", "requester");
	r.nheaders = n;
	for (size_t i = 0; i < n; i++)
		http_add_header(j, h[i].name, h[i].value);
	http_add_header(j, "User-Agent", "gtstools");
	if (keys) {
		sigv4_key(keys->secret, &scope, key);
		sigv4_authorization(&authorization, &r, &scope, keys->id,
				    key);
		http_add_header(j, "Authorization",
				buf_text(&authorization));
		explicit_bzero(key, sizeof(key));
	}
	buf_release(&authorization);
	s3_address_url(a, &j->url);
	if (c->nquery)
		buf_add_byte(&j->url, '?');
	sigv4_query(&j->url, c->query, c->nquery);
}

static int prepare(struct http_job *j, struct err *err)
{
	struct s3_call *c = (struct s3_call *)j;
	struct s3 *s3 = c->s3;
	const struct credentials *keys = NULL;
	struct s3_address a = { 0 };
	int r = 0;

	j->method = c->method;
	if (c->ops && c->ops->begin)
		c->ops->begin(c);
	if (c->url) {
		buf_add_string(&j->url, c->url);
		for (size_t i = 0; i < c->nheaders; i++)
			http_add_header(j, c->header[i].name,
					c->header[i].value);
		http_add_header(j, "User-Agent", "gtstools");
		return 0;
	}
	if (!s3->opt.anonymous)
		r = credentials_get(&s3->chain, server_now(s3), false, &keys,
				    err);
	if (r == 0)
		r = s3_address(&a, s3->endpoint, s3->region, s3->opt.style,
			       c->bucket, c->key, err);
	if (r == 0 && c->host) {
		buf_reset(&a.host);
		buf_add_string(&a.host, c->host);
		buf_text(&a.host);
	}
	if (r == 0)
		write_request(c, &a, keys);
	s3_address_release(&a);
	return r;
}

static bool same_or_amazon(const char *host, const char *than)
{
	size_t n = strcspn(host, ":/");
	static const char tail[] = ".amazonaws.com";

	return strcasecmp(host, than) == 0 || (n > sizeof(tail) - 1 &&
		strncasecmp(host + n - (sizeof(tail) - 1), tail,
			    sizeof(tail) - 1) == 0);
}

/* A redirect with a place: the host, when it may have our signature. */
static bool follow_host(struct s3_call *c)
{
	char to[1024], *host, *end;
	struct s3_address a = { 0 };
	struct err none = { 0 };
	bool good;

	if (!http_header(&c->job, "Location", to, sizeof(to)))
		return false;
	host = strstr(to, "://");
	if (!host || s3_address(&a, c->s3->endpoint, c->s3->region,
				c->s3->opt.style, c->bucket, NULL, &none))
		return false;
	host += 3;
	end = host + strcspn(host, "/?");
	*end = '\0';
	good = (!a.secure || strncmp(to, "https://", 8) == 0) &&
		same_or_amazon(host, (char *)a.host.data);
	if (good) {
		free(c->host);
		c->host = alloc_string(host);
	}
	s3_address_release(&a);
	return good;
}

static enum http_verdict go_elsewhere(struct s3_call *c)
{
	struct s3 *s3 = c->s3;
	bool moved = false;

	if (c->redirects++ >= 2)
		return HTTP_FAILED;
	if (c->error.region[0] && strcmp(c->error.region, s3->region)) {
		free(s3->region);
		s3->region = alloc_string(c->error.region);
		s3->chain.region = s3->region;
		moved = true;
	}
	if (c->error.status != 400 && c->error.status != 403)
		moved |= follow_host(c);
	return moved ? HTTP_AT_ONCE : HTTP_FAILED;
}

/* A foreign URL is sent on: never from https to http. */
static enum http_verdict follow_url(struct s3_call *c)
{
	char to[4096];
	struct buf next = { 0 };
	const char *host;

	if (c->redirects++ >= 5 ||
	    !http_header(&c->job, "Location", to, sizeof(to)))
		return HTTP_FAILED;
	host = strstr(c->url, "://") + 3;
	if (strstr(to, "://"))
		buf_add_string(&next, to);
	else if (to[0] == '/' && to[1] == '/')
		buf_addf(&next, "%.*s%s", (int)(host - 2 - c->url), c->url,
			 to);
	else if (to[0] == '/')
		buf_addf(&next, "%.*s%s", (int)(host + strcspn(host, "/?") -
						c->url), c->url, to);
	if (!next.len || (strncmp(c->url, "https:", 6) == 0 &&
			  strncmp(buf_text(&next), "https:", 6) != 0)) {
		buf_release(&next);
		return HTTP_FAILED;
	}
	free(c->url);
	c->url = alloc_string(buf_text(&next));
	buf_release(&next);
	return HTTP_AT_ONCE;
}

static enum http_verdict mend_clock(struct s3_call *c)
{
	char date[64];
	struct tm tm = { 0 };
	int64_t off;

	if (c->skewed || !http_header(&c->job, "Date", date, sizeof(date)) ||
	    !strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm))
		return HTTP_FAILED;
	c->skewed = true;
	off = (int64_t)timegm(&tm) - (int64_t)time(NULL);
	if (off == c->s3->clock_off)
		return HTTP_FAILED;
	c->s3->clock_off = off;
	return HTTP_AT_ONCE;
}

static enum http_verdict renew_keys(struct s3_call *c)
{
	const struct credentials *keys;
	struct err none = { 0 };

	if (c->renewed)
		return HTTP_FAILED;
	c->renewed = true;
	return credentials_get(&c->s3->chain, server_now(c->s3), true, &keys,
			       &none) == 0 ? HTTP_AT_ONCE : HTTP_FAILED;
}

static enum http_verdict judge_error(struct s3_call *c, struct err *err)
{
	enum http_verdict v = HTTP_FAILED;

	s3_error_read(&c->error, &c->job);
	c->error.foreign = c->url != NULL;
	switch (s3_error_class(&c->error)) {
	case S3_TRANSIENT:
		v = HTTP_AGAIN;
		break;
	case S3_THROTTLED:
		v = HTTP_SLOWER;
		break;
	case S3_DAMAGED:
		v = c->damaged++ < 2 ? HTTP_AGAIN : HTTP_FAILED;
		break;
	case S3_STALE:
		v = renew_keys(c);
		break;
	case S3_SKEWED:
		v = mend_clock(c);
		break;
	case S3_ELSEWHERE:
		v = c->url ? follow_url(c) : go_elsewhere(c);
		break;
	case S3_PERMANENT:
		break;
	}
	if (v == HTTP_FAILED && !c->url && c->error.region[0] &&
	    strcmp(c->error.region, c->s3->region) &&
	    c->error.status == 400)
		v = go_elsewhere(c);
	if (v != HTTP_AT_ONCE)
		s3_error_set(&c->error, c->name, err);
	return v;
}

/* 200 may be sent before the work is done: then the body tells. */
static bool is_error_text(struct buf *text)
{
	const char *p = buf_text(text);

	p += strspn(p, " \t\r\n");
	if (strncmp(p, "<?xml", 5) == 0) {
		p = strchrnul(p, '>');
		p += *p == '>';
		p += strspn(p, " \t\r\n");
	}
	return strncmp(p, "<Error>", 7) == 0 || strncmp(p, "<Error ", 7) == 0;
}

static enum http_verdict judge(struct http_job *j, struct err *err)
{
	struct s3_call *c = (struct s3_call *)j;

	c->error = (struct s3_error){ 0 };
	if (j->fault == HTTP_LOST && c->ops && c->ops->whole &&
	    c->ops->whole(c))
		return HTTP_DONE;
	if (j->fault) {
		s3_fault_set(j, c->name, err);
		return j->fault == HTTP_LOST || j->fault == HTTP_PROXY ?
			HTTP_AGAIN : HTTP_FAILED;
	}
	if (j->status < 200 || j->status >= 300 || is_error_text(&j->text))
		return judge_error(c, err);
	return c->ops && c->ops->check ? c->ops->check(c, err) : HTTP_DONE;
}

static size_t take(struct http_job *j, const void *p, size_t n)
{
	struct s3_call *c = (struct s3_call *)j;

	return c->ops->take(c, p, n);
}

static void gave(struct http_job *j, const void *p, size_t n, uint64_t at)
{
	struct s3_call *c = (struct s3_call *)j;

	if (c->ops && c->ops->gave)
		c->ops->gave(c, p, n, at);
}

static void set_ops(struct s3_call *c)
{
	static const struct http_job_ops with = {
		prepare, take, judge, gave
	};
	static const struct http_job_ops without = {
		prepare, NULL, judge, gave
	};

	c->job.ops = c->ops && c->ops->take ? &with : &without;
}

void s3_call_start(struct s3_call *c)
{
	set_ops(c);
	http_start(c->s3->http, &c->job);
}

int s3_call_run(struct s3_call *c, struct err *err)
{
	set_ops(c);
	return http_run(c->s3->http, &c->job, err);
}

void s3_call_cancel(struct s3_call *c)
{
	http_cancel(c->s3->http, &c->job);
}

static void wipe_pairs(struct sigv4_pair *p, size_t n, bool names)
{
	for (size_t i = 0; i < n; i++) {
		char *value = (char *)(uintptr_t)p[i].value;

		explicit_bzero(value, strlen(value));
		free(value);
		if (names)
			free((void *)(uintptr_t)p[i].name);
	}
}

void s3_call_release(struct s3_call *c)
{
	wipe_pairs(c->query, c->nquery, false);
	wipe_pairs(c->header, c->nheaders, true);
	free(c->bucket);
	free(c->key);
	free(c->url);
	free(c->name);
	free(c->host);
	http_job_release(&c->job);
	*c = (struct s3_call){ 0 };
}

int s3_presign(struct s3 *s3, const char *method, const char *bucket,
	       const char *key, const char *version, unsigned expires,
	       struct buf *url, struct err *err)
{
	const struct credentials *keys;
	struct s3_address a = { 0 };
	char date[SIGV4_DATE];
	struct sigv4_scope scope = { date, s3_signing_region(s3->region),
				     "s3" };
	struct sigv4_pair host = { "host", NULL };
	struct sigv4_pair query[2];
	struct sigv4_request r = {
		.method = method, .query = query, .header = &host,
		.nheaders = 1, .payload = SIGV4_UNSIGNED,
	};
	uint8_t signing[SIGV4_KEY];
	int bad = credentials_get(&s3->chain, server_now(s3), false, &keys,
				  err);

	if (!bad)
		bad = s3_address(&a, s3->endpoint, s3->region, s3->opt.style,
				 bucket, key, err);
	if (!bad) {
		if (version)
			add_pair(query, &r.nquery, "versionId", version);
		if (s3->opt.requester_pays)
			add_pair(query, &r.nquery, "x-amz-request-payer",
				 "requester");
		host.value = (char *)a.host.data;
		r.path = (char *)a.path.data;
		sigv4_date(server_now(s3), date);
		sigv4_key(keys->secret, &scope, signing);
		s3_address_url(&a, url);
		buf_add_byte(url, '?');
		sigv4_presign(url, &r, &scope, keys->id, keys->token,
			      expires, signing);
		explicit_bzero(signing, sizeof(signing));
	}
	s3_address_release(&a);
	return bad;
}
