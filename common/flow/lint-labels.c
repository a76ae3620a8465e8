#include "flow/lint-labels.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "util/alloc.h"

/* Is the hash new? */
static bool add_hash(struct lint_labels *l, uint64_t hash)
{
	size_t i;

	hash |= !hash;
	if (l->used >= l->slots / 4 * 3) {
		size_t old = l->slots;
		uint64_t *slot = l->slot;

		l->slots = old ? 2 * old : 1024;
		l->slot = alloc_zero(l->slots, sizeof(*l->slot));
		l->used = 0;
		for (size_t k = 0; k < old; k++)
			if (slot[k])
				add_hash(l, slot[k]);
		free(slot);
	}
	for (i = hash & (l->slots - 1); l->slot[i];
	     i = (i + 1) & (l->slots - 1))
		if (l->slot[i] == hash)
			return false;
	l->slot[i] = hash;
	l->used++;
	return true;
}

static struct lint_label *find(struct lint_labels *l,
			       const struct series_text *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->label[i].n == name->n &&
		    memcmp(l->label[i].name, name->p, name->n) == 0)
			return &l->label[i];
	l->label = alloc_grow(l->label, &l->cap, l->n + 1,
			      sizeof(*l->label));
	l->label[l->n] = (struct lint_label){
		.name = alloc_dup(name->p, name->n), .n = name->n };
	return &l->label[l->n++];
}

void lint_labels_add(struct lint_labels *l, const struct series *s)
{
	struct series_names v = { 0 };

	series_names_parse(&v, s);
	l->series++;
	for (size_t i = 0; i < v.nlabels; i++) {
		struct lint_label *label = find(l, &v.labels[i].name);

		label->series++;
		label->values += add_hash(l, hash_xxh3(v.labels[i].value.p,
			v.labels[i].value.n, hash_xxh3(label->name, label->n,
						       0)));
	}
	series_names_release(&v);
}

void lint_labels_release(struct lint_labels *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->label[i].name);
	free(l->label);
	free(l->slot);
	*l = (struct lint_labels){ 0 };
}
