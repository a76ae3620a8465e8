#include "store/s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>

#include "codec/base64.h"
#include "codec/hash.h"
#include "store/file.h"
#include "store/s3-part.h"
#include "util/alloc.h"

enum { SSE_KEY = 32, LAST_MS = 5000, LAST_TRIES = 3, LOCAL_MS = 1000 };

void s3_base64(struct buf *out, const void *p, size_t n)
{
	size_t at = out->len;

	base64_encode(out, p, n);
	for (size_t i = at; i < out->len; i++) {
		if (out->data[i] == '-')
			out->data[i] = '+';
		else if (out->data[i] == '_')
			out->data[i] = '/';
	}
	while ((out->len - at) % 4)
		buf_add_byte(out, '=');
}

void s3_show(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 127)
			buf_addf(out, "\\x%02x", (unsigned char)*s);
		else
			buf_add_byte(out, (uint8_t)*s);
	}
}

/* A request for credentials: once, the caller repeats it. */
struct plain {
	struct http_job job;
	const struct settings_request *q;
};

static int plain_prepare(struct http_job *j, struct err *err)
{
	const struct settings_request *q = ((struct plain *)j)->q;

	(void)err;
	j->method = q->method;
	buf_add_string(&j->url, q->url);
	for (size_t i = 0; i < q->nheaders; i++) {
		buf_add_string(&j->headers, q->header[i]);
		buf_add_byte(&j->headers, '\0');
	}
	j->has_body = q->body != NULL;
	j->body = (const uint8_t *)(q->body ? q->body : "");
	j->bytes = q->body ? strlen(q->body) : 0;
	return 0;
}

static enum http_verdict plain_judge(struct http_job *j, struct err *err)
{
	if (!j->fault)
		return HTTP_DONE;
	err_set(err, ERR_REMOTE_RETRY, "no answer: %s", j->fault_text);
	return HTTP_FAILED;
}

static int fetch(void *to, const struct settings_request *q, long *status,
		 struct buf *answer, struct err *err)
{
	static const struct http_job_ops ops = {
		plain_prepare, NULL, plain_judge, NULL
	};
	const struct s3 *s3 = to;
	struct http_options o = s3->opt.http;
	struct plain p = { .job = { .ops = &ops }, .q = q };
	struct http *h;
	int r = -1;

	o.no_proxy = q->local;
	o.timeout_ms = q->local ? LOCAL_MS : o.timeout_ms;
	h = http_new(&o, err);
	if (h && http_run(h, &p.job, err) == 0) {
		*status = p.job.status;
		buf_add(answer, p.job.text.data, p.job.text.len);
		r = 0;
	}
	http_free(h);
	if (p.job.text.len)
		explicit_bzero(p.job.text.data, p.job.text.len);
	http_job_release(&p.job);
	return r;
}

static int read_sse_key(struct s3 *s3, struct err *err)
{
	uint8_t text[128], md[HASH_MD5_BYTES];
	struct buf key = { 0 }, out = { 0 };
	struct hash_md5 *md5;
	struct io_reader *r = file_secret(s3->opt.sse_c_key_file, err);
	ptrdiff_t n = r ? io_read_full(r, text, sizeof(text), err) : -1;

	io_reader_free(r);
	if (n < 0)
		return -1;
	if (n == SSE_KEY)
		buf_add(&key, text, SSE_KEY);
	else
		base64_decode(&key, (char *)text, (size_t)n);
	if (key.len != SSE_KEY) {
		buf_release(&key);
		return err_set(err, ERR_USAGE, "%s: is neither 32 bytes nor "
			       "their base64", s3->opt.sse_c_key_file);
	}
	md5 = hash_md5_new();
	hash_md5_add(md5, key.data, key.len);
	hash_md5_end(md5, md);
	hash_md5_free(md5);
	s3_base64(&out, key.data, key.len);
	s3->sse_c[0] = alloc_string(buf_text(&out));
	buf_reset(&out);
	s3_base64(&out, md, sizeof(md));
	s3->sse_c[1] = alloc_string(buf_text(&out));
	explicit_bzero(text, sizeof(text));
	explicit_bzero(key.data, key.len);
	buf_release(&key);
	buf_release(&out);
	return 0;
}

static const char *first_env(const struct settings *s, const char *a,
			     const char *b, const char *c)
{
	const char *v = settings_env(s, a);

	if (!v)
		v = settings_env(s, b);
	return v ? v : settings_env(s, c);
}

/* s3+http:// */
static void make_plain(struct s3 *s3)
{
	struct buf b = { 0 };

	if (!s3->endpoint)
		buf_addf(&b, "http://s3.%s.amazonaws.com", s3->region);
	else if (strncmp(s3->endpoint, "https://", 8) == 0)
		buf_addf(&b, "http://%s", s3->endpoint + 8);
	if (b.len) {
		free(s3->endpoint);
		s3->endpoint = alloc_string(buf_text(&b));
	}
	buf_release(&b);
}

/* 64MB, 8KB/s as the AWS tools write them; 0 where there is none. */
static uint64_t size_setting(const struct settings *s, const char *key)
{
	static const char units[] = "KMGT";
	const char *unit = NULL;
	struct buf b = { 0 };
	uint64_t v = 0;
	char *end;

	if (settings_s3(s, key, &b)) {
		v = strtoull(buf_text(&b), &end, 10);
		unit = *end ? strchr(units, *end & ~0x20) : NULL;
	}
	if (unit)
		v <<= 10 * (unit - units + 1);
	buf_release(&b);
	return v;
}

/* The block "s3 =" of the profile. */
static void apply_block(struct s3 *s3)
{
	const struct settings *s = &s3->settings;
	struct http_options *h = &s3->opt.http;
	uint64_t part = size_setting(s, "multipart_chunksize");
	uint64_t many = size_setting(s, "max_concurrent_requests");
	struct buf b = { 0 };

	if (s3->opt.style == S3_AUTO && settings_s3(s, "addressing_style",
						    &b))
		s3->opt.style = strcmp(buf_text(&b), "path") == 0 ? S3_PATH :
			strcmp(buf_text(&b), "virtual") == 0 ? S3_VIRTUAL :
			S3_AUTO;
	buf_reset(&b);
	if (settings_s3(s, "payload_signing_enabled", &b) &&
	    strcasecmp(buf_text(&b), "false") == 0)
		s3->opt.payload_unsigned = true;
	buf_release(&b);
	if (!s3->opt.part_size && part >= S3_PART_LEAST &&
	    part <= S3_PART_MOST)
		s3->opt.part_size = part;
	if (!h->concurrency && many && many <= 256)
		h->concurrency = (unsigned)many;
	if (!h->limit_rate)
		h->limit_rate = size_setting(s, "max_bandwidth");
}

/* What the environment and the profile say where no option does. */
static int apply_settings(struct s3 *s3, struct err *err)
{
	struct settings *s = &s3->settings;
	struct http_options *h = &s3->opt.http;
	const char *tries = settings_env(s, "AWS_MAX_ATTEMPTS");
	struct buf b = { 0 };

	if (s3->opt.endpoint)
		s3->endpoint = alloc_string(s3->opt.endpoint);
	else if (settings_endpoint(s, "s3", &b))
		s3->endpoint = alloc_string(buf_text(&b));
	s3->region = alloc_string(settings_region(s, s3->opt.region));
	buf_release(&b);
	if (s3->opt.plain)
		make_plain(s3);
	apply_block(s3);
	if (!h->ca_bundle)
		h->ca_bundle = first_env(s, "AWS_CA_BUNDLE", "CURL_CA_BUNDLE",
					 "SSL_CERT_FILE");
	if (!h->ca_bundle)
		h->ca_bundle = settings_get(s, "ca_bundle");
	if (!h->attempts && tries)
		h->attempts = (unsigned)strtoul(tries, NULL, 10);
	if (!s3->opt.part_size)
		s3->opt.part_size = S3_PART;
	if (!s3->opt.memory)
		s3->opt.memory = S3_MEMORY;
	if (!h->concurrency)
		h->concurrency = 8;
	return s3->opt.sse_c_key_file ? read_sse_key(s3, err) : 0;
}

struct s3 *s3_open(const struct s3_options *opt, struct err *err)
{
	struct s3 *s3 = alloc_zero(1, sizeof(*s3));
	const struct settings_world world = {
		settings_real_env, settings_real_file, settings_real_secret,
		fetch, s3
	};
	const struct settings_options set = {
		opt->profile, opt->credentials_file
	};

	s3->opt = *opt;
	/* No core, and no other process of this user, shall have the keys. */
	if (!opt->anonymous || opt->sse_c_key_file)
		prctl(PR_SET_DUMPABLE, 0);
	if (settings_load(&s3->settings, &world, &set, err) ||
	    apply_settings(s3, err) ||
	    !(s3->http = http_new(&s3->opt.http, err))) {
		s3_close(s3);
		return NULL;
	}
	s3->chain = (struct credentials_chain){
		.settings = &s3->settings, .region = s3->region,
		.explicit = opt->profile || opt->credentials_file,
	};
	return s3;
}

void s3_close(struct s3 *s3)
{
	if (!s3)
		return;
	http_free(s3->http);
	credentials_chain_release(&s3->chain);
	settings_release(&s3->settings);
	free(s3->endpoint);
	free(s3->region);
	for (int i = 0; i < 2; i++) {
		if (s3->sse_c[i])
			explicit_bzero(s3->sse_c[i], strlen(s3->sse_c[i]));
		free(s3->sse_c[i]);
	}
	free(s3);
}

int s3_last_words(struct s3 *s3, struct err *err)
{
	struct http_options o = s3->opt.http;

	o.stop = NULL;
	o.timeout_ms = LAST_MS;
	o.retry_max_time = LAST_MS / 1000;
	o.attempts = LAST_TRIES;
	http_free(s3->http);
	s3->http = http_new(&o, err);
	return s3->http ? 0 : -1;
}
