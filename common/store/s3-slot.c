#include "store/s3-slot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "codec/crc.h"
#include "store/xml.h"
#include "util/alloc.h"
#include "util/tmp.h"

enum {
	STRIPE = 32 << 10,
	PASSING = 128 << 10,	/* read at once: stays near the processor */
	PIPED = 2 * PASSING,	/* the same: each wakes who writes the pipe */
};

bool s3_find(const struct s3_call *c, const char *path, struct buf *out)
{
	return xml_find(c->job.text.data, c->job.text.len, path, out);
}

void s3_slots_init(struct s3_slots *s, unsigned concurrency, uint64_t memory,
		   const char *tmpdir)
{
	*s = (struct s3_slots){ .n = concurrency + 1, .memory = memory,
				.source = -1, .sum = -1,
				.tmpdir = tmp_dir(tmpdir) };
	s->slot = alloc_zero(s->n, sizeof(*s->slot));
	for (size_t i = 0; i < s->n; i++) {
		s->slot[i].of = s;
		s->slot[i].fd = -1;
	}
}

static void free_data(struct s3_slot *s)
{
	free(s->data);
	s->data = NULL;
	s->cap = 0;
}

static void drop_hashes(struct s3_slot *s)
{
	hash_sha256_free(s->running);
	hash_md5_free(s->running_md5);
	hash_sha1_free(s->running_sha1);
	s->running = NULL;
	s->running_md5 = NULL;
	s->running_sha1 = NULL;
}

void s3_slots_release(struct s3_slots *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct s3_slot *t = &s->slot[i];

		if (t->call.s3) {
			s3_call_cancel(&t->call);
			s3_call_release(&t->call);
		}
		drop_hashes(t);
		free_data(t);
		if (t->fd >= 0 && t->fd != s->source)
			close(t->fd);
	}
	free(s->slot);
	free(s->passing);
	*s = (struct s3_slots){ .source = -1 };
}

/*
 * Memory whose pages are there: all of it is going to be written, and a fault
 * for each page takes a twentieth of the time of 512 MiB.
 */
static uint8_t *new_data(size_t n)
{
	uint8_t *p = alloc_bytes(n);
#ifdef MADV_POPULATE_WRITE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)p + page - 1) / page * page;
	uintptr_t to = ((uintptr_t)p + n) / page * page;

	if (from < to)
		madvise((void *)from, to - from, MADV_POPULATE_WRITE);
#endif
	return p;
}

/* Memory held by slots that are used. */
static uint64_t in_use(const struct s3_slots *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->slot[i].used ? s->slot[i].cap : 0;
	return n;
}

/* Of slots that are not: freed where room is needed. */
static void free_idle(struct s3_slots *s, uint64_t size)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->slot[i].used && s->slot[i].cap != size)
			free_data(&s->slot[i]);
}

struct s3_slot *s3_slot_take(struct s3_slots *s, uint64_t size,
			     struct err *err)
{
	struct s3_slot *t = NULL;
	bool memory = s->source < 0 && size <= s->memory / 2;
	uint64_t used = in_use(s);

	for (size_t i = 0; i < s->n; i++)
		if (!s->slot[i].used && (!t || s->slot[i].cap == size))
			t = &s->slot[i];
	if (!t || (memory && used && used + size > s->memory))
		return NULL;
	if (memory && t->cap != size) {
		free_idle(s, size);
		free_data(t);
		/* The first part may be the last one, and short. */
		t->data = used ? new_data((size_t)size) :
			alloc_bytes((size_t)size);
		t->cap = (size_t)size;
	} else if (!memory) {
		free_idle(s, 0);
	}
	t->size = size;
	t->bytes = t->offset = 0;
	t->crc64 = t->crc = t->summed = 0;
	t->fd = s->source;
	if (!memory && s->source < 0) {
		t->fd = tmp_open(s->tmpdir, err);
		if (t->fd < 0)
			return NULL;
	}
	t->lags = memory && s->twins;
	if (s->twins)
		twin_begin(&t->twin);
	t->running = s->unsigned_body || t->lags ? NULL : hash_sha256_new();
	t->running_md5 = s->md5 ? hash_md5_new() : NULL;
	t->running_sha1 = s->sha1 ? hash_sha1_new() : NULL;
	t->late = s->source >= 0 && s->sum < 0 && !t->running &&
		!t->running_md5 && !t->running_sha1;
	t->used = true;
	return t;
}

static int spool(struct s3_slot *s, const uint8_t *p, size_t n,
		 struct err *err)
{
	for (size_t k = 0; k < n;) {
		ssize_t w = pwrite(s->fd, p + k, n - k,
				   (off_t)(s->bytes + k));

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return err_errno(err, ERR_IO, "the file of a part "
					 "(TMPDIR)");
		k += (size_t)w;
	}
	return 0;
}

static void sum(struct s3_slot *s, const uint8_t *p, size_t n)
{
	if (s->running)
		hash_sha256_add(s->running, p, n);
	if (s->running_md5)
		hash_md5_add(s->running_md5, p, n);
	if (s->running_sha1)
		hash_sha1_add(s->running_sha1, p, n);
	s->crc64 = crc_add(CRC_64NVME, s->crc64, p, n);
	if (s->of->sum == CRC_64NVME)
		s->crc = s->crc64;
	else if (s->of->sum >= 0)
		s->crc = crc_add((enum crc_kind)s->of->sum, s->crc, p, n);
}

/* In stripes that stay near the processor. */
static void sum_all(struct s3_slot *s, const uint8_t *p, size_t n)
{
	for (size_t k, at = 0; at < n; at += k) {
		k = n - at < STRIPE ? n - at : STRIPE;
		sum(s, p + at, k);
	}
	s->summed += n;
}

int s3_slot_add(struct s3_slot *s, const void *p, size_t n, struct err *err)
{
	if (s->fd < 0)
		memcpy(s->data + s->bytes, p, n);
	else if (spool(s, p, n, err))
		return -1;
	sum_all(s, p, n);
	s->bytes += n;
	return 0;
}

/* What came and is not hashed, in whole blocks. */
static uint64_t behind(const struct s3_slot *s)
{
	return s->lags ? (s->bytes - s->twin.bytes) & -(uint64_t)TWIN_BLOCK :
		0;
}

bool s3_slot_lags(const struct s3_slot *s)
{
	return behind(s) > 0;
}

void s3_slot_hash(struct s3_slot *s, struct s3_slot *before)
{
	uint64_t n = behind(s), half = s->size / 2, other;

	if (before && s3_slot_lags(before)) {
		other = behind(before);
		n = n < other ? n : other;
		twin_add(&s->twin, s->data + s->twin.bytes, &before->twin,
			 before->data + before->twin.bytes, (size_t)n);
	} else if (s->twin.bytes < half && n) {
		twin_add_one(&s->twin, s->data + s->twin.bytes, (size_t)n);
	}
}

static uint8_t *passing(struct s3_slots *s)
{
	if (!s->passing)
		s->passing = alloc_bytes(PIPED);
	return s->passing;
}

ssize_t s3_slots_pass(struct s3_slots *s, int fd, const uint8_t **p)
{
	*p = passing(s);
	return read(fd, s->passing, PASSING);
}

ssize_t s3_slot_read(struct s3_slot *s, int fd, struct err *err)
{
	uint64_t room = s->size - s->bytes;
	uint8_t *to = s->fd < 0 ? s->data + s->bytes : passing(s->of);
	ssize_t k = read(fd, to, room < PIPED ? (size_t)room : PIPED);

	if (k <= 0)
		return k;
	if (s->fd >= 0 && spool(s, to, (size_t)k, err))
		return -1;
	sum_all(s, to, (size_t)k);
	s->bytes += (uint64_t)k;
	return k;
}

/* Some bytes of the file that is uploaded. */
static ssize_t read_source(struct s3_slot *s, uint8_t *to, uint64_t n,
			   uint64_t at, const char *name, struct err *err)
{
	ssize_t k;

	do
		k = pread(s->of->source, to, n < PASSING ? (size_t)n :
			  PASSING, (off_t)at);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return err_errno(err, ERR_IO, "%s", name);
	return k ? k : err_set(err, ERR_IO, "%s: became shorter while it was "
			       "read", name);
}

ssize_t s3_slot_stretch(struct s3_slot *s, uint64_t at, uint64_t n,
			const char *name, struct err *err)
{
	uint8_t *b = passing(s->of);
	ssize_t k;

	if (!s->bytes)
		s->offset = at;
	if (s->late) {
		k = (ssize_t)n;
	} else {
		k = read_source(s, b, n, at, name, err);
		if (k < 0)
			return -1;
		sum_all(s, b, (size_t)k);
	}
	s->bytes += (uint64_t)k;
	return k;
}

/* n bytes, not fewer. */
static int read_whole(struct s3_slot *s, uint8_t *to, size_t n,
		      const char *name, struct err *err)
{
	for (size_t got = 0; got < n;) {
		ssize_t k = read_source(s, to + got, n - got,
					s->offset + s->bytes + got, name,
					err);

		if (k < 0)
			return -1;
		got += (size_t)k;
	}
	return 0;
}

/* The digest, when all is hashed but n bytes. */
static void end_twin(struct s3_slot *s, const uint8_t *p, size_t n)
{
	twin_end(&s->twin, p, n, s->sha256);
	hash_hex(s->sha256, sizeof(s->sha256), s->hex);
}

ssize_t s3_slot_stretch_two(struct s3_slot *s[2], uint64_t n,
			    const char *name, struct err *err)
{
	uint8_t *b[2] = { passing(s[0]->of), passing(s[0]->of) + PASSING };
	size_t all = n < PASSING ? (size_t)n : PASSING;
	size_t whole = all / TWIN_BLOCK * TWIN_BLOCK;

	for (int i = 0; i < 2; i++) {
		/* Only the others are made one by one. */
		hash_sha256_free(s[i]->running);
		s[i]->running = NULL;
		if (read_whole(s[i], b[i], all, name, err))
			return -1;
		sum_all(s[i], b[i], all);
		s[i]->bytes += all;
	}
	twin_add(&s[0]->twin, b[0], &s[1]->twin, b[1], whole);
	for (int i = 0; i < 2 && s[i]->bytes == s[i]->size; i++)
		end_twin(s[i], b[i] + whole, all - whole);
	return (ssize_t)all;
}

void s3_slot_end(struct s3_slot *s)
{
	uint64_t left = behind(s);

	if (left)
		twin_add_one(&s->twin, s->data + s->twin.bytes, (size_t)left);
	if (s->lags)
		end_twin(s, s->data + s->twin.bytes,
			 (size_t)(s->bytes - s->twin.bytes));
	if (s->running) {
		hash_sha256_end(s->running, s->sha256);
		hash_hex(s->sha256, sizeof(s->sha256), s->hex);
	}
	if (s->running_md5)
		hash_md5_end(s->running_md5, s->md5);
	if (s->running_sha1)
		hash_sha1_end(s->running_sha1, s->sha1);
	drop_hashes(s);
}

/* What was not summed before is while it is sent, in each attempt anew. */
static void sum_sent(struct s3_call *c, const void *p, size_t n, uint64_t at)
{
	struct s3_slot *s = c->owner;

	if (!s->late)
		return;
	if (!at)
		s->crc64 = s->summed = 0;
	if (at == s->summed)
		sum_all(s, p, n);
}

static enum http_verdict all_sent(struct s3_call *c, struct err *err)
{
	const struct s3_slot *s = c->owner;

	if (s->summed == s->bytes)
		return HTTP_DONE;
	err_set(err, ERR_REMOTE_RETRY, "%s: the server answered before it "
		"had all", c->name);
	return HTTP_AGAIN;
}

const struct s3_call_ops s3_slot_ops = {
	.check = all_sent, .gave = sum_sent
};

void s3_slot_body(struct s3_slot *s)
{
	struct http_job *j = &s->call.job;

	s->call.owner = s;
	memcpy(s->call.payload, s->hex, sizeof(s->hex));
	j->has_body = true;
	j->body = s->fd < 0 ? s->data : NULL;
	j->fd = s->fd;
	j->offset = s->offset;
	j->bytes = s->bytes;
}

void s3_slot_empty(struct s3_slot *s)
{
	if (s->call.s3)
		s3_call_release(&s->call);
	if (s->fd >= 0 && s->fd != s->of->source)
		close(s->fd);
	s->fd = -1;
	s->used = false;
}
