#include "flow/ledger.h"

void ledger_release(struct ledger *l)
{
	buf_release(&l->conflict);
	*l = (struct ledger){ 0 };
}

int ledger_check(const struct ledger *l, struct err *err)
{
	if (l->lines != l->data_lines + l->blank + l->comments + l->rejected)
		return err_set(err, ERR_INTERNAL,
			       "the ledger of lines does not add up");
	if (l->points_in != l->points_out + l->folded + l->dropped_selector +
	    l->dropped_range)
		return err_set(err, ERR_INTERNAL,
			       "the ledger of points does not add up");
	return 0;
}

void ledger_print(const struct ledger *l, struct buf *out)
{
	const struct {
		const char *name;
		uint64_t value;
	} row[] = {
		{ "lines", l->lines }, { "data_lines", l->data_lines },
		{ "blank", l->blank }, { "comments", l->comments },
		{ "rejected", l->rejected }, { "points_in", l->points_in },
		{ "points_out", l->points_out }, { "folded", l->folded },
		{ "dropped by selector", l->dropped_selector },
		{ "dropped by range", l->dropped_range },
		{ "deletion markers", l->deletions },
		{ "encrypted blocks skipped", l->encrypted },
		{ "series", l->series },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		buf_addf(out, "%-25s %12llu\n", row[i].name,
			 (unsigned long long)row[i].value);
	if (l->has_range)
		buf_addf(out, "%-25s %lld\n%-25s %lld\n", "first",
			 (long long)l->first, "last", (long long)l->last);
}
