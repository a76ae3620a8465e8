#include <stdio.h>

#include "convert.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

__attribute__((format(printf, 3, 0)))
static void warn(const struct convert *c, uint64_t n, const char *what)
{
	if (n && !c->quiet)
		tool_warn(c->tool, what, (unsigned long long)n);
}

void convert_report(const struct convert *c, const struct ledger *l,
		    double seconds)
{
	struct buf text = { 0 };
	struct ledger copy = *l;

	if (!c->quiet && l->conflicts)
		tool_warn(c->tool, "%llu points lost against another value of "
			  "the same tick, first in %s",
			  (unsigned long long)l->conflicts,
			  buf_text(&copy.conflict));
	warn(c, l->now_used, "%llu points took the time of now");
	warn(c, l->deletions, "%llu deletion markers were dropped");
	warn(c, l->encrypted, "%llu encrypted blocks were skipped");
	warn(c, c->lost.attributes, "the attributes of %llu series are not in "
	     "this form");
	warn(c, c->lost.buckets, "the bucket fields of %llu series are not in "
	     "this form");
	warn(c, c->lost.kinds, "%llu values are of a kind that this form does "
	     "not tell from another");
	if (c->verbose)
		ledger_print(l, &text);
	if (c->json)
		ledger_print_json(l, c->tool->name, PACKAGE_VERSION, seconds,
				  &text);
	fputs(buf_text(&text), stderr);
	buf_release(&text);
}
