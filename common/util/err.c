#include "util/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The first one stays: false where there was one. */
static bool set(struct err *err, enum err_status status, const char *fmt,
		va_list ap)
{
	if (err->status != ERR_NONE)
		return false;
	err->status = status;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	return true;
}

int err_set(struct err *err, enum err_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, status, fmt, ap);
	va_end(ap);
	return -1;
}

int err_errno(struct err *err, enum err_status status, const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list ap;

	va_start(ap, fmt);
	if (set(err, status, fmt, ap)) {
		size_t n = strlen(err->text);

		snprintf(err->text + n, sizeof(err->text) - n, ": %s", why);
	}
	va_end(ap);
	return -1;
}

int err_at(struct err *err, const char *fmt, ...)
{
	char place[sizeof(err->text)];
	size_t n, room = sizeof(err->text);
	size_t text = strlen(err->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(place, sizeof(place), fmt, ap);
	va_end(ap);
	n = strlen(place);
	if (n > room / 2)
		n = room / 2;
	if (text > room - n - 3)
		text = room - n - 3;
	memmove(err->text + n + 2, err->text, text);
	memcpy(err->text, place, n);
	memcpy(err->text + n, ": ", 2);
	err->text[n + 2 + text] = '\0';
	return -1;
}

static int need_of(enum err_status status)
{
	static const int order[] = { 70, 2, 6, 3, 4, 7, 1, 5 };
	int i = 0;

	while (i < 7 && order[i] != (int)status)
		i++;
	return i;
}

void err_keep_worst(struct err *worst, const struct err *err)
{
	if (err->status && (!worst->status ||
			    need_of(err->status) < need_of(worst->status)))
		worst->status = err->status;
}

void err_clear(struct err *err)
{
	err->status = ERR_NONE;
	err->text[0] = '\0';
}
