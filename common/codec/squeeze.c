#include "codec/squeeze.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "util/alloc.h"

enum {
	GZIP_HEAD = 10,
	GZIP_TAIL = 8,
	STEP = 64 << 10,	/* bytes that output grows by */
	PIECE = 1 << 30,	/* bytes that zlib is given at once */
	TEXTS_LEAST = 1 << 20,	/* bytes of texts that are tried first */
	SAMPLE = 64 << 10,
	SAMPLES = 4,
	QUICK_LEVEL = 1,	/* of zstd */
	FAR_WINDOW = 22,	/* 4 MiB, that of level 15 */
	FAR_MATCH = 16,		/* bytes, at least */
	FAR_RATE = 4,		/* looked for at one place in 16 */
};

static const uint8_t gzip_head[GZIP_HEAD] = { 0x1f, 0x8b, 8 };

/* One frame; far: whether it also looks for what stood long before. */
static size_t zstd_frame(struct buf *out, const void *p, size_t n, int level,
			 bool far)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(n), k;

	if (!c)
		alloc_bytes(SIZE_MAX);
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	if (far) {
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, FAR_WINDOW);
		ZSTD_CCtx_setParameter(c, ZSTD_c_enableLongDistanceMatching,
				       1);
		ZSTD_CCtx_setParameter(c, ZSTD_c_ldmMinMatch, FAR_MATCH);
		ZSTD_CCtx_setParameter(c, ZSTD_c_ldmHashRateLog, FAR_RATE);
	}
	buf_reserve(out, room);
	k = ZSTD_compress2(c, out->data + out->len, room, p, n);
	/* with room for the bound only memory can be lacking */
	if (ZSTD_isError(k))
		alloc_bytes(SIZE_MAX);
	out->len += k;
	ZSTD_freeCCtx(c);
	return k;
}

void squeeze_zstd(struct buf *out, const void *p, size_t n, int level)
{
	zstd_frame(out, p, n, level, false);
}

/* The length of what it is packed to, which is forgotten. */
static size_t try_frame(struct buf *out, const void *p, size_t n, int level,
			bool far)
{
	size_t at = out->len, k = zstd_frame(out, p, n, level, far);

	out->len = at;
	return k;
}

/* Is a level the better one by a hundredth? */
static bool better(size_t n, size_t than)
{
	return n < than - than / 100;
}

/*
 * Does a search find more than the quickest one (fast bytes)?  Near by in a
 * few samples, or what stood long before, anywhere.
 */
static bool search_pays(struct buf *out, const uint8_t *p, size_t n,
			int level, size_t fast)
{
	size_t quick = 0, slow = 0;

	for (int i = 0; i < SAMPLES; i++) {
		const uint8_t *q = p + (n - SAMPLE) / (SAMPLES - 1) *
			(size_t)i;

		quick += try_frame(out, q, SAMPLE, QUICK_LEVEL, false);
		slow += try_frame(out, q, SAMPLE, level, false);
	}
	return better(slow, quick) ||
		better(try_frame(out, p, n, QUICK_LEVEL, true), fast);
}

void squeeze_zstd_texts(struct buf *out, const void *p, size_t n, int level)
{
	size_t at = out->len, fast;

	if (n < TEXTS_LEAST) {
		zstd_frame(out, p, n, level, false);
		return;
	}
	fast = try_frame(out, p, n, QUICK_LEVEL, false);
	if (search_pays(out, p, n, level, fast) &&
	    zstd_frame(out, p, n, level, false) <= fast)
		return;
	out->len = at;
	zstd_frame(out, p, n, QUICK_LEVEL, false);
}

int squeeze_unzstd(struct buf *out, const void *p, size_t n, size_t raw,
		   struct err *err)
{
	size_t k;

	if (ZSTD_getFrameContentSize(p, n) != raw ||
	    ZSTD_findFrameCompressedSize(p, n) != n)
		return err_set(err, ERR_DATA, "bad zstd frame");
	/* a frame cannot grow by more than this; checked before the room */
	if (raw / 131072 > n)
		return err_set(err, ERR_DATA, "zstd frame of %zu bytes claims "
			       "%zu", n, raw);
	buf_reserve(out, raw + 1);
	k = ZSTD_decompress(out->data + out->len, raw, p, n);
	if (ZSTD_isError(k) || k != raw)
		return err_set(err, ERR_DATA, "bad zstd frame: %s",
			       ZSTD_isError(k) ? ZSTD_getErrorName(k) :
			       "wrong length");
	out->len += raw;
	return 0;
}

void squeeze_gzip(struct buf *out, const void *p, size_t n)
{
	z_stream z = { 0 };
	size_t from;

	buf_add(out, gzip_head, sizeof(gzip_head));
	if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		alloc_bytes(SIZE_MAX);
	from = deflateBound(&z, n) + 64;
	buf_reserve(out, from + GZIP_TAIL);
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	z.next_out = out->data + out->len;
	z.avail_out = (uInt)from;
	deflate(&z, Z_FINISH);
	out->len += z.total_out;
	deflateEnd(&z);
	buf_add_le32(out, (uint32_t)crc32_z(0, p, n));
	buf_add_le32(out, (uint32_t)n);
}

struct squeeze_packer {
	z_stream z;
	uint32_t crc;
	uint64_t n;		/* bytes taken */
	bool begun;		/* the head is out */
};

struct squeeze_packer *squeeze_packer_new(void)
{
	struct squeeze_packer *s = alloc_zero(1, sizeof(*s));

	if (deflateInit2(&s->z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		alloc_bytes(SIZE_MAX);
	return s;
}

void squeeze_packer_free(struct squeeze_packer *s)
{
	if (!s)
		return;
	deflateEnd(&s->z);
	free(s);
}

static void pack(struct squeeze_packer *s, int flush, struct buf *out)
{
	int r = Z_OK;

	if (!s->begun)
		buf_add(out, gzip_head, sizeof(gzip_head));
	s->begun = true;
	do {
		buf_reserve(out, STEP);
		s->z.next_out = out->data + out->len;
		s->z.avail_out = STEP;
		r = deflate(&s->z, flush);
		out->len += STEP - s->z.avail_out;
	} while (flush == Z_FINISH ? r == Z_OK : s->z.avail_out == 0);
}

void squeeze_packer_put(struct squeeze_packer *s, const void *p, size_t n,
			struct buf *out)
{
	const uint8_t *b = p;

	s->crc = (uint32_t)crc32_z(s->crc, p, n);
	s->n += n;
	while (n > 0) {
		size_t k = n < PIECE ? n : PIECE;

		s->z.next_in = (Bytef *)(uintptr_t)b;
		s->z.avail_in = (uInt)k;
		pack(s, Z_NO_FLUSH, out);
		b += k;
		n -= k;
	}
}

void squeeze_packer_end(struct squeeze_packer *s, struct buf *out)
{
	pack(s, Z_FINISH, out);
	buf_add_le32(out, s->crc);
	buf_add_le32(out, (uint32_t)s->n);
}

struct squeeze_unpacker {
	z_stream z;
	struct squeeze_unpacker *from;	/* or NULL */
	struct io_reader *reader;	/* or NULL; neither: all is there */
	struct buf in;			/* what they gave */
	uint64_t got;			/* bytes, of the reader */
	size_t left;			/* behind z.avail_in; without from */
	bool ended;			/* of the input */
	bool within;			/* a member has begun */
	bool done;
};

struct squeeze_unpacker *squeeze_unpacker_new(const void *p, size_t n)
{
	struct squeeze_unpacker *s = alloc_zero(1, sizeof(*s));

	if (inflateInit2(&s->z, 15 + 16) != Z_OK)
		alloc_bytes(SIZE_MAX);
	s->z.next_in = (Bytef *)(uintptr_t)p;
	s->left = n;
	return s;
}

struct squeeze_unpacker *squeeze_unpacker_over(struct squeeze_unpacker *from)
{
	struct squeeze_unpacker *s = squeeze_unpacker_new(NULL, 0);

	s->from = from;
	return s;
}

struct squeeze_unpacker *squeeze_unpacker_of(struct io_reader *from)
{
	struct squeeze_unpacker *s = squeeze_unpacker_new(NULL, 0);

	s->reader = from;
	return s;
}

uint64_t squeeze_unpacker_taken(const struct squeeze_unpacker *s)
{
	return s->got - s->z.avail_in;
}

void squeeze_unpacker_free(struct squeeze_unpacker *s)
{
	if (!s)
		return;
	inflateEnd(&s->z);
	squeeze_unpacker_free(s->from);
	buf_release(&s->in);
	free(s);
}

/* Makes sure that need bytes are there, or all until the end. */
static int supply(struct squeeze_unpacker *s, size_t need, struct err *err)
{
	ptrdiff_t k;

	if (!s->from && !s->reader) {
		if (s->z.avail_in < PIECE && s->left) {
			size_t room = PIECE - s->z.avail_in;

			k = (ptrdiff_t)(room < s->left ? room : s->left);
			s->z.avail_in += (uInt)k;
			s->left -= (size_t)k;
		}
		s->ended = s->left == 0;
		return 0;
	}
	if (s->z.avail_in >= need || s->ended)
		return 0;
	if (s->z.avail_in)
		memmove(s->in.data, s->z.next_in, s->z.avail_in);
	s->in.len = s->z.avail_in;
	buf_reserve(&s->in, STEP);
	k = s->from ? squeeze_unpacker_read(s->from, s->in.data + s->in.len,
					    STEP, err) :
		io_read_full(s->reader, s->in.data + s->in.len, STEP, err);
	if (k < 0)
		return -1;
	s->ended = k < STEP;
	s->got += (uint64_t)k;
	s->in.len += (size_t)k;
	s->z.next_in = s->in.data;
	s->z.avail_in = (uInt)s->in.len;
	return 0;
}

/* Does another member begin?  What is none is the end, but not at first. */
static int next_member(struct squeeze_unpacker *s, bool first,
		       struct err *err)
{
	if (supply(s, GZIP_HEAD + GZIP_TAIL, err))
		return -1;
	s->within = s->z.avail_in >= GZIP_HEAD &&
		memcmp(s->z.next_in, gzip_head, 3) == 0;
	s->done = !s->within;
	if (first && !s->within)
		return err_set(err, ERR_DATA, "this is no gzip");
	inflateReset(&s->z);
	return 0;
}

ptrdiff_t squeeze_unpacker_read(struct squeeze_unpacker *s, void *p, size_t n,
				struct err *err)
{
	uint8_t *to = p;
	size_t got = 0;

	if (!s->within && !s->done && next_member(s, true, err))
		return -1;
	while (got < n && !s->done) {
		size_t room = n - got < PIECE ? n - got : PIECE;
		int r;

		if (supply(s, 1, err))
			return -1;
		s->z.next_out = to + got;
		s->z.avail_out = (uInt)room;
		r = inflate(&s->z, Z_NO_FLUSH);
		got += room - s->z.avail_out;
		if (r == Z_STREAM_END) {
			if (next_member(s, false, err))
				return -1;
		} else if (r != Z_OK || (s->z.avail_in == 0 && s->ended &&
					 s->z.avail_out)) {
			return err_set(err, ERR_DATA, "gzip is %s",
				       r == Z_OK || r == Z_BUF_ERROR ?
				       "cut short" : "damaged");
		}
	}
	return (ptrdiff_t)got;
}

const char *squeeze_versions(void)
{
	static char text[64];

	if (!text[0])
		snprintf(text, sizeof(text), "zstd %s, zlib %s",
			 ZSTD_versionString(), zlibVersion());
	return text;
}
