#include <stdlib.h>
#include <string.h>

#include "codec/number.h"
#include "convert.h"
#include "util/alloc.h"

const struct opt convert_filter_options[] = {
	{ 0, "exclude-range", "A..B", "no point from A to B, inclusive; "
	  "without A or B: from the first, to the last (repeatable)" },
	{ 0, "box", "LAT1,LON1,LAT2,LON2", "points from the south-west to the "
	  "north-east corner" },
	{ 0, "box-keep-unlocated", NULL, "points without a location too" },
	{ 0, "set-label", "N=V", "set a label (repeatable)" },
	{ 0, "drop-label", "N", "drop a label (repeatable)" },
	{ 0, "rename", "RE=TEXT", "classes that RE matches become TEXT, $1 is "
	  "a group (repeatable)" },
	{ 0, "downsample", "AGG", "first, last, min, max, mean, sum, count "
	  "or lttb:N" },
	{ 0, "bucket", "D", "width of the buckets of --downsample" },
	{ 0, "bucket-align", "HOW", "begin (default) or database: (begin, end]"
	  " and the tick of the end" },
	{ 0, "skip-types", NULL, "leave out series whose values the aggregate "
	  "does not take" },
	{ 0 }
};

static int set_outside(struct convert *c, const struct opt_parsed *p,
		       struct err *err)
{
	c->outside = alloc_zero(p->n + 1, sizeof(*c->outside));
	c->filter.outside = c->outside;
	for (size_t i = 0; i < p->n; i++) {
		const char *v = p->given[i].value, *dots;
		struct span *s = &c->outside[c->filter.noutside];
		char *from;
		int bad;

		if (strcmp(p->given[i].opt->name, "exclude-range"))
			continue;
		dots = strstr(v, "..");
		if (!dots || (dots == v && !dots[2]))
			return err_set(err, ERR_USAGE, "--exclude-range takes"
				       " A..B, not '%s'", v);
		from = alloc_dup(v, (size_t)(dots - v));
		*s = SPAN_ALL;
		bad = (*from && span_instant(from, c->units, c->codec.now,
					     &s->start, err)) ||
			(dots[2] && span_instant(dots + 2, c->units,
						 c->codec.now, &s->end, err));
		free(from);
		if (bad)
			return -1;
		if (s->start > s->end)
			return err_set(err, ERR_USAGE, "'%s': the begin is "
				       "behind the end", v);
		c->filter.noutside++;
	}
	return 0;
}

static int set_box(struct convert *c, const char *text, bool keep,
		   struct err *err)
{
	double v[4];
	const char *at = text;

	if (!text)
		return keep ? err_set(err, ERR_USAGE, "--box-keep-unlocated "
				      "goes with --box") : 0;
	for (int i = 0; i < 4; i++) {
		const char *end = i < 3 ? strchr(at, ',') : at + strlen(at);
		double most = i % 2 ? 180 : 90;

		if (!end || !number_parse_double(at, (size_t)(end - at),
						 &v[i]) ||
		    !(v[i] >= -most && v[i] <= most))
			return err_set(err, ERR_USAGE, "--box takes "
				       "LAT1,LON1,LAT2,LON2 in degrees, not "
				       "'%s'", text);
		at = end + 1;
	}
	if (v[0] > v[2])
		return err_set(err, ERR_USAGE, "--box '%s': the south-west "
			       "corner comes first", text);
	c->box = (struct filter_box){ v[0], v[1], v[2], v[3], keep };
	c->filter.box = &c->box;
	return 0;
}

static int set_downsample(struct convert *c, const struct opt_parsed *p,
			  struct err *err)
{
	struct downsample_options *d = &c->down;
	const char *how = opt_value(p, "downsample");
	const char *bucket = opt_value(p, "bucket");
	const char *align = opt_value(p, "bucket-align");

	if (!how && (bucket || align || opt_value(p, "skip-types")))
		return err_set(err, ERR_USAGE, "buckets go with "
			       "--downsample");
	if (!how)
		return 0;
	c->shaped = true;
	d->tmpdir = c->sort.tmpdir;
	d->skip_types = opt_value(p, "skip-types");
	d->ends = align && strcmp(align, "database") == 0;
	if (align && !d->ends && strcmp(align, "begin"))
		return err_set(err, ERR_USAGE, "--bucket-align takes begin or "
			       "database, not '%s'", align);
	if (downsample_parse(d, how, err))
		return -1;
	if ((d->how == DOWNSAMPLE_LTTB) == (bucket != NULL))
		return err_set(err, ERR_USAGE, bucket ? "lttb has no --bucket"
			       : "--downsample wants --bucket D");
	if (bucket && (span_duration(bucket, c->units, &d->width, err) ||
		       d->width < 1))
		return err_set(err, ERR_USAGE, "--bucket takes a duration of "
			       "one unit or more");
	return 0;
}

int convert_set_filter(struct convert *c, const struct opt_parsed *p,
		       struct err *err)
{
	return set_outside(c, p, err) ||
		set_box(c, opt_value(p, "box"),
			opt_value(p, "box-keep-unlocated"), err) ||
		set_downsample(c, p, err) ? -1 : 0;
}
