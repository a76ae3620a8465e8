#include <stdlib.h>
#include <string.h>

#include "wrap.h"

enum { PIECE = 64 << 10 };	/* bytes handled at once */

int wrap_keep(void *to, const void *p, size_t n, struct err *err)
{
	return spool_write(((struct wrap *)to)->spool, p, n, err);
}

int wrap_give(struct wrap *w, uint64_t offset, uint64_t size,
	      int (*write)(void *to, const void *p, size_t n,
			   struct err *err),
	      void *to, struct err *err)
{
	int bad = 0;

	buf_reset(&w->text);
	buf_reserve(&w->text, PIECE);
	for (uint64_t at = 0; !bad && at < size;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		bad = spool_read(w->spool, w->text.data, n, offset + at,
				 err) || write(to, w->text.data, n, err);
		at += n;
	}
	return bad;
}

struct flow_sink *wrap_sink(void *to, struct ledger *l, struct err *err)
{
	struct wrap *w = to;
	struct wraps_output out = w->dir || w->tar ?
		wrap_members_output(w) : wrap_text_output(w);

	const char *path = w->tar ? w->tar : w->dir ? "-" :
		w->convert.output;

	if (strcmp(path, "-") &&
	    companions_check(path, false, &w->convert.companions,
			     w->convert.force, w->convert.inputs.name,
			     w->convert.inputs.n, err))
		return NULL;
	w->ledger = l;
	w->spool = spool_new(w->options.blob.tmpdir, w->options.blob.memory);
	if (wrap_text_open(w, err))
		return NULL;
	return wraps_sink(&w->options, &out, l);
}

int wrap_run(struct wrap *w, struct err *err)
{
	struct convert *c = &w->convert;
	int bad = convert_run(c, err);

	if (!bad && w->changed && !c->quiet)
		tool_warn(c->tool, "%llu values were changed to the type of "
			  "their series", (unsigned long long)w->changed);
	return bad;
}

void wrap_release(struct wrap *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->member[i].name);
	free(w->member);
	spool_free(w->spool);
	io_writer_free(w->out);
	counted_release(&w->count);
	buf_release(&w->text);
	convert_release(&w->convert);
}
