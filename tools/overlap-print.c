#include "overlap-print.h"

#include <string.h>

#include "codec/json.h"
#include "hfadmin.h"
#include "model/span.h"

int overlap_print(void *arg, size_t a, size_t b, const struct series *s,
		  int64_t first, int64_t last)
{
	struct overlap_look *l = arg;
	const char *name[] = { l->p->operand[a], l->p->operand[b] };
	struct buf series = { 0 };

	series_print_identity(&series, s);
	for (int i = 0; i < 2; i++) {
		buf_add_string(&l->out, !l->json ? "" : i ? ",\"b\":" :
			       "{\"schema\":\"gtstools.overlap/1\",\"a\":");
		if (l->json)
			json_add_string(&l->out, name[i], strlen(name[i]));
		else
			buf_addf(&l->out, "%s\t", name[i]);
	}
	if (l->json) {
		buf_add_string(&l->out, ",\"series\":");
		json_add_string(&l->out, (char *)series.data, series.len);
		buf_addf(&l->out, ",\"first\":%lld,\"last\":%lld,\"unit\":"
			 "\"%s\"}\n", (long long)first, (long long)last,
			 span_units_name(l->units));
	} else {
		buf_addf(&l->out, "%s\t", buf_text(&series));
		span_print(&l->out, first, l->units);
		buf_add_byte(&l->out, '\t');
		span_print(&l->out, last, l->units);
		buf_add_byte(&l->out, '\n');
	}
	buf_release(&series);
	return l->out.len > 1 << 16 ? hfadmin_print(&l->out, l->err) : 0;
}
