/*
 * hash - XXH3, SHA-256, SipHash and the ids made of it, CRC-32C; the digests
 * that object stores ask for.
 * The door to libxxhash, and with codec/libcrypto to OpenSSL's digests.
 */
#ifndef CODEC_HASH_H
#define CODEC_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "model/series.h"

struct hash_128 {
	uint64_t low;
	uint64_t high;
};

uint64_t hash_xxh3(const void *p, size_t n, uint64_t seed);
struct hash_128 hash_xxh3_128(const void *p, size_t n, uint64_t seed);

/* Adds the XXH3-128 of each of n records of so many bytes, lane by lane. */
void hash_xxh3_128_records(struct hash_128 *sum, const void *p, size_t size,
			   size_t n, uint64_t seed);

/* Running XXH3-64 and XXH3-128 of one run of bytes, seed 0. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *s, const void *p, size_t n);
uint64_t hash_stream_value(const struct hash_stream *s);
struct hash_128 hash_stream_value_128(const struct hash_stream *s);
/* Begins anew. */
void hash_stream_reset(struct hash_stream *s);
void hash_stream_free(struct hash_stream *s);

enum { HASH_MD5_BYTES = 16, HASH_SHA1_BYTES = 20, HASH_SHA256_BYTES = 32 };

/* Running SHA-256; hex is 64 digits, lower case, and a NUL. */
struct hash_sha256;
struct hash_sha256 *hash_sha256_new(void);
void hash_sha256_add(struct hash_sha256 *s, const void *p, size_t n);
void hash_sha256_hex(struct hash_sha256 *s, char hex[65]);
/* Ends it: the bytes instead of the digits. */
void hash_sha256_end(struct hash_sha256 *s, uint8_t out[HASH_SHA256_BYTES]);
void hash_sha256_free(struct hash_sha256 *s);

/* Digests of n bytes in one go. */
void hash_sha256(const void *p, size_t n, uint8_t out[HASH_SHA256_BYTES]);
void hash_hmac_sha256(const void *key, size_t nkey, const void *p, size_t n,
		      uint8_t out[HASH_SHA256_BYTES]);
/* n bytes as 2 n lower-case digits and a NUL. */
void hash_hex(const uint8_t *p, size_t n, char *hex);

/* Running MD5, for stores that want or give one; no security rests on it. */
struct hash_md5;
struct hash_md5 *hash_md5_new(void);
void hash_md5_add(struct hash_md5 *s, const void *p, size_t n);
/* Ends it; nothing may be added any more. */
void hash_md5_end(struct hash_md5 *s, uint8_t out[HASH_MD5_BYTES]);
void hash_md5_free(struct hash_md5 *s);
/* Running SHA-1, likewise. */
struct hash_sha1;
struct hash_sha1 *hash_sha1_new(void);
void hash_sha1_add(struct hash_sha1 *s, const void *p, size_t n);
void hash_sha1_end(struct hash_sha1 *s, uint8_t out[HASH_SHA1_BYTES]);
void hash_sha1_free(struct hash_sha1 *s);
/* n bytes that nobody can guess. */
void hash_random(void *p, size_t n);

/* CRC-32C (Castagnoli) of n bytes. */
uint32_t hash_crc32c(const void *p, size_t n);

/* SipHash-2-4 with a key read big-endian (ids.md 1); plain, palindromic. */
uint64_t hash_sip(const uint8_t key[16], const void *p, size_t n);
uint64_t hash_sip_palindromic(const uint8_t key[16], const void *p, size_t n);
/* The id of a series in an HFile: XXH3-128 of its identity text. */
struct hash_128 hash_series_id(const struct series *s, struct buf *scratch);
/* As 32 hex digits, high half first, and a NUL. */
enum { HASH_128_TEXT = 33 };
void hash_128_print(struct hash_128 h, char *text);
/* 0, or -1 where the text is no 32 hex digits. */
int hash_128_parse(struct hash_128 *h, const char *text);

/* Class, labels and series ids of the database (ids.md 3, 4, 6). */
uint64_t hash_class_id(const uint8_t key[16], struct series_text class);
uint64_t hash_labels_id(const uint8_t key[16], const struct series_pair *pairs,
			size_t n);
uint64_t hash_gts_id(const uint8_t key[16], uint64_t class_id,
		     uint64_t labels_id);

#endif
