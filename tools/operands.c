#include "operands.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/file.h"
#include "util/alloc.h"
#include "util/buf.h"

static void add(struct operands *o, const char *name)
{
	o->name = alloc_grow(o->name, &o->cap, o->n + 1, sizeof(*o->name));
	o->name[o->n++] = alloc_string(name);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	return n > k && strcmp(name + n - k, suffix) == 0;
}

/* X.gts or X.gts.gz beside X.hfile: the list of its series, no dump. */
static bool is_companion(const char *path)
{
	static const char *const suffix[] = { ".gts", ".gts.gz" };
	struct buf b = { 0 };
	bool is = ends_in(path, ".info") || ends_in(path, ".info.gz");

	for (size_t i = 0; !is && i < 2; i++) {
		if (!ends_in(path, suffix[i]))
			continue;
		buf_reset(&b);
		buf_add(&b, path, strlen(path) - strlen(suffix[i]));
		buf_add_string(&b, ".hfile");
		is = file_is_regular(buf_text(&b));
	}
	buf_release(&b);
	return is;
}

/* By bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int expand_folder(struct operands *o, const char *path,
			 struct err *err)
{
	struct dirent **entry;
	int n = scandir(path, &entry, NULL, by_name), bad = 0;
	struct buf b = { 0 };

	if (n < 0)
		return err_errno(err, ERR_IO, "%s", path);
	for (int i = 0; i < n; i++) {
		const char *name = entry[i]->d_name;
		struct stat st;

		buf_reset(&b);
		buf_addf(&b, "%s/%s", path, name);
		if (bad || *name == '.' || ends_in(name, "~") ||
		    ends_in(name, ".tmp") || is_companion(buf_text(&b)))
			;
		else if (stat(buf_text(&b), &st))
			bad = err_errno(err, ERR_IO, "%s", buf_text(&b));
		else if (S_ISDIR(st.st_mode))
			bad = expand_folder(o, buf_text(&b), err);
		else if (S_ISREG(st.st_mode))
			add(o, buf_text(&b));
		free(entry[i]);
	}
	free(entry);
	buf_release(&b);
	return bad;
}

static int take_folder(struct operands *o, const char *path, struct err *err)
{
	o->folder = true;
	return expand_folder(o, path, err);
}

static int expand_list(struct operands *o, const char *path, bool zero,
		       struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (!f)
		return err_errno(err, ERR_IO, "%s", path);
	while ((n = getdelim(&line, &cap, zero ? '\0' : '\n', f)) > 0) {
		if (line[n - 1] == (zero ? '\0' : '\n'))
			line[n - 1] = '\0';
		if (*line)
			add(o, line);
	}
	if (ferror(f))
		err_errno(err, ERR_IO, "%s", path);
	free(line);
	if (!standard)
		fclose(f);
	return err->status ? -1 : 0;
}

int operands_expand(struct operands *o, char **operand, size_t n, bool zero,
		    struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct stat st;
		int bad = 0;

		if (operand[i][0] == '@')
			bad = expand_list(o, operand[i] + 1, zero, err);
		else if (stat(operand[i], &st) == 0 && S_ISDIR(st.st_mode))
			bad = take_folder(o, operand[i], err);
		else
			add(o, operand[i]);
		if (bad)
			return -1;
	}
	return n && !o->n ? err_set(err, ERR_IO, "no data file in the "
				    "operands") : 0;
}

void operands_release(struct operands *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->name[i]);
	free(o->name);
	*o = (struct operands){ 0 };
}
