/*
 * profile - the grammar of ~/.aws/config and ~/.aws/credentials: sections,
 * properties, continuations and nested blocks, as the AWS tools read them.
 *
 * Pure: bytes to a table.  Messages name the line, never its text.
 */
#ifndef STORE_PROFILE_H
#define STORE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/err.h"

enum profile_kind { PROFILE, PROFILE_SESSION, PROFILE_SERVICES };

struct profile_property {
	char *key;		/* in lower case */
	char *value;		/* of a block: a line feed before each line */
};

struct profile_section {
	enum profile_kind kind;
	char *name;
	bool plain;		/* [default], not [profile default] */
	struct profile_property *property;
	size_t n, cap;
};

struct profiles {
	struct profile_section *section;
	size_t n, cap;
};

/*
 * Adds a file; what is added later wins, property by property.  In the
 * credentials file sections are [NAME], in the other one [profile NAME].
 */
int profiles_add(struct profiles *p, const char *text, size_t n,
		 bool credentials, const char *file, struct err *err);
bool profiles_has(const struct profiles *p, enum profile_kind kind,
		  const char *name);
/* The value of a property, lent, or NULL. */
const char *profiles_get(const struct profiles *p, enum profile_kind kind,
			 const char *name, const char *key);
/* Appends what a block says of sub; false when it says nothing. */
bool profiles_nested(const struct profiles *p, enum profile_kind kind,
		     const char *name, const char *block, const char *sub,
		     struct buf *out);
void profiles_release(struct profiles *p);

#endif
