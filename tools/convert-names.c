#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "ids.h"
#include "series-file.h"
#include "util/alloc.h"

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

static int set_tags(struct convert *c, const struct opt_parsed *p,
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

int convert_set_names(struct convert *c, const struct opt_parsed *p,
		      struct err *err)
{
	const char *list = opt_value(p, "series-file");

	if (list && series_file_read(&c->only, list, err))
		return -1;
	c->filter.only = list ? &c->only : NULL;
	return set_selectors(&c->filter.select, &c->filter.nselect, p,
			     "select", err) ||
		set_selectors(&c->filter.exclude, &c->filter.nexclude, p,
			      "exclude", err) ||
		ids_set(&c->filter, p, err) ||
		set_tags(c, p, err) || convert_set_edits(c, p, err) ? -1 : 0;
}

void convert_release(struct convert *c)
{
	for (size_t i = 0; i < c->filter.nselect; i++)
		selector_free(c->filter.select[i]);
	for (size_t i = 0; i < c->filter.nexclude; i++)
		selector_free(c->filter.exclude[i]);
	free(c->filter.select);
	free(c->filter.exclude);
	free(c->filter.id);
	for (size_t i = 0; i < c->relabel.nrename; i++)
		selector_rename_free(c->rename[i]);
	free(c->rename);
	free(c->drop_label);
	free(c->set_label);
	free(c->set_attr);
	free(c->outside);
	free(c->tag);
	free(c->attribute);
	buf_release(&c->key);
	table_release(&c->only);
	inputs_release(&c->inputs);
	parts_release(&c->parts);
	operands_release(&c->operands);
}
