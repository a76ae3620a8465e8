/*
 * rans - static, interleaved asymmetric numeral systems over buckets.
 *
 * Eight 32-bit states, kept in 2^16 .. 2^32 - 1, share one sequence of
 * 16-bit words; frequencies sum up to 2048.  A run of n symbols has 16
 * tables, one for each context, the context of a symbol being that of the
 * symbol before it; where all tables of a run are one, it is of order 0.
 *
 *   words    the eight first states, u32 each, then u16, little-endian
 *   symbol   slot = x mod 2048; the symbol s with cumulated frequency
 *            c(s) <= slot < c(s) + f(s); x = f(s) * (x div 2048) + slot -
 *            c(s); if x < 2^16, x = x * 2^16 + the next word
 *   run      of n < 512 symbols: symbol i by state i mod 8, the context of
 *            the first is 0.  Of more: with q = n div 8, for each t from 0
 *            to q - 1 symbols t, q + t, 2q + t ... 7q + t by states 0 to 7,
 *            each of these parts beginning in context 0; then the symbols
 *            from 8q on by state 0, in the context of the symbol before
 *   table    one byte for the buckets b - 1, then for each of b buckets its
 *            frequency as a varint; a 0 is followed by a byte with the
 *            number of buckets without one that follow it
 *
 * The words may be cut into sections of whole runs, each with first states
 * of its own.  After the last run of a section all states are 2^16 and no
 * word of it is left: whoever decodes it all may check it.
 */
#ifndef COLUMN_RANS_H
#define COLUMN_RANS_H

#include <stdbool.h>

#include "column/bucket.h"
#include "util/buf.h"
#include "util/err.h"

enum {
	RANS_BITS = 11,
	RANS_TOTAL = 1 << RANS_BITS,
	RANS_LOW = 1 << 16,
	RANS_STATES = 8,
	RANS_PARTS = 512,	/* symbols from which a run is cut in parts */
};

/* Frequencies as the coder has them. */
struct rans_freq {
	uint16_t freq[BUCKET_MAX];
	struct rans_step {
		uint64_t inverse;	/* 2^43 / freq, rounded up */
		uint32_t most;		/* greatest state that gives no word */
		uint16_t others;	/* RANS_TOTAL - freq */
		uint16_t from;		/* cumulated */
	} step[BUCKET_MAX];
};
/* Makes frequencies of counts, each at least 1 where the count is not 0. */
void rans_normalize(struct rans_freq *f, const uint32_t *count);
void rans_put_table(struct buf *out, const struct rans_freq *f);
/* Sizes in bits, as rans_put_table would write them. */
uint64_t rans_table_cost(const uint32_t *count);

/* Counts the symbols of a run by context, as rans_put will have them. */
void rans_count(uint32_t (*count)[BUCKET_MAX], const uint8_t *context,
		const uint8_t *symbol, size_t n);

/*
 * Runs are put in the reverse of their order, then ended.  It may begin anew
 * then, in the same memory.
 */
struct rans_out {
	uint32_t x[RANS_STATES];
	uint16_t *word;		/* filled from the end, room words */
	size_t room;
	size_t at;
};
/* max: symbols that will be put at most, in how many sections at most. */
void rans_out_begin(struct rans_out *o, size_t max, size_t sections);
void rans_put(struct rans_out *o, const struct rans_freq *const map[],
	      const uint8_t *context, const uint8_t *symbol, size_t n);
/* Ends a section; returns how many words there are from its begin on. */
size_t rans_out_section(struct rans_out *o);
/* Appends the words of all sections, of which there are so many bytes. */
void rans_out_end(const struct rans_out *o, struct buf *out);
size_t rans_out_bytes(const struct rans_out *o);
void rans_out_release(struct rans_out *o);

/* A table as the decoder has it: symbol, 12 bits of frequency, slot - from. */
struct rans_table {
	uint8_t symbol[RANS_TOTAL];
	uint32_t step[BUCKET_MAX];
	unsigned symbols;	/* greatest symbol + 1 */
};
int rans_take_table(struct buf_cursor *c, struct rans_table *t,
		    struct err *err);

struct rans_in {
	uint32_t x[RANS_STATES];
	const uint8_t *p;
	const uint8_t *end;
	bool failed;		/* words ran out: what came is garbage */
};
int rans_in_init(struct rans_in *in, const uint8_t *p, size_t n,
		 struct err *err);
void rans_take(struct rans_in *in, const struct rans_table *const map[],
	       const uint8_t *context, uint8_t *symbol, size_t n);
/* Are all words used up and the states where the coder began? */
bool rans_at_end(const struct rans_in *in);

#endif
