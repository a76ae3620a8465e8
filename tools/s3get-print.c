#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "s3get.h"

struct printing {
	bool terminal;
	bool broken;		/* nobody reads it any more */
};

static int print(void *to, const uint8_t *p, size_t n, struct err *err)
{
	struct printing *out = to;

	if (out->terminal && memchr(p, 0, n))
		return err_set(err, ERR_USAGE, "binary output is not written "
			       "to a terminal (-o FILE)");
	while (n) {
		ssize_t k = write(STDOUT_FILENO, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		out->broken = k < 0 && errno == EPIPE;
		if (k < 0)
			return err_errno(err, ERR_IO, "<stdout>");
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

int s3get_print(struct s3get *c, struct s3 *s3, const struct s3_place *place,
		struct err *err)
{
	struct s3_get *g = s3_get_open(s3, place, &c->get, err);
	struct printing out = { .terminal = isatty(STDOUT_FILENO) };
	int r = g ? 0 : -1;

	if (g)
		c->t->total = s3_get_size(g) == UINT64_MAX ? 0 :
			s3_get_size(g);
	if (r == 0)
		r = s3_get_pour(g, print, &out, err);
	s3_get_free(g);
	/* SIGPIPE was held back while sockets were looked after. */
	if (out.broken)
		raise(SIGPIPE);
	return r;
}

/* DAYS[:TIER]; an object that is no archive needs nothing. */
int s3get_restore(struct s3get *c, struct s3 *s3,
		  const struct s3_place *place, struct err *err)
{
	enum { EVERY_S = 30 };
	const char *how = *c->restore ? c->restore : "1";
	const char *tier = strchr(how, ':');
	char days[16];
	struct s3_info i;
	int r;

	snprintf(days, sizeof(days), "%.*s", (int)strcspn(how, ":"), how);
	r = s3_restore(s3, place, days, tier ? tier + 1 : NULL, err);
	while (r == 0 && c->wait) {
		r = s3_head(s3, place, &i, err);
		if (r <= 0)
			return r ? -1 : err_set(err, ERR_NEGATIVE, "it is "
						"not there any more");
		r = 0;
		if (!strstr(i.restore, "ongoing-request=\"true\""))
			break;
		sleep(EVERY_S);
		if (s3->opt.http.stop && *s3->opt.http.stop)
			return err_set(err, ERR_IO, "interrupted");
	}
	return r;
}
