#include "codec/crc.h"

#include <pthread.h>
#include <stdbool.h>

#include "util/buf.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { SLICES = 16 };

/* Reflected polynomials; 32-bit ones work in the low half. */
static const uint64_t polynomial[CRC_KINDS] = {
	UINT64_C(0xedb88320), UINT64_C(0x82f63b78),
	UINT64_C(0x9a6c9329ac4bc9b5),
};
static uint64_t table[CRC_KINDS][SLICES][256];

static uint64_t mask_of(enum crc_kind kind)
{
	return kind == CRC_64NVME ? UINT64_MAX : UINT32_MAX;
}

size_t crc_bytes(enum crc_kind kind)
{
	return kind == CRC_64NVME ? 8 : 4;
}

static void make_tables(void)
{
	for (int k = 0; k < CRC_KINDS; k++) {
		for (unsigned i = 0; i < 256; i++) {
			uint64_t c = i;

			for (int b = 0; b < 8; b++)
				c = c >> 1 ^ (c & 1 ? polynomial[k] : 0);
			table[k][0][i] = c;
		}
		for (int s = 1; s < SLICES; s++)
			for (unsigned i = 0; i < 256; i++) {
				uint64_t c = table[k][s - 1][i];

				table[k][s][i] = c >> 8 ^
					table[k][0][c & 255];
			}
	}
}

static uint64_t add_tables(uint64_t (*t)[256], uint64_t c, const uint8_t *p,
			   size_t n)
{
	for (; n >= SLICES; n -= SLICES, p += SLICES) {
		uint64_t a = buf_le64(p) ^ c, b = buf_le64(p + 8);

		c = 0;
		for (int i = 0; i < 8; i++) {
			c ^= t[15 - i][a >> 8 * i & 255];
			c ^= t[7 - i][b >> 8 * i & 255];
		}
	}
	for (; n; n--, p++)
		c = c >> 8 ^ t[0][(c ^ *p) & 255];
	return c;
}

/* a * b modulo the polynomial; bit 0 is the highest power (reflected). */
static uint64_t multiply(enum crc_kind kind, uint64_t a, uint64_t b)
{
	uint64_t top = kind == CRC_64NVME ? UINT64_C(1) << 63 :
		UINT64_C(1) << 31, r = 0;

	for (uint64_t bit = top; bit; bit >>= 1) {
		if (a & bit)
			r ^= b;
		b = b >> 1 ^ (b & 1 ? polynomial[kind] : 0);
	}
	return r;
}

/* x to the power of 8 n. */
static uint64_t power(enum crc_kind kind, uint64_t n)
{
	uint64_t one = kind == CRC_64NVME ? UINT64_C(1) << 63 :
		UINT64_C(1) << 31;
	uint64_t r = one, square = one >> 8;

	for (; n; n >>= 1) {
		if (n & 1)
			r = multiply(kind, r, square);
		square = multiply(kind, square, square);
	}
	return r;
}

#if defined(__x86_64__)
/*
 * Four registers, of 16 bytes (narrow), 32 (middle) or 64 (wide), are folded
 * as many bytes ahead at a time; what the larger ones end with goes through
 * the narrow ones.
 */
enum {
	NARROW = 64, MIDDLE = 128, WIDE = 256,
	NARROW_LEAST = 256, MIDDLE_LEAST = 512, WIDE_LEAST = 1024,
};
#define WITH_NARROW __attribute__((target("pclmul,avx")))
#define WITH_MIDDLE __attribute__((target("vpclmulqdq,avx2,pclmul")))
#define WITH_WIDE __attribute__((target("vpclmulqdq,avx512f,pclmul")))
/* For low and high half of a lane: this many bytes ahead. */
static uint64_t by_16[2], by_64[2], by_128[2], by_256[2];
static bool can_narrow, can_middle, can_wide;

/*
 * Reflected carry-less products come out shifted by one bit: the constants
 * are x^(distance - 1), distance in bits from the lane's half.
 */
static void make_fold(uint64_t k[2], uint64_t ahead)
{
	for (int i = 0; i < 2; i++) {
		uint64_t c = UINT64_C(1) << 63;

		for (uint64_t b = 0; b < 8 * ahead + (i ? 0 : 64) - 1; b++)
			c = c >> 1 ^ (c & 1 ? polynomial[CRC_64NVME] : 0);
		k[i] = c;
	}
}

static void make_folds(void)
{
	make_fold(by_16, 16);
	make_fold(by_64, NARROW);
	make_fold(by_128, MIDDLE);
	make_fold(by_256, WIDE);
	can_narrow = __builtin_cpu_supports("pclmul") &&
		__builtin_cpu_supports("avx");
	can_middle = can_narrow && __builtin_cpu_supports("avx2") &&
		__builtin_cpu_supports("vpclmulqdq");
	can_wide = can_middle && __builtin_cpu_supports("avx512f");
}

WITH_NARROW static inline __m128i load_narrow(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)p);
}

WITH_NARROW static inline __m128i fold_narrow(__m128i lane, __m128i k,
					      __m128i next)
{
	__m128i low = _mm_clmulepi64_si128(lane, k, 0x00);
	__m128i high = _mm_clmulepi64_si128(lane, k, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* Consumes whole blocks of NARROW bytes; returns how many bytes. */
WITH_NARROW static size_t add_narrow(uint64_t *crc, const uint8_t *p,
				     size_t n)
{
	const __m128i far = load_narrow((const uint8_t *)by_64);
	const __m128i near = load_narrow((const uint8_t *)by_16);
	__m128i a = load_narrow(p), b = load_narrow(p + 16);
	__m128i c = load_narrow(p + 32), d = load_narrow(p + 48);
	uint8_t rest[16];
	size_t done = NARROW;

	a = _mm_xor_si128(a, _mm_set_epi64x(0, (int64_t)*crc));
	for (; done + NARROW <= n; done += NARROW) {
		const uint8_t *q = p + done;

		a = fold_narrow(a, far, load_narrow(q));
		b = fold_narrow(b, far, load_narrow(q + 16));
		c = fold_narrow(c, far, load_narrow(q + 32));
		d = fold_narrow(d, far, load_narrow(q + 48));
	}
	b = fold_narrow(a, near, b);
	c = fold_narrow(b, near, c);
	d = fold_narrow(c, near, d);
	_mm_storeu_si128((__m128i *)rest, d);
	*crc = add_tables(table[CRC_64NVME], 0, rest, sizeof(rest));
	return done;
}

WITH_MIDDLE static inline __m256i fold_middle(__m256i lane, __m256i k,
					      const uint8_t *next)
{
	return _mm256_xor_si256(_mm256_xor_si256(
		_mm256_clmulepi64_epi128(lane, k, 0x00),
		_mm256_clmulepi64_epi128(lane, k, 0x11)),
		_mm256_loadu_si256((const __m256i *)next));
}

/* The same with blocks of MIDDLE bytes. */
WITH_MIDDLE static size_t add_middle(uint64_t *crc, const uint8_t *p,
				     size_t n)
{
	const __m256i far = _mm256_broadcastsi128_si256(
		_mm_loadu_si128((const __m128i *)by_128));
	uint8_t rest[MIDDLE];
	__m256i lane[4];
	size_t done = MIDDLE;

	for (int i = 0; i < 4; i++)
		lane[i] = _mm256_loadu_si256((const __m256i *)(p + 32 * i));
	lane[0] = _mm256_xor_si256(lane[0], _mm256_set_epi64x(0, 0, 0,
							      (int64_t)*crc));
	for (; done + MIDDLE <= n; done += MIDDLE)
		for (int i = 0; i < 4; i++)
			lane[i] = fold_middle(lane[i], far,
					      p + done + 32 * i);
	for (int i = 0; i < 4; i++)
		_mm256_storeu_si256((__m256i *)(rest + 32 * i), lane[i]);
	_mm256_zeroupper();
	*crc = 0;
	add_narrow(crc, rest, sizeof(rest));
	return done;
}

WITH_WIDE static inline __m512i fold_wide(__m512i lane, __m512i k,
					  const uint8_t *next)
{
	/* 0x96: all three, exclusively */
	return _mm512_ternarylogic_epi64(
		_mm512_clmulepi64_epi128(lane, k, 0x00),
		_mm512_clmulepi64_epi128(lane, k, 0x11),
		_mm512_loadu_si512(next), 0x96);
}

/* And with blocks of WIDE bytes. */
WITH_WIDE static size_t add_wide(uint64_t *crc, const uint8_t *p, size_t n)
{
	const __m512i far = _mm512_broadcast_i32x4(
		_mm_loadu_si128((const __m128i *)by_256));
	__m512i a = _mm512_loadu_si512(p), b = _mm512_loadu_si512(p + 64);
	__m512i c = _mm512_loadu_si512(p + 128);
	__m512i d = _mm512_loadu_si512(p + 192);
	uint8_t rest[WIDE];
	size_t done = WIDE;

	a = _mm512_xor_si512(a, _mm512_zextsi128_si512(
		_mm_set_epi64x(0, (int64_t)*crc)));
	for (; done + WIDE <= n; done += WIDE) {
		const uint8_t *q = p + done;

		a = fold_wide(a, far, q);
		b = fold_wide(b, far, q + 64);
		c = fold_wide(c, far, q + 128);
		d = fold_wide(d, far, q + 192);
	}
	_mm512_storeu_si512(rest, a);
	_mm512_storeu_si512(rest + 64, b);
	_mm512_storeu_si512(rest + 128, c);
	_mm512_storeu_si512(rest + 192, d);
	/* Or what uses short registers, as SHA-256 does, is slow from here. */
	_mm256_zeroupper();
	*crc = 0;
	add_narrow(crc, rest, sizeof(rest));
	return done;
}

/* As many bytes as go by multiplication; returns how many. */
static size_t add_folded(uint64_t *crc, const uint8_t *p, size_t n)
{
	size_t done = 0;

	if (can_wide && n >= WIDE_LEAST)
		done = add_wide(crc, p, n);
	else if (can_middle && n >= MIDDLE_LEAST)
		done = add_middle(crc, p, n);
	if (can_narrow && n - done >= NARROW_LEAST)
		done += add_narrow(crc, p + done, n - done);
	return done;
}
#endif

static void prepare(void)
{
	make_tables();
#if defined(__x86_64__)
	make_folds();
#endif
}

uint64_t crc_add(enum crc_kind kind, uint64_t crc, const void *p, size_t n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const uint8_t *b = p;
	uint64_t c = crc ^ mask_of(kind);

	pthread_once(&once, prepare);
#if defined(__x86_64__)
	if (kind == CRC_64NVME) {
		size_t k = add_folded(&c, b, n);

		b += k;
		n -= k;
	}
#endif
	return add_tables(table[kind], c, b, n) ^ mask_of(kind);
}

uint64_t crc_join(enum crc_kind kind, uint64_t a, uint64_t b, uint64_t nb)
{
	return multiply(kind, power(kind, nb), a) ^ b;
}
