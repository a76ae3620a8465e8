#include <string.h>

#include "s3put.h"
#include "store/archive.h"
#include "store/file.h"

/* A member is called INPUT:MEMBER; its own name is wanted. */
static const char *member_name(const struct io_reader *member,
			       const char *input)
{
	size_t n = strlen(input);
	const char *name = member->name;

	if (strncmp(name, input, n) || name[n] != ':')
		return NULL;
	name += n + 1;
	while (strncmp(name, "./", 2) == 0)
		name += 2;
	return *name ? name : NULL;
}

static int put_members(struct s3put *c, const char *bucket,
		       const char *prefix, struct archive_input *a,
		       const char *input, struct err *err)
{
	struct s3_place to = { .bucket = bucket };
	struct io_reader *member;
	int r;

	while ((r = archive_input_next(a, &member, err)) > 0) {
		const char *name = member_name(member, input);
		struct s3put_source from = { .fd = -1, .reader = member,
					     .name = name };
		struct buf key = { 0 };

		if (!name)
			return err_set(err, ERR_DATA, "%s: is no tar stream",
				       input);
		buf_addf(&key, "%s%s", prefix, name);
		to.key = buf_text(&key);
		if (key.len > 1024)
			r = err_set(err, ERR_DATA, "%s: longer than a key "
				    "can be", member->name);
		else if (c->t->dry_run)
			s3put_would(name, &to);
		else
			r = s3put_one(c, &to, &from, err);
		buf_release(&key);
		if (r < 0)
			return -1;
	}
	return r;
}

int s3put_tar(struct s3put *c, const char *bucket, const char *prefix,
	      char **path, size_t n, struct err *err)
{
	static char standard[] = "-";
	char *only[] = { standard };
	int r = 0;

	if (!n) {
		path = only;
		n = 1;
	}
	for (size_t i = 0; i < n && r == 0; i++) {
		struct io_reader *in = file_reader(path[i], err);
		char name[4096] = "";
		struct archive_input *a;

		if (!in)
			return -1;
		snprintf(name, sizeof(name), "%s", in->name);
		a = archive_input_open(in, err);
		r = a ? put_members(c, bucket, prefix, a, name, err) : -1;
		archive_input_free(a);
	}
	return r;
}
