#include "digest-one.h"

#include <string.h>

#include "codec/digest.h"
#include "codec/json.h"
#include "points.h"

void digest_line_add(struct buf *out, const char *digest, const char *name)
{
	if (strpbrk(name, "\\\n\r"))
		buf_add_byte(out, '\\');
	if (digest)
		buf_addf(out, "%s  ", digest);
	for (; *name; name++) {
		if (*name == '\\')
			buf_add_string(out, "\\\\");
		else if (*name == '\n')
			buf_add_string(out, "\\n");
		else if (*name == '\r')
			buf_add_string(out, "\\r");
		else
			buf_add_byte(out, (uint8_t)*name);
	}
}

static char unescaped(char c)
{
	return c == 'n' ? '\n' : c == 'r' ? '\r' : c;
}

char *digest_line_cut(char **line)
{
	bool plain = **line != '\\';
	char *name, *to, *from;

	*line += !plain;
	name = strstr(*line, "  ");
	if (!name)
		return NULL;
	*name = '\0';
	name += 2;
	for (to = from = name; !plain && *from; from++) {
		if (*from == '\\' && from[1])
			*to++ = unescaped(*++from);
		else
			*to++ = *from;
	}
	if (!plain)
		*to = '\0';
	return name;
}

static void print(struct buf *out, const struct digest_part *d,
		  const char *path, const struct digest_one *by)
{
	char text[DIGEST_TEXT];

	digest_print(d->sum, d->count, text);
	if (!by->json) {
		digest_line_add(out, text, path);
		if (by->series || by->digits)
			buf_addf(out, "\t%s", d->name);
		buf_add_byte(out, '\n');
		return;
	}
	buf_addf(out, "{\"schema\":\"gtstools.digest/1\",\"digest\":\"%s\","
		 "\"points\":%llu,\"name\":", text,
		 (unsigned long long)d->count);
	json_add_string(out, path, strlen(path));
	if (by->series || by->digits) {
		buf_add_string(out, ",\"part\":");
		json_add_string(out, d->name, strlen(d->name));
	}
	buf_add_string(out, "}\n");
}

int digest_one(char *path, const struct digest_one *by, struct buf *out,
	       struct err *err)
{
	struct digest_parts list = {
		.series = by->series, .digits = by->digits,
	};
	struct points p;
	const struct batch *b;
	int r = points_open(&p, path, by->tmpdir, err);

	while (r >= 0 && (r = flow_next(p.source, &b, err)) > 0) {
		list.units = p.inputs.units ? p.inputs.units : by->units;
		digest_parts_add(&list, b);
	}
	if (r == 0 && !list.n && !by->series && !by->digits)
		digest_parts_empty(&list);
	for (size_t i = 0; r == 0 && i < list.n; i++)
		print(out, &list.part[i], path, by);
	points_close(&p);
	digest_parts_release(&list);
	return r;
}
