#include "companions.h"
#include "hfadmin.h"
#include "hfile/companion.h"
#include "info-print.h"
#include "store/store.h"

static const struct opt options[] = {
	{ 0, "streams", NULL, "bytes by column, class and block" },
	{ 0, "sha256", NULL, "read the file for its SHA-256" },
	{ 0, "store", NULL, "the summary of all files as a store" },
	{ 0, "rebuild", NULL, "write the .info companion anew" },
	{ 0, "json", NULL, "one JSON object a file" },
	CONNECT_OPTIONS
};

static int file_sum(const char *path, char hex[65], struct err *err)
{
	struct io_blob *b = store_blob(path, err);
	int bad = !b || companion_sha256(b, hex, err);

	io_blob_free(b);
	return bad ? -1 : 0;
}

static int show(char *path, const struct opt_parsed *p, void *to,
		struct err *err)
{
	struct buf *out = to;
	struct reader *r = hfadmin_open(path, err);
	bool sum = opt_value(p, "sha256"), streams = opt_value(p, "streams");
	/* Far away only for who asks: it is a request a page. */
	bool shares = r && (streams || !store_is_remote(path) ||
			    reader_tail(r)->file <= FORMAT_TAIL_READ);
	struct info_shares s = { 0 }, *told = shares ? &s : NULL;
	char hex[65];
	int bad = !r || (shares && info_gather(&s, r, streams, err)) ||
		(sum && file_sum(path, hex, err));

	if (!bad && opt_value(p, "json"))
		info_json(out, r, sum ? hex : NULL, told);
	else if (!bad)
		info_text(out, r, sum ? hex : NULL, told);
	info_release(&s);
	reader_free(r);
	return bad ? -1 : hfadmin_print(out, err);
}

static int rebuild(char *path, const struct opt_parsed *p, void *to,
		   struct err *err)
{
	struct companions_options info = { .only_info = true, .keep = true };

	(void)p;
	(void)to;
	return companions_write(path, &info, true, NULL, err);
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	static const char *const ways[] = {
		"streams", "store", "rebuild", NULL
	}, *const printed[] = { "json", "rebuild", NULL }, *const summed[] = {
		"sha256", "store", "rebuild", NULL
	};
	struct buf out = { 0 };
	int bad;

	if (opt_at_most_one(p, ways, err) || opt_at_most_one(p, printed, err) ||
	    opt_at_most_one(p, summed, err))
		return -1;
	if (opt_value(p, "store"))
		bad = hfadmin_want_files(p, err) ||
			info_store(&out, p->operand, p->noperands, err) ||
			hfadmin_print(&out, err);
	else
		bad = hfadmin_each(t, p, opt_value(p, "rebuild") ? rebuild :
				   show, &out, err);
	buf_release(&out);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_info = {
	"info", "[--streams|--store|--rebuild] [--json] [--sha256] FILE...",
	"what is inside", options, run
};
