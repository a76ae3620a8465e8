#include "store/xml.h"

#include <expat.h>
#include <stdbool.h>
#include <string.h>

enum { PATH_LIMIT = 1024 };

struct parse {
	const struct xml_handler *h;
	void *to;
	XML_Parser parser;
	char path[PATH_LIMIT];
	size_t mark[XML_DEPTH];	/* length of the path before an element */
	unsigned depth;
	struct buf text;	/* of the innermost element */
	size_t total;
	bool refused;
};

static void refuse(struct parse *x)
{
	x->refused = true;
	XML_StopParser(x->parser, XML_FALSE);
}

static void on_start(void *to, const XML_Char *name, const XML_Char **atts)
{
	struct parse *x = to;
	const char *colon = strchr(name, ':');
	size_t at = strlen(x->path), n;

	(void)atts;
	name = colon ? colon + 1 : name;
	n = strlen(name);
	if (x->depth == XML_DEPTH || at + n + 2 > PATH_LIMIT) {
		refuse(x);
		return;
	}
	x->mark[x->depth++] = at;
	if (at)
		x->path[at++] = '/';
	memcpy(x->path + at, name, n + 1);
	buf_reset(&x->text);
	if (x->h->begin)
		x->h->begin(x->to, x->path);
}

static void on_end(void *to, const XML_Char *name)
{
	struct parse *x = to;

	(void)name;
	if (x->refused)
		return;
	buf_text(&x->text);
	x->h->end(x->to, x->path, (char *)x->text.data, x->text.len);
	buf_reset(&x->text);
	x->path[x->mark[--x->depth]] = '\0';
}

static void on_text(void *to, const XML_Char *s, int n)
{
	struct parse *x = to;

	x->total += (size_t)n;
	if (x->total > XML_TEXT)
		refuse(x);
	else
		buf_add(&x->text, s, (size_t)n);
}

static void on_entity(void *to, const XML_Char *name, int parameter,
		      const XML_Char *value, int n, const XML_Char *base,
		      const XML_Char *system, const XML_Char *public,
		      const XML_Char *notation)
{
	(void)name, (void)parameter, (void)value, (void)n, (void)base;
	(void)system, (void)public, (void)notation;
	refuse(to);
}

int xml_parse(const void *p, size_t n, const struct xml_handler *h, void *to,
	      struct err *err)
{
	struct parse x = { .h = h, .to = to };
	const char *s = p;
	int r = 0;

	/* Blanks that keep a connection alive come before the prolog. */
	while (n && strchr(" \t\r\n", *s) && *s)
		s++, n--;
	x.parser = XML_ParserCreate(NULL);
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, on_start, on_end);
	XML_SetCharacterDataHandler(x.parser, on_text);
	XML_SetEntityDeclHandler(x.parser, on_entity);
	if (n > XML_TEXT * 2 ||
	    XML_Parse(x.parser, s, (int)n, 1) != XML_STATUS_OK || x.refused)
		r = err_set(err, ERR_REMOTE_RETRY, "an answer that is not "
			    "the XML it should be (%s)", x.refused ?
			    "too large, too deep or with entities" :
			    XML_ErrorString(XML_GetErrorCode(x.parser)));
	XML_ParserFree(x.parser);
	buf_release(&x.text);
	return r;
}

struct wanted {
	const char *path;
	struct buf *out;
	bool found;
};

static void match(void *to, const char *path, const char *text, size_t n)
{
	struct wanted *w = to;

	if (w->found || strcmp(path, w->path) != 0)
		return;
	w->found = true;
	buf_add(w->out, text, n);
}

bool xml_find(const void *p, size_t n, const char *path, struct buf *out)
{
	static const struct xml_handler h = { NULL, match };
	struct wanted w = { path, out, false };
	struct err none = { 0 };

	xml_parse(p, n, &h, &w, &none);
	return w.found;
}

void xml_escape(struct buf *out, const char *s)
{
	for (; *s; s++) {
		const char *e = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" :
			*s == '>' ? "&gt;" : *s == '"' ? "&quot;" :
			*s == '\'' ? "&apos;" : *s == '\r' ? "&#13;" : NULL;

		if (e)
			buf_add_string(out, e);
		else
			buf_add_byte(out, (uint8_t)*s);
	}
}
