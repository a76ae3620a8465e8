#include "store/s3-piece.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/alloc.h"

enum {
	STREAM_BUFFER = 4 << 20,
	/* Written at once: as much as is received at once. */
	WRITE = HTTP_RECEIVE,
	FILE_BUFFER = 2 * WRITE,
	TO_DISK = 4 << 20,
};

void s3_piece_cut(struct s3_piece *p)
{
	struct s3_get *g = p->g;
	uint64_t want = p->got + g->part;

	if (!p->rest || g->streaming || !g->known || p->want <= want)
		return;
	p->rest = false;
	p->cut = true;
	p->want = want;
	g->next = p->at + want;
}

/* Before an attempt: from the first byte that is missing. */
static void begin(struct s3_call *c)
{
	struct s3_piece *p = c->owner;
	uint64_t end;
	char range[64];

	p->seen = false;
	p->skip = 0;
	if (p->g->plain)
		return;
	if (p->got)
		s3_piece_cut(p);
	end = p->at + p->want;
	snprintf(range, sizeof(range), end == UINT64_MAX ?
		 "bytes=%" PRIu64 "-" : "bytes=%" PRIu64 "-%" PRIu64,
		 p->at + p->got, end - 1);
	s3_call_header(c, "Range", range);
}

/* What the first answer of all tells. */
static void learn(struct s3_piece *p)
{
	struct s3_get *g = p->g;
	uint64_t end = g->info.has_size ? g->info.size : UINT64_MAX;

	g->known = true;
	if (p->call.job.status == 200 || g->plain) {
		g->streaming = true;
		p->want = UINT64_MAX;
		if (g->opt.ranged && g->opt.last < end)
			end = g->opt.last + 1;
		g->end = g->plain && g->place.part_number ? UINT64_MAX : end;
		g->next = UINT64_MAX;
		return;
	}
	g->end = g->opt.ranged && g->opt.last < end ? g->opt.last + 1 : end;
	if (p->at + p->want > g->end)
		p->want = g->end - p->at;
	g->next = p->at + p->want;
}

/* All came where a part was asked for; of an object of one it is the same. */
static bool part_ignored(const struct s3_piece *p)
{
	const char *number = p->g->place.part_number;

	return number && p->call.job.status == 200 &&
		(strtoul(number, NULL, 10) != 1 ||
		 strchr(p->g->info.etag, '-'));
}

/* The headers of an answer: do they belong to what was asked for? */
static bool look(struct s3_piece *p)
{
	struct s3_get *g = p->g;
	struct http_job *j = &p->call.job;
	struct s3_info now;
	char range[96];
	uint64_t from = 0;

	p->seen = true;
	s3_info_read(&now, j);
	if (!g->known) {
		g->info = now;
		learn(p);
	} else if (strcmp(now.etag, g->info.etag)) {
		err_set(&j->err, ERR_CHANGED, "%s: the object was changed "
			"while it was read", p->call.name);
		return false;
	}
	if (part_ignored(p)) {
		err_set(&j->err, ERR_REMOTE, "%s: this server takes no "
			"notice of --part-number", p->call.name);
		return false;
	}
	if (g->plain) {
		p->skip = p->got;
		return true;
	}
	if (j->status == 200) {
		p->skip = p->at + p->got;
		return true;
	}
	if (!http_header(j, "Content-Range", range, sizeof(range)) ||
	    sscanf(range, "bytes %" SCNu64 "-", &from) != 1 ||
	    from != p->at + p->got) {
		err_set(&j->err, ERR_REMOTE, "%s: another range than asked "
			"for came", p->call.name);
		return false;
	}
	return true;
}

/*
 * The disk begins while more comes, so that the sync at the end waits for
 * little.  A file that cannot is told so there.
 */
static void to_disk(struct s3_piece *p)
{
	const struct s3_get *g = p->g;

	while (p->base - p->given >= TO_DISK) {
		sync_file_range(g->fd, (off_t)(g->base + p->at + p->given -
					       g->opt.first), TO_DISK,
				SYNC_FILE_RANGE_WRITE);
		p->given += TO_DISK;
	}
}

int s3_piece_flush(struct s3_piece *p, struct err *err)
{
	struct s3_get *g = p->g;
	const uint8_t *b = p->data;

	while (p->base < p->got) {
		ssize_t w = pwrite(g->fd, b, (size_t)(p->got - p->base),
				   (off_t)(g->base + p->at + p->base -
					   g->opt.first));

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			p->got = p->base;
			return err_errno(err, ERR_IO, "%s: the file",
					 p->call.name);
		}
		p->crc = s3_check_crc(&g->check, p->crc, b, (size_t)w);
		p->base += (uint64_t)w;
		b += w;
	}
	to_disk(p);
	return 0;
}

int s3_piece_deliver(struct s3_piece *p, struct err *err)
{
	struct s3_get *g = p->g;
	const uint8_t *b = p->data + (p->given - p->base);
	size_t n = (size_t)(p->got - p->given);
	uint64_t begun = http_now_us();
	int r;

	s3_check_add(&g->check, b, n);
	p->given = p->base = p->got;
	r = g->sink(g->to, b, n, err);
	g->sink_us += http_now_us() - begun;
	return r;
}

static size_t take(struct s3_call *c, const void *bytes, size_t n)
{
	struct s3_piece *p = c->owner;
	struct s3_get *g = p->g;
	const uint8_t *b = bytes;
	size_t all = n;
	uint64_t left;

	if (!p->seen && !look(p))
		return 0;
	/* Until it is known where to, nothing fills memory. */
	if (g->fd < 0 && (p->got - p->base + n > p->cap ||
			  (!g->opened && p->got)))
		return HTTP_PAUSE;
	if (p->skip) {
		size_t k = p->skip < n ? (size_t)p->skip : n;

		p->skip -= k;
		b += k;
		n -= k;
	}
	left = (g->streaming ? g->end == UINT64_MAX ? UINT64_MAX :
		g->end - p->at : p->want) - p->got;
	if (p->cut && !left)
		return HTTP_PAUSE;
	if (n > left && !g->streaming && !p->cut) {
		err_set(&c->job.err, ERR_REMOTE, "%s: more came than asked "
			"for", c->name);
		return 0;
	}
	if (n > left)
		n = (size_t)left;
	if (g->fd >= 0 && p->got - p->base + n > p->cap &&
	    s3_piece_flush(p, &c->job.err))
		return 0;
	memcpy(p->data + (p->got - p->base), b, n);
	p->got += n;
	g->received += n;
	if (g->fd >= 0 && p->got - p->base >= WRITE &&
	    s3_piece_flush(p, &c->job.err))
		return 0;
	if (g->sink && p == &g->piece[g->head] && p->got - p->given >= WRITE &&
	    s3_piece_deliver(p, &c->job.err))
		return 0;
	return all;
}

/* A whole answer came: is all of it there? */
static enum http_verdict check(struct s3_call *c, struct err *err)
{
	struct s3_piece *p = c->owner;
	struct s3_get *g = p->g;
	uint64_t want;

	if (!p->seen && !look(p))
		return HTTP_FAILED;
	want = g->streaming ? g->end == UINT64_MAX ? p->got :
		g->end - p->at : p->want;
	if (p->got == want)
		return HTTP_DONE;
	err_set(err, ERR_REMOTE_RETRY, "%s: the answer is too short",
		c->name);
	return HTTP_AGAIN;
}

static bool whole(struct s3_call *c)
{
	const struct s3_piece *p = c->owner;

	return p->seen && !p->g->streaming && p->got == p->want;
}

void s3_piece_start(struct s3_get *g, struct s3_piece *p, uint64_t at,
		    uint64_t want)
{
	static const struct s3_call_ops ops = {
		.take = take, .begin = begin, .whole = whole, .check = check
	};
	uint8_t *data = p->data;
	size_t cap = p->cap;

	if (p->call.s3)
		s3_call_release(&p->call);
	*p = (struct s3_piece){ .g = g, .at = at, .want = want, .used = true,
			     .data = data, .cap = cap };
	if (!p->data) {
		p->cap = g->fd >= 0 ? FILE_BUFFER :
			g->part > STREAM_BUFFER ? (size_t)g->part :
			STREAM_BUFFER;
		p->data = alloc_bytes(p->cap);
	}
	s3_place_call(&p->call, g->s3, &ops, "GET", &g->place);
	if (g->opt.verify != S3_VERIFY_OFF && !g->known && !g->place.url)
		s3_call_header(&p->call, "x-amz-checksum-mode", "ENABLED");
	if (g->known && g->info.etag[0])
		s3_call_header(&p->call, "If-Match", g->info.etag);
	if (g->known && g->info.version[0] &&
	    strcmp(g->info.version, "null") && !g->place.url)
		s3_call_query(&p->call, "versionId", g->info.version);
	p->call.owner = p;
	s3_call_start(&p->call);
}
