#include "repack-check.h"

#include "hfadmin.h"
#include "hfile/verify.h"
#include "store/store.h"

static void on_damage(void *to, const char *what)
{
	struct err *err = to;

	err_set(err, ERR_INTERNAL, "the new file is not sound: %s", what);
}

int repack_check(const char *path, const struct index_root *old,
		 const char *tmpdir, struct err *err)
{
	const struct verify_options opt = {
		.level = VERIFY_DATA, .tmpdir = tmpdir,
		.report = on_damage, .to = err,
	};
	struct io_blob *b = store_blob(path, err);
	struct reader *r = NULL;
	int bad = !b || verify_file(b, &opt, err) || err->status;

	io_blob_free(b);
	if (!bad)
		r = hfadmin_open(path, err);
	if (r && (reader_root(r)->digest.low != old->digest.low ||
		  reader_root(r)->digest.high != old->digest.high ||
		  reader_root(r)->points != old->points))
		bad = err_set(err, ERR_INTERNAL, "the new file has other "
			      "points");
	reader_free(r);
	return bad || !r;
}
