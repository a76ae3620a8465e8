#include <stdio.h>
#include <stdlib.h>

#include "s3rm.h"
#include "util/alloc.h"

static int entry(void *to, const struct s3_entry *e, struct err *err)
{
	struct s3rm_list *l = to;
	const char *id = e->kind == S3_UPLOAD ? e->upload : e->version;

	(void)err;
	l->name = alloc_grow(l->name, &l->cap, l->n + 1, sizeof(*l->name));
	l->modified = alloc_grow(l->modified, &l->modified_cap, l->n + 1,
				 sizeof(*l->modified));
	l->name[l->n] = (struct s3_name){ alloc_string(e->key),
					  *id ? alloc_string(id) : NULL };
	l->modified[l->n++] = alloc_string(e->modified);
	return 0;
}

int s3rm_collect(struct s3rm_list *l, struct s3 *s3,
		 const struct s3_operand *o, struct err *err)
{
	const struct s3_list list = {
		.what = l->what, .bucket = o->place.bucket,
		.prefix = o->key, .flat = true, .entry = entry, .to = l,
	};

	return s3_list(s3, &list, err);
}

void s3rm_release(struct s3rm_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->name[i].key);
		free(l->name[i].version);
		free(l->modified[i]);
	}
	free(l->name);
	free(l->modified);
}

void s3rm_tell(const struct s3_tool *t, const char *bucket, const char *key,
	      const char *what, const char *id)
{
	struct buf out = { 0 };

	if (t->json) {
		s3_tool_json(&out, "s3rm", bucket, key);
		if (id)
			s3_tool_json_text(&out, what, id);
		buf_addf(&out, ",\"removed\":%s}\n", t->dry_run ? "false" :
			 "true");
	} else if (t->dry_run || t->verbose) {
		buf_addf(&out, "%s s3://%s/", t->dry_run ? "would remove" :
			 "removed", bucket);
		s3_show(&out, key);
		if (id)
			buf_addf(&out, " %s %s", what, id);
		buf_add_byte(&out, '\n');
	}
	if (out.len)
		fwrite(out.data, 1, out.len, t->json || t->dry_run ? stdout :
	       stderr);
	buf_release(&out);
}
