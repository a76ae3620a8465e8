#include "util/interrupt.h"

#include <pthread.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

void interrupt_catch(void)
{
	static const int which[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction a = { .sa_handler = on_signal,
			       .sa_flags = (int)SA_RESETHAND }, old;

	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++)
		if (sigaction(which[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(which[i], &a, NULL);
}

const volatile sig_atomic_t *interrupt_flag(void)
{
	return &caught;
}

void interrupt_raise(void)
{
	if (!caught)
		return;
	signal(caught, SIG_DFL);
	raise(caught);
}

sigset_t interrupt_hold_pipe(void)
{
	sigset_t pipe_only, before;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
	return before;
}

void interrupt_release_pipe(const sigset_t *before)
{
	const struct timespec none = { 0 };
	sigset_t pipe_only;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	while (sigtimedwait(&pipe_only, NULL, &none) == SIGPIPE)
		;
	pthread_sigmask(SIG_SETMASK, before, NULL);
}
