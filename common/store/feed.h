/*
 * feed - the bytes of a reader in blocks: the first ones can be looked at
 * before, the last ones taken back, and it is known how many were zeros.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"
#include "util/io.h"

struct feed;
/* Takes from. */
struct feed *feed_open(struct io_reader *from);
void feed_free(struct feed *f);
/* Reads the same bytes, without a copy of those not looked at; lent. */
struct io_reader *feed_reader(struct feed *f);
/* Lends up to n bytes (FEED_HEAD at most), fewer only at the end; or -1. */
enum { FEED_HEAD = 512 };
ptrdiff_t feed_look(struct feed *f, size_t n, const uint8_t **p,
		    struct err *err);
/* Lends the next bytes until the next call: how many, 0 the end, or -1. */
ptrdiff_t feed_block(struct feed *f, const uint8_t **p, struct err *err);
/* Bytes that were lent or passed over. */
uint64_t feed_at(const struct feed *f);
/* Goes back to an offset that lies at most FEED_HEAD before the last block. */
void feed_back(struct feed *f, uint64_t at);
/* Passes over n bytes: 1, 0 where there are fewer, or -1. */
int feed_skip(struct feed *f, uint64_t n, struct err *err);
/* How many of the bytes at the end of all those read are 0. */
uint64_t feed_zeros(const struct feed *f);
/* Reads to the end: is there nothing but zeros from an offset on?  Or -1. */
int feed_is_over(struct feed *f, uint64_t at, struct err *err);

#endif
