/*
 * Signatures of two public suites.  Flags: n the path is normalised (as
 * other services than S3 do; done here, S3 does not), b the body's hash is
 * a header, o the token is added unsigned, h the date is a header already.
 */
#include <strings.h>

#include "codec/hash.h"
#include "store/sigv4.h"
#include "vec.h"

enum { MAX_PAIRS = 16, NAME, FLAGS = 1, DATE, TOKEN, EXPIRES, METHOD, PATH,
       QUERY, HEADERS, BODY, CANONICAL, STRING, SIGNATURE, QUERY_CANONICAL,
       QUERY_SIGNATURE };

static const char key_id[] = "AKIDEXAMPLE";
static const char secret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct request {
	struct sigv4_request r;
	struct sigv4_pair query[MAX_PAIRS];
	struct sigv4_pair header[MAX_PAIRS];
	char payload[65];
};

/* Percent-decodes in place. */
static void decode(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s == '%' && s[1] && s[2]) {
			*to++ = (char)(vec_digit(s[1]) << 4 |
				       vec_digit(s[2]));
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

static void parse_query(struct request *q, char *text)
{
	for (char *next; *text; text = next) {
		struct sigv4_pair *p = &q->query[q->r.nquery++];
		char *equals;

		next = text + strcspn(text, "&");
		if (*next)
			*next++ = '\0';
		equals = strchr(text, '=');
		if (equals)
			*equals++ = '\0';
		decode(text);
		if (equals)
			decode(equals);
		*p = (struct sigv4_pair){ text, equals ? equals : "" };
	}
}

/* A line that begins with a blank continues the one before. */
static void parse_headers(struct request *q, char *text)
{
	while (*text) {
		char *end = strchr(text, '\n'), *colon = strchr(text, ':');

		while (end && (end[1] == ' ' || end[1] == '\t'))
			end = strchr(end + 1, '\n');
		if (end)
			*end++ = '\0';
		*colon = '\0';
		q->header[q->r.nheaders++] =
			(struct sigv4_pair){ text, colon + 1 };
		text = end ? end : text + strlen(text);
		if (!end)
			break;
	}
}

/* Removes empty and dot segments in place, as RFC 3986 does. */
static void normalise(char *path)
{
	char out[256] = "", *from = path;

	while (*from) {
		size_t n = strcspn(++from, "/");

		if (n == 2 && strncmp(from, "..", 2) == 0) {
			char *last = strrchr(out, '/');

			if (last)
				*last = '\0';
		} else if (n && !(n == 1 && *from == '.')) {
			snprintf(out + strlen(out), sizeof(out) - strlen(out),
				 "/%.*s", (int)n, from);
		}
		if (!from[n] && from[-1] == '/' && (n == 0 || *from == '.'))
			snprintf(out + strlen(out), sizeof(out) - strlen(out),
				 "/");
		from += n;
	}
	strcpy(path, *out ? out : "/");
}

static void add_header(struct request *q, const char *name, const char *value)
{
	q->header[q->r.nheaders++] = (struct sigv4_pair){ name, value };
}

static void make_request(struct request *q, char **c)
{
	uint8_t md[HASH_SHA256_BYTES];
	size_t n = vec_bytes(c[BODY]);

	memset(q, 0, sizeof(*q));
	hash_sha256(c[BODY], n, md);
	hash_hex(md, sizeof(md), q->payload);
	q->r = (struct sigv4_request){
		.method = c[METHOD], .path = c[PATH], .query = q->query,
		.header = q->header, .payload = q->payload,
	};
	vec_bytes(c[PATH]);
	if (vec_has_flag(c[FLAGS], 'n'))
		normalise(c[PATH]);
	vec_bytes(c[QUERY]);
	parse_query(q, c[QUERY]);
	vec_bytes(c[HEADERS]);
	parse_headers(q, c[HEADERS]);
}

static bool check_header_form(struct vec *v, struct request *q,
			      const struct sigv4_scope *scope,
			      const uint8_t *key)
{
	struct buf canonical = { 0 }, string = { 0 }, all = { 0 };
	size_t headers = q->r.nheaders;
	char hex[SIGV4_SIGNATURE];
	char **c = v->column;
	bool good;

	if (!vec_has_flag(c[FLAGS], 'h'))
		add_header(q, "X-Amz-Date", c[DATE]);
	if (!vec_absent(c[TOKEN]) && !vec_has_flag(c[FLAGS], 'o'))
		add_header(q, "X-Amz-Security-Token", c[TOKEN]);
	if (vec_has_flag(c[FLAGS], 'b'))
		add_header(q, "x-amz-content-sha256", q->payload);
	sigv4_canonical(&canonical, &q->r);
	sigv4_string(&string, scope, &canonical);
	sigv4_sign(key, &string, hex);
	sigv4_authorization(&all, &q->r, scope, key_id, key);
	good = vec_is(v, "canonical", canonical.data, canonical.len,
		      c[CANONICAL], vec_bytes(c[CANONICAL])) &&
		vec_is(v, "string", string.data, string.len, c[STRING],
		       vec_bytes(c[STRING])) &&
		vec_is(v, "signature", hex, 64, c[SIGNATURE],
		       strlen(c[SIGNATURE])) &&
		vec_is(v, "authorization", all.data + all.len - 64, 64, hex,
		       64);
	buf_release(&canonical);
	buf_release(&string);
	buf_release(&all);
	q->r.nheaders = headers;
	return good;
}

static bool check_query_form(struct vec *v, struct request *q,
			     const struct sigv4_scope *scope,
			     const uint8_t *key)
{
	char **c = v->column;
	bool token = !vec_absent(c[TOKEN]) && !vec_has_flag(c[FLAGS], 'o');
	struct buf out = { 0 }, first = { 0 };
	char *want = c[QUERY_CANONICAL];
	bool good;

	if (vec_absent(c[QUERY_SIGNATURE]))
		return true;
	vec_bytes(want);
	want = strchr(strchr(want, '\n') + 1, '\n') + 1;
	buf_addf(&first, "%.*s&X-Amz-Signature=%s",
		 (int)strcspn(want, "\n"), want, c[QUERY_SIGNATURE]);
	sigv4_presign(&out, &q->r, scope, key_id, token ? c[TOKEN] : NULL,
		      (unsigned)atoi(c[EXPIRES]), key);
	good = vec_is(v, "presigned", out.data, out.len, first.data,
		      first.len);
	buf_release(&out);
	buf_release(&first);
	return good;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		struct sigv4_scope scope = { v.column[DATE], "us-east-1",
					     "service" };
		uint8_t key[SIGV4_KEY];
		struct request q;

		sigv4_key(secret, &scope, key);
		make_request(&q, v.column);
		if (check_header_form(&v, &q, &scope, key) &&
		    check_query_form(&v, &q, &scope, key))
			vec_pass(&v);
	}
	return vec_done(&v);
}
