/* What of a job needs no network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "store/http.h"

uint64_t http_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
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

void http_job_release(struct http_job *j)
{
	buf_release(&j->url);
	buf_release(&j->headers);
	buf_release(&j->head);
	buf_release(&j->text);
}
