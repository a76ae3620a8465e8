/* The options that the four have in common. */
#include <string.h>

#include "connect.h"
#include "s3-tool.h"
#include "store/s3-part.h"

const struct opt s3_tool_options[] = {
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
	CONNECT_OPTIONS
};

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
	return 0;
}

int s3_tool_set(struct s3_tool *t, const struct opt_parsed *p,
		struct err *err)
{
	static const char *const when[] = { "auto", "always", "never" };
	struct s3_options *o = &t->s3;
	int when_chosen = S3_PROGRESS_AUTO;

	t->quiet = opt_value(p, "quiet");
	t->verbose = opt_value(p, "verbose");
	t->dry_run = opt_value(p, "dry-run") || opt_value(p, "dryrun");
	t->json = opt_value(p, "json");
	o->payload_unsigned = opt_value(p, "no-payload-signing");
	if (connect_set(o, p, err) ||
	    connect_choice(p, "progress", when, &when_chosen, err) ||
	    set_part(o, p, err) || set_transport(&o->http, p, err) ||
	    s3_tool_number(p, "memory", UINT64_MAX / 2, &o->memory, err))
		return -1;
	t->when = (unsigned)when_chosen;
	return 0;
}
