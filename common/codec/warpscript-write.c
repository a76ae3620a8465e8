#include "codec/number.h"
#include "codec/opb64.h"
#include "codec/warpscript.h"
#include "codec/wrap.h"

enum { DEPTH_MAX = 16 };	/* of values in each other */

/* What is written: compact or readable. */
struct writing {
	struct buf *out;
	bool readable;
};

static void put_opb64(struct buf *out, const struct buf *bytes,
		      const char *word)
{
	buf_add_byte(out, '\'');
	opb64_encode(out, bytes->data, bytes->len);
	buf_add_string(out, "' ");
	buf_add_string(out, word);
}

void warp_put_string(struct buf *out, const char *p, size_t n, bool readable)
{
	static const char hex[] = "0123456789abcdef";

	buf_add_byte(out, '\'');
	if (!readable)
		series_percent_encode(out, p, n);
	for (size_t i = 0; readable && i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= ' ' && c != '%' && c != '\'') {
			buf_add_byte(out, c);
			continue;
		}
		buf_add_byte(out, '%');
		buf_add_byte(out, (uint8_t)hex[c >> 4]);
		buf_add_byte(out, (uint8_t)hex[c & 15]);
	}
	buf_add_string(out, "' ");
}

/* Plain notation of digits (signed) x 10^-scale. */
static void put_decimal(struct buf *out, const struct warp_value *v)
{
	const char *p = (const char *)v->text.data;
	size_t n = v->text.len, sign = n && *p == '-', whole;
	int64_t scale = v->scale;
	bool zero = n - sign == 1 && p[sign] == '0';

	buf_add_byte(out, '\'');
	buf_add(out, p, sign);
	p += sign;
	n -= sign;
	whole = scale < (int64_t)n ? n - (size_t)(scale > 0 ? scale : 0) : 0;
	buf_add(out, p, whole);
	for (; scale < 0 && !zero; scale++)
		buf_add_byte(out, '0');
	if (scale > 0) {
		if (!whole)
			buf_add_byte(out, '0');
		buf_add_byte(out, '.');
		for (int64_t i = (int64_t)n; i < scale; i++)
			buf_add_byte(out, '0');
		buf_add(out, p + whole, n - whole);
	}
	buf_add_string(out, "' ->BD ");
}

static void put_scalar(struct writing *w, const struct warp_value *v)
{
	char number[NUMBER_TEXT], *end = number;
	double d;

	switch (v->kind) {
	case WARP_LONG:
		end = number_store_long(number, v->number);
		break;
	case WARP_DOUBLE:
		memcpy(&d, &v->number, sizeof(d));
		end = number_store_double(number, d);
		break;
	case WARP_BOOLEAN:
		buf_add_string(w->out, v->number ? "true" : "false");
		break;
	case WARP_COUNTER:
		buf_add_string(w->out, "COUNTER");
		if (v->number)
			buf_addf(w->out, " %lld COUNTERSET",
				 (long long)v->number);
		break;
	default:
		buf_add_string(w->out, v->kind == WARP_MARK ? "MARK" :
			       "NULL");
	}
	buf_add(w->out, number, (size_t)(end - number));
	buf_add_byte(w->out, ' ');
}

static int put_value(struct writing *w, const struct warp_value *v, int depth,
		     struct err *err);

static int put_map(struct writing *w, const struct warp_value *v, int depth,
		   struct err *err)
{
	buf_add_string(w->out, w->readable ? "{\n" : "{} ");
	for (size_t i = 0; i + 1 < v->n; i += 2) {
		const struct warp_value *key = &v->item[i], *value = key + 1;

		/* compact: the value goes first */
		if (put_value(w, w->readable ? key : value, depth, err) ||
		    put_value(w, w->readable ? value : key, depth, err))
			return -1;
		buf_add_string(w->out, w->readable ? "\n" : "PUT ");
	}
	if (w->readable)
		buf_add_string(w->out, "} ");
	return 0;
}

static int put_container(struct writing *w, const struct warp_value *v,
			 int depth, struct err *err)
{
	static const char *const empty[] = { "[] ", "[[]] ", "() " };
	static const char *const open[] = { "[ ", "[[ ", "( " };
	static const char *const close[] = { "] ", "]] ", ") " };
	int k = (int)v->kind - WARP_LIST;

	if (v->kind == WARP_MAP)
		return put_map(w, v, depth, err);
	buf_add_string(w->out, w->readable ? open[k] : empty[k]);
	for (size_t i = 0; i < v->n; i++) {
		if (put_value(w, &v->item[i], depth, err))
			return -1;
		if (!w->readable)
			buf_add_string(w->out, "+! ");
	}
	if (w->readable)
		buf_add_string(w->out, close[k]);
	return 0;
}

static int put_value(struct writing *w, const struct warp_value *v, int depth,
		     struct err *err)
{
	if (++depth > DEPTH_MAX)
		return err_set(err, ERR_DATA, "more than %d values in each "
			       "other", DEPTH_MAX);
	switch (v->kind) {
	case WARP_STRING:
		warp_put_string(w->out, (char *)v->text.data, v->text.len,
				w->readable);
		return 0;
	case WARP_BYTES:
		put_opb64(w->out, &v->text, "OPB64-> ");
		return 0;
	case WARP_BITS:
		put_opb64(w->out, &v->text, "OPB64-> BYTESTOBITS ");
		return 0;
	case WARP_SERIES:
		put_opb64(w->out, &v->text, "UNWRAP ");
		return 0;
	case WARP_ENCODER:
		put_opb64(w->out, &v->text, "UNWRAPENCODER ");
		return 0;
	case WARP_DECIMAL:
		put_decimal(w->out, v);
		return 0;
	case WARP_LIST:
	case WARP_VECTOR:
	case WARP_SET:
	case WARP_MAP:
		return put_container(w, v, depth, err);
	default:
		put_scalar(w, v);
	}
	return 0;
}

int warp_write(struct buf *out, const struct warp_value *v, bool readable,
	       struct err *err)
{
	struct writing w = { out, readable };

	return put_value(&w, v, 0, err);
}

void warp_put_find(struct buf *out, const struct series *s, bool clear)
{
	struct buf b = { 0 };

	if (clear) {
		series_print(&b, s, true);
		warp_put_string(out, (char *)b.data, b.len, false);
		buf_add_string(out, "'0// ' SWAP + ' T' + PARSE 0 GET\n");
	} else {
		wrap_series(&b, s);
		put_opb64(out, &b, "UNWRAPENCODER\n");
	}
	buf_release(&b);
}
