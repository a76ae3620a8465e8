#include "store/s3-pace.h"

#define PATIENCE (UINT64_C(64) << 20)
#define PATIENCE_MOST (UINT64_C(4) << 30)

static void to_several(struct s3_pace *p)
{
	p->several = true;
	p->wide = 0;
	p->patience = !p->patience ? PATIENCE :
		p->patience < PATIENCE_MOST ? 2 * p->patience : PATIENCE_MOST;
}

void s3_pace_add(struct s3_pace *p, uint64_t bytes, uint64_t us)
{
	bool slow;

	p->bytes += bytes;
	p->us += us;
	p->wide += bytes;
	if (p->bytes < S3_PACE_LOOK)
		return;
	slow = p->bytes / S3_PACE_FAST < p->us;
	if (p->several && !slow && p->wide >= p->patience)
		p->several = false;
	/* Once may be an accident. */
	else if (!p->several && slow && p->slow)
		to_several(p);
	p->slow = slow;
	p->bytes = p->us = 0;
}
