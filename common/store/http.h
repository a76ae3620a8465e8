/*
 * http - requests over HTTP/1.1, many at a time in one thread: the only door
 * to libcurl (store/libcurl).
 *
 * A job is one request with its repetitions.  Its owner prepares each
 * attempt (an attempt has a date, so it is signed anew) and judges each
 * answer; waits, budget and the number of requests in flight are kept here.
 * Connections are reused.  Redirects are never followed, bodies never
 * decoded, paths sent as they are.  A client and its jobs belong to one
 * thread.  No header or URL is ever put into a message.
 */
#ifndef STORE_HTTP_H
#define STORE_HTTP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/retry.h"
#include "util/buf.h"
#include "util/err.h"

struct http_options {
	const char *proxy;	/* NULL: the environment's */
	bool no_proxy;		/* never one */
	const char *ca_bundle;
	bool insecure;		/* the certificate is not looked at */
	const char *cert;	/* of the client */
	const char *key;
	unsigned attempts;	/* 0: 8 */
	unsigned retry_max_time;	/* s; 0: any */
	unsigned connect_timeout;	/* s; 0: 10 */
	unsigned speed_time;		/* s; 0: 60 */
	uint64_t speed_limit;		/* bytes/s; 0: 1 */
	uint64_t limit_rate;	/* bytes/s of all requests; 0: none */
	unsigned concurrency;		/* 0: 8 */
	unsigned timeout_ms;		/* of a whole attempt; 0: none */
	/* Where it is not 0 any more, http_wait returns at once. */
	const volatile sig_atomic_t *stop;
	/* A line for -v; may be NULL. */
	void (*note)(void *to, const char *line);
	void *to;
};

enum http_fault {
	HTTP_NO_FAULT,
	HTTP_LOST,		/* connection, resolver, time: try again */
	HTTP_PROXY,		/* is not there, or refuses: the same */
	HTTP_UNTRUSTED,		/* TLS: certificate or CA file */
	HTTP_LOCAL,		/* the body could not be read, or taken */
	HTTP_IMPOSSIBLE,	/* anything else */
};

enum http_verdict {
	HTTP_DONE,		/* the answer is what was wanted */
	HTTP_AGAIN,
	HTTP_SLOWER,		/* again, with fewer at a time */
	HTTP_AT_ONCE,		/* again with a changed request: no wait */
	HTTP_FAILED,		/* the owner has set the error */
};

struct http;
struct http_job;
struct http_job_ops {
	/* Sets method, url, headers and body for an attempt. */
	int (*prepare)(struct http_job *j, struct err *err);
	/*
	 * Takes n bytes of a 2xx body and returns n, or HTTP_PAUSE to be
	 * given them again after http_resume, or 0 to fail the attempt.
	 * NULL: they go to text.
	 */
	size_t (*take)(struct http_job *j, const void *p, size_t n);
	/* Called when an attempt ended. */
	enum http_verdict (*judge)(struct http_job *j, struct err *err);
	/*
	 * Sees what is sent of the body, from its byte at on; an attempt
	 * begins with byte 0.  May be NULL.
	 */
	void (*gave)(struct http_job *j, const void *p, size_t n,
		     uint64_t at);
};
#define HTTP_PAUSE SIZE_MAX
/* Bytes received at a time, at most: the most that libcurl takes. */
enum { HTTP_TEXT_LIMIT = 4 << 20, HTTP_HEAD_LIMIT = 64 << 10,
       HTTP_SAID = 256, HTTP_RECEIVE = 512 << 10 };

struct http_job {
	const struct http_job_ops *ops;
	/* The request. */
	const char *method;
	struct buf url;		/* a text */
	struct buf headers;	/* "Name: value" texts, a NUL each */
	bool has_body;
	const uint8_t *body;	/* or NULL: from a file */
	int fd;
	uint64_t offset;
	uint64_t bytes;
	/* The answer. */
	long status;		/* 0: none */
	struct buf head;	/* its header lines */
	struct buf text;	/* of an error, or where nothing takes it */
	enum http_fault fault;
	char fault_text[160];
	char said[HTTP_SAID];	/* libcurl's words, which are not shown */
	unsigned tried;
	struct err err;		/* when it failed */
	/* Of http.c. */
	void *easy;
	void *list;
	uint64_t sent;
	uint64_t begun_ms;
	uint64_t due_ms;
	int state;
	bool paused;		/* by its owner */
	bool held;		/* by the rate */
	uint64_t served;	/* when it was its turn */
	struct http *of;
	struct http_job *next;
};

struct http *http_new(const struct http_options *opt, struct err *err);
/* Running jobs are given up. */
void http_free(struct http *h);
/* The job stays with its owner, and is all zero but for ops and fd. */
void http_start(struct http *h, struct http_job *j);
/* Works until a job ended (err is inside); NULL: none runs, or stopped. */
struct http_job *http_wait(struct http *h);
/* From any thread: who waits for the network looks up. */
void http_wake(struct http *h);
/* From any thread: whoever works or waits does so as if stop were set. */
void http_give_up(struct http *h);
/* Was stop set? */
bool http_stopped(const struct http *h);
/*
 * Works once: waits for at most so many milliseconds (-1: 1 s) until the
 * network or fd (-1: none) has something.  True when fd can be read.
 */
bool http_step(struct http *h, int ms, int fd);
/* A job that ended, or NULL. */
struct http_job *http_ended(struct http *h);
/* Starts a job and works until it ended; others may end meanwhile. */
int http_run(struct http *h, struct http_job *j, struct err *err);
void http_resume(struct http *h, struct http_job *j);
/*
 * Lets what runs come to its end, for at most so many milliseconds, also
 * when stop was set; nothing is begun.  False when something still runs.
 */
bool http_settle(struct http *h, unsigned ms);
/* Gives a job up; it may be started again. */
void http_cancel(struct http *h, struct http_job *j);
void http_job_release(struct http_job *j);
/* Jobs that were started and have not been returned. */
size_t http_open_jobs(const struct http *h);

/* Adds a header to a request. */
void http_add_header(struct http_job *j, const char *name, const char *value);
/* Copies the value of an answer's header; false when it is not there. */
bool http_header(const struct http_job *j, const char *name, char *value,
		 size_t cap);
/* Seconds the answer asks to wait; 0: it does not say. */
uint64_t http_retry_after(const struct http_job *j);
/* Tells of an attempt that failed and is repeated. */
void http_note(const struct http_options *opt, const struct http_job *j,
	       uint64_t wait);
/*
 * Was it the proxy that could not be reached, or that refused (its status,
 * else 0)?  Then the fault is its, and the text names it.
 */
void http_blame_proxy(struct http_job *j, long status);
/* Milliseconds, or microseconds, of a clock that never jumps. */
uint64_t http_now_ms(void);
uint64_t http_now_us(void);
/* The versions of libcurl and its TLS for --version, or why there are none. */
const char *http_versions(void);

#endif
