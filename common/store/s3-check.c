#include "store/s3-check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/alloc.h"

enum { READ_BUFFER = 1 << 20, MD5_DIGITS = 32 };

void s3_check_text(enum crc_kind kind, uint64_t crc, char out[20])
{
	size_t n = crc_bytes(kind);
	uint8_t be[8];
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++)
		be[i] = (uint8_t)(crc >> 8 * (n - 1 - i));
	s3_base64(&b, be, n);
	snprintf(out, 20, "%s", buf_text(&b));
	buf_release(&b);
}

/* The MD5 in an ETag, where it can be one. */
static bool md5_of(const struct s3_info *i, char hex[40])
{
	const char *p = i->etag + (i->etag[0] == '"');
	size_t n = 0;

	if (i->customer_key || strncmp(i->encryption, "aws:", 4) == 0)
		return false;
	for (; isxdigit((unsigned char)p[n]) && n < MD5_DIGITS; n++)
		hex[n] = (char)tolower((unsigned char)p[n]);
	hex[n] = '\0';
	return n == MD5_DIGITS && (!p[n] || p[n] == '"');
}

static bool take_crc(struct s3_check *c, const struct s3_info *i,
		     bool only_64)
{
	const char *text = i->crc64;

	c->kind = CRC_64NVME;
	if (!*text && !only_64) {
		c->kind = CRC_32C;
		text = i->crc32c;
	}
	if (!*text && !only_64) {
		c->kind = CRC_32;
		text = i->crc32;
	}
	snprintf(c->want, sizeof(c->want), "%s", text);
	return *text;
}

void s3_check_begin(struct s3_check *c, struct s3 *s3,
		    const struct s3_place *p, const struct s3_info *i,
		    enum s3_verify how)
{
	struct s3_place pinned = *p;
	struct err none = { 0 };
	struct s3_info told;

	c->on = how != S3_VERIFY_OFF;
	c->always = how == S3_VERIFY_ALWAYS;
	if (!c->on || take_crc(c, i, false))
		return;
	c->kind = CRC_64NVME;
	if (md5_of(i, c->etag)) {
		c->md5 = hash_md5_new();
		return;
	}
	pinned.if_match = i->etag[0] ? i->etag : NULL;
	s3_place_call(&c->head, s3, NULL, "HEAD", &pinned);
	s3_call_header(&c->head, "x-amz-checksum-mode", "ENABLED");
	if (c->always && s3_call_run(&c->head, &none) == 0) {
		s3_info_read(&told, &c->head.job);
		take_crc(c, &told, false);
	} else if (!c->always) {
		c->asking = true;
		s3_call_start(&c->head);
	}
}

void s3_check_head(struct s3_check *c, struct s3_call *head)
{
	struct s3_info i;

	if (head != &c->head)
		return;
	c->asking = false;
	if (head->job.err.status)
		return;
	s3_info_read(&i, &head->job);
	/* Only this kind was summed meanwhile. */
	take_crc(c, &i, true);
}

void s3_check_add(struct s3_check *c, const void *p, size_t n)
{
	if (!c->on)
		return;
	if (c->md5)
		hash_md5_add(c->md5, p, n);
	else
		c->crc = crc_add(c->kind, c->crc, p, n);
}

uint64_t s3_check_crc(const struct s3_check *c, uint64_t crc, const void *p,
		      size_t n)
{
	return c->on && !c->md5 ? crc_add(c->kind, crc, p, n) : 0;
}

void s3_check_piece(struct s3_check *c, uint64_t at, uint64_t bytes,
		    uint64_t crc)
{
	if (!c->on || c->md5)
		return;
	c->piece = alloc_grow(c->piece, &c->cap, c->n + 1,
			      sizeof(*c->piece));
	c->piece[c->n++] = (struct s3_check_piece){ at, bytes, crc };
}

static int by_place(const void *a, const void *b)
{
	const struct s3_check_piece *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static void join_pieces(struct s3_check *c)
{
	if (c->n)
		qsort(c->piece, c->n, sizeof(*c->piece), by_place);
	for (size_t i = 0; i < c->n; i++)
		c->crc = crc_join(c->kind, c->crc, c->piece[i].crc,
				  c->piece[i].bytes);
}

static int md5_of_file(struct s3_check *c, int fd, uint64_t base,
		       uint64_t bytes, struct err *err)
{
	uint8_t *b = alloc_bytes(READ_BUFFER);
	int r = 0;

	for (uint64_t at = 0; at < bytes && r == 0;) {
		size_t n = bytes - at < READ_BUFFER ? (size_t)(bytes - at) :
			READ_BUFFER;
		ssize_t k = pread(fd, b, n, (off_t)(base + at));

		if (k <= 0)
			r = err_errno(err, ERR_IO, "the file just written");
		else
			hash_md5_add(c->md5, b, (size_t)k);
		at += k > 0 ? (uint64_t)k : 0;
	}
	free(b);
	return r;
}

static int differs(struct err *err)
{
	return err_set(err, ERR_DATA, "what was received is not what the "
		       "store has: the checksums differ");
}

int s3_check_end(struct s3_check *c, struct s3 *s3, int fd, uint64_t base,
		 uint64_t bytes, struct err *err)
{
	uint8_t md[HASH_MD5_BYTES];
	char text[40];

	if (!c->on)
		return 0;
	while (c->asking) {
		struct http_job *j = http_wait(s3->http);

		if (!j)
			return err_set(err, ERR_IO, "interrupted");
		s3_check_head(c, (struct s3_call *)j);
	}
	c->on = false;
	if (c->md5) {
		if (fd >= 0 && md5_of_file(c, fd, base, bytes, err))
			return -1;
		hash_md5_end(c->md5, md);
		hash_hex(md, sizeof(md), text);
		return strcmp(text, c->etag) ? differs(err) : 0;
	}
	if (!c->want[0])
		return c->always ? err_set(err, ERR_DATA, "the store tells no "
					   "checksum to compare with") : 0;
	if (fd >= 0)
		join_pieces(c);
	s3_check_text(c->kind, c->crc, text);
	return strcmp(text, c->want) ? differs(err) : 0;
}

void s3_check_release(struct s3_check *c)
{
	if (c->head.s3) {
		s3_call_cancel(&c->head);
		s3_call_release(&c->head);
	}
	hash_md5_free(c->md5);
	free(c->piece);
	*c = (struct s3_check){ 0 };
}
