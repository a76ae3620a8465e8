#include "codec/twin.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,avx")))

/* FIPS 180-4, 4.2.2 */
static const uint32_t constant[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* A message: its state as the instructions want it, and 16 words. */
struct lane {
	__m128i abef, cdgh;
	__m128i word[4];
};

bool twin_can(void)
{
	unsigned a, b, c, d;

	return __builtin_cpu_supports("avx") &&
		__get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

WITH_SHA static inline void load_state(struct lane *l, const uint32_t *s)
{
	__m128i cdab = _mm_shuffle_epi32(
		_mm_loadu_si128((const __m128i *)s), 0xb1);
	__m128i efgh = _mm_shuffle_epi32(
		_mm_loadu_si128((const __m128i *)(s + 4)), 0x1b);

	l->abef = _mm_alignr_epi8(cdab, efgh, 8);
	l->cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
}

WITH_SHA static inline void store_state(const struct lane *l, uint32_t *s)
{
	__m128i feba = _mm_shuffle_epi32(l->abef, 0x1b);
	__m128i dchg = _mm_shuffle_epi32(l->cdgh, 0xb1);

	_mm_storeu_si128((__m128i *)s, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)(s + 4), _mm_alignr_epi8(dchg, feba, 8));
}

WITH_SHA static inline void load_block(struct lane *l, const uint8_t *p)
{
	const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11,
						4, 5, 6, 7, 0, 1, 2, 3);

	for (int i = 0; i < 4; i++)
		l->word[i] = _mm_shuffle_epi8(_mm_loadu_si128(
			(const __m128i *)(p + 16 * i)), big_endian);
}

/* Four rounds; i is constant, and the words they use are made anew. */
__attribute__((always_inline))
WITH_SHA static inline void four(struct lane *l, __m128i k, int i, bool more)
{
	__m128i *w = l->word, sum = _mm_add_epi32(w[i], k), next;

	l->cdgh = _mm_sha256rnds2_epu32(l->cdgh, l->abef, sum);
	l->abef = _mm_sha256rnds2_epu32(l->abef, l->cdgh,
					_mm_shuffle_epi32(sum, 0x0e));
	if (!more)
		return;
	next = _mm_sha256msg1_epu32(w[i], w[(i + 1) & 3]);
	next = _mm_add_epi32(next, _mm_alignr_epi8(w[(i + 3) & 3],
						   w[(i + 2) & 3], 4));
	w[i] = _mm_sha256msg2_epu32(next, w[(i + 3) & 3]);
}

__attribute__((always_inline))
WITH_SHA static inline void both(struct lane *a, struct lane *b,
				 const uint32_t *k, int i, bool more)
{
	__m128i c = _mm_loadu_si128((const __m128i *)(k + 4 * i));

	four(a, c, i, more);
	four(b, c, i, more);
}

__attribute__((always_inline))
WITH_SHA static inline void one(struct lane *a, const uint32_t *k, int i,
				bool more)
{
	four(a, _mm_loadu_si128((const __m128i *)(k + 4 * i)), i, more);
}

WITH_SHA static inline void add_state(struct lane *l, const struct lane *to)
{
	l->abef = _mm_add_epi32(l->abef, to->abef);
	l->cdgh = _mm_add_epi32(l->cdgh, to->cdgh);
}

WITH_SHA void twin_add(struct twin *t, const uint8_t *p, struct twin *u,
		       const uint8_t *q, size_t n)
{
	struct lane a, b;

	load_state(&a, t->state);
	load_state(&b, u->state);
	for (size_t at = 0; at < n; at += TWIN_BLOCK) {
		struct lane a0 = a, b0 = b;

		load_block(&a, p + at);
		load_block(&b, q + at);
		for (int r = 0; r < 64; r += 16) {
			both(&a, &b, constant + r, 0, r < 48);
			both(&a, &b, constant + r, 1, r < 48);
			both(&a, &b, constant + r, 2, r < 48);
			both(&a, &b, constant + r, 3, r < 48);
		}
		add_state(&a, &a0);
		add_state(&b, &b0);
	}
	store_state(&a, t->state);
	store_state(&b, u->state);
	t->bytes += n;
	u->bytes += n;
}

WITH_SHA void twin_add_one(struct twin *t, const uint8_t *p, size_t n)
{
	struct lane a;

	load_state(&a, t->state);
	for (size_t at = 0; at < n; at += TWIN_BLOCK) {
		struct lane a0 = a;

		load_block(&a, p + at);
		for (int r = 0; r < 64; r += 16) {
			one(&a, constant + r, 0, r < 48);
			one(&a, constant + r, 1, r < 48);
			one(&a, constant + r, 2, r < 48);
			one(&a, constant + r, 3, r < 48);
		}
		add_state(&a, &a0);
	}
	store_state(&a, t->state);
	t->bytes += n;
}

void twin_begin(struct twin *t)
{
	static const uint32_t first[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(t->state, first, sizeof(first));
	t->bytes = 0;
}

void twin_end(struct twin *t, const uint8_t *p, size_t n,
	      uint8_t digest[HASH_SHA256_BYTES])
{
	uint8_t last[2 * TWIN_BLOCK] = { 0 };
	size_t all = n + 9 > TWIN_BLOCK ? 2 * TWIN_BLOCK : TWIN_BLOCK;
	uint64_t bits = 8 * (t->bytes + n);

	memcpy(last, p, n);
	last[n] = 0x80;
	for (int k = 0; k < 8; k++)
		last[all - 1 - k] = (uint8_t)(bits >> 8 * k);
	twin_add_one(t, last, all);
	for (int k = 0; k < HASH_SHA256_BYTES; k++)
		digest[k] = (uint8_t)(t->state[k / 4] >> (24 - 8 * (k % 4)));
}
#else
bool twin_can(void)
{
	return false;
}

void twin_begin(struct twin *t)
{
	(void)t;
	abort();
}

void twin_add(struct twin *t, const uint8_t *p, struct twin *u,
	      const uint8_t *q, size_t n)
{
	(void)t;
	(void)p;
	(void)u;
	(void)q;
	(void)n;
	abort();
}

void twin_add_one(struct twin *t, const uint8_t *p, size_t n)
{
	(void)t;
	(void)p;
	(void)n;
	abort();
}

void twin_end(struct twin *t, const uint8_t *p, size_t n,
	      uint8_t digest[HASH_SHA256_BYTES])
{
	(void)t;
	(void)p;
	(void)n;
	(void)digest;
	abort();
}
#endif
