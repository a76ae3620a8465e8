#include "model/batch.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/clones.h"
#include "util/double.h"

enum {
	DECIMAL_BITS = 46,	/* of the unscaled value, encoder.md 4.6 */
	EXACT_POWER = 22,	/* greatest power of ten a double holds */
	BLOCK = 64,		/* points in loops that are vectorised */
	LARGE = 1 << 20,	/* points */
};

static const double power[EXACT_POWER + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

void batch_release(struct batch *b)
{
	free(b->tick);
	free(b->location);
	free(b->elevation);
	free(b->kind);
	free(b->val);
	free(b->aux);
	buf_release(&b->heap);
	*b = (struct batch){ 0 };
}

void batch_reset(struct batch *b)
{
	b->n = 0;
	b->kinds = 0;
	b->has_location = false;
	b->has_elevation = false;
	buf_reset(&b->heap);
}

void batch_reserve(struct batch *b, size_t n)
{
	size_t cap = b->cap;

	if (b->n + n <= cap)
		return;
	/* large ones grow by less: they may be all the memory there is */
	cap += cap < LARGE ? cap : cap / 4;
	cap = cap > b->n + n ? cap : b->n + n;
	b->tick = alloc_resize(b->tick, cap, sizeof(*b->tick));
	if (b->location)
		b->location = alloc_resize(b->location, cap,
					   sizeof(*b->location));
	if (b->elevation)
		b->elevation = alloc_resize(b->elevation, cap,
					    sizeof(*b->elevation));
	b->kind = alloc_resize(b->kind, cap, sizeof(*b->kind));
	b->val = alloc_resize(b->val, cap, sizeof(*b->val));
	b->aux = alloc_resize(b->aux, cap, sizeof(*b->aux));
	b->cap = cap;
}

static void fill(int64_t *p, size_t n, int64_t v)
{
	for (size_t i = 0; i < n; i++)
		p[i] = v;
}

void batch_need(struct batch *b, bool location, bool elevation)
{
	if (location && !b->has_location) {
		if (!b->location)
			b->location = alloc_resize(NULL, b->cap,
						   sizeof(*b->location));
		fill(b->location, b->n, BATCH_NO_LOCATION);
		b->has_location = true;
	}
	if (elevation && !b->has_elevation) {
		if (!b->elevation)
			b->elevation = alloc_resize(NULL, b->cap,
						    sizeof(*b->elevation));
		fill(b->elevation, b->n, BATCH_NO_ELEVATION);
		b->has_elevation = true;
	}
}

struct batch batch_view(const struct batch *b, size_t first, size_t n)
{
	struct batch v = *b;

	v.tick += first;
	if (v.has_location)
		v.location += first;
	if (v.has_elevation)
		v.elevation += first;
	v.kind += first;
	v.val += first;
	v.aux += first;
	v.n = v.cap = n;
	return v;
}

size_t batch_add_place(struct batch *b, int64_t tick, int64_t location,
		       int64_t elevation)
{
	size_t i = b->n;

	if (i == b->cap)
		batch_reserve(b, i < 64 ? 64 : i);
	if ((location != BATCH_NO_LOCATION && !b->has_location) ||
	    (elevation != BATCH_NO_ELEVATION && !b->has_elevation))
		batch_need(b, location != BATCH_NO_LOCATION,
			   elevation != BATCH_NO_ELEVATION);
	b->tick[i] = tick;
	if (b->has_location)
		b->location[i] = location;
	if (b->has_elevation)
		b->elevation[i] = elevation;
	b->n = i + 1;
	return i;
}

void batch_set_place(struct batch *b, size_t i, int64_t location,
		     int64_t elevation)
{
	batch_need(b, location != BATCH_NO_LOCATION,
		   elevation != BATCH_NO_ELEVATION);
	if (location != BATCH_NO_LOCATION)
		b->location[i] = location;
	if (elevation != BATCH_NO_ELEVATION)
		b->elevation[i] = elevation;
}

static bool any_differs(const int64_t *p, size_t n, int64_t none)
{
	int64_t differs = 0;

	/* mostly the first one does */
	if (p && n && p[0] != none)
		return true;
	for (size_t i = 0; p && i < n; i++)
		differs |= p[i] ^ none;
	return differs != 0;
}

/* Appends a column, or that it is absent. */
static void add_column(int64_t *to, const int64_t *from, size_t n,
		       int64_t none)
{
	if (from)
		memcpy(to, from, n * sizeof(*to));
	else
		fill(to, n, none);
}

void batch_add_places(struct batch *b, const int64_t *tick,
		      const int64_t *location, const int64_t *elevation,
		      size_t n)
{
	batch_reserve(b, n);
	batch_need(b, any_differs(location, n, BATCH_NO_LOCATION),
		   any_differs(elevation, n, BATCH_NO_ELEVATION));
	if (tick)
		memcpy(b->tick + b->n, tick, n * sizeof(*tick));
	if (b->has_location)
		add_column(b->location + b->n, location, n,
			   BATCH_NO_LOCATION);
	if (b->has_elevation)
		add_column(b->elevation + b->n, elevation, n,
			   BATCH_NO_ELEVATION);
	b->n += n;
}

void batch_set_long(struct batch *b, size_t i, int64_t v)
{
	b->kind[i] = BATCH_LONG;
	b->kinds |= 1u << BATCH_LONG;
	b->val[i] = v;
	b->aux[i] = 0;
}

void batch_set_double(struct batch *b, size_t i, double v)
{
	b->kind[i] = BATCH_DOUBLE;
	b->kinds |= 1u << BATCH_DOUBLE;
	memcpy(&b->val[i], &v, sizeof(v));
	b->aux[i] = 0;
}

void batch_set_boolean(struct batch *b, size_t i, bool v)
{
	b->kind[i] = BATCH_BOOLEAN;
	b->kinds |= 1u << BATCH_BOOLEAN;
	b->val[i] = v;
	b->aux[i] = 0;
}

void batch_set_deletion(struct batch *b, size_t i)
{
	b->kind[i] = BATCH_DELETION;
	b->kinds |= 1u << BATCH_DELETION;
	b->val[i] = 0;
	b->aux[i] = 0;
}

void batch_set_decimal(struct batch *b, size_t i, int64_t unscaled,
		       int32_t scale)
{
	while (unscaled && unscaled % 10 == 0) {
		unscaled /= 10;
		scale--;
	}
	if (unscaled == 0)
		scale = 0;
	if (scale > 127 || scale < -128 ||
	    unscaled < -(INT64_C(1) << DECIMAL_BITS) ||
	    unscaled >= INT64_C(1) << DECIMAL_BITS) {
		batch_set_double(b, i, batch_decimal_double(unscaled, scale));
		return;
	}
	b->kind[i] = BATCH_DECIMAL;
	b->kinds |= 1u << BATCH_DECIMAL;
	b->val[i] = unscaled;
	b->aux[i] = scale;
}

void batch_set_bytes(struct batch *b, size_t i, enum batch_kind kind,
		     const void *p, size_t n)
{
	b->kind[i] = (uint8_t)kind;
	b->kinds |= 1u << kind;
	b->val[i] = (int64_t)b->heap.len;
	b->aux[i] = (int32_t)n;
	buf_reserve(&b->heap, n + 1);	/* never NULL, not even if empty */
	buf_add(&b->heap, p, n);
}

static bool is_text(uint8_t kind)
{
	return kind == BATCH_STRING || kind == BATCH_BYTES;
}

void batch_add_from(struct batch *b, const struct batch *from, size_t i)
{
	size_t at = batch_add_place(b, from->tick[i],
				    from->has_location ? from->location[i] :
				    BATCH_NO_LOCATION,
				    from->has_elevation ? from->elevation[i] :
				    BATCH_NO_ELEVATION);
	uint8_t kind = from->kind[i];

	if (is_text(kind)) {
		batch_set_bytes(b, at, kind, batch_bytes(from, i),
				(size_t)from->aux[i]);
		return;
	}
	b->kind[at] = kind;
	b->kinds |= 1u << kind;
	b->val[at] = from->val[i];
	b->aux[at] = from->aux[i];
}

/*
 * Appends the texts of points that were copied behind at; those that lie in
 * a row, as they mostly do, at once.
 */
static void add_texts(struct batch *b, size_t at, const struct batch *from,
		      size_t first, size_t n)
{
	const struct buf *heap = &from->heap;
	size_t begin = 0, end = 0;	/* of the row, in the heap of from */

	for (size_t i = 0; i < n; i++) {
		size_t text = (size_t)from->val[first + i];

		if (!is_text(from->kind[first + i]))
			continue;
		if (text != end) {
			buf_add(&b->heap, heap->data + begin, end - begin);
			begin = text;
		}
		b->val[at + i] = (int64_t)(b->heap.len + text - begin);
		end = text + (size_t)from->aux[first + i];
	}
	/* never NULL, not even if all are empty */
	buf_reserve(&b->heap, end - begin + 1);
	buf_add(&b->heap, heap->data + begin, end - begin);
}

/* What may be most of all calls: where series take turns. */
static void add_plain_point(struct batch *b, const struct batch *from,
			    size_t i)
{
	size_t at = b->n;

	b->tick[at] = from->tick[i];
	b->kind[at] = from->kind[i];
	b->val[at] = from->val[i];
	b->aux[at] = from->aux[i];
	b->kinds |= 1u << from->kind[i];
	b->n = at + 1;
}

void batch_add_range(struct batch *b, const struct batch *from, size_t first,
		     size_t n)
{
	const unsigned texts = 1u << BATCH_STRING | 1u << BATCH_BYTES;
	size_t at = b->n;

	if (n == 0)
		return;
	batch_reserve(b, n);
	if (n == 1 && !(from->kinds & texts) && !from->has_location &&
	    !from->has_elevation && !b->has_location && !b->has_elevation) {
		add_plain_point(b, from, first);
		return;
	}
	memcpy(b->tick + at, from->tick + first, n * sizeof(*b->tick));
	memcpy(b->kind + at, from->kind + first, n);
	memcpy(b->val + at, from->val + first, n * sizeof(*b->val));
	memcpy(b->aux + at, from->aux + first, n * sizeof(*b->aux));
	if (from->kinds & texts)
		add_texts(b, at, from, first, n);
	batch_need(b, from->has_location, from->has_elevation);
	if (from->has_location)
		memcpy(b->location + at, from->location + first,
		       n * sizeof(*b->location));
	else if (b->has_location)
		fill(b->location + at, n, BATCH_NO_LOCATION);
	if (from->has_elevation)
		memcpy(b->elevation + at, from->elevation + first,
		       n * sizeof(*b->elevation));
	else if (b->has_elevation)
		fill(b->elevation + at, n, BATCH_NO_ELEVATION);
	/* exact for what was copied, not for all of from */
	if ((from->kinds & (from->kinds - 1)) == 0)
		b->kinds |= from->kinds;
	else
		b->kinds |= batch_kinds_of(from->kind + first, n);
	b->n = at + n;
}

/* Beyond what one rounded operation can do: the C library, in C locale. */
static double parse_decimal(int64_t unscaled, int32_t scale)
{
	char text[48];
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	double d;

	snprintf(text, sizeof(text), "%llde%ld", (long long)unscaled,
		 -(long)scale);
	d = c ? strtod_l(text, NULL, c) : strtod(text, NULL);
	if (c)
		freelocale(c);
	return d;
}

double batch_decimal_double(int64_t unscaled, int32_t scale)
{
	const int64_t exact = INT64_C(1) << 53;

	if (unscaled >= -exact && unscaled <= exact) {
		if (scale >= 0 && scale <= EXACT_POWER)
			return (double)unscaled / power[scale];
		if (scale < 0 && scale >= -EXACT_POWER)
			return (double)unscaled * power[-scale];
	}
	return parse_decimal(unscaled, scale);
}

CLONES
unsigned batch_kinds_of(const uint8_t *kind, size_t n)
{
	uint8_t kinds = 0;

	for (size_t i = 0; i < n; i++)
		kinds |= (uint8_t)((kind[i] == 1) << 1 | (kind[i] == 2) << 2 |
				   (kind[i] == 3) << 3 | (kind[i] == 4) << 4 |
				   (kind[i] == 5) << 5 | (kind[i] == 6) << 6 |
				   (kind[i] == 7) << 7);
	return kinds;
}

/*
 * A block of LONGs and DECIMALs; false where one takes more than one
 * operation.
 */
CLONES
static bool some_doubles(double *restrict v, const uint8_t *restrict kind,
			 const int64_t *restrict unscaled,
			 const int32_t *restrict aux)
{
	double by[BLOCK];
	int32_t scale[BLOCK];
	uint64_t beyond = 0;
	uint32_t far = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		scale[i] = kind[i] == BATCH_DECIMAL ? aux[i] : 0;
		far |= (uint32_t)(EXACT_POWER - scale[i]) |
			(uint32_t)scale[i];
	}
	for (size_t i = 0; i < BLOCK; i++) {
		beyond |= (uint64_t)unscaled[i] + (UINT64_C(1) << 50);
		v[i] = double_of_integer(unscaled[i]);
	}
	if (beyond >> 51 || far >> 31)
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		by[i] = power[scale[i]];
	for (size_t i = 0; i < BLOCK; i++)
		v[i] /= by[i];
	return true;
}

static double double_of(const struct batch *b, size_t i)
{
	return b->kind[i] == BATCH_LONG ? (double)b->val[i] :
		b->kind[i] == BATCH_DECIMAL ?
		batch_decimal_double(b->val[i], b->aux[i]) :
		batch_double(b, i);
}

void batch_doubles(const struct batch *b, size_t first, size_t n, double *v)
{
	size_t i = 0;

	for (; n - i >= BLOCK; i += BLOCK) {
		size_t at = first + i;

		if (!memchr(b->kind + at, BATCH_DOUBLE, BLOCK) &&
		    some_doubles(v + i, b->kind + at, b->val + at,
				 b->aux + at))
			continue;
		for (size_t k = 0; k < BLOCK; k++)
			v[i + k] = double_of(b, at + k);
	}
	for (; i < n; i++)
		v[i] = double_of(b, first + i);
}

static bool same_texts(const struct batch *a, size_t i, const struct batch *b,
		       size_t j)
{
	return a->aux[i] == b->aux[j] &&
		memcmp(batch_bytes(a, i), batch_bytes(b, j),
		       (size_t)a->aux[i]) == 0;
}

static bool same_place(const struct batch *a, size_t i, const struct batch *b,
		       size_t j)
{
	int64_t at = a->has_location ? a->location[i] : BATCH_NO_LOCATION;
	int64_t bt = b->has_location ? b->location[j] : BATCH_NO_LOCATION;
	int64_t ae = a->has_elevation ? a->elevation[i] : BATCH_NO_ELEVATION;
	int64_t be = b->has_elevation ? b->elevation[j] : BATCH_NO_ELEVATION;

	return at == bt && ae == be;
}

bool batch_same_value(const struct batch *a, size_t i, const struct batch *b,
		      size_t j)
{
	if (a->kind[i] != b->kind[j] || !same_place(a, i, b, j))
		return false;
	if (is_text(a->kind[i]))
		return same_texts(a, i, b, j);
	return a->val[i] == b->val[j] && a->aux[i] == b->aux[j];
}

static bool is_number(uint8_t kind)
{
	return kind == BATCH_DOUBLE || kind == BATCH_DECIMAL;
}

static double number_of(const struct batch *b, size_t i)
{
	return b->kind[i] == BATCH_DECIMAL ?
		batch_decimal_double(b->val[i], b->aux[i]) :
		batch_double(b, i);
}

bool batch_equal_point(const struct batch *a, size_t i, const struct batch *b,
		       size_t j)
{
	bool na = is_number(a->kind[i]), nb = is_number(b->kind[j]);

	if (a->tick[i] != b->tick[j] || !same_place(a, i, b, j) || na != nb)
		return false;
	if (na) {
		double x = number_of(a, i), y = number_of(b, j);

		return x == y || (x != x && y != y);
	}
	if (a->kind[i] != b->kind[j])
		return false;
	if (is_text(a->kind[i]))
		return same_texts(a, i, b, j);
	return a->val[i] == b->val[j];
}

bool batch_repeats(const struct batch *a, size_t i, const struct batch *b,
		   size_t j)
{
	double x, y;

	/* DECIMALs that differ differ as doubles: they have 14 digits */
	if (!is_number(a->kind[i]) || !is_number(b->kind[j]) ||
	    (a->kind[i] == BATCH_DECIMAL && b->kind[j] == BATCH_DECIMAL))
		return batch_same_value(a, i, b, j);
	if (!same_place(a, i, b, j))
		return false;
	x = number_of(a, i);
	y = number_of(b, j);
	return memcmp(&x, &y, sizeof(x)) == 0 || (x != x && y != y);
}
