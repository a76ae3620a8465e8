#include <string.h>

#include "convert.h"
#include "util/alloc.h"

const struct opt convert_options[] = {
	{ 'o', "output", "FILE", "where (default: standard output)" },
	{ 'f', "from", "FORM", "form of the inputs: gts fulltext raw hfile" },
	{ 't', "to", "FORM", "form written: gts fulltext raw hfile null" },
	{ 's', "select", "SEL", "only series CLASS{LABELS} (repeatable)" },
	{ 0, "exclude", "SEL", "not these series (repeatable)" },
	{ 0, "start", "T", "first instant, inclusive" },
	{ 0, "end", "T", "last instant, inclusive" },
	{ 0, "span", "D", "width of the range" },
	{ 0, "period", "P", "YYYY, YYYYMM or YYYYMMDD (UTC)" },
	{ 0, "time-unit", "UNIT", "ms, us (default) or ns" },
	{ 'm', "memory", "SIZE", "cap of the sort (default 256M)" },
	{ 0, "tmpdir", "DIR", "where the sort spills (default TMPDIR)" },
	{ 0, "attributes", "HOW", "keep (default) or drop" },
	{ 0, "prefer", "WHICH", "of double ticks: last, first or error" },
	{ 0, "now", "T", "for empty and relative timestamps" },
	{ 0, "max-errors", "N", "bad lines allowed, or all" },
	{ 0, "rejects", "FILE", "where bad lines go, with their reasons" },
	{ 0, "skip-encrypted", NULL, "count encrypted blocks and go on" },
	{ 0, "fail-empty", NULL, "status 1 when no point is selected" },
	{ 0, "no-companions", NULL, "no .info and .gts beside an HFile" },
	{ 0, "tag", "T", "a tag of the HFile (repeatable)" },
	{ 0, "attribute", "K=V", "an attribute of the HFile (repeatable)" },
	{ 0, "crlf", NULL, "end text lines with CR LF" },
	{ 0, "force", NULL, "overwrite the output" },
	{ 'q', "quiet", NULL, "no warnings" },
	{ 'v', "verbose", NULL, "print the ledger" },
	TOOL_OPTIONS
};

int convert_set_tags(struct convert *c, const struct opt_parsed *p,
		     struct err *err)
{
	c->tag = alloc_zero(p->n + 1, sizeof(*c->tag));
	c->attribute = alloc_zero(p->n + 1, sizeof(*c->attribute));
	for (size_t i = 0; i < p->n; i++) {
		const char *v = p->given[i].value, *equals = strchr(v, '=');

		if (strcmp(p->given[i].opt->name, "tag") == 0)
			c->tag[c->ntag++] = (struct series_text){
				v, strlen(v) };
		if (strcmp(p->given[i].opt->name, "attribute"))
			continue;
		if (!equals)
			return err_set(err, ERR_USAGE, "--attribute takes "
				       "K=V, not '%s'", v);
		c->attribute[c->nattribute++] = (struct series_pair){
			{ v, (size_t)(equals - v) },
			{ equals + 1, strlen(equals + 1) } };
	}
	return 0;
}
