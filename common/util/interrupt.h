/*
 * interrupt - the first SIGINT, SIGTERM or SIGHUP ends the work in order,
 * the second one at once.
 */
#ifndef UTIL_INTERRUPT_H
#define UTIL_INTERRUPT_H

#include <signal.h>

/* From now on; a signal that the caller ignores stays so. */
void interrupt_catch(void);
/* The number of the signal that came, 0: none. */
const volatile sig_atomic_t *interrupt_flag(void);
/* The work has ended: what came takes its course. */
void interrupt_raise(void);

/*
 * A peer that is gone must not kill the program, and SIGPIPE of standard
 * output must: it is held back only while a socket is written to.  Returns
 * what to release it with.
 */
sigset_t interrupt_hold_pipe(void);
void interrupt_release_pipe(const sigset_t *before);

#endif
