/*
 * alloc - memory that is there or the program ends.
 *
 * Running out of memory ends the program with status 4 and one line on
 * stderr.  No size handed to these functions may come from input before
 * it was bounded by the bytes left or by a named limit.
 */
#ifndef UTIL_ALLOC_H
#define UTIL_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/*
 * The heap may keep about so many bytes that were freed, 32 MiB at the most;
 * 2 MiB before the call.  Less page handling of the system, which takes up to
 * a quarter of the time of coding; to be called once, at the begin.
 */
void alloc_keep(uint64_t bytes);
/*
 * What was freed goes back to the system, wherever it lies: for who has freed a
 * large part of the memory.
 */
void alloc_trim(void);
/* n bytes, not initialised; n = 0 gives a valid pointer. */
void *alloc_bytes(size_t n);
/* n elements of size bytes each, all zero; the product is checked. */
void *alloc_zero(size_t n, size_t size);
/* Resizes p (may be NULL) to n elements of size bytes; product checked. */
void *alloc_resize(void *p, size_t n, size_t size);
/*
 * Makes room for need elements in the array p of *cap elements, at least
 * doubling it when it has to move; returns the array, updates *cap.
 */
void *alloc_grow(void *p, size_t *cap, size_t need, size_t size);
/*
 * The same, but what the array holds may be lost, and it need not be moved:
 * memory that serves one thing behind the other.
 */
void *alloc_again(void *p, size_t *cap, size_t need, size_t size);
/* A copy of n bytes, followed by a NUL that is not counted. */
void *alloc_dup(const void *p, size_t n);
/* A copy of a string. */
char *alloc_string(const char *s);
/* For what is wanted as surely as memory: that line on stderr, status 4. */
_Noreturn void alloc_fail(const char *why);

#endif
