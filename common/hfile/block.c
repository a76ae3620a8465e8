#include "hfile/block.h"

#include "codec/squeeze.h"
#include "hfile/format.h"

enum {
	PACK_LEVEL = 12,	/* of zstd, for names and index */
	PACK_HEAD = 5,		/* method and raw length */
};

static const char magic[4] = "GBLK";

int block_write_bytes(struct block_out *o, const void *p, size_t n,
		      struct err *err)
{
	if (io_write(o->to, p, n, err))
		return -1;
	hash_stream_add(o->hash, p, n);
	if (o->segment)
		hash_stream_add(o->segment, p, n);
	o->offset += n;
	return 0;
}

/* Can points not be read without knowing what it is? */
static bool is_critical(int type)
{
	return type != FORMAT_STATS && type != FORMAT_LOOKUP &&
		type != FORMAT_TERMS;
}

int block_write(struct block_out *o, int type, const void *payload, size_t n,
		struct block_ref *ref, struct err *err)
{
	uint8_t head[FORMAT_BLOCK_SIZE] = { 0 };
	uint8_t hash[FORMAT_BLOCK_HASH];
	uint64_t offset = o->offset, sum = hash_xxh3(payload, n, 0);

	if (o->sequence == 0)
		o->mark = o->segment ? (uint32_t)sum : 0;
	memcpy(head, magic, sizeof(magic));
	head[FORMAT_BLOCK_TYPE] = (uint8_t)type;
	head[FORMAT_BLOCK_FLAGS] = is_critical(type) ? FORMAT_CRITICAL : 0;
	buf_put_le32(head + FORMAT_BLOCK_LENGTH, (uint32_t)n);
	buf_put_le32(head + FORMAT_BLOCK_SEGMENT, o->mark);
	buf_put_le64(head + FORMAT_BLOCK_SEQUENCE, o->sequence++);
	buf_put_le32(head + FORMAT_BLOCK_CRC,
		     hash_crc32c(head, FORMAT_BLOCK_CRC));
	buf_put_le64(hash, sum);
	if (block_write_bytes(o, head, sizeof(head), err) ||
	    block_write_bytes(o, payload, n, err) ||
	    block_write_bytes(o, hash, sizeof(hash), err))
		return -1;
	if (ref)
		*ref = (struct block_ref){ offset, o->offset - offset };
	return 0;
}

void block_store(struct buf *payload, const void *raw, size_t n)
{
	buf_add_byte(payload, 0);
	buf_add_le32(payload, (uint32_t)n);
	buf_add(payload, raw, n);
}

void block_pack(struct buf *payload, const void *raw, size_t n)
{
	size_t from = payload->len;

	buf_add_byte(payload, 1);
	buf_add_le32(payload, (uint32_t)n);
	squeeze_zstd(payload, raw, n, PACK_LEVEL);
	if (payload->len - from < n + PACK_HEAD)
		return;
	payload->len = from;
	block_store(payload, raw, n);
}

int block_write_packed(struct block_out *o, int type, const void *raw,
		       size_t n, struct block_ref *ref, struct err *err)
{
	struct buf b = { 0 };
	int r;

	block_pack(&b, raw, n);
	r = block_write(o, type, b.data, b.len, ref, err);
	buf_release(&b);
	return r;
}

int block_take_head(const uint8_t *p, struct block_head *h, struct err *err)
{
	if (memcmp(p, magic, sizeof(magic)))
		return err_set(err, ERR_DATA, "no block where one should be");
	if (hash_crc32c(p, FORMAT_BLOCK_CRC) !=
	    buf_le32(p + FORMAT_BLOCK_CRC) ||
	    buf_le32(p + FORMAT_BLOCK_ZERO2))
		return err_set(err, ERR_DATA, "damaged block header");
	h->type = p[FORMAT_BLOCK_TYPE];
	h->flags = p[FORMAT_BLOCK_FLAGS];
	h->length = buf_le32(p + FORMAT_BLOCK_LENGTH);
	h->mark = buf_le32(p + FORMAT_BLOCK_SEGMENT);
	h->sequence = buf_le64(p + FORMAT_BLOCK_SEQUENCE);
	if (buf_le16(p + FORMAT_BLOCK_VERSION))
		return err_set(err, ERR_DATA, "block type %d of version %d is "
			       "not known here", h->type,
			       buf_le16(p + FORMAT_BLOCK_VERSION));
	if (h->length > FORMAT_BLOCK_MAX)
		return err_set(err, ERR_DATA, "block of %u bytes", h->length);
	return 0;
}

int block_check(const uint8_t *payload, size_t n, struct err *err)
{
	if (hash_xxh3(payload, n, 0) != buf_le64(payload + n))
		return err_set(err, ERR_DATA, "damaged block");
	return 0;
}

const uint8_t *block_peek(const uint8_t *p, size_t n, int type, size_t *len,
			  struct err *err)
{
	struct block_head h;

	if (n < FORMAT_BLOCK_SIZE + FORMAT_BLOCK_HASH) {
		err_set(err, ERR_DATA, "block of %zu bytes", n);
		return NULL;
	}
	if (block_take_head(p, &h, err))
		return NULL;
	if (h.type != type ||
	    h.length != n - FORMAT_BLOCK_SIZE - FORMAT_BLOCK_HASH) {
		err_set(err, ERR_DATA, "block of type %d with %u bytes where "
			"type %d with %zu should be", h.type, h.length, type,
			n - FORMAT_BLOCK_SIZE - FORMAT_BLOCK_HASH);
		return NULL;
	}
	if (block_check(p + FORMAT_BLOCK_SIZE, h.length, err))
		return NULL;
	*len = h.length;
	return p + FORMAT_BLOCK_SIZE;
}

int block_read(struct io_blob *b, const struct block_ref *ref, int type,
	       struct buf *payload, struct err *err)
{
	const uint8_t *p;
	size_t n;

	if (ref->offset > b->size || ref->length > b->size - ref->offset ||
	    ref->length > (uint64_t)FORMAT_BLOCK_MAX + 64)
		return err_set(err, ERR_DATA, "block beyond the file");
	buf_reset(payload);
	buf_reserve(payload, (size_t)ref->length);
	if (io_pread(b, payload->data, (size_t)ref->length, ref->offset, err))
		return -1;
	p = block_peek(payload->data, (size_t)ref->length, type, &n, err);
	if (!p)
		return err_at(err, "@%llu", (unsigned long long)ref->offset);
	memmove(payload->data, p, n);
	payload->len = n;
	return 0;
}

int block_unpack(const uint8_t *payload, size_t n, size_t max,
		 struct buf *raw, struct err *err)
{
	size_t len;

	buf_reset(raw);
	if (n < PACK_HEAD || payload[0] > 1)
		return err_set(err, ERR_DATA, "bad packed block");
	len = buf_le32(payload + 1);
	if (len > max)
		return err_set(err, ERR_DATA, "packed block of %zu bytes",
			       len);
	payload += PACK_HEAD;
	n -= PACK_HEAD;
	if (!buf_le32(payload - 4) && n == 0)
		return 0;
	if (payload[-PACK_HEAD] == 1)
		return squeeze_unzstd(raw, payload, n, len, err);
	if (len != n)
		return err_set(err, ERR_DATA, "bad packed block");
	buf_add(raw, payload, n);
	return 0;
}
