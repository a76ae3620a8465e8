/*
 * vec - reading the golden vector files: rows, columns, escapes, counters.
 *
 * A runner opens its file with vec_open, walks its rows with vec_next,
 * answers each with vec_pass, vec_fail or vec_skip, which says why, and
 * returns vec_done() from main.  Columns are texts without TAB; vec_absent
 * tells "-", vec_bytes undoes the escapes of the file (\xHH, \\, \e) in place.
 */
#ifndef TESTS_VECTORS_VEC_H
#define TESTS_VECTORS_VEC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define VEC_COLUMNS 24
#define VEC_REASONS 16

struct vec {
	const char *name;
	FILE *file;
	char *line;
	size_t cap;
	unsigned number;	/* of the line, from 1 */
	char *column[VEC_COLUMNS];
	size_t n;		/* columns of the row */
	unsigned passed, failed, skipped;
	const char *reason[VEC_REASONS];	/* of skips, a literal each */
	unsigned because[VEC_REASONS];
};

/* Opens the file named by argv[1]; ends the program if it cannot. */
static inline struct vec vec_open(int argc, char **argv)
{
	struct vec v = { 0 };

	v.name = argc == 2 ? argv[1] : NULL;
	v.file = v.name ? fopen(v.name, "r") : NULL;
	if (!v.file) {
		fprintf(stderr, "usage: %s FILE.tsv\n", argv[0]);
		exit(2);
	}
	return v;
}

/* The next row that is no comment; false at the end. */
static inline bool vec_next(struct vec *v)
{
	ssize_t n;

	do {
		n = getline(&v->line, &v->cap, v->file);
		if (n < 0)
			return false;
		v->number++;
	} while (v->line[0] == '#');
	if (n > 0 && v->line[n - 1] == '\n')
		v->line[n - 1] = '\0';
	v->n = 0;
	for (char *p = v->line; p && v->n < VEC_COLUMNS;) {
		v->column[v->n++] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
	}
	for (size_t i = v->n; i < VEC_COLUMNS; i++)
		v->column[i] = NULL;
	return true;
}

static inline bool vec_absent(const char *s)
{
	return strcmp(s, "-") == 0;
}

static inline int vec_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes the escapes of s in place; returns the number of bytes. */
static inline size_t vec_bytes(char *s)
{
	char *to = s;

	for (char *p = s; *p;) {
		if (*p != '\\') {
			*to++ = *p++;
		} else if (p[1] == 'e') {
			p += 2;
		} else if (p[1] == 'x' && p[2] && p[3]) {
			*to++ = (char)(vec_digit(p[2]) << 4 |
				       vec_digit(p[3]));
			p += 4;
		} else {
			*to++ = p[1];
			p += p[1] ? 2 : 1;
		}
	}
	*to = '\0';
	return (size_t)(to - s);
}

/* Decodes hex digits (or \e) in place; returns the number of bytes. */
static inline size_t vec_hex(char *s)
{
	size_t n = 0;

	if (strcmp(s, "\\e") == 0)
		return 0;
	for (; s[2 * n] && s[2 * n + 1]; n++)
		s[n] = (char)(vec_digit(s[2 * n]) << 4 |
			      vec_digit(s[2 * n + 1]));
	return n;
}

/* Appends the hex digits of n bytes and a NUL at to (2 n + 1 bytes). */
static inline void vec_print_hex(char *to, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		sprintf(to + 2 * i, "%02x", b[i]);
	to[2 * n] = '\0';
}

static inline bool vec_has_flag(const char *flags, char flag)
{
	return flags && !vec_absent(flags) && strchr(flags, flag);
}

static inline void vec_pass(struct vec *v)
{
	v->passed++;
}

static inline void vec_skip(struct vec *v, const char *why)
{
	int i = 0;

	v->skipped++;
	while (i < VEC_REASONS - 1 && v->reason[i] && v->reason[i] != why)
		i++;
	v->reason[i] = why;
	v->because[i]++;
}

__attribute__((format(printf, 2, 3)))
static inline void vec_fail(struct vec *v, const char *fmt, ...)
{
	va_list ap;

	v->failed++;
	fprintf(stderr, "%s:%u: ", v->name, v->number);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* True when the bytes are the same; fails the row otherwise. */
static inline bool vec_is(struct vec *v, const char *what, const void *got,
			  size_t ngot, const void *want, size_t nwant)
{
	if (ngot == nwant && (ngot == 0 || memcmp(got, want, ngot) == 0))
		return true;
	vec_fail(v, "%s: got '%.*s', want '%.*s'", what, (int)ngot,
		 (const char *)got, (int)nwant, (const char *)want);
	return false;
}

/* Prints the totals; what main returns. */
static inline int vec_done(struct vec *v)
{
	for (int i = 0; i < VEC_REASONS && v->reason[i]; i++)
		fprintf(stderr, "skipped %u: %s\n", v->because[i],
			v->reason[i]);
	printf("%u passed, %u failed, %u skipped\n", v->passed, v->failed,
	       v->skipped);
	fclose(v->file);
	free(v->line);
	return v->failed != 0;
}

#endif
