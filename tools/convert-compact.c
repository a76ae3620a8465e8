#include "convert.h"

const struct opt convert_compact_options[] = {
	{ 0, "compact", NULL, "COMPACT: of each run the first point only, and "
	  "the last one of the series" },
	{ 0 }
};

int convert_set_compact(struct convert *c, const struct opt_parsed *p,
			struct err *err)
{
	(void)err;
	c->shaped = true;
	c->compact = opt_value(p, "compact") ? RANGECOMPACT_FIRST :
		RANGECOMPACT_ENDS;
	return 0;
}
