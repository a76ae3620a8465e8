#include <stdlib.h>
#include <string.h>

#include "codec/blobs.h"
#include "codec/sniff.h"
#include "codec/warpscript.h"
#include "store/store.h"
#include "unwrap.h"

enum { STEP = 1 << 20 };	/* bytes read at once */

static int read_member(struct io_reader *r, struct buf *b, struct err *err)
{
	ptrdiff_t k;

	buf_reset(b);
	do {
		if (b->len > BLOBS_MOST)
			return err_set(err, ERR_DATA, "%s: more than %zu "
				       "bytes", r->name, BLOBS_MOST);
		buf_reserve(b, STEP);
		k = io_read(r, b->data + b->len, STEP, err);
		if (k > 0)
			b->len += (size_t)k;
	} while (k > 0);
	return k < 0 ? -1 : 0;
}

static enum form form_of(const struct buf *b)
{
	bool hfile = b->len >= sizeof(FORMAT_MAGIC) - 1 &&
		memcmp(b->data, FORMAT_MAGIC, sizeof(FORMAT_MAGIC) - 1) == 0;

	return hfile ? FORM_HFILE : sniff_whole(b->data, b->len);
}

static int list_blobs(struct unwrap_list *u, const struct buf *b,
		      struct err *err)
{
	struct blobs blobs = { .lenient = u->convert->codec.lenient };
	struct wrapper w = { 0 };
	enum form_answer a = FORM_DATA;
	size_t at = 0, used = 0, k = 0;
	int bad = 0;

	while (!bad && a == FORM_DATA) {
		a = blobs_next(&blobs, &w, (char *)b->data + at, b->len - at,
			       true, &used, err);
		at += used;
		k++;
		if (a == FORM_DATA)
			bad = unwrap_print(u, &w, "wrapper", blobs.binary ?
					   used : blobs.bytes.len, err);
	}
	if (bad || a == FORM_BAD)
		err_at(err, blobs.binary ? "%s, blob %zu, offset %zu" :
		       "%s, blob %zu, at byte %zu", u->member, k,
		       bad ? at - used : at);
	wrapper_release(&w);
	blobs_release(&blobs);
	return bad || a == FORM_BAD ? -1 : 0;
}

/* Series and encoders, wherever they are in a value. */
static int list_value(struct unwrap_list *u, const struct warp_value *v,
		      struct err *err)
{
	struct wrapper w = { 0 };
	size_t used;
	bool cut;
	int bad = 0;

	if (v->kind == WARP_SERIES || v->kind == WARP_ENCODER) {
		bad = wrap_read(&w, v->text.data, v->text.len, &used, &cut,
				err) ||
			unwrap_print(u, &w, v->kind == WARP_SERIES ?
				     "series" : "encoder", used, err);
		wrapper_release(&w);
	}
	for (size_t i = 0; !bad && i < v->n; i++)
		bad = list_value(u, &v->item[i], err);
	return bad;
}

static int list_snapshot(struct unwrap_list *u, const struct buf *b,
			 struct err *err)
{
	struct warp_value stack = { 0 };
	size_t line = 0;
	int bad = warp_read(&stack, (char *)b->data, b->len, &line, err);

	if (bad)
		return err_at(err, "%s:%zu", u->member, line);
	if ((bad = list_value(u, &stack, err)))
		err_at(err, "%s", u->member);
	warp_release(&stack);
	return bad;
}

static int list_member(struct unwrap_list *u, const struct buf *b,
		       struct err *err)
{
	enum form form = u->convert->from != FORM_UNKNOWN ?
		u->convert->from : form_of(b);

	if (b->len == 0)
		return 0;
	if (form == FORM_SNAPSHOT)
		return list_snapshot(u, b, err);
	if (form == FORM_WRAPPER)
		return list_blobs(u, b, err);
	return err_set(err, ERR_DATA, "%s: this is %s, no blob", u->member,
		       form_name(form));
}

int unwrap_list_run(struct unwrap_list *u, struct err *err)
{
	struct convert *c = u->convert;
	struct io_reader *r;
	struct buf bytes = { 0 };
	int k, bad;

	u->to = store_writer(c->output, c->force, false, err);
	bad = !u->to;
	while (!bad && (k = inputs_next(&c->inputs, &r, err)) != 0) {
		u->member = k > 0 ? r->name : "";
		bad = k < 0 || read_member(r, &bytes, err) ||
			list_member(u, &bytes, err);
	}
	if (!bad)
		bad = io_write(u->to, u->text.data, u->text.len, err) ||
			io_commit(u->to, err);
	buf_release(&bytes);
	buf_release(&u->text);
	io_writer_free(u->to);
	return bad ? -1 : 0;
}
