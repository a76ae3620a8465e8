#include "companions.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "companions-keep.h"
#include "dry.h"
#include "codec/digest.h"
#include "hfile/companion.h"
#include "store/archive.h"
#include "store/file.h"
#include "store/store.h"
#include "util/alloc.h"

static const char *const suffix[COMPANIONS] = { ".gts", ".info" };

char *companions_name(const char *path, const struct companions_options *opt,
		      int which)
{
	static const char hfile[] = ".hfile";
	size_t n = strlen(path);
	struct buf b = { 0 };

	if (opt->prefix) {
		path = opt->prefix;
		n = strlen(path);
	} else if (n > sizeof(hfile) - 1 &&
		   strcmp(path + n - (sizeof(hfile) - 1), hfile) == 0) {
		n -= sizeof(hfile) - 1;
	}
	buf_add(&b, path, n);
	buf_add_string(&b, suffix[which]);
	if (opt->gzip)
		buf_add_string(&b, ".gz");
	return (char *)(uintptr_t)buf_text(&b);
}

static int check_one(const char *path, bool force, char **input, size_t n,
		     struct err *err)
{
	int is;

	for (size_t i = 0; i < n; i++)
		if (store_same(path, input[i]))
			return err_set(err, ERR_USAGE, "%.*s would be "
				       "overwritten, and it is an input: "
				       "write to another place (companions: "
				       "--companions PREFIX)", io_shown(path),
				       path);
	if (force || !store_is_blob(path) || file_is_descriptor(path))
		return 0;
	is = store_exists(path, err);
	return is > 0 ? err_set(err, ERR_USAGE, "%s: exists (--force "
				"overwrites)", path) : is;
}

/* What is written last must not fail for want of its folder. */
static int check_folder(const char *prefix, struct err *err)
{
	const char *slash = prefix ? strrchr(prefix, '/') : NULL;
	struct buf b = { 0 };
	int bad = 0;

	if (!slash || store_is_remote(prefix))
		return 0;
	buf_addf(&b, "%.*s.", (int)(slash + 1 - prefix), prefix);
	if (access(buf_text(&b), W_OK | X_OK))
		bad = err_errno(err, ERR_IO, "companions: %.*s",
				(int)(slash + 1 - prefix), prefix);
	buf_release(&b);
	return bad;
}

int companions_check(const char *path, bool hfile,
		     const struct companions_options *opt, bool force,
		     char **input, size_t n, struct err *err)
{
	int bad = check_one(path, force, input, n, err);

	if (!bad && hfile && !opt->none)
		bad = check_folder(opt->prefix, err);
	for (int k = 0; hfile && !opt->none && !bad && k < COMPANIONS; k++) {
		char *name = companions_name(path, opt, k);

		bad = check_one(name, force, input, n, err);
		free(name);
	}
	return bad;
}

static int write_one(const char *path, const struct companions_options *opt,
		     int which, struct reader *r, const char *sha256,
		     bool force, struct err *err)
{
	char *name = companions_name(path, opt, which);
	struct io_writer *w = opt->dry ?
		dry_writer(opt->dry, name, force, err) :
		store_writer(name, force, false, err);
	const char *slash = strrchr(path, '/');
	struct buf info = { 0 };
	int bad = -1;

	if (w && opt->gzip)
		w = archive_writer(w, "gz", err);
	if (w && which == COMPANION_GTS)
		bad = companion_series(w, r, NULL, NULL, err);
	else if (w)
		bad = companion_info(&info, r, slash ? slash + 1 : path,
				     sha256, err) ||
			(opt->keep && companions_keep(&info, name, err)) ||
			io_write(w, info.data, info.len, err);
	if (!bad)
		bad = io_commit(w, err);
	io_writer_free(w);
	buf_release(&info);
	free(name);
	return bad;
}

int companions_write(const char *path, const struct companions_options *opt,
		     bool force, char *digest, struct err *err)
{
	bool beside = opt->none || opt->prefix || !store_is_write_only(path);
	struct io_blob *b = beside ? store_blob(path, err) : NULL;
	struct reader *r = NULL;
	const char *sha256 = opt->sha256;
	char hex[65];
	int bad = !b || (!opt->none && !sha256 &&
			 companion_sha256(b, hex, err));

	if (!beside)
		err_set(err, ERR_USAGE, "%.*s: nothing can be written beside "
			"a URL (--companions PREFIX)", io_shown(path), path);
	if (!bad)
		r = reader_open(b, err);
	else
		io_blob_free(b);
	bad = !r;
	if (!bad && digest)
		digest_print(reader_root(r)->digest, reader_root(r)->points,
			     digest);
	for (int k = opt->only_info ? COMPANION_INFO : 0;
	     !bad && !opt->none && k < COMPANIONS; k++)
		bad = write_one(path, opt, k, r, sha256 ? sha256 : hex, force,
				err);
	reader_free(r);
	return bad ? -1 : 0;
}
