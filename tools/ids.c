#include "ids.h"

#include <string.h>

#include "util/alloc.h"

int ids_set(struct filter_options *f, const struct opt_parsed *p,
	    struct err *err)
{
	f->id = alloc_zero(p->n + 1, sizeof(*f->id));
	for (size_t i = 0; i < p->n; i++) {
		const char *v = p->given[i].value;

		if (strcmp(p->given[i].opt->name, "id"))
			continue;
		if (hash_128_parse(&f->id[f->nid++], v))
			return err_set(err, ERR_USAGE, "--id takes 32 hex "
				       "digits, as hfadmin ls -i prints them, "
				       "not '%s'", v);
	}
	return 0;
}

void ids_print(struct buf *out, const struct series *s)
{
	struct buf text = { 0 };
	char id[HASH_128_TEXT];

	hash_128_print(hash_series_id(s, &text), id);
	buf_add_string(out, id);
	buf_release(&text);
}
