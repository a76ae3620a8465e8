#include "codec/json.h"
#include "flow/hf.h"
#include "hfadmin-ls.h"
#include "hfadmin.h"

static void print_gap(struct buf *out, const struct series *s, int64_t from,
		      int64_t to, bool json)
{
	struct buf name = { 0 };

	series_print(&name, s, false);
	if (json)
		buf_add_string(out, "{\"schema\":\"gtstools.gap/1\","
			       "\"gts\":");
	if (json)
		json_add_string(out, (char *)name.data, name.len);
	else
		buf_add(out, name.data, name.len);
	buf_addf(out, json ? ",\"from\":%lld,\"to\":%lld,\"width\":%llu}\n" :
		 "\t%lld\t%lld\t%llu\n", (long long)from, (long long)to,
		 (unsigned long long)to - (unsigned long long)from);
	buf_release(&name);
}

int ls_gaps(struct reader *r, const struct ls_options *opt, struct err *err)
{
	struct ledger l = { 0 };
	struct flow_source *s = filter_open(hf_source(r, opt->filter, &l),
					    opt->filter, &l);
	struct series at = { 0 };
	struct buf out = { 0 };
	const struct batch *b;
	int64_t last = 0;
	bool begun = false;
	int k;

	while ((k = flow_next(s, &b, err)) > 0) {
		bool same = begun && series_compare(&at, b->series) == 0;

		for (size_t i = 0; i < b->n; i++) {
			if ((i || same) && (uint64_t)b->tick[i] -
			    (uint64_t)last > (uint64_t)opt->gap)
				print_gap(&out, b->series, last, b->tick[i],
					  opt->json);
			last = b->tick[i];
		}
		begun = true;
		series_copy(&at, b->series);
		if (out.len > 1 << 16 && (k = hfadmin_print(&out, err)))
			break;
	}
	if (k == 0)
		k = hfadmin_print(&out, err);
	flow_source_free(s);
	series_release(&at);
	buf_release(&out);
	ledger_release(&l);
	return k;
}
