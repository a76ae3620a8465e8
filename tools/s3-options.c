/* The options that the four have in common. */
#include <string.h>

#include "s3-tool.h"
#include "store/s3-part.h"

const struct opt s3_tool_options[] = {
	{ 0, "endpoint-url", "URL", "the server (AWS_ENDPOINT_URL_S3, "
	  "AWS_ENDPOINT_URL; Amazon's)" },
	{ 0, "region", "NAME", "region (AWS_REGION; us-east-1)" },
	{ 0, "profile", "NAME", "profile of the AWS files (AWS_PROFILE)" },
	{ 0, "credentials-file", "FILE", "instead of ~/.aws/credentials" },
	{ 0, "no-sign-request", NULL, "ask without credentials" },
	{ 0, "request-payer", "[WHO]", "the requester pays" },
	{ 0, "addressing-style", "HOW", "auto, path or virtual" },
	{ 0, "ca-bundle", "FILE", "certificates to trust (AWS_CA_BUNDLE)" },
	{ 'k', "no-verify-ssl", NULL, "trust any certificate" },
	{ 0, "proxy", "URL", "proxy (https_proxy, no_proxy)" },
	{ 0, "cert", "FILE", "certificate of the client" },
	{ 0, "key", "FILE", "its key" },
	{ 0, "sse-c-key-file", "FILE", "the customer's key: 32 bytes or "
	  "base64" },
	{ 0, "concurrency", "N", "requests at a time (8)" },
	{ 0, "part-size", "SIZE", "of a part or range (8M); fixed:SIZE "
	  "never grows" },
	{ 'm', "memory", "SIZE", "cap of buffers (96M)" },
	{ 0, "retry", "N", "attempts of a request (8; AWS_MAX_ATTEMPTS)" },
	{ 0, "retry-max-time", "S", "seconds a request may be retried (0: "
	  "any)" },
	{ 0, "connect-timeout", "S", "seconds (10)" },
	{ 0, "speed-time", "S", "give a connection up after S seconds (60) "
	  "..." },
	{ 0, "speed-limit", "BYTES", "... slower than BYTES a second (1)" },
	{ 0, "limit-rate", "RATE", "bytes a second at most" },
	{ 0, "progress", "WHEN", "auto, always or never" },
	{ 'q', "quiet", NULL, "no warnings" },
	{ 'v', "verbose", NULL, "tell about repeated attempts" },
	{ 'n', "dry-run", NULL, "only tell what would be done" },
	{ 0, "dryrun", NULL, "the same" },
	{ 0, "json", NULL, "report as JSON lines" },
	TOOL_OPTIONS
};

static int set_choice(const struct opt_parsed *p, const char *name,
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

static int set_part(struct s3_options *o, const struct opt_parsed *p,
		    struct err *err)
{
	const char *text = opt_value(p, "part-size");

	if (!text)
		return 0;
	o->part_fixed = strncmp(text, "fixed:", 6) == 0;
	if (opt_size(o->part_fixed ? text + 6 : text, &o->part_size, err))
		return err_at(err, "--part-size");
	return o->part_size >= S3_PART_LEAST && o->part_size <= S3_PART_MOST ?
		0 : err_set(err, ERR_USAGE, "--part-size is between 5M and "
			    "5G");
}

static int set_transport(struct http_options *h, const struct opt_parsed *p,
			 struct err *err)
{
	static const struct {
		const char *name;
		uint64_t most;
	} number[] = {
		{ "concurrency", 256 }, { "retry", 1000 },
		{ "retry-max-time", 1 << 30 }, { "connect-timeout", 1 << 20 },
		{ "speed-time", 1 << 20 }, { "speed-limit", 1 << 30 },
		{ "limit-rate", UINT64_MAX / 2 },
	};
	uint64_t v[7] = { 0 };

	for (int i = 0; i < 7; i++)
		if (s3_tool_number(p, number[i].name, number[i].most, &v[i],
				   err))
			return -1;
	h->concurrency = (unsigned)v[0];
	h->attempts = (unsigned)v[1];
	h->retry_max_time = (unsigned)v[2];
	h->connect_timeout = (unsigned)v[3];
	h->speed_time = (unsigned)v[4];
	h->speed_limit = v[5];
	h->limit_rate = v[6];
	h->proxy = opt_value(p, "proxy");
	h->ca_bundle = opt_value(p, "ca-bundle");
	h->insecure = opt_value(p, "no-verify-ssl");
	h->cert = opt_value(p, "cert");
	h->key = opt_value(p, "key");
	return 0;
}

int s3_tool_set(struct s3_tool *t, const struct opt_parsed *p,
		struct err *err)
{
	static const char *const style[] = { "auto", "path", "virtual" };
	static const char *const when[] = { "auto", "always", "never" };
	struct s3_options *o = &t->s3;
	int chosen_style = S3_AUTO, chosen_when = S3_PROGRESS_AUTO;

	t->quiet = opt_value(p, "quiet");
	t->verbose = opt_value(p, "verbose");
	t->dry_run = opt_value(p, "dry-run") || opt_value(p, "dryrun");
	t->json = opt_value(p, "json");
	o->endpoint = opt_value(p, "endpoint-url");
	o->region = opt_value(p, "region");
	o->profile = opt_value(p, "profile");
	o->credentials_file = opt_value(p, "credentials-file");
	o->anonymous = opt_value(p, "no-sign-request");
	o->requester_pays = opt_value(p, "request-payer");
	o->sse_c_key_file = opt_value(p, "sse-c-key-file");
	o->payload_unsigned = opt_value(p, "no-payload-signing");
	if (set_choice(p, "addressing-style", style, &chosen_style, err) ||
	    set_choice(p, "progress", when, &chosen_when, err) ||
	    set_part(o, p, err) || set_transport(&o->http, p, err) ||
	    s3_tool_number(p, "memory", UINT64_MAX / 2, &o->memory, err))
		return -1;
	o->style = (enum s3_style)chosen_style;
	t->when = (unsigned)chosen_when;
	return 0;
}
