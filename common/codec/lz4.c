#include "codec/lz4.h"

#include "util/buf.h"

enum step {
	MAGIC,
	FLAGS,		/* and the rest of the head */
	BLOCK,		/* the size of one */
	LEGACY,		/* likewise, or what follows the frame */
	SKIPPED,	/* the size of what is skipped */
	OVER,
};

enum {
	FRAME = 0x184D2204,
	LEGACY_FRAME = 0x184C2102,
	SKIPPED_FRAME = 0x184D2A50,	/* to ...5F */
	BLOCK_SUMS = 0x10, CONTENT_SIZE = 8, CONTENT_SUM = 4, DICTIONARY = 1,
	LEGACY_BLOCK = (8 << 20) + (8 << 20) / 255 + 16,	/* at most */
};

static void take_magic(struct lz4 *l, uint32_t v)
{
	l->step = v == FRAME ? FLAGS : v == LEGACY_FRAME ? LEGACY :
		(v & ~0xfu) == SKIPPED_FRAME ? SKIPPED : OVER;
	if (l->step == LEGACY)
		l->end = l->at;
}

/* A size of a block, of which the highest bit says that it is not packed. */
static void take_block(struct lz4 *l, uint32_t v)
{
	if (v != 0) {
		l->skip = (v & 0x7fffffff) + (l->flags & BLOCK_SUMS ? 4u : 0);
		return;
	}
	l->skip = l->flags & CONTENT_SUM ? 4 : 0;
	l->step = MAGIC;
	l->end = l->at + l->skip;
}

static void take(struct lz4 *l, uint32_t v)
{
	switch (l->step) {
	case MAGIC:
		take_magic(l, v);
		break;
	case BLOCK:
		take_block(l, v);
		break;
	case LEGACY:
		l->end = l->at - 4;
		if (v > LEGACY_BLOCK) {
			take_magic(l, v);
		} else {
			l->skip = v;
			l->end = l->at + v;
		}
		break;
	case SKIPPED:
		l->skip = v;
		l->step = MAGIC;
		l->end = l->at + v;
		break;
	default:
		break;
	}
}

void lz4_walk(struct lz4 *l, const void *from, size_t n)
{
	const uint8_t *p = from;

	while (n > 0 && l->step != OVER) {
		size_t k = l->skip < n ? (size_t)l->skip : n;

		l->skip -= k;
		if (k == 0) {
			k = 1;
			l->have[l->nhave++] = *p;
		}
		l->at += k;
		p += k;
		n -= k;
		if (l->step == FLAGS && l->nhave == 1) {
			l->flags = l->have[0];
			l->nhave = 0;
			l->skip = (l->flags & CONTENT_SIZE ? 8u : 0) +
				(l->flags & DICTIONARY ? 4u : 0) + 2;
			l->step = BLOCK;
		} else if (l->nhave == 4) {
			l->nhave = 0;
			take(l, buf_le32(l->have));
		}
	}
}

bool lz4_is_whole(const struct lz4 *l)
{
	return l->step == OVER ||
		((l->step == MAGIC || l->step == LEGACY) &&
		 l->at - l->nhave == l->end);
}
