#include "store/s3-error.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "store/xml.h"

/* Copies what can be printed. */
static void copy(char *to, size_t cap, const char *from, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n && k + 1 < cap; i++)
		to[k++] = iscntrl((unsigned char)from[i]) ? ' ' : from[i];
	to[k] = '\0';
}

static void keep(void *to, const char *path, const char *text, size_t n)
{
	struct s3_error *e = to;
	const char *slash = strchr(path, '/');

	if (strncmp(path, "Error/", 6) != 0 || !slash)
		return;
	if (strcmp(slash, "/Code") == 0)
		copy(e->code, sizeof(e->code), text, n);
	else if (strcmp(slash, "/Message") == 0)
		copy(e->message, sizeof(e->message), text, n);
	else if (strcmp(slash, "/Region") == 0)
		copy(e->region, sizeof(e->region), text, n);
	else if (strcmp(slash, "/RequestId") == 0 && !e->id[0])
		copy(e->id, sizeof(e->id), text, n);
}

/* A HEAD has no body: the status alone must do. */
static const char *code_of(long status)
{
	switch (status) {
	case 301:
		return "PermanentRedirect";
	case 307:
		return "TemporaryRedirect";
	case 304:
		return "NotModified";
	case 400:
		return "BadRequest";
	case 401:
	case 403:
		return "AccessDenied";
	case 404:
		return "NotFound";
	case 405:
		return "MethodNotAllowed";
	case 407:
		return "ProxyAuthenticationRequired";
	case 409:
		return "Conflict";
	case 412:
		return "PreconditionFailed";
	case 416:
		return "InvalidRange";
	case 501:
		return "NotImplemented";
	case 503:
		return "ServiceUnavailable";
	default:
		return status >= 500 ? "InternalError" : "UnexpectedAnswer";
	}
}

void s3_error_read(struct s3_error *e, const struct http_job *j)
{
	static const struct xml_handler h = { NULL, keep };
	struct err none = { 0 };
	char more[80];

	*e = (struct s3_error){ .status = j->status };
	http_header(j, "x-amz-request-id", e->id, sizeof(e->id));
	if (http_header(j, "x-amz-id-2", more, sizeof(more)) &&
	    strlen(e->id) + strlen(more) + 2 < sizeof(e->id)) {
		strcat(e->id, " ");
		strcat(e->id, more);
	}
	if (j->text.len)
		xml_parse(j->text.data, j->text.len, &h, e, &none);
	http_header(j, "x-amz-bucket-region", e->region, sizeof(e->region));
	if (!e->code[0])
		snprintf(e->code, sizeof(e->code), "%s", code_of(j->status));
}

struct meaning {
	const char *code;
	enum s3_class class;
	enum err_status status;	/* ERR_NONE: by the HTTP status */
	const char *remedy;
};

static const struct meaning meanings[] = {
	{ "InternalError", S3_TRANSIENT, ERR_NONE, NULL },
	{ "RequestTimeout", S3_TRANSIENT, ERR_REMOTE_RETRY, NULL },
	{ "OperationAborted", S3_TRANSIENT, ERR_NONE, NULL },
	{ "ConditionalRequestConflict", S3_TRANSIENT, ERR_CHANGED,
	  "another write is under way" },
	{ "SlowDown", S3_THROTTLED, ERR_NONE,
	  "the server asks for fewer requests (--concurrency)" },
	{ "ServiceUnavailable", S3_THROTTLED, ERR_NONE, NULL },
	{ "Throttling", S3_THROTTLED, ERR_REMOTE_RETRY, NULL },
	{ "TooManyRequests", S3_THROTTLED, ERR_REMOTE_RETRY, NULL },
	{ "BadDigest", S3_DAMAGED, ERR_REMOTE_RETRY,
	  "the data changed on the way" },
	{ "XAmzContentSHA256Mismatch", S3_DAMAGED, ERR_REMOTE_RETRY,
	  "the data changed on the way" },
	{ "IncompleteBody", S3_DAMAGED, ERR_REMOTE_RETRY, NULL },
	{ "ExpiredToken", S3_STALE, ERR_REMOTE,
	  "the session token has expired: sign in again" },
	{ "TokenRefreshRequired", S3_STALE, ERR_REMOTE,
	  "the session token must be renewed: sign in again" },
	{ "InvalidToken", S3_STALE, ERR_REMOTE,
	  "the session token (AWS_SESSION_TOKEN) does not belong to this "
	  "key" },
	{ "InvalidClientTokenId", S3_STALE, ERR_REMOTE,
	  "the session token does not belong to this key" },
	{ "RequestTimeTooSkewed", S3_SKEWED, ERR_REMOTE,
	  "the clock of this machine is wrong: set it" },
	{ "AuthorizationHeaderMalformed", S3_ELSEWHERE, ERR_REMOTE,
	  "is the region right (--region)?" },
	{ "PermanentRedirect", S3_ELSEWHERE, ERR_REMOTE,
	  "the bucket is in another region (--region, --endpoint-url)" },
	{ "TemporaryRedirect", S3_ELSEWHERE, ERR_REMOTE,
	  "the bucket is in another region (--region, --endpoint-url)" },
	{ "IllegalLocationConstraintException", S3_ELSEWHERE, ERR_REMOTE,
	  "the bucket would be in another region (--region)" },
	{ "IncorrectEndpoint", S3_ELSEWHERE, ERR_REMOTE,
	  "the bucket is in another region (--region, --endpoint-url)" },
	{ "ProxyAuthenticationRequired", S3_PERMANENT, ERR_REMOTE,
	  "the proxy wants a name and a password" },
	{ "SignatureDoesNotMatch", S3_PERMANENT, ERR_REMOTE,
	  "the secret key is wrong for this access key" },
	{ "InvalidAccessKeyId", S3_PERMANENT, ERR_REMOTE,
	  "this server does not know the access key" },
	{ "AccessDenied", S3_PERMANENT, ERR_REMOTE,
	  "these credentials may not do that" },
	{ "NoSuchBucket", S3_PERMANENT, ERR_NEGATIVE, NULL },
	{ "NoSuchKey", S3_PERMANENT, ERR_NEGATIVE, NULL },
	{ "NotFound", S3_PERMANENT, ERR_NEGATIVE, NULL },
	{ "NoSuchVersion", S3_PERMANENT, ERR_NEGATIVE, NULL },
	{ "NoSuchUpload", S3_PERMANENT, ERR_NEGATIVE, NULL },
	{ "InvalidRange", S3_PERMANENT, ERR_NEGATIVE,
	  "the range begins behind the end" },
	{ "InvalidObjectState", S3_PERMANENT, ERR_CHANGED,
	  "the object is archived: s3get --restore asks for it" },
	{ "PreconditionFailed", S3_PERMANENT, ERR_CHANGED, NULL },
	{ "NotModified", S3_PERMANENT, ERR_CHANGED, NULL },
};

static const struct meaning *find(const char *code)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (strcmp(meanings[i].code, code) == 0)
			return &meanings[i];
	return NULL;
}

enum s3_class s3_error_class(const struct s3_error *e)
{
	const struct meaning *m = find(e->code);

	if (m)
		return m->class;
	switch (e->status) {
	case 408:
	case 500:
	case 502:
	case 504:
		return S3_TRANSIENT;
	case 429:
	case 503:
	case 509:
		return S3_THROTTLED;
	case 200:
		return S3_TRANSIENT;
	default:
		return e->status >= 300 && e->status < 400 ? S3_ELSEWHERE :
			S3_PERMANENT;
	}
}

static enum err_status status_of(const struct s3_error *e)
{
	const struct meaning *m = find(e->code);
	enum s3_class c;

	if (m && m->status)
		return m->status;
	c = s3_error_class(e);
	if (c == S3_TRANSIENT || c == S3_THROTTLED)
		return ERR_REMOTE_RETRY;
	switch (e->status) {
	case 404:
		return ERR_NEGATIVE;
	case 409:
	case 412:
		return ERR_CHANGED;
	default:
		return ERR_REMOTE;
	}
}

int s3_error_set(const struct s3_error *e, const char *place,
		 struct err *err)
{
	const struct meaning *m = find(e->code);
	const char *remedy = m ? m->remedy : NULL;

	if (e->foreign && e->status == 403)
		remedy = "is the URL signed for this, and still valid?";
	return err_set(err, status_of(e), "%s: %s%s%s%s%s%s%s%s", place,
		       e->code, e->message[0] ? ": " : "", e->message,
		       remedy ? "; " : "", remedy ? remedy : "",
		       e->id[0] ? " (request " : "", e->id,
		       e->id[0] ? ")" : "");
}

/* Scheme, host and port of a URL: what of it is no secret. */
static int server_of(const struct http_job *j, const char **p)
{
	const char *url = (const char *)j->url.data, *host, *end, *at;

	*p = "";
	host = url ? strstr(url, "://") : NULL;
	if (!host)
		return 0;
	host += 3;
	end = host + strcspn(host, "/?#");
	at = memrchr(host, '@', (size_t)(end - host));
	*p = at ? at + 1 : url;
	return (int)(end - *p);
}

int s3_fault_set(const struct http_job *j, const char *place, struct err *err)
{
	const char *server;
	int n = server_of(j, &server);

	switch (j->fault) {
	case HTTP_UNTRUSTED:
		return err_set(err, ERR_REMOTE, "%s: %.*s: TLS: %s "
			       "(--ca-bundle FILE or AWS_CA_BUNDLE names the "
			       "certificates to trust)", place, n, server,
			       j->fault_text);
	case HTTP_PROXY:
		return err_set(err, ERR_REMOTE_RETRY, "%s: %.*s: %s (--proxy, "
			       "https_proxy and http_proxy name it, no_proxy "
			       "goes around it)", place, n, server,
			       j->fault_text);
	case HTTP_LOCAL:
		return err_set(err, ERR_IO, "%s: %s", place, j->fault_text);
	case HTTP_LOST:
		return err_set(err, ERR_REMOTE_RETRY, "%s: %.*s: %s", place,
			       n, server, j->fault_text);
	default:
		return err_set(err, ERR_REMOTE, "%s: %.*s: %s", place, n,
			       server, j->fault_text);
	}
}
