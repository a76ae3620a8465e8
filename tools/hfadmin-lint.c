#include <string.h>
#include <time.h>

#include "codec/json.h"
#include "flow/lint.h"
#include "hfadmin.h"
#include "model/span.h"
#include "points.h"

static const struct opt options[] = {
	{ 0, "time-unit", "UNIT", "of dumps: ms, us (default) or ns" },
	{ 0, "now", "T", "what is behind it is the future" },
	{ 0, "json", NULL, "one JSON object a finding" },
	{ 'q', "quiet", NULL, "the status only" },
	{ 0, "tmpdir", "DIR", "where the sort spills (default TMPDIR)" },
	CONNECT_OPTIONS
};

struct findings {
	const char *file;
	int64_t units;		/* of the file */
	uint32_t others;	/* of what is no HFile */
	bool json, quiet;
	uint64_t n;
	struct buf out;
};

static void add_json(struct findings *f, const struct series *s,
		     int64_t tick, const char *what, const char *text)
{
	struct series_names v = { 0 };

	buf_add_string(&f->out, "{\"schema\":\"gtstools.lint/1\",\"file\":");
	json_add_string(&f->out, f->file, strlen(f->file));
	if (s) {
		series_names_parse(&v, s);
		buf_add_string(&f->out, ",\"c\":");
		json_add_string(&f->out, v.class.p, v.class.n);
		buf_add_string(&f->out, ",\"l\":");
		json_add_map(&f->out, v.labels, v.nlabels);
		buf_addf(&f->out, ",\"tick\":%lld", (long long)tick);
		series_names_release(&v);
	} else {
		buf_add_string(&f->out, ",\"c\":null,\"l\":null,\"tick\":"
			       "null");
	}
	buf_addf(&f->out, ",\"unit\":\"%s\",\"what\":\"%s\",\"text\":",
		 span_units_name(f->units), what);
	json_add_string(&f->out, text, strlen(text));
	buf_add_string(&f->out, "}\n");
}

static int report(void *arg, const struct series *s, int64_t tick,
		  const char *what, const char *text, struct err *err)
{
	struct findings *f = arg;

	f->n++;
	if (f->quiet)
		return 0;
	if (f->json) {
		add_json(f, s, tick, what, text);
	} else {
		buf_addf(&f->out, "%s: ", f->file);
		if (s) {
			series_print(&f->out, s, false);
			buf_add_string(&f->out, ": ");
			span_print(&f->out, tick, f->units);
			buf_add_string(&f->out, ": ");
		}
		buf_addf(&f->out, "%s: %s\n", what, text);
	}
	return f->out.len > 1 << 16 ? hfadmin_print(&f->out, err) : 0;
}

static int lint_one(char *path, const struct opt_parsed *p, void *arg,
		    struct err *err)
{
	struct findings *f = arg;
	struct lint_options opt = { .report = report, .arg = f };
	const char *now = opt_value(p, "now");
	uint64_t before = f->n;
	struct err lost = { 0 };
	struct points points;
	struct timespec t;

	f->file = path;
	opt.units = f->units = inputs_find_units(&path, 1, f->others);
	clock_gettime(CLOCK_REALTIME, &t);
	opt.now = (int64_t)t.tv_sec * opt.units +
		t.tv_nsec / (1000000000 / opt.units);
	if (now && span_instant(now, opt.units, opt.now, &opt.now, err))
		return -1;
	if (points_open_all(&points, path, opt_value(p, "tmpdir"), err) == 0)
		lint_run(points.source, &opt, err);
	points_close(&points);
	hfadmin_print(&f->out, err->status ? &lost : err);
	/* the findings are what there is to say */
	if (!err->status && f->n > before)
		err->status = ERR_NEGATIVE;
	return err->status ? -1 : 0;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *unit = opt_value(p, "time-unit");
	struct findings f = { .json = opt_value(p, "json"),
			      .quiet = opt_value(p, "quiet"),
			      .others = 1000000 };
	int bad;

	if (unit)
		f.others = (uint32_t)span_units(unit);
	if (!f.others)
		return err_set(err, ERR_USAGE, "--time-unit takes ms, us or "
			       "ns, not '%s'", unit);
	bad = hfadmin_each(t, p, lint_one, &f, err);
	buf_release(&f.out);
	return bad;
}

const struct hfadmin_verb hfadmin_lint = {
	"lint", "[--time-unit UNIT] [--now T] [--json] [-q] INPUT...",
	"what is legal but suspicious", options, run
};
