#include "codec/json.h"
#include "codec/digest.h"
#include "hfadmin.h"
#include "hfile/verify.h"
#include "stale.h"
#include "store/store.h"

static const struct opt options[] = {
	{ 0, "quick", NULL, "ends, root and totals only" },
	{ 0, "data", NULL, "decode every point, compare the digest" },
	{ 0, "json", NULL, "one JSON object a file" },
	{ 'q', "quiet", NULL, "the status only" },
	{ 0, "tmpdir", "DIR", "where terms spill (default TMPDIR)" },
	CONNECT_OPTIONS
};

struct checked {
	struct buf damage;	/* JSON objects or lines */
	struct digest digest;
	bool json;
	uint64_t n;
};

static void on_damage(void *to, const char *what)
{
	struct checked *c = to;

	if (c->json && c->n)
		buf_add_byte(&c->damage, ',');
	if (c->json) {
		buf_add_string(&c->damage, "{\"what\":");
		json_add_string(&c->damage, what, strlen(what));
		buf_add_byte(&c->damage, '}');
	} else {
		buf_addf(&c->damage, "%s\n", what);
	}
	c->n++;
}

static void on_points(void *to, const struct batch *b)
{
	digest_add(&((struct checked *)to)->digest, b);
}

/* The digest of the points that were read against that of the root. */
static int compare_digest(struct checked *c, const char *path,
			  struct err *err)
{
	struct reader *r = hfadmin_open(path, err);
	const struct index_root *root = r ? reader_root(r) : NULL;
	int bad = !r;

	if (r && (root->digest.low != c->digest.sum.low ||
		  root->digest.high != c->digest.sum.high ||
		  root->points != c->digest.count))
		on_damage(c, "the content digest is another");
	reader_free(r);
	return bad;
}

static int check_file(const char *path, enum verify_level level,
		      const char *tmpdir, struct checked *c, struct err *err)
{
	struct io_blob *b = store_blob(path, err);
	const struct verify_options opt = {
		.level = level, .tmpdir = tmpdir, .report = on_damage,
		.points = on_points, .to = c,
	};
	long n = b ? verify_file(b, &opt, err) : -1;

	io_blob_free(b);
	if (n == 0 && level == VERIFY_DATA && compare_digest(c, path, err))
		return -1;
	if (n == 0 && stale_check(path, level != VERIFY_QUICK, on_damage, c,
				  err))
		return -1;
	return n < 0 ? -1 : 0;
}

static enum verify_level level_of(const struct opt_parsed *p)
{
	return opt_value(p, "data") ? VERIFY_DATA :
		opt_value(p, "quick") ? VERIFY_QUICK : VERIFY_SUMS;
}

static int verify_one(char *path, const struct opt_parsed *p, void *arg,
		      struct err *err)
{
	static const char *const names[] = { "quick", "sums", "data" };
	struct checked c = { .json = opt_value(p, "json") };
	enum verify_level level = level_of(p);
	struct buf out = { 0 };
	int bad = check_file(path, level, opt_value(p, "tmpdir"), &c, err);

	(void)arg;
	if (!bad && c.json) {
		buf_add_string(&out, "{\"schema\":\"gtstools.verify/1"
			       "\",\"file\":");
		json_add_string(&out, path, strlen(path));
		buf_addf(&out, ",\"level\":\"%s\",\"sound\":%s,"
			 "\"damage\":[%s]}\n", names[level],
			 c.n ? "false" : "true", buf_text(&c.damage));
	} else if (!bad && !opt_value(p, "quiet")) {
		buf_addf(&out, "%s: %s\n%s", path, c.n ? "damaged" : "sound",
			 buf_text(&c.damage));
	}
	if (!bad)
		bad = hfadmin_print(&out, err);
	if (!bad && c.n)
		err->status = ERR_NEGATIVE;
	digest_release(&c.digest);
	buf_release(&c.damage);
	buf_release(&out);
	return bad;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	static const char *const levels[] = { "quick", "data", NULL };

	return opt_at_most_one(p, levels, err) ? -1 :
		hfadmin_each(t, p, verify_one, NULL, err);
}

const struct hfadmin_verb hfadmin_verify = {
	"verify", "[--quick|--data] [--json] [-q] FILE...",
	"is the file what it says it is?", options, run
};
