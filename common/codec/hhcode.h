/*
 * hhcode - latitude and longitude as one 64-bit location (geo.md).
 */
#ifndef CODEC_HHCODE_H
#define CODEC_HHCODE_H

#include <stddef.h>
#include <stdint.h>

/* Degrees to a location; no range check, as the database has none. */
int64_t hhcode_from_degrees(double lat, double lon);
/* The south-west corner of the location's cell, in degrees. */
void hhcode_to_degrees(int64_t location, double *lat, double *lon);
/* Its two coordinates: of the latitude, of the longitude. */
void hhcode_split(int64_t location, uint32_t c[2]);
/* The coordinates of degrees on the globe: 90 N and 180 E are the last. */
void hhcode_steps(double lat, double lon, uint32_t c[2]);
/*
 * A location as data lines have it: empty (no location), LAT:LON or the
 * code itself.  0, or -1 without a message.
 */
int hhcode_parse(const char *p, size_t n, int64_t *location);

#endif
