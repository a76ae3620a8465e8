/*
 * The digests and checksums of object stores, against published values; the
 * digest of texts, against its record.
 */
#include <stdlib.h>

#include "codec/crc.h"
#include "codec/digest.h"
#include "codec/hash.h"
#include "codec/twin.h"
#include "codec/varint.h"
#include "unit/tap.h"

static void test_digests(void)
{
	uint8_t md[HASH_SHA256_BYTES];
	char hex[65];
	struct hash_md5 *m = hash_md5_new();
	struct hash_sha1 *sha1 = hash_sha1_new();

	hash_md5_add(m, "a", 1);
	hash_md5_add(m, "bc", 2);
	hash_md5_end(m, md);
	hash_md5_free(m);
	hash_hex(md, HASH_MD5_BYTES, hex);
	tap_is_text(hex, "900150983cd24fb0d6963f7d28e17f72", "MD5 of abc");
	hash_sha1_add(sha1, "abc", 3);
	hash_sha1_end(sha1, md);
	hash_sha1_free(sha1);
	hash_hex(md, HASH_SHA1_BYTES, hex);
	tap_is_text(hex, "a9993e364706816aba3e25717850c26c9cd0d89d",
		    "SHA-1 of abc");
	/* RFC 4231, case 2. */
	hash_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, md);
	hash_hex(md, HASH_SHA256_BYTES, hex);
	tap_is_text(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec"
		    "58b964ec3843", "HMAC-SHA256 of RFC 4231");
}

/*
 * Two messages of two lengths, side by side from different places on, in
 * pieces, and their rest alone; against one at a time.
 */
static void test_twin(void)
{
	enum { N = 1000, AHEAD = 3 * TWIN_BLOCK };
	uint8_t p[N + AHEAD], q[N], got[HASH_SHA256_BYTES];
	uint8_t want[HASH_SHA256_BYTES];
	bool same = true;

	for (int i = 0; i < N + AHEAD; i++)
		p[i] = (uint8_t)(i * 2654435761u >> 13);
	for (int i = 0; i < N; i++)
		q[i] = (uint8_t)(i * 2246822519u >> 11);
	for (size_t n = 0; n <= N && twin_can(); n += n < 300 ? 1 : 7) {
		size_t first = n / 3 / TWIN_BLOCK * TWIN_BLOCK;
		size_t all = n / TWIN_BLOCK * TWIN_BLOCK;
		size_t ahead = n % 4 * TWIN_BLOCK;
		struct twin t, u;

		twin_begin(&t);
		twin_begin(&u);
		twin_add_one(&t, p, ahead);
		twin_add(&t, p + ahead, &u, q, first);
		twin_add(&u, q + first, &t, p + ahead + first, all - first);
		twin_end(&t, p + ahead + all, n - all, got);
		hash_sha256(p, ahead + n, want);
		same &= memcmp(want, got, sizeof(got)) == 0;
		twin_end(&u, q + all, n - all, got);
		hash_sha256(q, n, want);
		same &= memcmp(want, got, sizeof(got)) == 0;
	}
	tap_ok(same, "SHA-256 of two messages at once%s",
	       twin_can() ? "" : " # SKIP not by this processor");
}

static void test_crc(void)
{
	static const struct {
		enum crc_kind kind;
		uint64_t check;
	} known[] = {
		{ CRC_32, 0xcbf43926 }, { CRC_32C, 0xe3069283 },
		{ CRC_64NVME, UINT64_C(0xae8b14860a799888) },
	};
	enum { N = 5000 };
	uint8_t *p = malloc(N);

	for (int i = 0; i < N; i++)
		p[i] = (uint8_t)(i * 2654435761u >> 13);
	for (int k = 0; k < CRC_KINDS; k++) {
		enum crc_kind kind = known[k].kind;
		bool pieces = true, joined = true;
		uint64_t byte_wise[N + 1];

		tap_ok(crc_add(kind, 0, "123456789", 9) == known[k].check,
		       "check value of kind %d", k);
		byte_wise[0] = 0;
		for (int i = 0; i < N; i++)
			byte_wise[i + 1] = crc_add(kind, byte_wise[i], p + i,
						   1);
		for (int n = 0; n <= N; n += n < 700 ? 1 : 97) {
			uint64_t whole = crc_add(kind, 0, p, (size_t)n);
			uint64_t rest = crc_add(kind, 0, p + n,
						(size_t)(N - n));

			pieces &= whole == byte_wise[n];
			joined &= crc_join(kind, whole, rest,
					   (uint64_t)(N - n)) == byte_wise[N];
		}
		tap_ok(pieces, "any length as byte by byte, kind %d", k);
		tap_ok(joined, "two texts joined, kind %d", k);
	}
	free(p);
}

/* Texts of all lengths: those hashed on the stack and the longer ones. */
static void test_texts(void)
{
	enum { MOST = 700, SEED = 12345 };
	struct hash_128 sum = { 0 }, want = { 0 };
	struct batch b = { 0 };
	struct buf record = { 0 };
	char text[MOST];

	for (size_t n = 0; n < MOST; n++) {
		size_t i = batch_add_place(&b, (int64_t)n, BATCH_NO_LOCATION,
					   -(int64_t)n);
		struct hash_128 h;

		text[n] = (char)('a' + n % 26);
		batch_set_bytes(&b, i, BATCH_STRING, text, n);
		buf_reset(&record);
		buf_add_le64(&record, n);
		buf_add_le64(&record, (uint64_t)BATCH_NO_LOCATION);
		buf_add_le64(&record, 0 - (uint64_t)n);
		buf_add_byte(&record, BATCH_STRING);
		varint_put(&record, n);
		buf_add(&record, text, n);
		h = hash_xxh3_128(record.data, record.len, SEED);
		want.low += h.low;
		want.high += h.high;
	}
	/* a number among them */
	batch_set_long(&b, batch_add_place(&b, 7, 8, 9), 10);
	digest_points(&sum, SEED, &b, 0, MOST);
	tap_ok(sum.low == want.low && sum.high == want.high,
	       "texts of 0 to %d bytes", MOST - 1);
	sum = want = (struct hash_128){ 0 };
	digest_points(&sum, SEED, &b, MOST, 1);
	buf_reset(&record);
	for (uint64_t v = 7; v <= 9; v++)
		buf_add_le64(&record, v);
	buf_add_byte(&record, BATCH_LONG);
	buf_add_le64(&record, 10);
	want = hash_xxh3_128(record.data, record.len, SEED);
	tap_ok(sum.low == want.low && sum.high == want.high,
	       "a number beside texts");
	batch_release(&b);
	buf_release(&record);
}

int main(void)
{
	test_digests();
	test_twin();
	test_crc();
	test_texts();
	return tap_done();
}
