#include "store/libcurl.h"

#include <pthread.h>

#include "util/library.h"

LIBRARY_NOTE("remote", "s3:// and http(s):// names", LIBCURL_SONAME);

struct libcurl libcurl;

static void init(void)
{
	libcurl.global_init(CURL_GLOBAL_DEFAULT);
}

int libcurl_load(struct err *err)
{
#define NAME(f) "curl_" #f,
	static const char *const name[] = { LIBCURL_FUNCTIONS(NAME) };
	static struct library l = {
		LIBCURL_SONAME, "libcurl4", "s3:// and http(s):// names",
		name, sizeof(name) / sizeof(name[0]), &libcurl, false
	};
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (library_load(&l, err))
		return -1;
	pthread_once(&once, init);
	return 0;
}
