#include "codec/libcrypto.h"

#include "util/alloc.h"
#include "util/library.h"

#define USE "digests and keys"

LIBRARY_NOTE("digests", USE, LIBCRYPTO_SONAME);

struct libcrypto libcrypto;

int libcrypto_load(struct err *err)
{
#define NAME(f) #f,
	static const char *const name[] = { LIBCRYPTO_FUNCTIONS(NAME) };
	static struct library l = {
		LIBCRYPTO_SONAME, "libssl3", USE,
		name, sizeof(name) / sizeof(name[0]), &libcrypto, false
	};

	return library_load(&l, err);
}

void libcrypto_need(void)
{
	struct err err = { 0 };

	if (libcrypto_load(&err))
		alloc_fail(err.text);
}
