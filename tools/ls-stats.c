#include "codec/json.h"
#include "hfadmin-ls.h"
#include "hfadmin.h"

void ls_print_stats(struct buf *out, const struct ls_sets *s, bool json)
{
	uint64_t values = 0;
	const char *row = json ? ",\"%s\":%llu" : "%s\t%llu\n";

	for (size_t i = 0; i < s->name[0].n; i++)
		values += s->value[0][i].n;
	if (json)
		buf_add_string(out, "{\"schema\":\"gtstools.stats/1\"");
	buf_addf(out, row, "gts.estimate", (unsigned long long)s->series);
	buf_addf(out, row, "classes.estimate",
		 (unsigned long long)s->class.n);
	buf_addf(out, row, "labelnames.estimate",
		 (unsigned long long)s->name[0].n);
	buf_addf(out, row, "labelvalues.estimate",
		 (unsigned long long)values);
	for (int k = 0; k < 2; k++) {
		const struct texts *t = k ? &s->name[0] : &s->class;

		if (json)
			buf_addf(out, "%s,\"%s\":{", k ? "}" : "", k ?
				 "per.label.value.estimate" :
				 "per.class.estimate");
		for (size_t i = 0; i < t->n; i++) {
			size_t n;
			const char *p = (const char *)texts_at(t, i, &n);
			unsigned long long v = k ? s->value[0][i].n :
				s->per_class[i];

			buf_add_string(out, json ? (i ? "," : "") : k ?
				       "label\t" : "class\t");
			if (json)
				json_add_string(out, p, n);
			else
				series_percent_encode(out, p, n);
			buf_addf(out, json ? ":%llu" : "\t%llu\n", v);
		}
	}
	if (json)
		buf_add_string(out, "},\"error.rate\":0}\n");
}
