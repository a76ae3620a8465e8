/*
 * libcurl - the functions of libcurl that store/http uses, and nobody else;
 * loaded when the first URL is opened.
 */
#ifndef STORE_LIBCURL_H
#define STORE_LIBCURL_H

#include <curl/curl.h>

#include "util/err.h"

#define LIBCURL_FUNCTIONS(X) \
	X(easy_cleanup) X(easy_getinfo) X(easy_init) X(easy_pause) \
	X(easy_reset) X(easy_setopt) X(easy_strerror) X(global_init) \
	X(multi_add_handle) X(multi_cleanup) X(multi_info_read) \
	X(multi_init) X(multi_perform) X(multi_poll) \
	X(multi_remove_handle) X(multi_setopt) X(multi_wakeup) \
	X(slist_append) X(slist_free_all) X(version)

/* curl_easy_init is libcurl.easy_init, and so on. */
struct libcurl {
#define LIBCURL_FIELD(f) __typeof__(curl_##f) *f;
	LIBCURL_FUNCTIONS(LIBCURL_FIELD)
#undef LIBCURL_FIELD
};
extern struct libcurl libcurl;

/* To be called before any of them, from any thread. */
int libcurl_load(struct err *err);

#endif
