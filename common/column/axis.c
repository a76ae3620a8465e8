#include "column/axis.h"

#include <math.h>
#include <stdbool.h>

#include "codec/varint.h"
#include "column/vz.h"
#include "util/clones.h"
#include "util/double.h"

enum {
	SAMPLE = 64,
	FLAG_STEPS = 16,		/* steps of a turn */
	STEPS_BEFORE = 8,	/* decimals of steps that show no decimals */
	DECIMALS_SOUGHT = 7,
	SOME = 64,		/* coordinates coded together */
};

#define STEPS_MAX (UINT64_C(1) << 40)

const struct axis axis_latitude = { 180.0 / 4294967296.0, 90.0 };
const struct axis axis_longitude = { 360.0 / 4294967296.0, 180.0 };

static const double power[11] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10
};

int64_t axis_coordinate(const struct axis *a, double m, int e)
{
	double c = floor((m / power[e] + a->offset) / a->step);

	return c >= 0 && c < 4294967296.0 ? (int64_t)c : -1;
}

double axis_middle(const struct axis *a, int64_t c)
{
	return ((double)c + 0.5) * a->step - a->offset;
}

static int64_t coordinate(const struct axis_rule *r, int64_t k)
{
	if (r->e == 0)
		return k;
	return axis_coordinate(r->axis, r->steps ?
			       nearbyint((double)k * r->factor /
					 (double)r->steps) :
			       (double)k, r->e);
}

/*
 * How far some_coordinates, which multiplies, may be from what divisions
 * give: of a coordinate below 2^-18, of m, which is below 2^38 where that is
 * one, below 2^-13.  From this on rounding could tell.
 */
#define NEAR_HALF (0.5 - 1.0 / 65536)
#define NEAR_HALF_M (0.5 - 1.0 / 4096)

/*
 * Some coordinates, as coordinate has them; false where one of them is none,
 * or near to where rounding changes.
 */
CLONES
static bool some_coordinates(const struct axis_rule *r,
			     int64_t *restrict c, const int64_t *restrict k)
{
	double scale = 1 / (power[r->e] * r->axis->step);
	double shift = r->axis->offset / r->axis->step - 0.5;
	double turn = r->steps ? r->factor / (double)r->steps : 1;
	double limit = r->steps ? NEAR_HALF_M : 1;
	uint64_t beyond = 0, near = 0;

	for (size_t i = 0; i < SOME; i++) {
		uint64_t number = (uint64_t)k[i];
		double m = double_of_integer(k[i]) * turn;
		double round = double_round(m);

		beyond |= (number + DOUBLE_EXACT) &
			~(2 * (uint64_t)DOUBLE_EXACT - 1);
		near |= 0 - (uint64_t)(fabs(m - round) > limit);
		m = round * scale + shift;
		near |= 0 - (uint64_t)(fabs(m - double_round(m)) > NEAR_HALF);
		number = (uint64_t)double_to_integer(m);
		beyond |= number & ~(uint64_t)UINT32_MAX;
		c[i] = (int64_t)number;
	}
	return !(beyond | near);
}

/* n coordinates of their numbers. */
static void coordinates(const struct axis_rule *r, int64_t *c,
			const int64_t *k, size_t n)
{
	size_t i = 0;

	for (; n - i >= SOME; i += SOME)
		if (!some_coordinates(r, c + i, k + i))
			for (size_t j = i; j < i + SOME; j++)
				c[j] = coordinate(r, k[j]);
	for (; i < n; i++)
		c[i] = coordinate(r, k[i]);
}

/* Finds the number of a coordinate. */
static bool snap(const struct axis_rule *r, int64_t c, int64_t *k)
{
	const struct axis *a = r->axis;

	if (r->steps) {
		*k = (int64_t)nearbyint(axis_middle(a, c) *
					(double)r->steps / 360);
		return coordinate(r, *k) == c;
	}
	*k = (int64_t)ceil(((double)c * a->step - a->offset) * power[r->e]);
	if (coordinate(r, *k) == c)
		return true;
	*k -= 1;	/* the product above was rounded up */
	return coordinate(r, *k) == c;
}

/* Numbers of some coordinates, where they have any: nearest to the middles. */
CLONES
static void some_numbers(const struct axis_rule *r, int64_t *restrict k,
			 const int64_t *restrict c)
{
	double by = r->steps ? (double)r->steps / 360 : power[r->e];
	double scale = r->axis->step * by;
	double shift = 0.5 * scale - r->axis->offset * by;

	for (size_t i = 0; i < SOME; i++)
		k[i] = double_to_integer(double_of_integer(c[i]) * scale +
					 shift);
}

/* Finds the numbers of n coordinates, SOME at the most; odd: there is none. */
static void snap_some(const struct axis_rule *r, const int64_t *c,
		      int64_t *k, bool *odd, size_t n)
{
	int64_t found[SOME] = { 0 };

	if (n == SOME) {
		some_numbers(r, k, c);
		coordinates(r, found, k, n);
	}
	/* no two numbers have one coordinate: one that has it is the one */
	for (size_t i = 0; i < n; i++)
		odd[i] = !(n == SOME && found[i] == c[i]) &&
			!snap(r, c[i], &k[i]);
}

/* Do nearly all coordinates of a sample follow the rule? */
static bool serves(const struct axis_rule *r, const int64_t *c, size_t n)
{
	size_t step = n / SAMPLE + 1, tried = 0, good = 0;
	int64_t k;

	for (size_t i = 0; i < n; i += step, tried++)
		good += snap(r, c[i], &k);
	return good * 16 >= tried * 15;
}

/* Thousandths of a minute, ten thousandths. */
static bool find_steps(struct axis_rule *r, const int64_t *c, size_t n)
{
	static const uint64_t steps[] = { 21600000, 216000000 };
	int e = r->e ? r->e : STEPS_BEFORE;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct axis_rule s = { r->axis, e, steps[i], 360 * power[e] };

		/* finer steps than the decimals have nothing to tell */
		if ((double)s.steps < s.factor && serves(&s, c, n)) {
			*r = s;
			return true;
		}
	}
	return false;
}

static struct axis_rule find_rule(const struct axis *a, const int64_t *c,
				  size_t n)
{
	struct axis_rule r = { .axis = a };

	/* with more digits than a cell is wide everything would snap */
	for (r.e = 1; r.e <= DECIMALS_SOUGHT; r.e++)
		if (serves(&r, c, n))
			break;
	if (r.e > DECIMALS_SOUGHT)
		r.e = 0;
	find_steps(&r, c, n);
	return r;
}

void axis_encode(struct lane_set *out, const struct axis *a, int64_t *c,
		 size_t n)
{
	struct buf *head = &out->lane[LANE_HEAD];
	struct axis_rule r = find_rule(a, c, n);
	struct buf list = { 0 };
	size_t exceptions = 0, last = 0;
	int64_t before = 0, k[SOME];
	bool odd[SOME];

	buf_add_byte(head, (uint8_t)(r.e | (r.steps ? FLAG_STEPS : 0)));
	if (r.steps)
		varint_put(head, r.steps);
	for (size_t i = 0; r.e && i < n; i++) {
		if (i % SOME == 0)
			snap_some(&r, c + i, k, odd, n - i < SOME ? n - i :
				  SOME);
		if (odd[i % SOME]) {
			varint_put(&list, i - last);
			varint_put(&list, (uint64_t)c[i]);
			last = i;
			exceptions++;
			k[i % SOME] = before;
		}
		before = c[i] = k[i % SOME];
	}
	if (r.e)
		varint_put(head, exceptions);
	buf_add(head, list.data, list.len);
	buf_release(&list);
	vz_encode(out, LANE_PLACE, c, n);
}

/* Reads the rule and moves behind the exceptions, of which list tells. */
static int take_rule(struct buf_cursor *head, struct axis_rule *r,
		     struct buf_cursor *list, uint64_t *exceptions,
		     struct err *err)
{
	uint8_t flags = buf_take_u8(head);

	r->e = flags & ~FLAG_STEPS;
	r->steps = flags & FLAG_STEPS ? varint_take(head) : 0;
	if (r->e > AXIS_DECIMALS_MAX ||
	    (flags & FLAG_STEPS && (r->e == 0 || r->steps == 0 ||
				    r->steps > STEPS_MAX)))
		return err_set(err, ERR_DATA, "unknown form of coordinates");
	r->factor = 360 * power[r->e];
	*exceptions = r->e ? varint_take(head) : 0;
	*list = *head;
	for (uint64_t k = 0; k < *exceptions && !head->failed; k++) {
		varint_take(head);
		varint_take(head);
	}
	if (head->failed)
		return err_set(err, ERR_DATA, "coordinates are cut short");
	return 0;
}

/* Moves to the next exception, if there is one. */
static int find_exception(struct axis_reader *r, struct err *err)
{
	uint64_t distance = r->exceptions ? varint_take(&r->list) : 0;

	if (distance >= r->n - r->at)
		return err_set(err, ERR_DATA,
			       "location exception out of range");
	r->at += (size_t)distance;
	return 0;
}

int axis_open(struct axis_reader *r, struct lane_cursors *in,
	      const struct axis *a, size_t n, struct err *err)
{
	r->rule = (struct axis_rule){ .axis = a };
	r->n = n;
	r->at = r->done = 0;
	return take_rule(&in->lane[LANE_HEAD], &r->rule, &r->list,
			 &r->exceptions, err) || find_exception(r, err) ||
		vz_open(&r->numbers, in, LANE_PLACE, n, err) ? -1 : 0;
}

ptrdiff_t axis_next(struct axis_reader *r, int64_t *c, struct err *err)
{
	int64_t *k = r->rule.e ? r->number : c;
	ptrdiff_t n = vz_next(&r->numbers, k, err);
	uint64_t all = 0;

	if (n <= 0)
		return n;
	if (r->rule.e)
		coordinates(&r->rule, c, k, (size_t)n);
	while (r->exceptions && r->at < r->done + (size_t)n) {
		c[r->at - r->done] = (int64_t)varint_take(&r->list);
		r->exceptions--;
		if (find_exception(r, err))
			return -1;
	}
	r->done += (size_t)n;
	for (ptrdiff_t i = 0; i < n; i++)
		all |= (uint64_t)c[i];
	return all <= UINT32_MAX ? n :
		err_set(err, ERR_DATA, "coordinate out of range");
}

int axis_skip(struct lane_cursors *in, size_t n, struct err *err)
{
	struct axis_rule r;
	struct buf_cursor list;
	uint64_t exceptions;

	if (take_rule(&in->lane[LANE_HEAD], &r, &list, &exceptions, err))
		return -1;
	return vz_skip(in, LANE_PLACE, n, err);
}
