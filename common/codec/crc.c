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
/* Four lanes of 16 bytes, folded 64 bytes ahead at a time. */
enum { FOLD = 64, FOLD_LEAST = 256 };
static uint64_t fold_far[2], fold_near[2];
static bool can_fold;

static void make_folds(void)
{
	/*
	 * Reflected carry-less products come out shifted by one bit: the
	 * constants are x^(distance - 1), distance in bits from the lane.
	 */
	for (int i = 0; i < 2; i++) {
		uint64_t bits[2] = { i ? 512 - 1 : 512 + 64 - 1,
				     i ? 128 - 1 : 128 + 64 - 1 };

		for (int k = 0; k < 2; k++) {
			uint64_t c = UINT64_C(1) << 63;

			for (uint64_t b = 0; b < bits[k]; b++)
				c = c >> 1 ^ (c & 1 ?
					polynomial[CRC_64NVME] : 0);
			(k ? fold_near : fold_far)[i] = c;
		}
	}
	can_fold = __builtin_cpu_supports("pclmul") &&
		__builtin_cpu_supports("sse4.1");
}

__attribute__((target("pclmul,sse4.1")))
static __m128i fold(__m128i lane, __m128i k, __m128i next)
{
	__m128i low = _mm_clmulepi64_si128(lane, k, 0x00);
	__m128i high = _mm_clmulepi64_si128(lane, k, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* Consumes whole blocks of FOLD bytes; returns how many bytes. */
__attribute__((target("pclmul,sse4.1")))
static size_t add_folded(uint64_t *crc, const uint8_t *p, size_t n)
{
	const __m128i far = _mm_set_epi64x((int64_t)fold_far[1],
					   (int64_t)fold_far[0]);
	const __m128i near = _mm_set_epi64x((int64_t)fold_near[1],
					    (int64_t)fold_near[0]);
	__m128i lane[4], one;
	uint8_t rest[16];
	size_t done = FOLD;

	for (int i = 0; i < 4; i++)
		lane[i] = _mm_loadu_si128((const __m128i *)(p + 16 * i));
	lane[0] = _mm_xor_si128(lane[0], _mm_set_epi64x(0, (int64_t)*crc));
	for (; done + FOLD <= n; done += FOLD)
		for (int i = 0; i < 4; i++)
			lane[i] = fold(lane[i], far, _mm_loadu_si128(
				(const __m128i *)(p + done + 16 * i)));
	one = lane[0];
	for (int i = 1; i < 4; i++)
		one = fold(one, near, lane[i]);
	_mm_storeu_si128((__m128i *)rest, one);
	*crc = add_tables(table[CRC_64NVME], 0, rest, sizeof(rest));
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
	if (kind == CRC_64NVME && can_fold && n >= FOLD_LEAST) {
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
