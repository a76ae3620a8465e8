/*
 * doubles - numbers that no common decimal scale serves, as integers.
 *
 * A byte in LANE_HEAD tells their form: 0 the bits as integers in the order
 * of the numbers; 1 float32 bits as ordered integers.
 */
#ifndef COLUMN_DOUBLES_H
#define COLUMN_DOUBLES_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

/* Turns n >= 1 doubles, given as bits, into integers; returns the form. */
uint8_t doubles_to_integers(int64_t *v, size_t n);
int doubles_from_integers(int64_t *v, size_t n, uint8_t form,
			  struct err *err);

#endif
