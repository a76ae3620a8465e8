#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum {	/* bytes */
	LARGE = 4 << 20,
	KEEP_LEAST = 2 << 20,
	KEEP_MOST = 32 << 20,
};

_Noreturn void alloc_fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(4);
}

static _Noreturn void out_of_memory(size_t n)
{
	char why[64];

	snprintf(why, sizeof(why), "out of memory: %zu bytes asked for", n);
	alloc_fail(why);
}

static size_t product(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		out_of_memory(SIZE_MAX);
	return bytes;
}

/*
 * What is large goes back to the system once it is freed: the heap would
 * keep it, behind what is smaller and younger.  But not each array of a
 * chunk, wanted again at once.
 */
static void keep(int most, int top)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, most);
	mallopt(M_TRIM_THRESHOLD, top);
#else
	(void)most;
	(void)top;
#endif
}

__attribute__((constructor)) static void set_up(void)
{
	keep(KEEP_LEAST / 2, KEEP_LEAST);
}

void alloc_keep(uint64_t bytes)
{
	int n = bytes < KEEP_MOST ? (int)bytes : KEEP_MOST;

	if (n > KEEP_LEAST)
		keep(n, n);
}

void alloc_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

void *alloc_bytes(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		out_of_memory(n);
	return p;
}

void *alloc_zero(size_t n, size_t size)
{
	size_t bytes = product(n, size);
	void *p = calloc(bytes ? bytes : 1, 1);

	if (!p)
		out_of_memory(bytes);
	return p;
}

void *alloc_resize(void *p, size_t n, size_t size)
{
	size_t bytes = product(n, size);

	p = realloc(p, bytes ? bytes : 1);
	if (!p)
		out_of_memory(bytes);
	return p;
}

void *alloc_grow(void *p, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap;

	if (need <= n)
		return p;
	/* what is large grows by less, since all of it may be touched */
	n = n > SIZE_MAX / 2 ? need : n * size < LARGE ? 2 * n : n + n / 4;
	if (n < need)
		n = need;
	if (n < 8)
		n = 8;
	*cap = n;
	return alloc_resize(p, n, size);
}

void *alloc_again(void *p, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return p;
	free(p);
	*cap = need > SIZE_MAX / 2 ? need : need + need / 8;
	return alloc_resize(NULL, *cap, size);
}

void *alloc_dup(const void *p, size_t n)
{
	char *copy = alloc_bytes(n + 1);

	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *alloc_string(const char *s)
{
	return alloc_dup(s, strlen(s));
}
