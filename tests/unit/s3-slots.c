/* The SHA-256 of parts that are hashed side by side while they are filled. */
#include <stdlib.h>

#include "store/s3-slot.h"
#include "unit/tap.h"

enum { MOST = 9 };

/* Sizes of parts, the last of which gets fewer bytes than it has room for. */
struct parts {
	const char *name;
	uint64_t size[MOST];
	unsigned n;
	uint64_t last;
	unsigned alone;		/* each such part does not wait; 0: all do */
};

static const struct parts all_parts[] = {
	{ "none but a short one", { 1000 }, 1, 130, 0 },
	{ "nothing", { 1000 }, 1, 0, 0 },
	{ "one, full", { 1024 }, 1, 1024, 0 },
	{ "two", { 1024, 1024 }, 2, 1024, 0 },
	{ "odd number, last short", { 5000, 5000, 5000 }, 3, 1, 0 },
	{ "odd lengths", { 5001, 5001, 5001, 5001 }, 4, 4999, 0 },
	{ "last shorter than what waits", { 9000, 9000 }, 2, 77, 0 },
	{ "growing", { 700, 700, 1500, 1500, 7001, 7001 }, 6, 6000, 0 },
	{ "much larger, much smaller", { 100, 9000, 100, 9000, 63, 64, 65,
		9000 }, 8, 8999, 0 },
	{ "some do not wait", { 3000, 3000, 3000, 3000, 3000 }, 5, 10, 2 },
	{ "none waits", { 3000, 3000, 3000, 3000, 3001 }, 5, 10, 1 },
};

/* A part that is not hashed whole is so when it ends. */
static bool is_right(struct s3_slot *s, const uint8_t *p)
{
	uint8_t want[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	bool right;

	s3_slot_end(s);
	hash_sha256(p, s->bytes, want);
	hash_hex(want, sizeof(want), hex);
	right = strcmp(hex, s->hex) == 0 &&
		memcmp(want, s->sha256, sizeof(want)) == 0;
	s3_slot_empty(s);
	return right;
}

/* As s3-put does it, in pieces of so many bytes. */
static bool all_right(const struct parts *a, bool twins, uint64_t piece,
		      const uint8_t *data)
{
	struct s3_slots slots;
	struct s3_slot *before = NULL, *s = NULL;
	const uint8_t *from = NULL, *p = data;
	struct err err = { 0 };
	bool right = true;

	s3_slots_init(&slots, 2, 1 << 20, NULL);
	slots.twins = twins;
	for (unsigned i = 0; i < a->n; i++) {
		uint64_t n = i + 1 < a->n ? a->size[i] : a->last;

		s = s3_slot_take(&slots, a->size[i], &err);
		if (!s)
			return false;
		for (uint64_t k, at = 0; at < n; at += k) {
			k = n - at < piece ? n - at : piece;
			right &= s3_slot_add(s, p + at, (size_t)k, &err) == 0;
			s3_slot_hash(s, before);
		}
		right &= !before || is_right(before, from);
		before = s;
		from = p;
		p += n;
		if (a->alone && i % a->alone == 0) {
			right &= is_right(before, from);
			before = NULL;
		}
	}
	right &= !before || is_right(before, from);
	s3_slots_release(&slots);
	return right;
}

int main(void)
{
	static const uint64_t pieces[] = { 1, 63, 64, 65, 1000, 4096, 100000 };
	size_t n = (MOST + 1) * 9000;
	uint8_t *data = malloc(n);
	bool can = twin_can();

	for (size_t i = 0; data && i < n; i++)
		data[i] = (uint8_t)(i * 2654435761u >> 13);
	for (size_t i = 0; i < sizeof(all_parts) / sizeof(*all_parts); i++) {
		bool right = data;

		for (size_t k = 0; k < sizeof(pieces) / sizeof(*pieces); k++) {
			right = right && all_right(&all_parts[i], false,
						   pieces[k], data);
			right = right && (!can || all_right(&all_parts[i],
						   true, pieces[k], data));
		}
		tap_ok(right, "%s", all_parts[i].name);
	}
	free(data);
	return tap_done();
}
