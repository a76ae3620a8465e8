/* The grammar of ~/.aws/config and ~/.aws/credentials. */
#include "store/profile.h"
#include "util/alloc.h"
#include "vec.h"

enum { NAME, CONFIG, CREDENTIALS, RESULT };

static int by_name(const void *a, const void *b)
{
	const struct profile_section *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind :
		strcmp(x->name, y->name);
}

static int by_key(const void *a, const void *b)
{
	const struct profile_property *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void print(struct profiles *p, struct buf *out)
{
	if (p->n)
		qsort(p->section, p->n, sizeof(*p->section), by_name);
	for (size_t i = 0; i < p->n; i++) {
		struct profile_section *s = &p->section[i];

		if (s->kind == PROFILE_SERVICES)
			continue;
		buf_addf(out, "%s%c %s", out->len ? "\n" : "",
			 s->kind == PROFILE ? 'P' : 'S', s->name);
		if (s->n)
			qsort(s->property, s->n, sizeof(*s->property),
			      by_key);
		for (size_t k = 0; k < s->n; k++) {
			buf_addf(out, "\n  %s=", s->property[k].key);
			for (char *c = s->property[k].value; *c; c++)
				buf_add_byte(out, *c == '\n' ? 1 :
					     (uint8_t)*c);
		}
	}
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		struct profiles p = { 0 };
		struct buf out = { 0 };
		struct err err = { 0 };
		char **c = v.column;
		int bad = 0;

		for (int k = CONFIG; !bad && k <= CREDENTIALS; k++)
			if (!vec_absent(c[k]))
				bad = profiles_add(&p, c[k], vec_bytes(c[k]),
						   k == CREDENTIALS, "f",
						   &err);
		if (bad)
			buf_add_string(&out, "error");
		else
			print(&p, &out);
		if (vec_is(&v, c[NAME], out.data, out.len, c[RESULT],
			   vec_bytes(c[RESULT])))
			vec_pass(&v);
		buf_release(&out);
		profiles_release(&p);
	}
	return vec_done(&v);
}
