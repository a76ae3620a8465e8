#include <string.h>

#include "wrap.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"abcdefghijklmnopqrstuvwxyz0123456789._~-";

/* Expands %c, %l{name} and %%; -1 where a label is missing. */
static int expand(struct buf *out, const char *pattern,
		  const struct series_names *v, struct err *err)
{
	for (const char *p = pattern; *p; p++) {
		const char *end = p[0] == '%' && p[1] == 'l' && p[2] == '{' ?
			strchr(p, '}') : NULL;
		char name[256];
		const struct series_text *t;

		if (*p != '%') {
			buf_add_byte(out, (uint8_t)*p);
			continue;
		}
		if (p[1] == 'c' || p[1] == '%') {
			if (p[1] == 'c')
				buf_add(out, v->class.p, v->class.n);
			else
				buf_add_byte(out, '%');
			p++;
			continue;
		}
		if (!end || (size_t)(end - p) >= sizeof(name))
			return err_set(err, ERR_USAGE, "--archid takes %%c, "
				       "%%l{name} and %%%%, not '%.20s'", p);
		memcpy(name, p + 3, (size_t)(end - p) - 3);
		name[end - p - 3] = '\0';
		t = series_find(v->labels, v->nlabels, name);
		if (!t)
			return err_set(err, ERR_DATA, "there is no label %s "
				       "for --archid", name);
		buf_add(out, t->p, t->n);
		p = end;
	}
	return 0;
}

static int find_archid(struct buf *out, const char *pattern,
		       const struct series *s, struct err *err)
{
	struct series_names v = { 0 };
	const struct series_text *t;
	int bad = 0;

	series_names_parse(&v, s);
	t = series_find(v.labels, v.nlabels, "archid");
	if (!t)
		t = series_find(v.attributes, v.nattributes, "archid");
	if (pattern)
		bad = expand(out, pattern, &v, err);
	else if (t)
		buf_add(out, t->p, t->n);
	else
		bad = err_set(err, ERR_DATA, "there is no label or attribute "
			      "archid (--archid)");
	series_names_release(&v);
	return bad;
}

char *wrap_member_name(const struct wrap *w, const struct series *s,
		       const char *period, struct err *err)
{
	struct buf id = { 0 }, name = { 0 }, series = { 0 };
	int bad = find_archid(&id, w->archid, s, err);

	if (!bad && (id.len == 0 || (id.len <= 2 && memcmp(id.data, "..",
							   id.len) == 0)))
		bad = err_set(err, ERR_DATA, "its archid is '%.*s'",
			      (int)id.len, id.len ? (char *)id.data : "");
	for (size_t i = 0; i < id.len; i++) {
		if (id.data[i] && strchr(plain, id.data[i]))
			buf_add_byte(&name, id.data[i]);
		else
			buf_addf(&name, "%%%02X", id.data[i]);
	}
	buf_addf(&name, "-%s", period);
	buf_text(&name);
	if (bad) {
		series_print(&series, s, false);
		err_at(err, "%s", buf_text(&series));
		buf_release(&name);
	}
	buf_release(&series);
	buf_release(&id);
	return (char *)name.data;
}
