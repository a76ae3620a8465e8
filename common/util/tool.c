#include "util/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

void tool_begin(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY :
			     O_RDONLY);
}

static void print_help(const struct tool *t)
{
	printf("usage: %s %s\n\n%s\n\n", t->name, t->synopsis, t->about);
	for (const struct opt *o = t->options; o->name; o++) {
		char text[64];

		snprintf(text, sizeof(text), "--%s%s%s", o->name,
			 o->arg && *o->arg != '[' ? " " : "",
			 o->arg ? o->arg : "");
		printf("  %c%c%c %-26s %s\n", o->letter ? '-' : ' ',
		       o->letter ? o->letter : ' ', o->letter ? ',' : ' ',
		       text, o->help);
	}
}

static void print_table(const struct tool *t)
{
	for (const struct opt *o = t->options; o->name; o++)
		printf("%c\t%s\t%s\t%s\n", o->letter ? o->letter : '-',
		       o->name, o->arg ? o->arg : "-", o->help);
}

static int flush(struct err *err)
{
	if (fflush(stdout) || ferror(stdout))
		return err_errno(err, ERR_IO, "<stdout>");
	return 0;
}

bool tool_asked(const struct tool *t, const struct opt_parsed *p,
		struct err *err)
{
	if (opt_value(p, "help"))
		print_help(t);
	else if (opt_value(p, "version"))
		printf("%s (gtstools) %s\n%s\n", t->name, PACKAGE_VERSION,
		       t->libraries());
	else if (opt_value(p, "option-table"))
		print_table(t);
	else
		return false;
	flush(err);
	return true;
}

void tool_warn(const struct tool *t, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: warning: ", t->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int tool_end(const struct tool *t, struct err *err)
{
	struct err lost = { 0 };

	if (err->status != ERR_NONE && err->text[0])
		fprintf(stderr, "%s: %s\n", t->name, err->text);
	/* an answer that nobody got is none */
	if (err->status > ERR_NEGATIVE || flush(&lost) == 0)
		return err->status;
	fprintf(stderr, "%s: %s\n", t->name, lost.text);
	return lost.status;
}
