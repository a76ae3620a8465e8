/*
 * err - the one error idiom.
 *
 * A function that can fail takes struct err * last and returns -1 or NULL.
 * The message is written once, where the fault is seen; callers may only
 * put a place in front of it.  Only the main of a tool prints it.
 */
#ifndef UTIL_ERR_H
#define UTIL_ERR_H

/* Exit statuses of every tool (DESIGN section 4). */
enum err_status {
	ERR_NONE = 0,
	ERR_NEGATIVE = 1,	/* damage, difference, nothing matched */
	ERR_USAGE = 2,
	ERR_DATA = 3,		/* bad input data */
	ERR_IO = 4,		/* local input or output */
	ERR_REMOTE_RETRY = 5,
	ERR_REMOTE = 6,
	ERR_CHANGED = 7,	/* a precondition changed */
	ERR_INTERNAL = 70,	/* an internal check failed: a bug */
};

struct err {
	enum err_status status;
	char text[1024];
};

/* Sets status and message, unless one is set already; returns -1. */
int err_set(struct err *err, enum err_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* As err_set, with ": " and the text of errno after the message. */
int err_errno(struct err *err, enum err_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Puts "PLACE: " in front of the message; returns -1. */
int err_at(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Keeps in worst the status, without its message, of the one of several
 * failures that most needs a person: one that a retry may mend comes last.
 */
void err_keep_worst(struct err *worst, const struct err *err);
/* Forgets the error. */
void err_clear(struct err *err);

#endif
