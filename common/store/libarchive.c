#include "store/libarchive.h"

#include "util/library.h"

LIBRARY_NOTE("archives", "compressed files, tar and zip", LIBARCHIVE_SONAME);

struct libarchive libarchive;

int libarchive_load(struct err *err)
{
#define NAME(f) "archive_" #f,
	static const char *const name[] = { LIBARCHIVE_FUNCTIONS(NAME) };
	static struct library l = {
		LIBARCHIVE_SONAME, "libarchive13",
		"compressed files, tar and zip", name,
		sizeof(name) / sizeof(name[0]), &libarchive, false
	};

	return library_load(&l, err);
}
