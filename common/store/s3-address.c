#include "store/s3-address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "store/sigv4.h"

enum { BUCKET_LEAST = 3, BUCKET_MOST = 255, KEY_MOST = 1024, LABEL_MOST = 63 };

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

bool s3_is_url(const char *text)
{
	return starts(text, "s3://") || starts(text, "s3+http://");
}

int s3_split_url(const char *text, struct buf *bucket, const char **key,
		 bool *plain, struct err *err)
{
	const char *b = text + (starts(text, "s3://") ? 5 : 10), *slash;
	size_t n;

	*plain = !starts(text, "s3://");
	slash = strchrnul(b, '/');
	n = (size_t)(slash - b);
	*key = *slash ? slash + 1 : slash;
	if (n < BUCKET_LEAST || n > BUCKET_MOST)
		return err_set(err, ERR_USAGE, "a bucket has %d to %d "
			       "characters: s3://BUCKET/KEY", BUCKET_LEAST,
			       BUCKET_MOST);
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)b[i]) && !strchr("._-", b[i]))
			return err_set(err, ERR_USAGE, "a bucket consists of "
				       "letters, digits, '.', '_' and '-': "
				       "s3://BUCKET/KEY");
	if (strlen(*key) > KEY_MOST)
		return err_set(err, ERR_USAGE, "a key has at most %d bytes, "
			       "this one %zu", KEY_MOST, strlen(*key));
	buf_reset(bucket);
	buf_add(bucket, b, n);
	buf_text(bucket);
	return 0;
}

const char *s3_signing_region(const char *region)
{
	return strcmp(region, "aws-global") == 0 ? "us-east-1" : region;
}

/* A DNS name that one label, or with dots several, can hold. */
static bool is_host_name(const char *s, bool dots)
{
	size_t n = 0;

	if (strlen(s) < 3 || strlen(s) > LABEL_MOST)
		return false;
	for (; *s; s++, n++) {
		bool edge = n == 0 || !s[1] || s[1] == '.';

		if (*s == '.' && dots && !edge) {
			n = (size_t)-1;
			continue;
		}
		if (!islower((unsigned char)*s) &&
		    !isdigit((unsigned char)*s) && (*s != '-' || edge))
			return false;
	}
	return true;
}

static bool is_region(const char *s)
{
	if (!*s || strlen(s) > LABEL_MOST)
		return false;
	for (const char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-')
			return false;
	return *s != '-';
}

static bool is_number(const char *host)
{
	char name[64];
	size_t n = strcspn(host, ":");
	struct in_addr a;

	if (*host == '[')
		return true;
	if (n >= sizeof(name))
		return false;
	memcpy(name, host, n);
	name[n] = '\0';
	return inet_pton(AF_INET, name, &a) == 1;
}

/* Amazon's own names; a certificate *.s3... covers one label only. */
static bool is_amazon(const char *host)
{
	size_t n = strcspn(host, ":");
	static const char *const tail[] = { ".amazonaws.com",
					    ".amazonaws.com.cn" };

	for (int i = 0; i < 2; i++) {
		size_t k = strlen(tail[i]);

		if (n > k && memcmp(host + n - k, tail[i], k) == 0)
			return true;
	}
	return false;
}

static int parse_endpoint(struct s3_address *a, const char *endpoint,
			  struct err *err)
{
	const char *host = strstr(endpoint, "://"), *path;

	a->secure = starts(endpoint, "https://");
	if ((!a->secure && !starts(endpoint, "http://")) ||
	    strpbrk(endpoint, "#?@ ") || !host[3] || host[3] == '/')
		return err_set(err, ERR_USAGE, "the endpoint is not of the "
			       "form http(s)://HOST[:PORT][/PATH]");
	host += 3;
	path = strchrnul(host, '/');
	buf_add(&a->host, host, (size_t)(path - host));
	while (*path && path[strlen(path) - 1] == '/' && !path[1])
		path++;
	buf_add_string(&a->path, path);
	while (a->path.len && a->path.data[a->path.len - 1] == '/')
		a->path.len--;
	return 0;
}

/* The port that the scheme implies is not part of the Host header. */
static void drop_port(struct s3_address *a)
{
	const char *port = a->secure ? ":443" : ":80";
	size_t n = strlen(port);

	if (a->host.len > n && memcmp(a->host.data + a->host.len - n, port,
				      n) == 0)
		a->host.len -= n;
}

static bool in_host(const struct s3_address *a, enum s3_style style,
		    const char *bucket, const char *host)
{
	if (style == S3_PATH || is_number(host) ||
	    !is_host_name(bucket, !a->secure) || is_number(bucket))
		return false;
	return style == S3_VIRTUAL || is_amazon(host);
}

int s3_address(struct s3_address *a, const char *endpoint, const char *region,
	       enum s3_style style, const char *bucket, const char *key,
	       struct err *err)
{
	buf_reset(&a->host);
	buf_reset(&a->path);
	if (!is_region(region))
		return err_set(err, ERR_USAGE, "'%s' is no region", region);
	if (endpoint) {
		if (parse_endpoint(a, endpoint, err))
			return -1;
	} else {
		a->secure = true;
		if (strcmp(region, "aws-global") == 0)
			buf_add_string(&a->host, "s3.amazonaws.com");
		else
			buf_addf(&a->host, "s3.%s.amazonaws.com%s", region,
				 starts(region, "cn-") ? ".cn" : "");
	}
	drop_port(a);
	if (bucket && in_host(a, style, bucket, buf_text(&a->host))) {
		struct buf host = { 0 };

		buf_addf(&host, "%s.%s", bucket, buf_text(&a->host));
		buf_release(&a->host);
		a->host = host;
	} else if (bucket) {
		buf_addf(&a->path, "/%s", bucket);
	}
	if (key && (*key || bucket))
		buf_addf(&a->path, "/%s", key);
	if (!a->path.len)
		buf_add_byte(&a->path, '/');
	buf_text(&a->host);
	buf_text(&a->path);
	return 0;
}

void s3_address_release(struct s3_address *a)
{
	buf_release(&a->host);
	buf_release(&a->path);
}

void s3_address_url(const struct s3_address *a, struct buf *url)
{
	buf_addf(url, "%s://%.*s", a->secure ? "https" : "http",
		 (int)a->host.len, (char *)a->host.data);
	sigv4_encode(url, (char *)a->path.data, true);
}
