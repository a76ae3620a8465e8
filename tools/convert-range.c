#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "convert.h"

static int set_units(struct convert *c, const struct opt_parsed *p,
		     struct err *err)
{
	const char *unit = opt_value(p, "time-unit");
	const char *now = opt_value(p, "now");
	struct timespec t;

	/* an HFile says its unit */
	c->units = unit ? (uint32_t)span_units(unit) : inputs_find_units(
		c->operands.name, c->operands.n, 1000000);
	c->inputs.units = c->units;
	c->codec.units = c->split.units = c->units;
	if (!c->units)
		return err_set(err, ERR_USAGE, "--time-unit takes ms, us or "
			       "ns, not '%s'", unit);
	clock_gettime(CLOCK_REALTIME, &t);
	c->codec.now = (int64_t)t.tv_sec * c->units +
		t.tv_nsec / (1000000000 / c->units);
	return now ? span_instant(now, c->units, c->codec.now, &c->codec.now,
				  err) : 0;
}

static int number(const struct opt_parsed *p, const char *name,
		  uint64_t least, uint64_t *v, struct err *err)
{
	const char *text = opt_value(p, name);
	char *end;

	if (!text)
		return 0;
	*v = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || *v < least)
		return err_set(err, ERR_USAGE, "--%s takes a number from %llu,"
			       " not '%s'", name, (unsigned long long)least,
			       text);
	return 0;
}

static int set_thin(struct convert *c, const struct opt_parsed *p,
		    struct err *err)
{
	const char *timestep = opt_value(p, "timestep");

	c->thin.has_count = opt_value(p, "count");
	if (number(p, "count", 0, &c->thin.count, err) ||
	    number(p, "skip", 0, &c->thin.skip, err) ||
	    number(p, "step", 1, &c->thin.step, err))
		return -1;
	if (timestep && (span_duration(timestep, c->units, &c->thin.timestep,
				       err) || c->thin.timestep < 1))
		return err_set(err, ERR_USAGE, "--timestep takes a duration");
	c->thinned = c->thin.has_count || c->thin.skip || c->thin.step > 1 ||
		c->thin.timestep > 1;
	if (c->thinned && opt_value(p, "keep-order"))
		return err_set(err, ERR_USAGE, "--keep-order goes with no "
			       "--count, --skip, --step or --timestep");
	return 0;
}

static int set_influx(struct convert *c, const struct opt_parsed *p,
		      struct err *err)
{
	const char *precision = opt_value(p, "influx-precision");
	const char *class = opt_value(p, "influx-class");
	const char *label = opt_value(p, "influx-label");
	struct form_influx *f = &c->codec.influx;

	f->truncate_time = opt_value(p, "truncate-time");
	f->geo = opt_value(p, "influx-geo");
	f->precision = !precision ? 0 : strcmp(precision, "s") == 0 ? 1 :
		span_units(precision);
	if (precision && !f->precision)
		return err_set(err, ERR_USAGE, "--influx-precision takes ns, "
			       "us, ms or s, not '%s'", precision);
	if (class && class[0] == 'M' && class[1] && class[2] == 'F' &&
	    !class[3]) {
		f->separator = class[1];
	} else if (class && (strcmp(class, "M") == 0 ||
			     strcmp(class, "F") == 0)) {
		f->field_first = *class == 'F';
		f->label = label ? label : *class == 'F' ? "measurement" :
			"field";
	} else if (class) {
		return err_set(err, ERR_USAGE, "--influx-class takes M.F (or "
			       "another separator), M or F, not '%s'", class);
	}
	if (label && !f->label)
		return err_set(err, ERR_USAGE, "--influx-label goes with "
			       "--influx-class M or F");
	return 0;
}

int convert_set_range(struct convert *c, const struct opt_parsed *p,
		      struct err *err)
{
	if (set_units(c, p, err) || set_thin(c, p, err) ||
	    set_influx(c, p, err))
		return -1;
	return span_range(opt_value(p, "start"), opt_value(p, "end"),
			  opt_value(p, "span"), opt_value(p, "period"),
			  c->units, c->codec.now, &c->filter.range, err);
}
