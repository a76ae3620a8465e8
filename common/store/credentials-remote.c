/* The sources of credentials that are asked over HTTP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "codec/hash.h"
#include "model/span.h"
#include "store/credentials.h"
#include "store/sigv4.h"
#include "store/xml.h"
#include "util/alloc.h"

enum { TRIES = 2, HEADERS = 8 };
#define TASK_ROLE "http://169.254.170.2"
#define INSTANCE "http://169.254.169.254"
#define INSTANCE_6 "http://[fd00:ec2::254]"

/* Asks, and once more when the other end fails. */
static int ask(const struct settings *s, const struct settings_request *q,
	       long *status, struct buf *answer, struct err *err)
{
	int r = -1;

	for (int i = 0; i < TRIES; i++) {
		err_clear(err);
		buf_reset(answer);
		*status = 0;
		r = s->world.fetch(s->world.to, q, status, answer, err);
		if (r == 0 && *status < 500 && *status != 429)
			break;
	}
	return r;
}

static void wipe(struct buf *b)
{
	if (b->len)
		explicit_bzero(b->data, b->len);
	buf_release(b);
}

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Plain HTTP would show the token to the network. */
static bool is_safe(const char *url)
{
	static const char *const host[] = {
		"localhost", "127.0.0.1", "[::1]", "169.254.170.2",
		"169.254.170.23", "[fd00:ec2::23]",
	};

	if (starts(url, "https://"))
		return true;
	if (!starts(url, "http://"))
		return false;
	url += 7;
	for (size_t i = 0; i < sizeof(host) / sizeof(host[0]); i++) {
		size_t n = strlen(host[i]);

		if (starts(url, host[i]) && strchr(":/?", url[n]))
			return true;
	}
	return false;
}

static int container_url(const struct settings *s, struct buf *url,
			 struct err *err)
{
	const char *relative = settings_env(
		s, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = settings_env(s,
					"AWS_CONTAINER_CREDENTIALS_FULL_URI");

	if (relative) {
		buf_addf(url, TASK_ROLE "%s", relative);
		return 1;
	}
	if (!full)
		return 0;
	if (!is_safe(full))
		return err_set(err, ERR_USAGE,
			       "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither "
			       "https nor of this machine");
	buf_add_string(url, full);
	return 1;
}

static int container_token(const struct settings *s, struct buf *line,
			   struct err *err)
{
	const char *file = settings_env(
		s, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *token = settings_env(s,
					 "AWS_CONTAINER_AUTHORIZATION_TOKEN");
	struct buf text = { 0 };
	int r = 0;

	if (!file && !token)
		return 0;
	if (file) {
		r = s->world.file(s->world.to, file, &text, err);
		if (r == 0)
			r = err_set(err, ERR_IO, "%s: is not there", file);
		while (text.len && strchr("\r\n ", text.data[text.len - 1]))
			text.len--;
		token = buf_text(&text);
	}
	if (r >= 0 && strpbrk(token, "\r\n"))
		r = err_set(err, ERR_USAGE, "the container's authorization "
			    "token has line breaks");
	if (r >= 0)
		buf_addf(line, "Authorization: %s", token);
	wipe(&text);
	return r < 0 ? -1 : 1;
}

int credentials_container(const struct settings *s, struct credentials *out,
			  struct err *err)
{
	struct buf url = { 0 }, line = { 0 }, answer = { 0 };
	const char *header[2] = { "Accept: application/json" };
	struct settings_request q = {
		.method = "GET", .header = header, .nheaders = 1,
		.local = true,
	};
	long status = 0;
	int r = container_url(s, &url, err), token = 0;

	if (r == 1)
		token = container_token(s, &line, err);
	if (token == 1)
		header[q.nheaders++] = buf_text(&line);
	q.url = buf_text(&url);
	if (token < 0)
		r = -1;
	if (r == 1 && ask(s, &q, &status, &answer, err))
		r = err_at(err, "credentials of the container");
	else if (r == 1 && status != 200)
		r = err_set(err, ERR_REMOTE, "credentials of the container: "
			    "status %ld", status);
	else if (r == 1 && credentials_parse(&answer, "Token", out, err))
		r = err_at(err, "credentials of the container");
	buf_release(&url);
	wipe(&line);
	wipe(&answer);
	return r;
}

static int instance_endpoint(const struct settings *s, struct buf *url,
			     struct err *err)
{
	const char *given = settings_env(s,
					 "AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = settings_env(
		s, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");

	if (!given)
		given = settings_get(s, "ec2_metadata_service_endpoint");
	if (!mode)
		mode = settings_get(s, "ec2_metadata_service_endpoint_mode");
	if (given && !starts(given, "http://") && !starts(given, "https://"))
		return err_set(err, ERR_USAGE, "the endpoint of instance "
			       "metadata is no http URL");
	if (!given && mode && strcasecmp(mode, "ipv4") != 0 &&
	    strcasecmp(mode, "ipv6") != 0)
		return err_set(err, ERR_USAGE, "the mode of instance metadata "
			       "is neither IPv4 nor IPv6");
	if (!given)
		given = mode && strcasecmp(mode, "ipv6") == 0 ? INSTANCE_6 :
			INSTANCE;
	buf_add_string(url, given);
	while (url->len && url->data[url->len - 1] == '/')
		url->len--;
	return 0;
}

/* 1 the header with the token, 0 none but the old way is allowed. */
static int instance_token(const struct settings *s, const char *base,
			  struct buf *line, struct err *err)
{
	static const char *const header[] = {
		"x-aws-ec2-metadata-token-ttl-seconds: 21600"
	};
	const char *v1 = settings_env(s, "AWS_EC2_METADATA_V1_DISABLED");
	bool old = v1 && strcasecmp(v1, "false") == 0;
	struct buf url = { 0 }, answer = { 0 };
	struct settings_request q = {
		.method = "PUT", .header = header, .nheaders = 1,
		.body = "", .local = true,
	};
	long status = 0;
	int r;

	buf_addf(&url, "%s/latest/api/token", base);
	q.url = buf_text(&url);
	r = ask(s, &q, &status, &answer, err);
	if (r == 0 && status == 200) {
		buf_addf(line, "x-aws-ec2-metadata-token: %s",
			 buf_text(&answer));
		r = 1;
	} else if (r == 0 && !old) {
		r = err_set(err, ERR_REMOTE, "instance metadata gives no "
			    "token: status %ld", status);
	}
	buf_release(&url);
	wipe(&answer);
	return r;
}

static int instance_get(const struct settings *s, const char *base,
			const char *role, const char *token,
			struct buf *answer, struct err *err)
{
	struct buf url = { 0 };
	struct settings_request q = {
		.method = "GET", .header = &token, .nheaders = token != NULL,
		.local = true,
	};
	long status = 0;
	int r;

	buf_addf(&url, "%s/latest/meta-data/iam/security-credentials/%s",
		 base, role);
	q.url = buf_text(&url);
	r = ask(s, &q, &status, answer, err);
	if (r == 0 && status != 404 && status != 200)
		r = err_set(err, ERR_REMOTE, "instance metadata: status %ld",
			    status);
	else if (r == 0)
		r = status == 200;
	buf_release(&url);
	return r;
}

int credentials_instance(const struct settings *s, struct credentials *out,
			 struct err *err)
{
	const char *off = settings_env(s, "AWS_EC2_METADATA_DISABLED");
	struct buf base = { 0 }, token = { 0 }, role = { 0 }, answer = { 0 };
	const char *header = NULL;
	int r;

	if (off && strcasecmp(off, "true") == 0)
		return 0;
	if (instance_endpoint(s, &base, err)) {
		buf_release(&base);
		return -1;
	}
	r = instance_token(s, buf_text(&base), &token, err);
	if (r == -1 && err->status == ERR_REMOTE_RETRY) {
		err_clear(err);		/* no machine of that cloud */
		buf_release(&base);
		return 0;
	}
	if (r == 1)
		header = buf_text(&token);
	if (r >= 0)
		r = instance_get(s, buf_text(&base), "", header, &role, err);
	if (r == 1) {
		role.len = strcspn(buf_text(&role), "\r\n");
		r = instance_get(s, buf_text(&base), buf_text(&role), header,
				 &answer, err);
	}
	if (r == 1 && credentials_parse(&answer, "Token", out, err))
		r = err_at(err, "instance metadata");
	buf_release(&base);
	buf_release(&role);
	wipe(&token);
	wipe(&answer);
	return r;
}

static void add_field(struct buf *body, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(body, "&%s=", name);
	sigv4_encode(body, value, false);
}

static int role_body(const struct settings *s,
		     const struct credentials_role *role, struct buf *body,
		     struct err *err)
{
	struct buf token = { 0 };
	int r = 1;

	if (role->token_file) {
		r = s->world.file(s->world.to, role->token_file, &token, err);
		if (r == 0)
			r = err_set(err, ERR_IO, "%s: is not there",
				    role->token_file);
		while (token.len && strchr("\r\n ",
					   token.data[token.len - 1]))
			token.len--;
	}
	buf_addf(body, "Action=%s&Version=2011-06-15", role->token_file ?
		 "AssumeRoleWithWebIdentity" : "AssumeRole");
	add_field(body, "RoleArn", role->arn);
	add_field(body, "RoleSessionName", role->session ? role->session :
		  "gtstools");
	add_field(body, "ExternalId", role->external_id);
	add_field(body, "DurationSeconds", role->duration);
	if (role->token_file)
		add_field(body, "WebIdentityToken", buf_text(&token));
	wipe(&token);
	return r < 0 ? -1 : 0;
}

static void role_url(const struct settings *s, const char *region,
		     struct buf *url)
{
	if (!settings_endpoint(s, "sts", url))
		buf_addf(url, "https://sts.%s.amazonaws.com%s", region,
			 starts(region, "cn-") ? ".cn" : "");
	if (!strchr(strstr(buf_text(url), "://") ?
		    strstr(buf_text(url), "://") + 3 : buf_text(url), '/'))
		buf_add_byte(url, '/');
	buf_text(url);
}

/* Signs the request with the keys of base; lines are texts in a row. */
static void sign_role(const char *url, const char *region,
		      const struct buf *body, const struct credentials *base,
		      struct buf lines[4])
{
	const char *host = strstr(url, "://");
	const char *path;
	struct buf name = { 0 }, authorization = { 0 };
	char date[SIGV4_DATE], payload[SIGV4_SIGNATURE];
	uint8_t key[SIGV4_KEY], md[HASH_SHA256_BYTES];
	struct sigv4_scope scope = { date, region, "sts" };
	struct sigv4_pair header[4] = {
		{ "content-type", "application/x-www-form-urlencoded" },
	};
	struct sigv4_request r = { .method = "POST", .header = header,
				   .nheaders = 3, .payload = payload };

	host = host ? host + 3 : url;
	path = host + strcspn(host, "/");
	buf_addf(&name, "%.*s", (int)(path - host), host);
	sigv4_date((int64_t)time(NULL), date);
	hash_sha256(body->data, body->len, md);
	hash_hex(md, sizeof(md), payload);
	r.path = *path ? path : "/";
	header[1] = (struct sigv4_pair){ "host", buf_text(&name) };
	header[2] = (struct sigv4_pair){ "x-amz-date", date };
	if (base->token)
		header[r.nheaders++] = (struct sigv4_pair){
			"x-amz-security-token", base->token };
	sigv4_key(base->secret, &scope, key);
	sigv4_authorization(&authorization, &r, &scope, base->id, key);
	buf_addf(&lines[1], "Authorization: %s", buf_text(&authorization));
	buf_addf(&lines[2], "x-amz-date: %s", date);
	if (base->token)
		buf_addf(&lines[3], "x-amz-security-token: %s", base->token);
	explicit_bzero(key, sizeof(key));
	buf_release(&name);
	buf_release(&authorization);
}

static int read_role(const struct buf *answer, long status, bool web,
		     struct credentials *out, struct err *err)
{
	const char *const root = web ? "AssumeRoleWithWebIdentityResponse/"
		"AssumeRoleWithWebIdentityResult/Credentials/" :
		"AssumeRoleResponse/AssumeRoleResult/Credentials/";
	static const char *const leaf[4] = {
		"AccessKeyId", "SecretAccessKey", "SessionToken",
		"Expiration",
	};
	struct buf path = { 0 }, v[4] = { 0 }, code = { 0 };
	struct err none = { 0 };
	int64_t ms = 0;
	int r = 0;

	for (int i = 0; i < 4; i++) {
		buf_reset(&path);
		buf_addf(&path, "%s%s", root, leaf[i]);
		xml_find(answer->data, answer->len, buf_text(&path), &v[i]);
		buf_text(&v[i]);
	}
	if (status != 200 || !v[0].len || !v[1].len) {
		xml_find(answer->data, answer->len,
			 "ErrorResponse/Error/Code", &code);
		r = err_set(err, ERR_REMOTE, "the role was not given: status "
			    "%ld %s", status, buf_text(&code));
	} else {
		credentials_release(out);
		out->id = alloc_string((char *)v[0].data);
		out->secret = alloc_string((char *)v[1].data);
		out->token = v[2].len ? alloc_string((char *)v[2].data) :
			NULL;
		if (span_instant((char *)v[3].data, 1000, 0, &ms, &none) == 0)
			out->expires = ms / 1000;
	}
	for (int i = 0; i < 4; i++)
		wipe(&v[i]);
	buf_release(&path);
	buf_release(&code);
	return r;
}

int credentials_assume(const struct settings *s, const char *region,
		       const struct credentials_role *role,
		       const struct credentials *base,
		       struct credentials *out, struct err *err)
{
	struct buf body = { 0 }, url = { 0 }, answer = { 0 };
	struct buf lines[4] = { 0 };
	const char *header[4];
	struct settings_request q = { .method = "POST", .header = header };
	long status = 0;
	int r = role_body(s, role, &body, err);

	role_url(s, region, &url);
	buf_add_string(&lines[0],
		       "Content-Type: application/x-www-form-urlencoded");
	if (r == 0 && base)
		sign_role(buf_text(&url), region, &body, base, lines);
	for (int i = 0; i < 4; i++)
		if (lines[i].len)
			header[q.nheaders++] = buf_text(&lines[i]);
	q.url = buf_text(&url);
	q.body = buf_text(&body);
	if (r == 0)
		r = ask(s, &q, &status, &answer, err);
	if (r == 0)
		r = read_role(&answer, status, role->token_file != NULL, out,
			      err);
	if (r)
		err_at(err, "role %s", role->arn);
	for (int i = 0; i < 4; i++)
		wipe(&lines[i]);
	wipe(&body);
	wipe(&answer);
	buf_release(&url);
	return r;
}
