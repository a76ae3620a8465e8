#include "s3-tool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/interrupt.h"

enum { FIRST_MS = 1000, EVERY_MS = 500 };

static void note(void *to, const char *line)
{
	const struct s3_tool *t = to;

	if (t->verbose)
		fprintf(stderr, "%s: %s\n", t->tool->name, line);
}

int s3_tool_main(const struct tool *tool, const struct opt *own, int argc,
		 char **argv,
		 int (*run)(struct s3_tool *t, const struct opt_parsed *p,
			    void *arg, struct err *err), void *arg)
{
	struct opt *options = opt_join(own, s3_tool_options);
	struct tool whole = *tool;
	struct s3_tool t = { .tool = &whole };
	struct opt_parsed p = { 0 };
	struct err err = { 0 };
	int status;

	tool_begin();
	whole.options = options;
	whole.libraries = http_versions;
	if (opt_parse(&p, options, argc, argv, &err) == 0 &&
	    !tool_asked(&whole, &p, &err)) {
		interrupt_catch();
		t.s3.http.stop = interrupt_flag();
		t.s3.http.note = note;
		t.s3.http.to = &t;
		if (s3_tool_set(&t, &p, &err) == 0)
			run(&t, &p, arg, &err);
		s3_tool_progress_end(&t);
	}
	if (!err.status && t.worst.status)
		err.status = t.worst.status;
	opt_release(&p);
	if (*interrupt_flag())
		err_clear(&err);
	status = tool_end(&whole, &err);
	interrupt_raise();
	free(options);
	return status;
}

void s3_tool_progress(void *to, uint64_t bytes)
{
	struct s3_tool *t = to;
	uint64_t now = http_now_ms();
	double seconds;

	if (!t->begun_ms)
		t->begun_ms = now;
	if (t->when == S3_PROGRESS_NEVER || t->quiet ||
	    (t->when == S3_PROGRESS_AUTO && !isatty(STDERR_FILENO)) ||
	    now - t->begun_ms < FIRST_MS || now - t->shown_ms < EVERY_MS)
		return;
	t->shown_ms = now;
	t->shown = true;
	seconds = (double)(now - t->begun_ms) / 1000;
	fprintf(stderr, "\r%s: %.1f MB, %.1f MB/s", t->tool->name,
		(double)bytes / 1e6, (double)bytes / 1e6 / seconds);
	if (bytes && t->total >= bytes)
		fprintf(stderr, ", %.0f s left   ", seconds *
			(double)(t->total - bytes) / (double)bytes);
}

void s3_tool_progress_end(struct s3_tool *t)
{
	if (t->shown)
		fputc('\n', stderr);
	t->shown = false;
	t->begun_ms = t->total = 0;
}

void s3_tool_keep(struct s3_tool *t, struct err *err)
{
	if (!err->status)
		return;
	s3_tool_progress_end(t);
	fprintf(stderr, "%s: %s\n", t->tool->name, err->text);
	err_keep_worst(&t->worst, err);
	err_clear(err);
}
