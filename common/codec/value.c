#include "codec/value.h"

#include <math.h>
#include <strings.h>

#include "codec/base64.h"
#include "codec/digits.h"
#include "codec/hhcode.h"
#include "codec/multivalue.h"
#include "codec/number.h"
#include "model/percent.h"

enum { DECIMAL_LENGTH = 15 };	/* characters of a short decimal */

static int set_bytes(struct batch *b, size_t i, enum batch_kind kind,
		     const struct buf *v, struct err *err)
{
	if (v->len > BATCH_VALUE_MAX)
		return err_set(err, ERR_DATA, "value of %zu bytes is too "
			       "large", v->len);
	batch_set_bytes(b, i, kind, v->data, v->len);
	return 0;
}

static int parse_string(struct batch *b, size_t i, const char *p, size_t n,
			struct err *err)
{
	struct buf text = { 0 };
	int r = percent_decode(&text, p, n, err);

	if (r == 0)
		r = set_bytes(b, i, BATCH_STRING, &text, err);
	buf_release(&text);
	return r;
}

static int parse_base64(struct batch *b, size_t i, const char *p, size_t n,
			struct err *err)
{
	struct buf bytes = { 0 };
	int r;

	base64_decode(&bytes, p, n);
	r = set_bytes(b, i, BATCH_BYTES, &bytes, err);
	buf_release(&bytes);
	return r;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int parse_hex(struct batch *b, size_t i, const char *p, size_t n,
		     struct err *err)
{
	struct buf bytes = { 0 };
	int r = n % 2 ? err_set(err, ERR_DATA, "odd number of hex digits") :
		0;

	for (size_t k = 0; r == 0 && k < n; k += 2) {
		int high = hex_digit(p[k]), low = hex_digit(p[k + 1]);

		if (high < 0 || low < 0)
			r = err_set(err, ERR_DATA, "bad hex digit");
		else
			buf_add_byte(&bytes, (uint8_t)(high << 4 | low));
	}
	if (r == 0)
		r = set_bytes(b, i, BATCH_BYTES, &bytes, err);
	buf_release(&bytes);
	return r;
}

static int parse_location(struct batch *b, size_t i, const char *p, size_t n,
			  struct err *err)
{
	const char *colon = memchr(p, ':', n);
	double lat, lon;

	if (!colon || !number_parse_double(p, (size_t)(colon - p), &lat) ||
	    !number_parse_double(colon + 1, n - (size_t)(colon - p) - 1,
				 &lon))
		return err_set(err, ERR_DATA, "bad location value");
	batch_set_long(b, i, hhcode_from_degrees(lat, lon));
	return 0;
}

static int parse_quaternion(struct batch *b, size_t i, const char *p,
			    size_t n, struct err *err)
{
	const char *end = p + n;
	double c[4], norm = 0;
	uint64_t packed = 0;

	for (int k = 0; k < 4; k++) {
		const char *colon = k < 3 ?
			memchr(p, ':', (size_t)(end - p)) : end;

		if (!colon || !number_parse_double(p, (size_t)(colon - p),
						   &c[k]) || !isfinite(c[k]))
			return err_set(err, ERR_DATA, "bad quaternion");
		norm += c[k] * c[k];
		p = colon + 1;
	}
	norm = sqrt(norm);
	for (int k = 0; k < 4; k++) {
		double v = floor((((norm != 0 ? c[k] / norm : c[k]) + 1.0) /
				  2.0) * 65535);

		/* components beyond the sphere cannot come from a norm */
		packed = packed << 16 | ((uint64_t)(v == v ? (int64_t)v : 0) &
					 0xffff);
	}
	batch_set_long(b, i, (int64_t)packed);
	return 0;
}

static bool is_word(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

/* A number: LONG, then short decimal, then double. */
static int parse_number(struct batch *b, size_t i, const char *p, size_t n,
			struct err *err)
{
	size_t sign = *p == '-' || *p == '+', k = sign;
	int64_t unscaled;
	int32_t scale;
	double d;

	if (n <= DECIMAL_LENGTH && n > sign) {
		uint64_t u;
		int behind;

		if (digits_plain(p + sign, n - sign, &u, &behind)) {
			unscaled = *p == '-' ? -(int64_t)u : (int64_t)u;
			if (behind < 0)
				batch_set_long(b, i, unscaled);
			else
				batch_set_decimal(b, i, unscaled, behind);
			return 0;
		}
	}
	while (k < n && p[k] >= '0' && p[k] <= '9')
		k++;
	if (k == n && n > sign) {
		if (!number_parse_long(p, n, &unscaled))
			return err_set(err, ERR_DATA,
				       "LONG beyond 64 bits");
		batch_set_long(b, i, unscaled);
		return 0;
	}
	for (k = 0; n <= DECIMAL_LENGTH && k < n; k++)
		if ((p[k] < '0' || p[k] > '9') && p[k] != '.' &&
		    p[k] != '+' && p[k] != '-')
			break;
	if (k == n) {
		if (!number_parse_decimal(p, n, &unscaled, &scale))
			return err_set(err, ERR_DATA, "bad decimal");
		batch_set_decimal(b, i, unscaled, scale);
		return 0;
	}
	if (!number_parse_double(p, n, &d))
		return err_set(err, ERR_DATA, "value is not understood");
	batch_set_double(b, i, d);
	return 0;
}

int value_parse(struct batch *b, size_t i, const char *p, size_t n,
		struct err *err)
{
	if (n == 0)
		return err_set(err, ERR_DATA, "no value");
	if ((*p >= '0' && *p <= '9') || *p == '-')
		return parse_number(b, i, p, n, err);
	if ((p[0] == '\'' || p[0] == '"') && n > 1 && p[n - 1] == p[0])
		return parse_string(b, i, p + 1, n - 2, err);
	if ((n == 1 && (*p | 0x20) == 't') || is_word(p, n, "true")) {
		batch_set_boolean(b, i, true);
		return 0;
	}
	if ((n == 1 && (*p | 0x20) == 'f') || is_word(p, n, "false")) {
		batch_set_boolean(b, i, false);
		return 0;
	}
	if (n >= 3 && memcmp(p, "HH:", 3) == 0)
		return parse_location(b, i, p + 3, n - 3, err);
	if (n >= 2 && memcmp(p, "Q:", 2) == 0)
		return parse_quaternion(b, i, p + 2, n - 2, err);
	if (*p == '[')
		return multivalue_parse(b, i, p, n, value_parse, err);
	if (n >= 4 && memcmp(p, "b64:", 4) == 0)
		return parse_base64(b, i, p + 4, n - 4, err);
	if (n >= 4 && memcmp(p, "hex:", 4) == 0)
		return parse_hex(b, i, p + 4, n - 4, err);
	if (*p == ':')
		return err_set(err, ERR_DATA, "no custom value encoder is "
			       "known here");
	return parse_number(b, i, p, n, err);
}

void value_print(struct buf *out, const struct batch *b, size_t i)
{
	char *p;

	switch (b->kind[i]) {
	case BATCH_LONG:
	case BATCH_DOUBLE:
		buf_reserve(out, NUMBER_TEXT);
		p = (char *)out->data + out->len;
		p = b->kind[i] == BATCH_LONG ?
			number_store_long(p, b->val[i]) :
			number_store_double(p, batch_double(b, i));
		out->len = (size_t)((uint8_t *)p - out->data);
		break;
	case BATCH_DECIMAL:
		number_print_decimal(out, b->val[i], b->aux[i]);
		break;
	case BATCH_BOOLEAN:
		buf_add_byte(out, b->val[i] ? 'T' : 'F');
		break;
	case BATCH_STRING:
		buf_add_byte(out, '\'');
		series_percent_encode(out, (const char *)batch_bytes(b, i),
				      (size_t)b->aux[i]);
		buf_add_byte(out, '\'');
		break;
	case BATCH_BYTES:
		buf_add(out, "b64:", 4);
		base64_encode(out, batch_bytes(b, i), (size_t)b->aux[i]);
		break;
	}
}
