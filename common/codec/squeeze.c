#include "codec/squeeze.h"

#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

#include "util/alloc.h"

enum {
	GZIP_HEAD = 10,
	GZIP_TAIL = 8,
	STEP = 64 << 10,	/* bytes that output grows by */
};

void squeeze_zstd(struct buf *out, const void *p, size_t n, int level)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(n), k;

	if (!c)
		alloc_bytes(SIZE_MAX);
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	buf_reserve(out, room);
	k = ZSTD_compress2(c, out->data + out->len, room, p, n);
	/* with room for the bound only memory can be lacking */
	if (ZSTD_isError(k))
		alloc_bytes(SIZE_MAX);
	out->len += k;
	ZSTD_freeCCtx(c);
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
	static const uint8_t head[GZIP_HEAD] = { 0x1f, 0x8b, 8 };
	z_stream z = { 0 };
	size_t from;

	buf_add(out, head, sizeof(head));
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

/* One member at p; *used gets its length. */
static int gunzip_member(struct buf *out, const uint8_t *p, size_t n,
			 size_t max, size_t *used, struct err *err)
{
	z_stream z = { 0 };
	int r;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		alloc_bytes(SIZE_MAX);
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	do {
		buf_reserve(out, STEP);
		z.next_out = out->data + out->len;
		z.avail_out = STEP;
		r = inflate(&z, Z_NO_FLUSH);
		out->len += STEP - z.avail_out;
	} while (r == Z_OK && out->len <= max);
	*used = n - z.avail_in;
	inflateEnd(&z);
	if (out->len > max)
		return err_set(err, ERR_DATA, "more than %zu bytes unpacked",
			       max);
	if (r != Z_STREAM_END)
		return err_set(err, ERR_DATA, "damaged or truncated gzip");
	return 0;
}

int squeeze_gunzip(struct buf *out, const void *p, size_t n, size_t max,
		   struct err *err)
{
	const uint8_t *b = p;
	size_t from = out->len, used;

	do {
		if (gunzip_member(out, b, n, from + max, &used, err))
			return -1;
		b += used;
		n -= used;
	} while (n >= 2 && b[0] == 0x1f && b[1] == 0x8b);
	return 0;
}

const char *squeeze_versions(void)
{
	static char text[64];

	if (!text[0])
		snprintf(text, sizeof(text), "zstd %s, zlib %s",
			 ZSTD_versionString(), zlibVersion());
	return text;
}
