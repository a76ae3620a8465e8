#include <fcntl.h>
#include <string.h>

#include "s3get.h"
#include "s3get-part.h"

/* What is missing of an object of which something may be there. */
static struct s3_get *open_rest(struct s3get *c, struct s3 *s3,
				const struct s3_place *place,
				struct s3get_part *p, struct err *err)
{
	struct s3_place mine = *place;
	struct s3_get_options o = c->get;
	struct s3_get *g;

	o.several = true;
	if (p->done) {
		mine.if_match = p->etag;
		o.ranged = true;
		o.first = p->done;
		o.last = UINT64_MAX - 1;
	}
	g = s3_get_open(s3, &mine, &o, err);
	if (g || !p->done || (err->status != ERR_CHANGED &&
			      err->status != ERR_NEGATIVE))
		return g;
	/* It changed, or nothing is missing: all of it anew. */
	err_clear(err);
	p->done = 0;
	o.ranged = false;
	return s3_get_open(s3, place, &o, err);
}

int s3get_file(struct s3get *c, struct s3 *s3, const struct s3_place *place,
	       const char *path, struct err *err)
{
	struct s3get_part p = { .fd = -1 };
	struct s3_get *g;
	uint64_t size = 0;
	bool keep = false;
	int r;

	if (!c->force && s3get_part_exists(path, err))
		return -1;
	r = s3get_part_open(&p, path, c->resume, err);
	g = r ? NULL : open_rest(c, s3, place, &p, err);
	if (g) {
		size = s3_get_size(g);
		c->t->total = size == UINT64_MAX ? 0 : size;
		/* not posix_fallocate, which may write all of it */
		if (size != UINT64_MAX && size)
			fallocate(p.fd, 0, 0, (off_t)(p.done + size));
		r = s3_get_file(g, p.fd, p.done, err);
		if (size == UINT64_MAX)
			size = s3_get_prefix(g);
		if (r && c->resume && err->status != ERR_DATA)
			keep = s3get_part_mark(&p, g, err) == 0;
	}
	if (g && r == 0)
		r = s3get_part_publish(&p, c->force, p.done + size, err);
	r = g && r == 0 ? 0 : -1;
	if (p.name)
		s3get_part_release(&p, keep);
	s3_get_free(g);
	return r;
}
