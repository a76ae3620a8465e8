/*
 * crc - the running checksums of object stores: CRC-32, CRC-32C and
 * CRC-64/NVME, all reflected, and the checksum of two texts in a row.
 *
 * Sixteen bytes a step from tables; CRC-64/NVME is checked for every object,
 * so it uses carry-less multiplication where the processor has it, of two or
 * four lanes at once where it has that too.
 */
#ifndef CODEC_CRC_H
#define CODEC_CRC_H

#include <stddef.h>
#include <stdint.h>

enum crc_kind { CRC_32, CRC_32C, CRC_64NVME };
enum { CRC_KINDS = 3 };

/* Bytes of the value: 4 or 8. */
size_t crc_bytes(enum crc_kind kind);
/* The value of (what crc is the value of) + p; of nothing it is 0. */
uint64_t crc_add(enum crc_kind kind, uint64_t crc, const void *p, size_t n);
/* The value of a text of value a and, behind it, nb bytes of value b. */
uint64_t crc_join(enum crc_kind kind, uint64_t a, uint64_t b, uint64_t nb);

#endif
