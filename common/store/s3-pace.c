#include "store/s3-pace.h"

#define PATIENCE (UINT64_C(64) << 20)
#define PATIENCE_MOST (UINT64_C(4) << 30)

static void measure_anew(struct s3_pace *p)
{
	p->wide = p->wide_us = p->wide_busy = 0;
}

static void to_several(struct s3_pace *p)
{
	p->several = true;
	measure_anew(p);
	p->patience = !p->patience ? PATIENCE :
		p->patience < PATIENCE_MOST ? 2 * p->patience : PATIENCE_MOST;
}

void s3_pace_widen(struct s3_pace *p)
{
	p->several = true;
	p->patience = S3_PACE_FIRST;
}

void s3_pace_add(struct s3_pace *p, uint64_t bytes, uint64_t us,
		 uint64_t busy)
{
	bool slow;

	p->bytes += bytes;
	p->us += us;
	p->wide += bytes;
	p->wide_us += us;
	p->wide_busy += busy;
	if (p->bytes < S3_PACE_LOOK)
		return;
	slow = p->bytes / S3_PACE_FAST < p->us;
	if (p->several && !slow && p->wide >= p->patience) {
		/* Else more would come if more were asked for. */
		p->several = p->wide_busy < p->wide_us / 4 * 3;
		measure_anew(p);
	} else if (!p->several && slow && p->slow) {
		/* Once may be an accident. */
		to_several(p);
	}
	p->slow = slow;
	p->bytes = p->us = 0;
}
