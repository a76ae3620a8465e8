#include "util/opt.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

void opt_release(struct opt_parsed *p)
{
	free(p->given);
	free(p->operand);
	*p = (struct opt_parsed){ 0 };
}

static const struct opt *find_name(const struct opt *table, const char *p,
				   size_t n)
{
	for (; table->name; table++)
		if (strlen(table->name) == n &&
		    memcmp(table->name, p, n) == 0)
			return table;
	return NULL;
}

struct opt *opt_join(const struct opt *a, const struct opt *b)
{
	size_t na = 0, nb = 0;
	struct opt *both;

	while (a[na].name)
		na++;
	while (b[nb].name)
		nb++;
	both = alloc_zero(na + nb + 1, sizeof(*both));
	memcpy(both, a, na * sizeof(*a));
	for (size_t i = 0; i < nb; i++)
		if (!find_name(both, b[i].name, strlen(b[i].name)))
			both[na++] = b[i];
	return both;
}

const char *opt_value(const struct opt_parsed *p, const char *name)
{
	for (size_t i = p->n; i-- > 0;)
		if (strcmp(p->given[i].opt->name, name) == 0)
			return p->given[i].value;
	return NULL;
}

size_t opt_count(const struct opt_parsed *p, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += strcmp(p->given[i].opt->name, name) == 0;
	return n;
}

int opt_at_most_one(const struct opt_parsed *p, const char *const *name,
		    struct err *err)
{
	const char *given = NULL;

	for (; *name; name++) {
		if (!opt_value(p, *name))
			continue;
		if (given)
			return err_set(err, ERR_USAGE, "--%s and --%s do not "
				       "go together", given, *name);
		given = *name;
	}
	return 0;
}

static const struct opt *find_letter(const struct opt *table, char c)
{
	for (; table->name; table++)
		if (table->letter && table->letter == c)
			return table;
	return NULL;
}

static void add(struct opt_parsed *p, const struct opt *o, const char *value)
{
	p->given[p->n++] = (struct opt_given){ o, value };
}

/* --name, --name=VALUE, --name VALUE; *next is the argument behind. */
static int parse_long(struct opt_parsed *p, const struct opt *table,
		      const char *arg, char ***next, struct err *err)
{
	const char *equals = strchr(arg, '=');
	size_t n = equals ? (size_t)(equals - arg) : strlen(arg);
	const struct opt *o = find_name(table, arg, n);

	if (!o)
		return err_set(err, ERR_USAGE, "unknown option --%.*s "
			       "(--help lists them)", (int)n, arg);
	if (!o->arg && equals)
		return err_set(err, ERR_USAGE, "--%s takes no value",
			       o->name);
	if (o->arg && *o->arg != '[' && !equals && !**next)
		return err_set(err, ERR_USAGE, "--%s wants %s", o->name,
			       o->arg);
	add(p, o, equals ? equals + 1 : !o->arg || *o->arg == '[' ? "" :
	    *(*next)++);
	return 0;
}

/* A cluster of letters, the last of which may take a value. */
static int parse_letters(struct opt_parsed *p, const struct opt *table,
			 const char *arg, char ***next, struct err *err)
{
	for (; *arg; arg++) {
		const struct opt *o = find_letter(table, *arg);

		if (!o)
			return err_set(err, ERR_USAGE, "unknown option -%c "
				       "(--help lists them)", *arg);
		if (!o->arg) {
			add(p, o, "");
			continue;
		}
		if (!arg[1] && !**next)
			return err_set(err, ERR_USAGE, "-%c wants %s", *arg,
				       o->arg);
		add(p, o, arg[1] ? arg + 1 : *(*next)++);
		break;
	}
	return 0;
}

int opt_parse(struct opt_parsed *p, const struct opt *table, int argc,
	      char **argv, struct err *err)
{
	char **next = argv + (argc > 0);
	size_t room = 0;

	for (int i = 0; i < argc; i++)
		room += strlen(argv[i]) + 1;
	*p = (struct opt_parsed){ 0 };
	p->given = alloc_zero(room + 1, sizeof(*p->given));
	p->operand = alloc_zero((size_t)argc + 1, sizeof(*p->operand));
	while (*next) {
		char *arg = *next++;
		int r = 0;

		if (strcmp(arg, "--") == 0) {
			while (*next)
				p->operand[p->noperands++] = *next++;
			break;
		}
		if (strncmp(arg, "--", 2) == 0)
			r = parse_long(p, table, arg + 2, &next, err);
		else if (arg[0] == '-' && arg[1])
			r = parse_letters(p, table, arg + 1, &next, err);
		else
			p->operand[p->noperands++] = arg;
		if (r)
			return -1;
	}
	return 0;
}

int opt_size(const char *text, uint64_t *bytes, struct err *err)
{
	static const char units[] = "KMGT";
	char *end;
	unsigned long long v = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;
	int shift = unit ? 10 * (int)(unit - units + 1) : 0;

	if (*text < '0' || *text > '9' || (*end && (!unit || end[1])) ||
	    v > UINT64_MAX >> shift)
		return err_set(err, ERR_USAGE, "'%s' is no size (512M, 2G)",
			       text);
	*bytes = (uint64_t)v << shift;
	return 0;
}
