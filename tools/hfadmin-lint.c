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
	int64_t units;
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

static int lint_one(char *path, struct findings *f, const char *now,
		    const char *tmpdir, struct err *err)
{
	struct lint_options opt = { .units = f->units, .report = report,
				    .arg = f };
	struct points p;
	struct timespec t;
	int bad;

	clock_gettime(CLOCK_REALTIME, &t);
	opt.now = (int64_t)t.tv_sec * opt.units +
		t.tv_nsec / (1000000000 / opt.units);
	if (now && span_instant(now, opt.units, opt.now, &opt.now, err))
		return -1;
	f->file = path;
	bad = points_open_all(&p, path, tmpdir, err) ||
		lint_run(p.source, &opt, err);
	points_close(&p);
	return bad;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *unit = opt_value(p, "time-unit");
	uint32_t units = unit ? (uint32_t)span_units(unit) : 1000000;
	struct findings f = { .json = opt_value(p, "json"),
			      .quiet = opt_value(p, "quiet") };
	int bad = hfadmin_want_files(p, err);

	(void)t;
	if (!units)
		return err_set(err, ERR_USAGE, "--time-unit takes ms, us or "
			       "ns, not '%s'", unit);
	for (size_t i = 0; !bad && i < p->noperands; i++) {
		f.units = inputs_find_units(&p->operand[i], 1, units);
		bad = lint_one(p->operand[i], &f, opt_value(p, "now"),
			       opt_value(p, "tmpdir"), err);
	}
	if (!bad)
		bad = hfadmin_print(&f.out, err);
	buf_release(&f.out);
	/* the findings are what there is to say */
	if (!bad && f.n)
		err->status = ERR_NEGATIVE;
	return bad || f.n ? -1 : 0;
}

const struct hfadmin_verb hfadmin_lint = {
	"lint", "[--time-unit UNIT] [--now T] [--json] [-q] INPUT...",
	"what is legal but suspicious", options, run
};
