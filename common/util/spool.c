#include "util/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/buf.h"
#include "util/tmp.h"

struct spool {
	char *dir;
	size_t memory;
	struct buf bytes;	/* what is not in the file yet */
	uint64_t stored;	/* bytes in the file */
	int fd;			/* or -1 */
};

struct spool *spool_new(const char *dir, size_t memory)
{
	struct spool *s = alloc_zero(1, sizeof(*s));

	s->dir = alloc_string(dir);
	s->memory = memory;
	s->fd = -1;
	return s;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	buf_release(&s->bytes);
	free(s->dir);
	free(s);
}

static int fault(const struct spool *s, struct err *err)
{
	return err_errno(err, ERR_IO, "%s: temporary file", s->dir);
}

int spool_reset(struct spool *s, struct err *err)
{
	buf_reset(&s->bytes);
	s->stored = 0;
	if (s->fd >= 0 && ftruncate(s->fd, 0))
		return fault(s, err);
	return 0;
}

static int store(struct spool *s, struct err *err)
{
	const uint8_t *p = s->bytes.data;
	size_t n = s->bytes.len;

	if (s->fd < 0)
		s->fd = tmp_open(s->dir, err);
	if (s->fd < 0)
		return -1;
	while (n > 0) {
		ssize_t k = pwrite(s->fd, p, n, (off_t)s->stored);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return fault(s, err);
		p += k;
		n -= (size_t)k;
		s->stored += (uint64_t)k;
	}
	buf_reset(&s->bytes);
	return 0;
}

int spool_write(struct spool *s, const void *p, size_t n, struct err *err)
{
	if (s->bytes.len + n > s->memory && s->bytes.len && store(s, err))
		return -1;
	buf_add(&s->bytes, p, n);
	return 0;
}

uint64_t spool_size(const struct spool *s)
{
	return s->stored + s->bytes.len;
}

int spool_read(struct spool *s, void *p, size_t n, uint64_t offset,
	       struct err *err)
{
	uint8_t *to = p;

	while (n > 0 && offset < s->stored) {
		uint64_t left = s->stored - offset;
		ssize_t k = pread(s->fd, to, left < n ? (size_t)left : n,
				  (off_t)offset);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return k < 0 ? fault(s, err) :
				err_set(err, ERR_IO, "%s: temporary file is "
					"cut short", s->dir);
		to += k;
		n -= (size_t)k;
		offset += (uint64_t)k;
	}
	if (n > spool_size(s) - offset)
		return err_set(err, ERR_INTERNAL, "read beyond a spool");
	if (n)
		memcpy(to, s->bytes.data + (offset - s->stored), n);
	return 0;
}
