/*
 * world - an environment, files and recorded answers in the place of the
 * real ones, for the credentials of object stores.
 *
 * Files and requests are separated by 0x1d, their parts by 0x1e.
 */
#ifndef TESTS_VECTORS_WORLD_H
#define TESTS_VECTORS_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/settings.h"

struct world {
	char *env;		/* NAME=VALUE lines */
	bool split;		/* each ends with a NUL by now */
	char *files;
	char *traffic;		/* what is left of it */
	const char *wrong;	/* why the traffic is not as recorded */
};

static inline const char *world_env(void *to, const char *name)
{
	struct world *w = to;
	size_t n = strlen(name);

	for (char *p = w->env; !w->split && (p = strchr(p, '\n')); p++)
		*p = '\0';
	w->split = true;
	for (const char *p = w->env; *p; p += strlen(p) + 1)
		if (strncmp(p, name, n) == 0 && p[n] == '=')
			return p + n + 1;
	return NULL;
}

static inline int world_file(void *to, const char *path, struct buf *out,
			     struct err *err)
{
	const struct world *w = to;
	size_t n = strlen(path);
	const char *p = w->files;

	(void)err;
	while (p && *p) {
		const char *end = strchrnul(p, '\x1d');

		if (strncmp(p, path, n) == 0 && p[n] == '\x1e') {
			buf_add(out, p + n + 1, (size_t)(end - p) - n - 1);
			return 1;
		}
		p = *end ? end + 1 : end;
	}
	return 0;
}

static inline char *world_part(char **p, int separator)
{
	char *s = *p, *end = strchrnul(s, separator);

	*p = *end ? end + 1 : end;
	*end = '\0';
	return s;
}

static inline int world_fetch(void *to, const struct settings_request *q,
			      long *status, struct buf *answer,
			      struct err *err)
{
	struct world *w = to;
	char *record = world_part(&w->traffic, '\x1d');
	const char *line = world_part(&record, '\x1e');
	const char *signer = world_part(&record, '\x1e');
	const char *body = world_part(&record, '\x1e');
	const char *method = q->method, *found = "-";
	char id[128] = "";

	for (size_t i = 0; i < q->nheaders; i++) {
		const char *c = strstr(q->header[i], "Credential=");

		if (c && sscanf(c, "Credential=%127[^/]", id) == 1)
			found = id;
	}
	if (strncmp(line, method, strlen(method)) ||
	    strncmp(line + strlen(method) + 1, q->url,
		    strlen(line + strlen(method) + 1))) {
		w->wrong = "another request than recorded";
		return err_set(err, ERR_REMOTE_RETRY, "%s %s", method,
			       q->url);
	}
	if (strcmp(signer, "-") && strcmp(signer, found))
		w->wrong = "signed by another key";
	if (*body && !strstr(q->body, body))
		w->wrong = "another body";
	*status = atol(world_part(&record, '\x1e'));
	buf_add_string(answer, record);
	return *status ? 0 : err_set(err, ERR_REMOTE_RETRY, "no answer");
}

#endif
