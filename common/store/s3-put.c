#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/s3-check.h"
#include "store/s3-upload.h"
#include "util/alloc.h"

enum {
	SLICE = 1 << 20, SETTLE_MS = 2000,
	FEW = 2,		/* when fewer parts travel, none waits */
};

uint64_t s3_put_bytes(const struct s3_put *u)
{
	return u->bytes;
}

/* The answer to a part. */
static int part_ended(struct s3_put *u, struct s3_slot *s, struct err *err)
{
	struct http_job *j = &s->call.job;
	struct s3_put_part *p = &u->part[s->number - 1];

	if (j->err.status) {
		*err = j->err;
		return -1;
	}
	if (!http_header(j, "ETag", p->etag, sizeof(p->etag)))
		return err_set(err, ERR_REMOTE, "%s: part %u got no ETag",
			       u->name, s->number);
	s3_put_keep_sums(p, s);
	u->sent += s->bytes;
	if (u->opt.progress)
		u->opt.progress(u->opt.to, u->sent);
	s3_slot_empty(s);
	return 0;
}

static int ended(struct s3_put *u, struct err *err)
{
	struct http_job *j;

	while ((j = http_ended(u->s3->http)))
		if (part_ended(u, ((struct s3_call *)j)->owner, err))
			return -1;
	return http_stopped(u->s3->http) ?
		err_set(err, ERR_IO, "interrupted") : 0;
}

/* A full part, or the last one, begins to travel. */
static void send_part(struct s3_put *u, struct s3_slot *s)
{
	struct s3_call *c = &s->call;
	char number[16];

	s3_slot_end(s);
	if (u->opt.sum)
		s3_put_sum_text(u, s, u->part[s->number - 1].sum);
	s3_call_init(c, u->s3, &s3_slot_ops, "PUT", u->bucket, u->key);
	snprintf(number, sizeof(number), "%u", s->number);
	s3_call_query(c, "partNumber", number);
	s3_call_query(c, "uploadId", u->upload);
	s3_call_sse_c(c);
	s3_put_add_sums(c, u, s);
	s3_slot_body(s);
	s3_call_start(c);
}

/* The part that waited goes, hashed alone where it has to be. */
static void send_waiting(struct s3_put *u)
{
	struct s3_slot *s = u->waiting;

	u->waiting = NULL;
	if (s)
		send_part(u, s);
}

/* The same, where the network has next to nothing else to do. */
static bool send_waiting_if_idle(struct s3_put *u)
{
	if (!u->waiting || http_open_jobs(u->s3->http) >= FEW)
		return false;
	send_waiting(u);
	return true;
}

/* The part that is filled has all it gets: it goes, or waits for the next. */
static int end_part(struct s3_put *u, struct err *err)
{
	struct s3_slot *s = u->filling;

	if (!u->upload && s3_put_begin(u, err))
		return -1;
	u->part = alloc_grow(u->part, &u->cap, u->number, sizeof(*u->part));
	u->part[u->number - 1] = (struct s3_put_part){ 0 };
	s->number = u->number++;
	u->filling = NULL;
	send_waiting(u);
	if (s3_slot_lags(s))
		u->waiting = s;
	else
		send_part(u, s);
	return 0;
}

/* Bytes came: hashes what it can, and lets go what is ready by it. */
static void hash_more(struct s3_put *u)
{
	s3_slot_hash(u->filling, u->waiting);
	if (u->waiting && (!s3_slot_lags(u->waiting) || !u->filling->lags))
		send_waiting(u);
}

/* A slot to fill, when there is room for one. */
static int want_slot(struct s3_put *u, struct err *err)
{
	uint64_t n = u->url ? S3_PART_MOST :
		s3_part_size(&u->plan, u->number);

	if (!n)
		return err_set(err, ERR_IO, "%s: %d parts do not hold it: "
			       "give its size with --expected-size, or a "
			       "larger --part-size", u->name, S3_PARTS);
	if (u->number == 1 && u->opt.threshold && !u->url)
		n = u->opt.threshold;
	while (!(u->filling = s3_slot_take(&u->slots, n, err))) {
		if (err->status)
			return -1;
		if (!send_waiting_if_idle(u) &&
		    http_open_jobs(u->s3->http) == 0)
			return err_set(err, ERR_INTERNAL, "no room for a "
				       "part");
		http_step(u->s3->http, -1, -1);
		if (ended(u, err))
			return -1;
	}
	return 0;
}

static bool is_full(const struct s3_put *u)
{
	return u->filling && u->filling->bytes == u->filling->size;
}

/* The part that is filled is full: it goes. */
static int next_part(struct s3_put *u, struct err *err)
{
	bool full = is_full(u);

	if (full && u->url)
		return err_set(err, ERR_IO, "%s: more than 5 GiB, which a "
			       "URL cannot take", u->name);
	if (full && end_part(u, err))
		return -1;
	return u->filling ? 0 : want_slot(u, err);
}

/* Parts travel; asked for once in so many bytes, since it costs something. */
static int travel(struct s3_put *u, struct err *err)
{
	if (!u->upload || u->bytes - u->looked < SLICE)
		return 0;
	u->looked = u->bytes;
	/* Whoever writes may be slow, which is not seen here. */
	if (http_open_jobs(u->s3->http) == 0)
		send_waiting(u);
	http_step(u->s3->http, 0, -1);
	return ended(u, err);
}

int s3_put_write(struct s3_put *u, const void *p, size_t n, struct err *err)
{
	const uint8_t *b = p;

	while (n) {
		uint64_t room;
		size_t k;

		if (next_part(u, err))
			return -1;
		room = u->filling->size - u->filling->bytes;
		k = n < room ? n : (size_t)room;
		if (k > SLICE)
			k = SLICE;
		if (s3_slot_add(u->filling, b, k, err))
			return -1;
		hash_more(u);
		b += k;
		n -= k;
		u->bytes += k;
		if (travel(u, err))
			return -1;
	}
	return 0;
}

/* Waits until fd can be read; parts travel meanwhile. */
static int wait_for(struct s3_put *u, int fd, struct err *err)
{
	/* A part waits for the next one while others travel, not longer. */
	int ms = u->waiting ? 0 : -1;

	while (!http_step(u->s3->http, ms, fd)) {
		if (ended(u, err))
			return -1;
		send_waiting_if_idle(u);
		ms = -1;
	}
	return ended(u, err);
}

/* Could be read at once, and nothing else must be looked after yet. */
static bool more_at_once(const struct s3_put *u, int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return u->bytes - u->looked < SLICE && poll(&p, 1, 0) == 1;
}

/*
 * The next bytes of fd go straight into the part.  One that is full is sent
 * only when more came: what ends with it may need one request.
 */
static ssize_t read_some(struct s3_put *u, int fd, struct err *err)
{
	const uint8_t *p;
	ssize_t n;

	if (u->filling && u->filling->bytes < u->filling->size) {
		n = s3_slot_read(u->filling, fd, err);
		if (n > 0) {
			u->bytes += (uint64_t)n;
			hash_more(u);
		}
		return n;
	}
	n = s3_slots_pass(&u->slots, fd, &p);
	return n > 0 && s3_put_write(u, p, (size_t)n, err) ? -1 : n;
}

int s3_put_stream(struct s3_put *u, int fd, const char *name, struct err *err)
{
	ssize_t n = 1;

	fcntl(fd, F_SETPIPE_SZ, SLICE);
	while (n) {
		if (!more_at_once(u, fd)) {
			u->looked = u->bytes;
			if (wait_for(u, fd, err))
				return -1;
		}
		n = read_some(u, fd, err);
		if (n >= 0)
			continue;
		if (err->status)
			return -1;
		if (errno != EINTR && errno != EAGAIN)
			return err_errno(err, ERR_IO, "%s", name);
	}
	return 0;
}

/* Do two parts of one size come next, which can be summed side by side? */
static bool two_come(const struct s3_put *u, uint64_t size)
{
	uint64_t n = s3_part_size(&u->plan, u->number);

	return !u->filling && n && (u->number > 1 || !u->opt.threshold) &&
		n == s3_part_size(&u->plan, u->number + 1) &&
		(size - u->bytes) / 2 >= n;
}

static int put_two(struct s3_put *u, const char *name, struct err *err)
{
	struct s3_slot *s[2];

	for (int i = 0; i < 2; i++) {
		if (want_slot(u, err))
			return -1;
		s[i] = u->filling;
		u->filling = NULL;
	}
	s[0]->offset = u->bytes;
	s[1]->offset = u->bytes + s[0]->size;
	while (s[0]->bytes < s[0]->size) {
		ssize_t n = s3_slot_stretch_two(s, s[0]->size - s[0]->bytes,
						name, err);

		if (n < 0)
			return -1;
		u->bytes += 2 * (uint64_t)n;
		if (travel(u, err))
			return -1;
	}
	for (int i = 0; i < 2; i++) {
		u->filling = s[i];
		if (end_part(u, err))
			return -1;
	}
	return 0;
}

int s3_put_file(struct s3_put *u, int fd, const char *name, uint64_t size,
		struct err *err)
{
	u->plan.expected = size;
	u->slots.source = fd;
	while (u->bytes < size) {
		uint64_t room;
		ssize_t n;

		if (!u->url && is_full(u) && end_part(u, err))
			return -1;
		if (u->slots.twins && two_come(u, size)) {
			if (put_two(u, name, err))
				return -1;
			continue;
		}
		if (next_part(u, err))
			return -1;
		room = u->filling->size - u->filling->bytes;
		if (room > size - u->bytes)
			room = size - u->bytes;
		n = s3_slot_stretch(u->filling, u->bytes, room, name, err);
		if (n < 0)
			return -1;
		u->bytes += (uint64_t)n;
		if (travel(u, err))
			return -1;
	}
	return 0;
}

int s3_put_commit(struct s3_put *u, struct s3_put_result *r, struct err *err)
{
	*r = (struct s3_put_result){ 0 };
	if (!u->filling && u->number == 1 && want_slot(u, err))
		return -1;
	r->bytes = u->bytes;
	if (!u->upload)
		return s3_put_whole(u, r, err);
	if (u->filling && u->filling->bytes && end_part(u, err))
		return -1;
	send_waiting(u);
	while (http_open_jobs(u->s3->http)) {
		http_step(u->s3->http, -1, -1);
		if (ended(u, err))
			return -1;
	}
	r->parts = u->number - 1;
	for (unsigned i = 0; i < r->parts; i++)
		s3_put_join_sums(u, &u->part[i]);
	s3_check_text(CRC_64NVME, u->crc64, r->crc64);
	if (s3_put_look(u, err))
		return -1;
	return s3_put_complete(u, r, err);
}

struct s3_put *s3_put_open(struct s3 *s3, const struct s3_place *to,
			   const struct s3_put_options *opt, struct err *err)
{
	struct s3_put *u = alloc_zero(1, sizeof(*u));

	u->s3 = s3;
	u->opt = *opt;
	if (to->url) {
		u->to.url = u->url = alloc_string(to->url);
	} else {
		u->to.bucket = u->bucket = alloc_string(to->bucket);
		u->to.key = u->key = alloc_string(to->key);
	}
	u->name = s3_place_name(to);
	u->plan = (struct s3_plan){ s3->opt.part_size, s3->opt.part_fixed,
				    opt->expected };
	u->number = 1;
	s3_slots_init(&u->slots, s3->opt.http.concurrency, s3->opt.memory,
		      opt->tmpdir);
	u->slots.sum = s3_sum_kinds[opt->sum].whole ?
		(int)s3_sum_kinds[opt->sum].kind : -1;
	u->slots.unsigned_body = opt->sum != S3_SUM_SHA256 &&
		(to->url || s3->opt.payload_unsigned);
	u->slots.twins = !u->slots.unsigned_body && !to->url &&
		u->slots.n > 2 && twin_can();
	u->slots.sha1 = opt->sum == S3_SUM_SHA1;
	u->slots.md5 = opt->md5;
	if (s3_put_look(u, err)) {
		s3_put_free(u, NULL);
		return NULL;
	}
	return u;
}

/* A part that was on its way can land behind the end of the upload. */
static int give_up(struct s3_put *u, struct err *err)
{
	static const struct timespec pause = { .tv_nsec = 300000000 };
	bool quiet = http_settle(u->s3->http, SETTLE_MS);
	int lives = 1;

	s3_slots_release(&u->slots);
	if (s3_last_words(u->s3, err))
		return -1;
	for (int i = 0; i < 4 && (lives == 1 || (i == 1 && !quiet)); i++) {
		if (i)
			nanosleep(&pause, NULL);
		if (s3_abort(u->s3, u->bucket, u->key, u->upload, err))
			return -1;
		lives = s3_upload_lives(u->s3, u->bucket, u->key, u->upload,
					err);
	}
	return lives < 0 ? -1 : 0;
}

void s3_put_free(struct s3_put *u, struct err *left)
{
	struct err e = { 0 };

	if (!u)
		return;
	if (u->upload && !u->committed && give_up(u, &e) && left) {
		err_set(left, e.status, "%s", e.text);
		err_at(left, "parts of upload %s stay and cost (s3rm "
		       "--stale-uploads=0s %s removes them)", u->upload,
		       u->name);
	}
	s3_slots_release(&u->slots);
	free(u->upload);
	free(u->part);
	free(u->bucket);
	free(u->key);
	free(u->url);
	free(u->name);
	free(u);
}

struct s3_writer {
	struct io_writer base;
	struct s3 *s3;
	struct s3_put *put;
	char *name;
};

static int writer_write(struct io_writer *base, const void *p, size_t n,
			struct err *err)
{
	return s3_put_write(((struct s3_writer *)base)->put, p, n, err);
}

static int writer_commit(struct io_writer *base, struct err *err)
{
	struct s3_put_result r;

	return s3_put_commit(((struct s3_writer *)base)->put, &r, err);
}

static void writer_free(struct io_writer *base)
{
	struct s3_writer *w = (struct s3_writer *)base;

	s3_put_free(w->put, NULL);
	s3_close(w->s3);
	free(w->name);
	free(w);
}

struct io_writer *s3_writer(struct s3 *s3, const struct s3_place *to,
			    const struct s3_put_options *opt,
			    struct err *err)
{
	static const struct io_writer_ops ops = {
		writer_write, writer_commit, writer_free, NULL
	};
	struct s3_writer *w = alloc_zero(1, sizeof(*w));

	w->base.ops = &ops;
	w->base.name = w->name = s3_place_name(to);
	w->s3 = s3;
	w->put = s3_put_open(s3, to, opt, err);
	if (w->put)
		return &w->base;
	writer_free(&w->base);
	return NULL;
}
