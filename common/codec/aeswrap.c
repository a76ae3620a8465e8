#include "codec/aeswrap.h"

#include "codec/libcrypto.h"

enum { UNIT = 8, BLOCK = 16, ROUNDS = 6 };

/* One AES block in place, encrypted or decrypted. */
static int crypt_block(EVP_CIPHER_CTX *c, uint8_t b[BLOCK])
{
	int n = 0;

	return libcrypto.EVP_CipherUpdate(c, b, &n, b, BLOCK) && n == BLOCK ?
		0 : -1;
}

static EVP_CIPHER_CTX *cipher(const uint8_t *key, size_t nkey, int encrypt,
			      struct err *err)
{
	EVP_CIPHER_CTX *c;
	const EVP_CIPHER *aes;

	if (libcrypto_load(err))
		return NULL;
	c = libcrypto.EVP_CIPHER_CTX_new();
	aes = nkey == 16 ? libcrypto.EVP_aes_128_ecb() :
		nkey == 24 ? libcrypto.EVP_aes_192_ecb() :
		nkey == 32 ? libcrypto.EVP_aes_256_ecb() : NULL;
	if (c && aes &&
	    libcrypto.EVP_CipherInit_ex(c, aes, NULL, key, NULL, encrypt) &&
	    libcrypto.EVP_CIPHER_CTX_set_padding(c, 0))
		return c;
	libcrypto.EVP_CIPHER_CTX_free(c);
	err_set(err, ERR_USAGE, "an AES key has 16, 24 or 32 bytes");
	return NULL;
}

/* t mixed into the register, as RFC 3394 has it. */
static void mix(uint8_t *a, uint64_t t)
{
	for (int i = 0; i < UNIT; i++)
		a[i] ^= (uint8_t)(t >> (56 - 8 * i));
}

/* The rounds of RFC 3394 over register and n units at a. */
static int rounds(EVP_CIPHER_CTX *c, uint8_t *a, size_t n, int encrypt)
{
	uint8_t b[BLOCK];
	uint64_t steps = ROUNDS * (uint64_t)n;

	for (uint64_t k = 0; k < steps; k++) {
		uint64_t t = encrypt ? k + 1 : steps - k;
		uint8_t *r = a + UNIT * ((t - 1) % n + 1);

		if (!encrypt)
			mix(a, t);
		memcpy(b, a, UNIT);
		memcpy(b + UNIT, r, UNIT);
		if (crypt_block(c, b))
			return -1;
		memcpy(a, b, UNIT);
		memcpy(r, b + UNIT, UNIT);
		if (encrypt)
			mix(a, t);
	}
	return 0;
}

int aeswrap_seal(struct buf *out, const void *p, size_t n,
		 const uint8_t *key, size_t nkey, struct err *err)
{
	EVP_CIPHER_CTX *c = cipher(key, nkey, 1, err);
	size_t pad = UNIT - n % UNIT, at = out->len;
	int r;

	if (!c)
		return -1;
	for (int i = 0; i < UNIT; i++)
		buf_add_byte(out, 0xa6);
	buf_add(out, p, n);
	for (size_t i = 0; i < pad; i++)
		buf_add_byte(out, (uint8_t)pad);
	r = n + pad == UNIT ? crypt_block(c, out->data + at) :
		rounds(c, out->data + at, (n + pad) / UNIT, 1);
	libcrypto.EVP_CIPHER_CTX_free(c);
	return r ? err_set(err, ERR_INTERNAL, "AES failed") : 0;
}

static int good_register(const uint8_t *a)
{
	for (int i = 0; i < UNIT; i++)
		if (a[i] != 0xa6)
			return 0;
	return 1;
}

/* Unwraps into a (a copy of the sealed bytes); true when it is right. */
static int unwrap(EVP_CIPHER_CTX *c, uint8_t *a, const uint8_t *sealed,
		  size_t n)
{
	memcpy(a, sealed, n);
	if (n == BLOCK) {
		if (crypt_block(c, a) == 0 && good_register(a))
			return 1;
		/* the form of older platforms */
		memcpy(a, sealed, n);
	}
	return rounds(c, a, n / UNIT - 1, 0) == 0 && good_register(a);
}

int aeswrap_open(struct buf *out, const void *p, size_t n,
		 const uint8_t *key, size_t nkey, struct err *err)
{
	EVP_CIPHER_CTX *c;
	size_t at = out->len, pad;
	const uint8_t *a;

	if (n < BLOCK || n % UNIT)
		return err_set(err, ERR_DATA, "encrypted block of %zu bytes",
			       n);
	c = cipher(key, nkey, 0, err);
	if (!c)
		return -1;
	buf_reserve(out, n);
	if (!unwrap(c, out->data + at, p, n)) {
		libcrypto.EVP_CIPHER_CTX_free(c);
		return err_set(err, ERR_DATA, "encrypted block does not open "
			       "with this key");
	}
	libcrypto.EVP_CIPHER_CTX_free(c);
	a = out->data + at + UNIT;
	n -= UNIT;
	pad = a[n - 1];
	for (size_t i = 0; pad && pad <= n && i < pad; i++)
		if (a[n - 1 - i] != a[n - 1])
			pad = 0;
	if (pad < 1 || pad > n)
		return err_set(err, ERR_DATA, "bad padding in an encrypted "
			       "block");
	memmove(out->data + at, a, n - pad);
	out->len = at + n - pad;
	return 0;
}
