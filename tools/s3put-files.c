#include <string.h>

#include "s3put.h"

bool s3put_is_prefix(const struct s3_place *to)
{
	return to->key && (!*to->key || to->key[strlen(to->key) - 1] == '/');
}

static int put_file(struct s3put *c, const struct s3_place *to,
		    const char *path, struct err *err)
{
	if (to->key && strlen(to->key) > 1024)
		return err_set(err, ERR_USAGE, "%s: longer than a key can be",
			       path);
	if (!c->t->dry_run)
		return s3put_file(c, to, path, err);
	s3put_would(path, to);
	return 0;
}

int s3put_files(struct s3put *c, const struct s3_place *to, char **path,
		size_t n, struct err *err)
{
	bool prefix = s3put_is_prefix(to);

	if (n > 1 && !prefix)
		return err_set(err, ERR_USAGE, "several files go to a prefix "
			       "that ends in '/'");
	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(path[i], '/');
		struct s3_place one = *to;
		struct buf key = { 0 };
		int r;

		if (prefix && strcmp(path[i], "-") == 0)
			return err_set(err, ERR_USAGE, "standard input has "
				       "no name: name the whole key");
		if (prefix) {
			buf_addf(&key, "%s%s", to->key, slash ? slash + 1 :
				 path[i]);
			one.key = buf_text(&key);
		}
		r = put_file(c, &one, path[i], err);
		buf_release(&key);
		if (r && n == 1)
			return -1;
		s3_tool_keep(c->t, err);
	}
	return 0;
}
