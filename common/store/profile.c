#include "store/profile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"

/* A file that is being read. */
struct reading {
	struct profiles *to;
	struct profiles own;	/* of this file */
	const char *file;
	unsigned line;
	bool credentials;
	bool begun;		/* a section was seen */
	bool skip;		/* the section is of no kind we know */
	size_t at;		/* the section, where there is one */
	bool has_section;
	bool may_continue;	/* a property came before */
	bool ignored;		/* and its name was not valid */
	bool block;		/* and its value was empty */
	size_t property;
};

struct slice {
	const char *p;
	size_t n;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct slice trim(struct slice s)
{
	while (s.n && is_blank(*s.p))
		s.p++, s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static int bad(const struct reading *r, const char *what, struct err *err)
{
	return err_set(err, ERR_USAGE, "%s:%u: %s", r->file, r->line, what);
}

static bool is_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) &&
		    !strchr("-/.%@_:+", s.p[i]))
			return false;
	return s.n > 0;
}

static struct profile_section *find(const struct profiles *p,
				    enum profile_kind kind, struct slice name,
				    bool plain)
{
	for (size_t i = 0; i < p->n; i++) {
		struct profile_section *s = &p->section[i];

		if (s->kind == kind && s->plain == plain &&
		    strlen(s->name) == name.n &&
		    memcmp(s->name, name.p, name.n) == 0)
			return s;
	}
	return NULL;
}

static struct profile_section *add_section(struct profiles *p,
					   enum profile_kind kind,
					   struct slice name, bool plain)
{
	struct profile_section *s = find(p, kind, name, plain);

	if (s)
		return s;
	p->section = alloc_grow(p->section, &p->cap, p->n + 1,
				sizeof(*p->section));
	s = &p->section[p->n++];
	*s = (struct profile_section){
		.kind = kind, .name = alloc_dup(name.p, name.n),
		.plain = plain,
	};
	return s;
}

/* Takes a word off the front when it is this one and a blank follows. */
static bool take_word(struct slice *s, const char *word)
{
	size_t n = strlen(word);

	if (s->n <= n || memcmp(s->p, word, n) || !is_blank(s->p[n]))
		return false;
	*s = trim((struct slice){ s->p + n, s->n - n });
	return true;
}

static int begin_section(struct reading *r, struct slice line,
			 struct err *err)
{
	static const struct slice first = { "default", 7 };
	enum profile_kind kind = PROFILE;
	bool prefixed = false, plain;
	const char *comment;
	struct slice name;

	r->begun = true;
	r->may_continue = false;
	for (comment = line.p; comment < line.p + line.n; comment++)
		if (*comment == '#' || *comment == ';')
			break;
	line = trim((struct slice){ line.p, (size_t)(comment - line.p) });
	if (line.p[line.n - 1] != ']')
		return bad(r, "a section must end with ']'", err);
	name = trim((struct slice){ line.p + 1, line.n - 2 });
	if (take_word(&name, "sso-session"))
		kind = PROFILE_SESSION;
	else if (take_word(&name, "services"))
		kind = PROFILE_SERVICES;
	else
		prefixed = take_word(&name, "profile");
	plain = kind == PROFILE && !prefixed && name.n == first.n &&
		memcmp(name.p, first.p, first.n) == 0;
	r->skip = !is_name(name) || (kind == PROFILE && (r->credentials ?
		prefixed : !prefixed && !plain));
	if (r->skip)
		return 0;
	r->at = (size_t)(add_section(&r->own, kind, name, plain &&
				     !r->credentials) - r->own.section);
	return 0;
}

static void set_property(struct profile_section *s, struct slice key,
			 struct slice value, size_t *at)
{
	struct profile_property *p;
	size_t i = 0;

	while (i < s->n && (strlen(s->property[i].key) != key.n ||
			    strncasecmp(s->property[i].key, key.p, key.n)))
		i++;
	if (i == s->n) {
		s->property = alloc_grow(s->property, &s->cap, s->n + 1,
					 sizeof(*s->property));
		p = &s->property[s->n++];
		p->key = alloc_dup(key.p, key.n);
		for (char *c = p->key; *c; c++)
			*c = (char)tolower((unsigned char)*c);
	} else {
		p = &s->property[i];
		free(p->value);
	}
	p->value = alloc_dup(value.p, value.n);
	*at = i;
}

/* A comment begins behind a blank only: values may hold # and ;. */
static struct slice cut_comment(struct slice s)
{
	for (size_t i = 1; i < s.n; i++)
		if ((s.p[i] == '#' || s.p[i] == ';') && is_blank(s.p[i - 1]))
			return (struct slice){ s.p, i };
	return s;
}

static int read_property(struct reading *r, struct slice line,
			 struct err *err)
{
	struct slice key, value;
	const char *equals;

	if (!r->begun)
		return bad(r, "a property outside of a section", err);
	line = trim(cut_comment(line));
	equals = memchr(line.p, '=', line.n);
	if (!equals)
		return bad(r, "a property without '='", err);
	key = trim((struct slice){ line.p, (size_t)(equals - line.p) });
	value = trim((struct slice){
		equals + 1, (size_t)(line.p + line.n - equals - 1) });
	if (!key.n)
		return bad(r, "a property without a name", err);
	r->may_continue = true;
	r->ignored = r->skip || !is_name(key);
	r->block = value.n == 0;
	if (!r->ignored)
		set_property(&r->own.section[r->at], key, value,
			     &r->property);
	return 0;
}

static int read_continuation(struct reading *r, struct slice line,
			     struct err *err)
{
	struct profile_property *p;
	struct buf b = { 0 };
	const char *equals;

	if (!r->begun)
		return bad(r, "a property outside of a section", err);
	if (!r->may_continue)
		return bad(r, "a line is continued where no property is",
			   err);
	line = trim(line);
	equals = memchr(line.p, '=', line.n);
	if (r->block && !equals)
		return bad(r, "a property of a block without '='", err);
	if (r->block && equals == line.p)
		return bad(r, "a property of a block without a name", err);
	if (r->ignored)
		return 0;
	p = &r->own.section[r->at].property[r->property];
	buf_addf(&b, "%s\n%.*s", p->value, (int)line.n, line.p);
	free(p->value);
	p->value = alloc_string(buf_text(&b));
	buf_release(&b);
	return 0;
}

static int read_line(struct reading *r, struct slice line, struct err *err)
{
	r->line++;
	if (!trim(line).n || *line.p == '#' || *line.p == ';')
		return 0;
	if (*line.p == '[')
		return begin_section(r, line, err);
	return is_blank(*line.p) ? read_continuation(r, line, err) :
		read_property(r, line, err);
}

/* [profile default] hides [default]. */
static void merge(struct profiles *to, const struct profiles *from)
{
	static const struct slice first = { "default", 7 };
	bool hidden = find(from, PROFILE, first, false) != NULL;
	size_t at;

	for (size_t i = 0; i < from->n; i++) {
		const struct profile_section *f = &from->section[i];
		struct profile_section *s;

		if (f->plain && hidden)
			continue;
		s = add_section(to, f->kind,
				(struct slice){ f->name, strlen(f->name) },
				false);
		for (size_t k = 0; k < f->n; k++)
			set_property(s, (struct slice){
				f->property[k].key,
				strlen(f->property[k].key) },
				(struct slice){ f->property[k].value,
				strlen(f->property[k].value) }, &at);
	}
}

int profiles_add(struct profiles *p, const char *text, size_t n,
		 bool credentials, const char *file, struct err *err)
{
	struct reading r = { .to = p, .file = file,
			     .credentials = credentials };
	const char *end = text + n;
	int failed = 0;

	while (text < end && !failed) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end;

		failed = read_line(&r, (struct slice){
			text, (size_t)(stop - text) }, err);
		text = nl ? nl + 1 : end;
	}
	if (!failed)
		merge(p, &r.own);
	profiles_release(&r.own);
	return failed;
}

static const struct profile_section *section_of(const struct profiles *p,
						enum profile_kind kind,
						const char *name)
{
	return find(p, kind, (struct slice){ name, strlen(name) }, false);
}

bool profiles_has(const struct profiles *p, enum profile_kind kind,
		  const char *name)
{
	return section_of(p, kind, name) != NULL;
}

const char *profiles_get(const struct profiles *p, enum profile_kind kind,
			 const char *name, const char *key)
{
	const struct profile_section *s = section_of(p, kind, name);

	for (size_t i = 0; s && i < s->n; i++)
		if (strcmp(s->property[i].key, key) == 0)
			return s->property[i].value;
	return NULL;
}

bool profiles_nested(const struct profiles *p, enum profile_kind kind,
		     const char *name, const char *block, const char *sub,
		     struct buf *out)
{
	const char *line = profiles_get(p, kind, name, block);
	size_t n = strlen(sub);

	while (line && (line = strchr(line, '\n'))) {
		const char *equals, *end = strchrnul(++line, '\n');
		struct slice key, value;

		equals = memchr(line, '=', (size_t)(end - line));
		if (!equals)
			continue;
		key = trim((struct slice){ line, (size_t)(equals - line) });
		value = trim((struct slice){ equals + 1,
					     (size_t)(end - equals - 1) });
		if (key.n != n || strncasecmp(key.p, sub, n))
			continue;
		buf_add(out, value.p, value.n);
		return true;
	}
	return false;
}

void profiles_release(struct profiles *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct profile_section *s = &p->section[i];

		for (size_t k = 0; k < s->n; k++) {
			free(s->property[k].key);
			if (s->property[k].value)
				explicit_bzero(s->property[k].value,
					strlen(s->property[k].value));
			free(s->property[k].value);
		}
		free(s->property);
		free(s->name);
	}
	free(p->section);
	*p = (struct profiles){ 0 };
}
