/*
 * libcrypto - the functions of OpenSSL that codec/hash and codec/aeswrap use,
 * and nobody else; loaded when the first digest or key is.  It is most of
 * what the start of a program would take.
 */
#ifndef CODEC_LIBCRYPTO_H
#define CODEC_LIBCRYPTO_H

/* SHA-256 by its old names: see struct hash_sha256 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "util/err.h"

#define LIBCRYPTO_FUNCTIONS(X) \
	X(EVP_CIPHER_CTX_free) X(EVP_CIPHER_CTX_new) \
	X(EVP_CIPHER_CTX_set_padding) X(EVP_CipherInit_ex) \
	X(EVP_CipherUpdate) X(EVP_DigestFinal_ex) X(EVP_DigestInit_ex) \
	X(EVP_DigestUpdate) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) \
	X(EVP_aes_128_ecb) X(EVP_aes_192_ecb) X(EVP_aes_256_ecb) \
	X(EVP_md5) X(EVP_sha1) X(EVP_sha256) X(HMAC) X(RAND_bytes) \
	X(SHA256) X(SHA256_Final) X(SHA256_Init) X(SHA256_Update)

/* EVP_md5 is libcrypto.EVP_md5, and so on. */
struct libcrypto {
#define LIBCRYPTO_FIELD(f) __typeof__(f) *f;
	LIBCRYPTO_FUNCTIONS(LIBCRYPTO_FIELD)
#undef LIBCRYPTO_FIELD
};
extern struct libcrypto libcrypto;

/* To be called before any of them, from any thread. */
int libcrypto_load(struct err *err);
/* The same where nothing can fail: without it the program ends (alloc_fail). */
void libcrypto_need(void);

#endif
