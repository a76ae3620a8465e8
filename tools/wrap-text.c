#include <stdio.h>
#include <string.h>

#include "codec/base64.h"
#include "codec/opb64.h"
#include "convert-sides.h"
#include "store/archive.h"
#include "store/store.h"
#include "wrap.h"

enum { PIECE = 64 << 10 };	/* bytes gathered before a write */

int wrap_text_open(struct wrap *w, struct err *err)
{
	struct convert *c = &w->convert;
	const char *packed = form_compression(c->output);

	if (w->dir || w->tar)
		return 0;
	w->out = c->dry_run ? counted_null(c->output) :
		store_writer(c->output, c->force, w->encoding == WRAP_BYTES ||
			    packed, err);
	w->out = convert_guard(c, w->out);
	if (w->out)
		w->out = counted_writer(w->out, &w->count, c->json);
	if (w->out && packed && !c->dry_run)
		w->out = archive_writer(w->out, packed, err);
	return w->out ? 0 : -1;
}

static int flush(struct wrap *w, struct err *err)
{
	int bad = w->text.len && io_write(w->out, w->text.data, w->text.len,
					  err);

	buf_reset(&w->text);
	return bad;
}

static void print(struct wrap *w, const void *p, size_t n)
{
	if (w->encoding == WRAP_OPB64 || w->encoding == WRAP_SNAPSHOT ||
	    (w->plain && w->encoding == WRAP_LINES))
		opb64_encode(&w->text, p, n);
	else
		base64_encode_padded(&w->text, p, n);
}

/* Prints groups of three bytes; what is left waits for the next piece. */
static int print_piece(void *to, const void *p, size_t n, struct err *err)
{
	struct wrap *w = to;
	const uint8_t *b = p;

	while (w->carried && n && w->carried < 3) {
		w->carry[w->carried++] = *b++;
		n--;
	}
	if (w->carried == 3) {
		print(w, w->carry, 3);
		w->carried = 0;
	}
	if (!w->carried) {
		print(w, b, n - n % 3);
		memcpy(w->carry, b + (n - n % 3), n % 3);
		w->carried = n % 3;
	}
	return w->text.len >= PIECE ? flush(w, err) : 0;
}

static int put_bytes(struct wrap *w, struct blob *b, const struct series *s,
		     struct err *err)
{
	struct buf name = { 0 };

	if (w->blobs++ == 0)
		return blob_give(b, wrap_keep, w, err);
	series_print(&name, s, false);
	err_set(err, ERR_USAGE, "-e bytes is for exactly one blob, %s is "
		"another (-s SEL, --period, --dir, --tar)", buf_text(&name));
	buf_release(&name);
	return -1;
}

static int text_put(void *to, struct blob *b, const struct series *s,
		    const char *period, struct err *err)
{
	struct wrap *w = to;

	(void)period;
	w->changed += blob_changed(b);
	if (w->encoding == WRAP_BYTES)
		return put_bytes(w, b, s, err);
	if (w->encoding == WRAP_LINES) {
		series_print(&w->text, s, false);
		buf_add_byte(&w->text, '\t');
	} else if (w->encoding == WRAP_SNAPSHOT) {
		buf_add_byte(&w->text, '\'');
	}
	if (blob_give(b, print_piece, w, err))
		return -1;
	print(w, w->carry, w->carried);
	w->carried = 0;
	buf_add_string(&w->text, w->encoding != WRAP_SNAPSHOT ? "\n" :
		       w->options.blob.wrap.typed ? "' UNWRAP\n" :
		       "' UNWRAPENCODER\n");
	return w->text.len >= PIECE ? flush(w, err) : 0;
}

static int to_out(void *to, const void *p, size_t n, struct err *err)
{
	return io_write(to, p, n, err);
}

/* The one blob of -e bytes. */
static int give_bytes(struct wrap *w, struct err *err)
{
	return w->blobs ? wrap_give(w, 0, spool_size(w->spool), to_out,
				    w->out, err) :
		err_set(err, ERR_NEGATIVE, "-e bytes: there is no series, so "
			"there is no blob");
}

static int text_close(void *to, struct err *err)
{
	struct wrap *w = to;
	bool file = strcmp(w->convert.output, "-") != 0;
	int bad = w->encoding == WRAP_BYTES ? give_bytes(w, err) :
		flush(w, err);
	struct ledger_output *l;

	if (bad || io_commit(w->out, err))
		return -1;
	l = ledger_add_output(w->ledger, file ? w->convert.output :
			      "<stdout>", FORM_WRAPPER);
	l->bytes = w->count.bytes;
	snprintf(l->sha256, sizeof(l->sha256), "%s", w->count.sha256);
	return 0;
}

struct wraps_output wrap_text_output(struct wrap *w)
{
	return (struct wraps_output){ text_put, text_close, w };
}
