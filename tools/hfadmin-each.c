#include <stdio.h>

#include "hfadmin.h"

int hfadmin_want_files(const struct opt_parsed *p, struct err *err)
{
	return p->noperands ? 0 : err_set(err, ERR_USAGE, "which FILE?");
}

int hfadmin_each(const struct tool *t, const struct opt_parsed *p,
		 int (*one)(char *path, const struct opt_parsed *p,
			    void *arg, struct err *err),
		 void *arg, struct err *err)
{
	struct err worst = { 0 };

	if (hfadmin_want_files(p, err))
		return -1;
	for (size_t i = 0; i < p->noperands && !ferror(stdout); i++) {
		one(p->operand[i], p, arg, err);
		if (err->text[0])
			fprintf(stderr, "%s: %s\n", t->name, err->text);
		err_keep_worst(&worst, err);
		err_clear(err);
	}
	err->status = worst.status;
	return worst.status ? -1 : 0;
}
