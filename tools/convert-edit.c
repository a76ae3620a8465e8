#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "util/alloc.h"

static const char *const internal[] = { ".app", ".owner", ".producer" };
enum { INTERNAL = sizeof(internal) / sizeof(internal[0]) };

/* N=V of each option of a name. */
static int set_pairs(struct series_pair **pair, size_t *n,
		     const struct opt_parsed *p, const char *name,
		     struct err *err)
{
	*pair = alloc_zero(p->n + 1, sizeof(**pair));
	for (size_t i = 0; i < p->n; i++) {
		const char *v = p->given[i].value, *equals = strchr(v, '=');

		if (strcmp(p->given[i].opt->name, name))
			continue;
		if (!equals || equals == v)
			return err_set(err, ERR_USAGE, "--%s takes NAME=VALUE"
				       ", not '%s'", name, v);
		(*pair)[(*n)++] = (struct series_pair){
			{ v, (size_t)(equals - v) },
			{ equals + 1, strlen(equals + 1) } };
	}
	return 0;
}

static int set_renames(struct convert *c, const struct opt_parsed *p,
		       struct err *err)
{
	c->rename = alloc_zero(p->n + 1, sizeof(*c->rename));
	c->relabel.rename = c->rename;
	for (size_t i = 0; i < p->n; i++) {
		size_t k = c->relabel.nrename;

		if (strcmp(p->given[i].opt->name, "rename"))
			continue;
		c->rename[k] = selector_rename_new(p->given[i].value, err);
		if (!c->rename[k])
			return err_at(err, "--rename");
		c->relabel.nrename++;
	}
	return 0;
}

/* Labels to drop: a list that ends with NULL. */
static int set_drops(struct convert *c, const struct opt_parsed *p,
		     struct err *err)
{
	const char *keep = opt_value(p, "internal-labels");
	size_t n = 0;

	if (keep && strcmp(keep, "keep") && strcmp(keep, "drop"))
		return err_set(err, ERR_USAGE, "--internal-labels takes keep "
			       "or drop");
	c->drop_label = alloc_zero(p->n + INTERNAL + 1,
				   sizeof(*c->drop_label));
	for (int i = 0; keep && *keep == 'd' && i < INTERNAL; i++)
		c->drop_label[n++] = internal[i];
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->given[i].opt->name, "drop-label") == 0)
			c->drop_label[n++] = p->given[i].value;
	c->relabel.drop = n ? c->drop_label : NULL;
	return 0;
}

int convert_set_edits(struct convert *c, const struct opt_parsed *p,
		      struct err *err)
{
	struct relabel_options *r = &c->relabel;

	r->add = c->label;
	for (int i = 0; i < INTERNAL; i++) {
		const char *v = opt_value(p, internal[i] + 1);

		if (v)
			c->label[r->nadd++] = (struct series_pair){
				{ internal[i], strlen(internal[i]) },
				{ v, strlen(v) } };
	}
	if (set_drops(c, p, err) ||
	    set_pairs(&c->set_label, &r->nset, p, "set-label", err) ||
	    set_pairs(&c->set_attr, &r->nattribute, p, "set-attr", err) ||
	    set_renames(c, p, err))
		return -1;
	r->set = c->set_label;
	r->attribute = c->set_attr;
	r->apart = opt_value(p, "drop-label") || r->nset || r->nrename;
	c->renamed = r->drop || r->nadd || r->nset || r->nrename;
	c->relabelled = c->renamed || r->nattribute;
	return 0;
}
