#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "convert.h"
#include "flow/sort.h"
#include "model/span.h"
#include "util/alloc.h"

static int set_form(enum form *form, const char *name, char letter,
		    struct err *err)
{
	if (!name)
		return 0;
	*form = form_find(name);
	if (*form == FORM_UNKNOWN)
		return err_set(err, ERR_USAGE, "-%c takes a form (" FORM_NAMES
			       "), not '%s'; --force overwrites", letter,
			       name);
	return 0;
}

static int set_selectors(struct selector ***s, size_t *n,
			 const struct opt_parsed *p, const char *name,
			 struct err *err)
{
	*s = alloc_zero(p->n + 1, sizeof(**s));
	for (size_t i = 0; i < p->n; i++) {
		const char *v = p->given[i].value;

		if (strcmp(p->given[i].opt->name, name))
			continue;
		(*s)[*n] = selector_new(v, strlen(v), err);
		if (!(*s)[(*n)++])
			return -1;
	}
	return 0;
}

static int set_times(struct convert *c, const struct opt_parsed *p,
		     struct err *err)
{
	const char *unit = opt_value(p, "time-unit");
	const char *now = opt_value(p, "now");
	struct timespec t;

	c->units = unit ? (uint32_t)span_units(unit) : 1000000;
	c->inputs.units = c->units;
	c->unit_given = unit;
	if (!c->units)
		return err_set(err, ERR_USAGE, "--time-unit takes ms, us or "
			       "ns, not '%s'", unit);
	clock_gettime(CLOCK_REALTIME, &t);
	c->codec.now = (int64_t)t.tv_sec * c->units +
		t.tv_nsec / (1000000000 / c->units);
	if (now && span_instant(now, c->units, c->codec.now, &c->codec.now,
				err))
		return -1;
	return span_range(opt_value(p, "start"), opt_value(p, "end"),
			  opt_value(p, "span"), opt_value(p, "period"),
			  c->units, c->codec.now, &c->filter.range, err);
}

static int set_words(struct convert *c, const struct opt_parsed *p,
		     struct err *err)
{
	const char *prefer = opt_value(p, "prefer");
	const char *keep = opt_value(p, "attributes");
	const char *errors = opt_value(p, "max-errors");
	char *end;

	if (prefer && strcmp(prefer, "last") && strcmp(prefer, "first") &&
	    strcmp(prefer, "error"))
		return err_set(err, ERR_USAGE, "--prefer takes last, first "
			       "or error");
	if (prefer)
		c->prefer = *prefer == 'l' ? FOLD_LAST : *prefer == 'f' ?
			FOLD_FIRST : FOLD_ERROR;
	if (keep && strcmp(keep, "keep") && strcmp(keep, "drop"))
		return err_set(err, ERR_USAGE, "--attributes takes keep or "
			       "drop");
	c->codec.attributes = keep && *keep == 'd' ? FORM_ATTRIBUTES_DROP :
		FORM_ATTRIBUTES_SET;
	if (!errors)
		return 0;
	c->max_errors = strtoull(errors, &end, 10);
	if (strcmp(errors, "all") == 0)
		c->max_errors = UINT64_MAX;
	else if (*errors < '0' || *errors > '9' || *end)
		return err_set(err, ERR_USAGE,
			       "--max-errors takes a number or all");
	return 0;
}

int convert_set(struct convert *c, const struct opt_parsed *p,
		struct err *err)
{
	const char *memory = opt_value(p, "memory");

	c->inputs.name = p->operand;
	c->inputs.n = p->noperands;
	c->output = opt_value(p, "output") ? opt_value(p, "output") : "-";
	c->rejects = opt_value(p, "rejects");
	c->tmpdir = opt_value(p, "tmpdir");
	if (!c->tmpdir)
		c->tmpdir = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	c->force = opt_value(p, "force");
	c->quiet = opt_value(p, "quiet");
	c->verbose = opt_value(p, "verbose");
	c->fail_empty = opt_value(p, "fail-empty");
	c->companions = !opt_value(p, "no-companions");
	c->codec.crlf = opt_value(p, "crlf");
	c->codec.skip_encrypted = opt_value(p, "skip-encrypted");
	c->memory = 256 << 20;
	if (memory && opt_size(memory, &c->memory, err))
		return -1;
	if (c->memory < SORT_MEMORY_LEAST)
		return err_set(err, ERR_USAGE, "-m: the least memory is %dM",
			       SORT_MEMORY_LEAST >> 20);
	return set_form(&c->from, opt_value(p, "from"), 'f', err) ||
		set_form(&c->to, opt_value(p, "to"), 't', err) ||
		set_selectors(&c->filter.select, &c->filter.nselect, p,
			      "select", err) ||
		set_selectors(&c->filter.exclude, &c->filter.nexclude, p,
			      "exclude", err) ||
		set_times(c, p, err) || set_words(c, p, err) ||
		convert_set_tags(c, p, err) ? -1 : 0;
}

void convert_release(struct convert *c)
{
	for (size_t i = 0; i < c->filter.nselect; i++)
		selector_free(c->filter.select[i]);
	for (size_t i = 0; i < c->filter.nexclude; i++)
		selector_free(c->filter.exclude[i]);
	free(c->filter.select);
	free(c->filter.exclude);
	free(c->tag);
	free(c->attribute);
	inputs_release(&c->inputs);
}
