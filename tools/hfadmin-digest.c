#include "flow/digest.h"
#include "hfadmin.h"
#include "points.h"

static const struct opt options[] = { TOOL_OPTIONS };

static int digest_one(char *path, struct buf *out, struct err *err)
{
	char text[DIGEST_TEXT];
	struct digest d = { 0 };
	struct points p;
	const struct batch *b;
	int r = points_open(&p, path, err);

	while (r >= 0 && (r = flow_next(p.source, &b, err)) > 0)
		digest_add(&d, b);
	if (r == 0) {
		digest_print(d.sum, d.count, text);
		buf_addf(out, "%s  %s\n", text, path);
	}
	points_close(&p);
	digest_release(&d);
	return r;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	static char standard[] = "-";
	struct buf out = { 0 };
	int bad = 0;

	(void)t;
	if (p->noperands == 0)
		bad = digest_one(standard, &out, err);
	for (size_t i = 0; !bad && i < p->noperands; i++)
		bad = digest_one(p->operand[i], &out, err);
	if (!bad)
		bad = hfadmin_print(&out, err);
	buf_release(&out);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_digest = {
	"digest", "[INPUT]...", "the content digest of any form", options, run
};
