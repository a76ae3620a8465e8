#include "store/http.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "codec/hash.h"
#include "store/libcurl.h"
#include "store/rate.h"
#include "util/alloc.h"
#include "util/interrupt.h"

enum { IDLE, WAITING, RUNNING, ENDED };
enum {
	ATTEMPTS = 8, CONCURRENCY = 8, CONNECT_S = 10, SPEED_S = 60,
	/* It stays in the processor's second cache, beside what fills it. */
	SEND_BUFFER = 256 << 10,
	SPARE = 64,
	GOOD_ONES = 8,		/* that widen the window by one */
	LONGEST_MS = 1000,	/* between two looks at stop */
};

struct http {
	CURLM *multi;
	struct http_options opt;
	struct retry retry;
	struct rate rate;
	CURL *spare[SPARE];
	size_t nspare;
	struct http_job *jobs;	/* all that are not idle */
	size_t running;
	unsigned window;	/* how many may run */
	unsigned good;
	bool full;		/* an owner has as much as it can keep */
	atomic_bool over;	/* given up */
	uint64_t turn;		/* of the rate */
};

const char *http_versions(void)
{
	static struct err err;

	return libcurl_load(&err) ? err.text : libcurl.version();
}

struct http *http_new(const struct http_options *opt, struct err *err)
{
	struct http *h;

	if (libcurl_load(err))
		return NULL;
	h = alloc_zero(1, sizeof(*h));
	h->opt = *opt;
	if (!h->opt.concurrency)
		h->opt.concurrency = CONCURRENCY;
	h->window = h->opt.concurrency;
	h->retry.attempts = opt->attempts ? opt->attempts : ATTEMPTS;
	h->retry.max_time = opt->retry_max_time;
	h->rate.bytes_s = opt->limit_rate;
	h->multi = libcurl.multi_init();
	if (!h->multi) {
		free(h);
		err_set(err, ERR_IO, "libcurl cannot be used");
		return NULL;
	}
	libcurl.multi_setopt(h->multi, CURLMOPT_MAXCONNECTS,
			  (long)h->opt.concurrency + 1);
	return h;
}

void http_free(struct http *h)
{
	sigset_t before;

	if (!h)
		return;
	before = interrupt_hold_pipe();
	while (h->jobs)
		http_cancel(h, h->jobs);
	while (h->nspare)
		libcurl.easy_cleanup(h->spare[--h->nspare]);
	libcurl.multi_cleanup(h->multi);
	interrupt_release_pipe(&before);
	free(h);
}

size_t http_open_jobs(const struct http *h)
{
	size_t n = 0;

	for (const struct http_job *j = h->jobs; j; j = j->next)
		n++;
	return n;
}

static size_t on_head(char *p, size_t size, size_t n, void *job)
{
	struct http_job *j = job;

	n *= size;
	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		buf_reset(&j->head);
	if (j->head.len + n > HTTP_HEAD_LIMIT)
		return 0;
	buf_add(&j->head, p, n);
	return n;
}

/* Has the rate room?  Else the job is held until it has. */
static bool may_pass(struct http_job *j)
{
	j->held = rate_room(&j->of->rate, http_now_ms()) <= 0;
	return !j->held;
}

static size_t on_body(char *p, size_t size, size_t n, void *job)
{
	struct http_job *j = job;

	n *= size;
	libcurl.easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &j->status);
	if (j->status >= 200 && j->status < 300 && j->ops->take) {
		size_t k = may_pass(j) ? j->ops->take(j, p, n) : 0;

		if (j->held)
			return CURL_WRITEFUNC_PAUSE;
		if (k != HTTP_PAUSE) {
			rate_take(&j->of->rate, n);
			return k;
		}
		j->paused = j->of->full = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (j->text.len + n > HTTP_TEXT_LIMIT)
		return 0;
	buf_add(&j->text, p, n);
	return n;
}

static size_t on_send(char *to, size_t size, size_t n, void *job)
{
	struct http_job *j = job;
	uint64_t left = j->bytes - j->sent;
	ssize_t k;

	n *= size;
	if (n > left)
		n = (size_t)left;
	if (n && !may_pass(j))
		return CURL_READFUNC_PAUSE;
	if (j->of->rate.bytes_s && n > (uint64_t)j->of->rate.room)
		n = (size_t)j->of->rate.room;
	if (j->body) {
		memcpy(to, j->body + j->sent, n);
		k = (ssize_t)n;
	} else {
		k = n ? pread(j->fd, to, n, (off_t)(j->offset + j->sent)) : 0;
		if (k < 0 || (k == 0 && n)) {
			snprintf(j->fault_text, sizeof(j->fault_text), "%s",
				 k < 0 ? strerror(errno) : "the file became "
				 "shorter while it was read");
			return CURL_READFUNC_ABORT;
		}
	}
	if (j->ops->gave)
		j->ops->gave(j, to, (size_t)k, j->sent);
	j->sent += (uint64_t)k;
	rate_take(&j->of->rate, (uint64_t)k);
	return (size_t)k;
}

static int on_seek(void *job, curl_off_t offset, int origin)
{
	struct http_job *j = job;

	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > j->bytes)
		return CURL_SEEKFUNC_FAIL;
	j->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* Of libcurl's options each has one type, which its own macros only check. */
static void set_long(CURL *e, CURLoption option, long v)
{
	libcurl.easy_setopt(e, option, v);
}

static void set_pointer(CURL *e, CURLoption option, const void *v)
{
	libcurl.easy_setopt(e, option, v);
}

static void set_transport(const struct http *h, CURL *e)
{
	const struct http_options *o = &h->opt;

	set_long(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	set_pointer(e, CURLOPT_PROTOCOLS_STR, "http,https");
	set_long(e, CURLOPT_PATH_AS_IS, 1);
	set_long(e, CURLOPT_HTTP_CONTENT_DECODING, 0);
	set_long(e, CURLOPT_FOLLOWLOCATION, 0);
	set_long(e, CURLOPT_NOSIGNAL, 1);
	set_long(e, CURLOPT_TCP_KEEPALIVE, 1);
	set_long(e, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BUFFER);
	set_long(e, CURLOPT_EXPECT_100_TIMEOUT_MS, 1000);
	set_long(e, CURLOPT_CONNECTTIMEOUT,
		 o->connect_timeout ? o->connect_timeout : CONNECT_S);
	set_long(e, CURLOPT_LOW_SPEED_TIME,
		 o->speed_time ? o->speed_time : SPEED_S);
	set_long(e, CURLOPT_LOW_SPEED_LIMIT,
		 o->speed_limit ? (long)o->speed_limit : 1);
	set_long(e, CURLOPT_TIMEOUT_MS, o->timeout_ms);
	if (o->no_proxy)
		set_pointer(e, CURLOPT_NOPROXY, "*");
	else if (o->proxy)
		set_pointer(e, CURLOPT_PROXY, o->proxy);
	if (o->ca_bundle)
		set_pointer(e, CURLOPT_CAINFO, o->ca_bundle);
	if (o->insecure) {
		set_long(e, CURLOPT_SSL_VERIFYPEER, 0);
		set_long(e, CURLOPT_SSL_VERIFYHOST, 0);
	}
	if (o->cert)
		set_pointer(e, CURLOPT_SSLCERT, o->cert);
	if (o->key)
		set_pointer(e, CURLOPT_SSLKEY, o->key);
}

static void set_request(CURL *e, struct http_job *j)
{
	struct curl_slist *list = NULL;

	for (size_t at = 0; at < j->headers.len;) {
		const char *line = (char *)j->headers.data + at;

		list = libcurl.slist_append(list, line);
		at += strlen(line) + 1;
	}
	j->list = list;
	set_pointer(e, CURLOPT_URL, buf_text(&j->url));
	set_pointer(e, CURLOPT_HTTPHEADER, list);
	set_pointer(e, CURLOPT_ERRORBUFFER, j->said);
	set_pointer(e, CURLOPT_PRIVATE, j);
	set_long(e, CURLOPT_BUFFERSIZE, HTTP_RECEIVE);
	libcurl.easy_setopt(e, CURLOPT_HEADERFUNCTION, on_head);
	set_pointer(e, CURLOPT_HEADERDATA, j);
	libcurl.easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	set_pointer(e, CURLOPT_WRITEDATA, j);
	if (strcmp(j->method, "HEAD") == 0) {
		set_long(e, CURLOPT_NOBODY, 1);
	} else if (j->has_body) {
		set_long(e, CURLOPT_UPLOAD, 1);
		libcurl.easy_setopt(e, CURLOPT_INFILESIZE_LARGE,
				 (curl_off_t)j->bytes);
		libcurl.easy_setopt(e, CURLOPT_READFUNCTION, on_send);
		set_pointer(e, CURLOPT_READDATA, j);
		libcurl.easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek);
		set_pointer(e, CURLOPT_SEEKDATA, j);
		set_pointer(e, CURLOPT_CUSTOMREQUEST, j->method);
	} else {
		set_long(e, CURLOPT_HTTPGET, 1);
		set_pointer(e, CURLOPT_CUSTOMREQUEST, j->method);
	}
}

static void end_job(struct http_job *j)
{
	j->state = ENDED;
}

/* Begins an attempt. */
static void begin(struct http *h, struct http_job *j)
{
	CURL *e;

	buf_reset(&j->url);
	buf_reset(&j->headers);
	buf_reset(&j->head);
	buf_reset(&j->text);
	j->status = 0;
	j->fault = HTTP_NO_FAULT;
	j->fault_text[0] = j->said[0] = '\0';
	j->sent = 0;
	j->paused = j->held = false;
	j->of = h;
	if (j->ops->prepare(j, &j->err)) {
		end_job(j);
		return;
	}
	e = h->nspare ? h->spare[--h->nspare] : libcurl.easy_init();
	if (!e)
		alloc_bytes(SIZE_MAX);
	libcurl.easy_reset(e);
	j->easy = e;
	j->tried++;
	set_transport(h, e);
	set_request(e, j);
	libcurl.multi_add_handle(h->multi, e);
	j->state = RUNNING;
	h->running++;
}

/* Takes the easy handle away from a running job. */
static void detach(struct http *h, struct http_job *j)
{
	libcurl.multi_remove_handle(h->multi, j->easy);
	set_pointer(j->easy, CURLOPT_ERRORBUFFER, NULL);
	libcurl.slist_free_all(j->list);
	if (h->nspare < SPARE)
		h->spare[h->nspare++] = j->easy;
	else
		libcurl.easy_cleanup(j->easy);
	j->easy = NULL;
	j->list = NULL;
	h->running--;
}

static enum http_fault fault_of(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_NO_FAULT;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_HTTP2:
	case CURLE_PARTIAL_FILE:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_FAIL_REWIND:
	case CURLE_WEIRD_SERVER_REPLY:
		return HTTP_LOST;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return HTTP_PROXY;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
		return HTTP_UNTRUSTED;
	case CURLE_ABORTED_BY_CALLBACK:
	case CURLE_WRITE_ERROR:
	case CURLE_READ_ERROR:
		return HTTP_LOCAL;
	default:
		return HTTP_IMPOSSIBLE;
	}
}

/* Fewer at a time where the server asks for it, slowly more again. */
static void steer(struct http *h, enum http_verdict v)
{
	if (v == HTTP_SLOWER) {
		h->window = h->window > 1 ? h->window / 2 : 1;
		h->good = 0;
	} else if (v == HTTP_DONE && h->window < h->opt.concurrency &&
		   ++h->good >= GOOD_ONES) {
		h->window++;
		h->good = 0;
	}
}

static void finish(struct http *h, struct http_job *j, CURLcode code)
{
	enum http_verdict v;
	uint32_t random;
	uint64_t now = http_now_ms(), wait = 0;
	long proxy = 0;

	libcurl.easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &j->status);
	libcurl.easy_getinfo(j->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	j->fault = fault_of(code);
	if (j->fault) {
		j->status = 0;
		if (!j->fault_text[0])
			snprintf(j->fault_text, sizeof(j->fault_text), "%s",
				 libcurl.easy_strerror(code));
		http_blame_proxy(j, proxy);
	}
	detach(h, j);
	v = j->ops->judge(j, &j->err);
	steer(h, v);
	if (v == HTTP_DONE || v == HTTP_FAILED) {
		end_job(j);
		return;
	}
	if (!retry_may(&h->retry, j->tried, now - j->begun_ms)) {
		if (!j->err.status)
			err_set(&j->err, ERR_REMOTE_RETRY, "no answer");
		end_job(j);
		return;
	}
	if (v != HTTP_AT_ONCE) {
		hash_random(&random, sizeof(random));
		wait = retry_wait(j->tried, v == HTTP_SLOWER,
				  http_retry_after(j), random);
		http_note(&h->opt, j, wait);
	}
	err_clear(&j->err);
	j->due_ms = now + wait;
	j->state = WAITING;
}

void http_start(struct http *h, struct http_job *j)
{
	struct http_job **last = &h->jobs;

	while (*last)
		last = &(*last)->next;
	*last = j;
	j->next = NULL;
	j->tried = 0;
	err_clear(&j->err);
	j->begun_ms = j->due_ms = http_now_ms();
	j->state = WAITING;
	h->retry.requests++;
}

static void unlink_job(struct http *h, struct http_job *j)
{
	struct http_job **p = &h->jobs;

	while (*p && *p != j)
		p = &(*p)->next;
	if (*p)
		*p = j->next;
	j->next = NULL;
	j->state = IDLE;
}

void http_cancel(struct http *h, struct http_job *j)
{
	if (j->state == RUNNING)
		detach(h, j);
	unlink_job(h, j);
}

void http_resume(struct http *h, struct http_job *j)
{
	(void)h;
	if (j->state == RUNNING && j->paused) {
		j->paused = false;
		libcurl.easy_pause(j->easy, CURLPAUSE_CONT);
	}
}

/* Begins what is due; milliseconds until the next is, or bound. */
static int begin_due(struct http *h, int bound)
{
	uint64_t now = http_now_ms();

	for (struct http_job *j = h->jobs; j; j = j->next) {
		if (j->state != WAITING)
			continue;
		if (j->due_ms > now) {
			uint64_t d = j->due_ms - now;

			if (bound < 0 || d < (uint64_t)bound)
				bound = (int)d;
		} else if (h->running < h->window) {
			begin(h, j);
		}
	}
	return bound;
}

struct http_job *http_ended(struct http *h)
{
	for (struct http_job *j = h->jobs; j; j = j->next)
		if (j->state == ENDED) {
			unlink_job(h, j);
			return j;
		}
	return NULL;
}

static bool any_ended(const struct http *h)
{
	for (const struct http_job *j = h->jobs; j; j = j->next)
		if (j->state == ENDED)
			return true;
	return false;
}

/*
 * Lets jobs that the rate held go on; milliseconds until it has room for
 * them, or bound.
 */
static int release_held(struct http *h, int bound)
{
	struct http_job *held = NULL;
	unsigned wait;

	for (struct http_job *j = h->jobs; j; j = j->next)
		if (j->held && j->state == RUNNING &&
		    (!held || j->served < held->served))
			held = j;
	if (!held)
		return bound;
	wait = rate_wait(&h->rate, http_now_ms());
	if (wait)
		return bound < 0 || wait < (unsigned)bound ? (int)wait : bound;
	/* One at a time, in turns: it may take all of the room. */
	held->held = false;
	held->served = ++h->turn;
	libcurl.easy_pause(held->easy, CURLPAUSE_CONT);
	return 0;
}

static void work(struct http *h)
{
	sigset_t before = interrupt_hold_pipe();
	int still, left;
	CURLMsg *m;

	release_held(h, 0);
	libcurl.multi_perform(h->multi, &still);
	while ((m = libcurl.multi_info_read(h->multi, &left))) {
		CURLcode code = m->data.result;
		char *j = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		libcurl.easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &j);
		finish(h, (struct http_job *)(void *)j, code);
	}
	interrupt_release_pipe(&before);
}

void http_wake(struct http *h)
{
	libcurl.multi_wakeup(h->multi);
}

void http_give_up(struct http *h)
{
	h->over = true;
	http_wake(h);
}

bool http_stopped(const struct http *h)
{
	return h->over || (h->opt.stop && *h->opt.stop);
}

bool http_step(struct http *h, int ms, int fd)
{
	struct curl_waitfd extra = { fd, CURL_WAIT_POLLIN, 0 };
	int wait;

	begin_due(h, 0);
	h->full = false;
	work(h);
	wait = begin_due(h, ms < 0 || ms > LONGEST_MS ? LONGEST_MS : ms);
	wait = release_held(h, wait);
	if (any_ended(h) || h->full || http_stopped(h))
		wait = 0;
	libcurl.multi_poll(h->multi, &extra, fd >= 0 ? 1 : 0, wait, NULL);
	work(h);
	return extra.revents != 0;
}

bool http_settle(struct http *h, unsigned ms)
{
	uint64_t end = http_now_ms() + ms, now;

	while (h->running && (now = http_now_ms()) < end) {
		work(h);
		if (h->running)
			libcurl.multi_poll(h->multi, NULL, 0,
					release_held(h, (int)(end - now)),
					NULL);
	}
	return h->running == 0;
}

int http_run(struct http *h, struct http_job *j, struct err *err)
{
	http_start(h, j);
	while (j->state != ENDED && !http_stopped(h))
		http_step(h, -1, -1);
	if (j->state != ENDED) {
		http_cancel(h, j);
		return err_set(err, ERR_IO, "interrupted");
	}
	unlink_job(h, j);
	if (!j->err.status)
		return 0;
	*err = j->err;
	return -1;
}
