/*
 * library - shared libraries that are loaded when they are first needed.
 *
 * What libcurl and libarchive bring with them, 37 libraries, takes longer to
 * load than most programs run.  The room that is the door to such a library
 * lists the functions it uses once, as a macro: of this list are made a
 * struct of pointers, of the types in the library's own header, and the names
 * that library_load looks up.  A library that was loaded stays.
 */
#ifndef UTIL_LIBRARY_H
#define UTIL_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

struct library {
	const char *soname;	/* "libcurl.so.4" */
	const char *package;	/* that has it, in Debian */
	const char *use;	/* what needs it: "s3:// names" */
	const char *const *name;	/* of functions */
	size_t n;
	void *table;		/* n pointers to functions, in this order */
	bool loaded;
};

/*
 * Fills the table, once; from any thread.  -1 where the library cannot be
 * loaded or lacks a function, and err says how to get it.
 */
int library_load(struct library *l, struct err *err);

/*
 * What programs that gather dependencies read in an executable instead of a
 * DT_NEEDED: the "ELF dlopen metadata" of the UAPI group.  Once a file.
 */
#define LIBRARY_JSON(feature, about, soname) \
	"[{\"feature\":\"" feature "\",\"description\":\"" about "\"," \
	"\"priority\":\"recommended\",\"soname\":[\"" soname "\"]}]"
#define LIBRARY_NOTE(feature, about, soname) \
	__attribute__((used, section(".note.dlopen"))) _Alignas(4) \
	static const struct { \
		uint32_t nowner, njson, type; \
		char owner[4]; \
		_Alignas(4) char json[sizeof(LIBRARY_JSON(feature, about, \
							  soname))]; \
	} library_note = { \
		4, sizeof(library_note.json), 0x407c0c0a, "FDO", \
		LIBRARY_JSON(feature, about, soname) \
	}

#endif
