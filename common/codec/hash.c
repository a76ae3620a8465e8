#include "codec/hash.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL	/* records of one length are hashed in place */
#include <xxhash.h>

#include "codec/libcrypto.h"
#include "util/alloc.h"
#include "util/buf.h"

uint64_t hash_xxh3(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}

struct hash_128 hash_xxh3_128(const void *p, size_t n, uint64_t seed)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(p, n, seed);

	return (struct hash_128){ h.low64, h.high64 };
}

static void add_records(struct hash_128 *sum, const uint8_t *p, size_t size,
			size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		struct hash_128 h = hash_xxh3_128(p + i * size, size, seed);

		sum->low += h.low;
		sum->high += h.high;
	}
}

void hash_xxh3_128_records(struct hash_128 *sum, const void *p, size_t size,
			   size_t n, uint64_t seed)
{
	/* the length of a number's record in the content digest */
	if (size == 33)
		add_records(sum, p, 33, n, seed);
	else
		add_records(sum, p, size, n, seed);
}

struct hash_stream {
	XXH3_state_t *state;
};

struct hash_stream *hash_stream_new(void)
{
	struct hash_stream *s = alloc_zero(1, sizeof(*s));

	s->state = XXH3_createState();
	if (!s->state)
		alloc_bytes(SIZE_MAX);
	XXH3_64bits_reset(s->state);
	return s;
}

void hash_stream_add(struct hash_stream *s, const void *p, size_t n)
{
	if (n)
		XXH3_64bits_update(s->state, p, n);
}

uint64_t hash_stream_value(const struct hash_stream *s)
{
	return XXH3_64bits_digest(s->state);
}

/* the two sizes differ in their last step only, by the library's word */
struct hash_128 hash_stream_value_128(const struct hash_stream *s)
{
	XXH128_hash_t h = XXH3_128bits_digest(s->state);

	return (struct hash_128){ h.low64, h.high64 };
}

void hash_stream_reset(struct hash_stream *s)
{
	XXH3_64bits_reset(s->state);
}

void hash_stream_free(struct hash_stream *s)
{
	if (!s)
		return;
	XXH3_freeState(s->state);
	free(s);
}

/*
 * The same code as by EVP, which first reads its configuration and fills its
 * tables: a millisecond, of the five that a small file takes in all.  The
 * header of a file waits: libcrypto is loaded when more comes, by one thread
 * while others work.
 */
struct hash_sha256 {
	SHA256_CTX ctx;
	bool begun;
	uint8_t first[SHA256_CBLOCK];
	size_t n;		/* bytes that wait */
};

struct hash_sha256 *hash_sha256_new(void)
{
	return alloc_zero(1, sizeof(struct hash_sha256));
}

static void sha256_begin(struct hash_sha256 *s)
{
	if (s->begun)
		return;
	libcrypto_need();
	libcrypto.SHA256_Init(&s->ctx);
	libcrypto.SHA256_Update(&s->ctx, s->first, s->n);
	s->begun = true;
}

void hash_sha256_add(struct hash_sha256 *s, const void *p, size_t n)
{
	if (n == 0)
		return;
	if (!s->begun && n <= sizeof(s->first) - s->n) {
		memcpy(s->first + s->n, p, n);
		s->n += n;
		return;
	}
	sha256_begin(s);
	libcrypto.SHA256_Update(&s->ctx, p, n);
}

void hash_hex(const uint8_t *p, size_t n, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[p[i] >> 4];
		hex[2 * i + 1] = digits[p[i] & 15];
	}
	hex[2 * n] = '\0';
}

void hash_sha256_end(struct hash_sha256 *s, uint8_t out[HASH_SHA256_BYTES])
{
	sha256_begin(s);
	libcrypto.SHA256_Final(out, &s->ctx);
}

void hash_sha256_hex(struct hash_sha256 *s, char hex[65])
{
	uint8_t md[HASH_SHA256_BYTES];

	hash_sha256_end(s, md);
	hash_hex(md, sizeof(md), hex);
}

void hash_sha256_free(struct hash_sha256 *s)
{
	free(s);
}

void hash_sha256(const void *p, size_t n, uint8_t out[HASH_SHA256_BYTES])
{
	libcrypto_need();
	libcrypto.SHA256(p, n, out);
}

void hash_hmac_sha256(const void *key, size_t nkey, const void *p, size_t n,
		      uint8_t out[HASH_SHA256_BYTES])
{
	libcrypto_need();
	if (!libcrypto.HMAC(libcrypto.EVP_sha256(), key, (int)nkey, p, n, out,
			    NULL))
		alloc_bytes(SIZE_MAX);
}

static EVP_MD_CTX *digest_new(const EVP_MD *kind)
{
	EVP_MD_CTX *ctx = libcrypto.EVP_MD_CTX_new();

	if (!ctx || !libcrypto.EVP_DigestInit_ex(ctx, kind, NULL))
		alloc_bytes(SIZE_MAX);
	return ctx;
}

struct hash_md5 {
	EVP_MD_CTX *ctx;
};

struct hash_md5 *hash_md5_new(void)
{
	struct hash_md5 *s = alloc_zero(1, sizeof(*s));

	libcrypto_need();
	s->ctx = digest_new(libcrypto.EVP_md5());
	return s;
}

void hash_md5_add(struct hash_md5 *s, const void *p, size_t n)
{
	libcrypto.EVP_DigestUpdate(s->ctx, p, n);
}

void hash_md5_end(struct hash_md5 *s, uint8_t out[HASH_MD5_BYTES])
{
	libcrypto.EVP_DigestFinal_ex(s->ctx, out, NULL);
}

void hash_md5_free(struct hash_md5 *s)
{
	if (!s)
		return;
	libcrypto.EVP_MD_CTX_free(s->ctx);
	free(s);
}

struct hash_sha1 {
	EVP_MD_CTX *ctx;
};

struct hash_sha1 *hash_sha1_new(void)
{
	struct hash_sha1 *s = alloc_zero(1, sizeof(*s));

	libcrypto_need();
	s->ctx = digest_new(libcrypto.EVP_sha1());
	return s;
}

void hash_sha1_add(struct hash_sha1 *s, const void *p, size_t n)
{
	libcrypto.EVP_DigestUpdate(s->ctx, p, n);
}

void hash_sha1_end(struct hash_sha1 *s, uint8_t out[HASH_SHA1_BYTES])
{
	libcrypto.EVP_DigestFinal_ex(s->ctx, out, NULL);
}

void hash_sha1_free(struct hash_sha1 *s)
{
	if (!s)
		return;
	libcrypto.EVP_MD_CTX_free(s->ctx);
	free(s);
}

void hash_random(void *p, size_t n)
{
	libcrypto_need();
	if (libcrypto.RAND_bytes(p, (int)n) != 1)
		alloc_bytes(SIZE_MAX);
}

/* Only headers of 28 and 60 bytes are summed: the plain way will do. */
uint32_t hash_crc32c(const void *p, size_t n)
{
	const uint8_t *b = p;
	uint32_t c = 0xffffffffu;

	for (size_t i = 0; i < n; i++) {
		c ^= b[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? 0x82f63b78u : 0);
	}
	return ~c;
}

static inline uint64_t rotate(uint64_t v, int k)
{
	return v << k | v >> (64 - k);
}

struct sip {
	uint64_t v0, v1, v2, v3;
	uint64_t word;		/* bytes that wait for a whole word */
	size_t n;
};

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t m)
{
	s->v3 ^= m;
	sip_round(s);
	sip_round(s);
	s->v0 ^= m;
}

static void sip_byte(struct sip *s, uint8_t b)
{
	s->word |= (uint64_t)b << 8 * (s->n % 8);
	if (++s->n % 8 == 0) {
		sip_word(s, s->word);
		s->word = 0;
	}
}

static void sip_begin(struct sip *s, const uint8_t key[16])
{
	uint64_t k0 = buf_be64(key), k1 = buf_be64(key + 8);

	*s = (struct sip){
		.v0 = k0 ^ UINT64_C(0x736f6d6570736575),
		.v1 = k1 ^ UINT64_C(0x646f72616e646f6d),
		.v2 = k0 ^ UINT64_C(0x6c7967656e657261),
		.v3 = k1 ^ UINT64_C(0x7465646279746573),
	};
}

static uint64_t sip_end(struct sip *s)
{
	sip_word(s, s->word | (uint64_t)s->n << 56);
	s->v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t hash_sip(const uint8_t key[16], const void *p, size_t n)
{
	struct sip s;

	sip_begin(&s, key);
	for (size_t i = 0; i < n; i++)
		sip_byte(&s, ((const uint8_t *)p)[i]);
	return sip_end(&s);
}

uint64_t hash_sip_palindromic(const uint8_t key[16], const void *p, size_t n)
{
	const uint8_t *b = p;
	struct sip s;

	sip_begin(&s, key);
	for (size_t i = 0; i < n; i++)
		sip_byte(&s, b[i]);
	for (size_t i = n; i-- > 0;)
		sip_byte(&s, b[i]);
	return sip_end(&s);
}

struct hash_128 hash_series_id(const struct series *s, struct buf *scratch)
{
	buf_reset(scratch);
	series_print_identity(scratch, s);
	return hash_xxh3_128(scratch->data, scratch->len, 0);
}

void hash_128_print(struct hash_128 h, char *text)
{
	snprintf(text, HASH_128_TEXT, "%016llx%016llx",
		 (unsigned long long)h.high, (unsigned long long)h.low);
}

int hash_128_parse(struct hash_128 *h, const char *text)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	*h = (struct hash_128){ 0, 0 };
	if (strlen(text) != HASH_128_TEXT - 1)
		return -1;
	for (; *text; text++) {
		const char *d = strchr(digits, *text);

		if (!d)
			return -1;
		h->high = h->high << 4 | h->low >> 60;
		h->low = h->low << 4 | (uint64_t)((d - digits) % 16);
	}
	return 0;
}

uint64_t hash_class_id(const uint8_t key[16], struct series_text class)
{
	return hash_sip_palindromic(key, class.p, class.n);
}

/* Two hashes of a label; ordered as signed numbers (ids.md 4). */
struct label_hash {
	int64_t name;
	int64_t value;
};

static int compare_hashes(const void *a, const void *b)
{
	const struct label_hash *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

uint64_t hash_labels_id(const uint8_t key[16], const struct series_pair *pairs,
			size_t n)
{
	struct label_hash *h = alloc_zero(n, sizeof(*h));
	struct buf b = { 0 };
	uint64_t id;

	for (size_t i = 0; i < n; i++) {
		h[i].name = (int64_t)hash_sip_palindromic(
			key, pairs[i].name.p, pairs[i].name.n);
		h[i].value = (int64_t)hash_sip_palindromic(
			key, pairs[i].value.p, pairs[i].value.n);
	}
	qsort(h, n, sizeof(*h), compare_hashes);
	for (size_t i = 0; i < n; i++) {
		buf_add_be64(&b, (uint64_t)h[i].name);
		buf_add_be64(&b, (uint64_t)h[i].value);
	}
	id = hash_sip_palindromic(key, b.data, b.len);
	buf_release(&b);
	free(h);
	return id;
}

uint64_t hash_gts_id(const uint8_t key[16], uint64_t class_id,
		     uint64_t labels_id)
{
	uint8_t m[21];

	memcpy(m, "GTS:", 4);
	m[12] = ':';
	for (int i = 0; i < 8; i++) {
		m[4 + i] = (uint8_t)(class_id >> (56 - 8 * i));
		m[13 + i] = (uint8_t)(labels_id >> (56 - 8 * i));
	}
	return hash_sip_palindromic(key, m, sizeof(m));
}
