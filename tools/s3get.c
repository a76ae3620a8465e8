/* s3get - objects to standard output and files. */
#include <stdlib.h>
#include <string.h>

#include "operands.h"
#include "s3get.h"
#include "util/alloc.h"

static int presign(struct s3get *c, struct s3 *s3,
		   const struct s3_operand *o, size_t n, const char *seconds,
		   struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		struct s3_place p = o[i].place;

		s3get_conditions(c, &p);
		r = s3_tool_presign(s3, "GET", &p, seconds, err);
	}
	return r;
}

static int get(struct s3get *c, const struct opt_parsed *p, char **name,
	       size_t n, struct err *err)
{
	struct s3_operand *o = alloc_zero(n, sizeof(*o));
	const char *signed_for = opt_value(p, "presign");
	struct s3 *s3 = NULL;
	int r = 0;

	if (!n)
		r = err_set(err, ERR_USAGE, "what? s3://BUCKET/KEY");
	else if (n > 1 && c->output)
		r = err_set(err, ERR_USAGE, "several objects go to --dir, not "
			    "to one file");
	for (size_t i = 0; i < n && r == 0; i++) {
		r = s3_operand(c->t, &o[i], name[i], !signed_for, err);
		if (r == 0 && !*o[i].key)
			r = err_set(err, ERR_USAGE, "%s: which key?",
				    name[i]);
	}
	if (r == 0) {
		s3 = s3_open(&c->t->s3, err);
		r = s3 ? 0 : -1;
	}
	if (r == 0)
		r = signed_for ? presign(c, s3, o, n, signed_for, err) :
			s3get_all(c, s3, o, n, err);
	s3_close(s3);
	for (size_t i = 0; i < n; i++)
		buf_release(&o[i].bucket);
	free(o);
	return r;
}

static int run(struct s3_tool *t, const struct opt_parsed *p, void *arg,
	       struct err *err)
{
	struct s3get c = { .t = t };
	const char *list = opt_value(p, "keys-from");
	struct buf at = { 0 };
	struct operands more = { 0 };
	char **name = alloc_zero(p->noperands + 1, sizeof(*name));
	int r = s3get_set(&c, p, err);

	(void)arg;
	memcpy(name, p->operand, p->noperands * sizeof(*name));
	if (list)
		buf_addf(&at, "@%s", list);
	if (list)
		name[p->noperands] = (char *)(uintptr_t)buf_text(&at);
	if (r == 0)
		r = operands_expand(&more, name, p->noperands +
				    (list != NULL), false, err);
	if (r == 0)
		r = get(&c, p, more.name, more.n, err);
	operands_release(&more);
	buf_release(&at);
	free(name);
	return r;
}

int main(int argc, char **argv)
{
	const struct tool tool = {
		.name = "s3get", .synopsis = "[OPTION]... s3://BUCKET/KEY...",
		.about = "Reads objects of an object store, one behind the "
			 "other, to standard output\nor files.",
	};

	return s3_tool_main(&tool, s3get_options, argc, argv, run, NULL);
}
