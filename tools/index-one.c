#include "index-one.h"

#include <string.h>

#include "companions.h"
#include "dry.h"
#include "hfadmin.h"
#include "hfile/companion.h"
#include "store/archive.h"
#include "store/store.h"

static int wanted(void *arg, const struct series *s, struct err *err)
{
	return filter_series(arg, s, err);
}

static int readable(struct io_writer *w, struct reader *r,
		    struct filter_options *f, struct err *err)
{
	struct reader_names *n = reader_names_open(r);
	struct buf line = { 0 };
	const struct series *s;
	int more, yes = 0;

	while (yes >= 0 && (more = reader_names_next(n, &s, err)) > 0) {
		yes = filter_series(f, s, err);
		buf_reset(&line);
		series_print(&line, s, true);
		buf_add_byte(&line, '\n');
		if (yes > 0 && io_write(w, line.data, line.len, err))
			yes = -1;
	}
	reader_names_free(n);
	buf_release(&line);
	return yes < 0 ? -1 : more;
}

/* A writer that compresses by the suffix of the name. */
static struct io_writer *open_output(const struct tool *t, const char *path,
				     const struct opt_parsed *p,
				     struct err *err)
{
	bool force = opt_value(p, "force");
	struct io_writer *w = opt_value(p, "dry-run") ?
		dry_writer(t, path, force, err) :
		store_writer(path, force, false, err);
	size_t n = strlen(path);

	return w && n > 3 && strcmp(path + n - 3, ".gz") == 0 ?
		archive_writer(w, "gz", err) : w;
}

/* The lists of series of all files in one, or their summaries. */
int index_one(const struct tool *t, const char *path, bool info,
	      const struct opt_parsed *p, struct filter_options *f,
	      struct err *err)
{
	bool force = opt_value(p, "force");
	struct io_writer *w = companions_check(path, false, NULL, force,
					       p->operand, p->noperands,
					       err) ? NULL :
		open_output(t, path, p, err);
	struct buf text = { 0 };
	char sum[65];
	int bad = !w;

	for (size_t i = 0; !bad && i < p->noperands; i++) {
		const char *name = p->operand[i];
		const char *slash = strrchr(name, '/');
		struct io_blob *b = info ? store_blob(name, err) : NULL;
		struct reader *r = hfadmin_open(name, err);

		bad = !r || (info && (!b || companion_sha256(b, sum, err)));
		if (!bad && info)
			bad = companion_info(&text, r, slash ? slash + 1 :
					     name, sum, err);
		else if (!bad)
			bad = opt_value(p, "clear") ?
				readable(w, r, f, err) :
				companion_series(w, r, wanted, f, err);
		io_blob_free(b);
		reader_free(r);
	}
	if (!bad && text.len)
		bad = io_write(w, text.data, text.len, err);
	if (!bad)
		bad = io_commit(w, err);
	io_writer_free(w);
	buf_release(&text);
	return bad;
}
