#include "connect.h"

#include <string.h>

#include "store/store.h"

int connect_choice(const struct opt_parsed *p, const char *name,
		   const char *const word[3], int *v, struct err *err)
{
	const char *given = opt_value(p, name);

	for (int i = 0; given && i < 3; i++)
		if (strcmp(given, word[i]) == 0) {
			*v = i;
			return 0;
		}
	return given ? err_set(err, ERR_USAGE, "--%s is %s, %s or %s", name,
			       word[0], word[1], word[2]) : 0;
}

int connect_set(struct s3_options *o, const struct opt_parsed *p,
		struct err *err)
{
	static const char *const style[] = { "auto", "path", "virtual" };
	struct http_options *h = &o->http;
	int chosen = S3_AUTO;

	o->endpoint = opt_value(p, "endpoint-url");
	o->region = opt_value(p, "region");
	o->profile = opt_value(p, "profile");
	o->credentials_file = opt_value(p, "credentials-file");
	o->anonymous = opt_value(p, "no-sign-request");
	o->requester_pays = opt_value(p, "request-payer");
	o->sse_c_key_file = opt_value(p, "sse-c-key-file");
	h->proxy = opt_value(p, "proxy");
	h->ca_bundle = opt_value(p, "ca-bundle");
	h->insecure = opt_value(p, "no-verify-ssl");
	h->cert = opt_value(p, "cert");
	h->key = opt_value(p, "key");
	if (connect_choice(p, "addressing-style", style, &chosen, err))
		return -1;
	o->style = (enum s3_style)chosen;
	return 0;
}

int connect_store(const struct opt_parsed *p, struct err *err)
{
	struct s3_options o = { 0 };

	if (connect_set(&o, p, err))
		return -1;
	store_reach(&o);
	return 0;
}
