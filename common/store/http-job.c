/* What of a job needs no network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "store/http.h"

uint64_t http_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t http_now_ms(void)
{
	return http_now_us() / 1000;
}

void http_add_header(struct http_job *j, const char *name, const char *value)
{
	/* An empty value is written with ";", or libcurl drops the header. */
	buf_addf(&j->headers, *value ? "%s: %s" : "%s;%s", name, value);
	buf_add_byte(&j->headers, '\0');
}

bool http_header(const struct http_job *j, const char *name, char *value,
		 size_t cap)
{
	const char *p = (const char *)j->head.data, *end = p + j->head.len;
	size_t n = strlen(name);

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t line = (size_t)((nl ? nl : end) - p);

		if (line > n && p[n] == ':' && strncasecmp(p, name, n) == 0) {
			const char *v = p + n + 1, *e = p + line;

			while (v < e && (*v == ' ' || *v == '\t'))
				v++;
			while (v < e && (e[-1] == '\r' || e[-1] == ' '))
				e--;
			snprintf(value, cap, "%.*s", (int)(e - v), v);
			return true;
		}
		p += line + 1;
	}
	return false;
}

uint64_t http_retry_after(const struct http_job *j)
{
	char v[32];

	if (!http_header(j, "Retry-After", v, sizeof(v)) &&
	    !http_header(j, "x-amz-retry-after", v, sizeof(v)))
		return 0;
	return strtoull(v, NULL, 10);
}

void http_note(const struct http_options *opt, const struct http_job *j,
	       uint64_t wait)
{
	struct buf b = { 0 };

	if (!opt->note)
		return;
	buf_addf(&b, "attempt %u failed: ", j->tried);
	if (j->status)
		buf_addf(&b, "status %ld", j->status);
	else
		buf_add_string(&b, j->fault_text);
	buf_addf(&b, "; again in %llu ms", (unsigned long long)wait);
	opt->note(opt->to, buf_text(&b));
	buf_release(&b);
}

/* Is this the server of the URL that was asked for? */
static bool is_asked(struct http_job *j, const char *host, size_t n,
		     long port)
{
	const char *url = buf_text(&j->url), *p = strstr(url, "://");
	const char *end, *at;
	long asked = strncasecmp(url, "https:", 6) == 0 ? 443 : 80;

	if (!p)
		return false;
	p += 3;
	end = p + strcspn(p, "/?#");
	at = memrchr(p, '@', (size_t)(end - p));
	p = at ? at + 1 : p;
	p += *p == '[';
	if ((size_t)(end - p) < n || strncasecmp(p, host, n))
		return false;
	p += n;
	p += *p == ']';
	if (*p == ':')
		asked = strtol(p + 1, NULL, 10);
	return (p == end || *p == ':') && port == asked;
}

void http_blame_proxy(struct http_job *j, long status)
{
	static const char mark[] = "Failed to connect to ";
	const char *p = strstr(j->said, mark);
	char host[128];
	long port;

	if (status >= 300) {
		j->fault = HTTP_PROXY;
		snprintf(j->fault_text, sizeof(j->fault_text), "the proxy "
			 "refuses with status %ld", status);
		return;
	}
	if (j->fault != HTTP_LOST || !p ||
	    sscanf(p + sizeof(mark) - 1, "%127s port %ld", host, &port) != 2 ||
	    is_asked(j, host, strlen(host), port))
		return;
	j->fault = HTTP_PROXY;
	snprintf(j->fault_text, sizeof(j->fault_text), "no connection to the "
		 "proxy %.100s:%ld", host, port);
}

struct http_job *http_wait(struct http *h)
{
	for (;;) {
		struct http_job *j = http_ended(h);

		if (j || !http_open_jobs(h) || http_stopped(h))
			return j;
		http_step(h, -1, -1);
	}
}

void http_job_release(struct http_job *j)
{
	buf_release(&j->url);
	buf_release(&j->headers);
	buf_release(&j->head);
	buf_release(&j->text);
}
