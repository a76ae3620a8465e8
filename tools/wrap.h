/*
 * wrap - what gts-wrap is made of: its options, and where blobs go.
 */
#ifndef TOOLS_WRAP_H
#define TOOLS_WRAP_H

#include "convert.h"
#include "counted.h"
#include "flow/wraps.h"
#include "util/spool.h"

enum wrap_encoding {
	WRAP_LINES, WRAP_BYTES, WRAP_BASE64, WRAP_OPB64, WRAP_SNAPSHOT,
};

/* A blob that waits for its name to be proven the only one. */
struct wrap_member {
	char *name;
	uint64_t offset;	/* in the spool */
	uint64_t size;
};

struct wrap {
	struct convert convert;
	struct wraps_options options;
	enum wrap_encoding encoding;
	bool plain;		/* OPB64 in lines */
	const char *dir;	/* or NULL */
	const char *tar;	/* or NULL */
	const char *archid;	/* pattern, or NULL */
	/* while it runs */
	struct ledger *ledger;
	struct io_writer *out;	/* of a stream of blobs */
	struct counted count;	/* of it */
	struct spool *spool;	/* of members, and of bare bytes */
	struct wrap_member *member;
	size_t n, cap;
	size_t blobs;		/* put into the spool, of -e bytes */
	uint64_t changed;	/* values */
	struct buf text;	/* of a blob, as far as it is printed */
	uint8_t carry[3];	/* bytes that wait for their group */
	size_t carried;
};

/* The options: those of a conversion that make sense, and its own. */
struct opt *wrap_table(void);
int wrap_set(struct wrap *w, const struct opt_parsed *p, struct err *err);
int wrap_run(struct wrap *w, struct err *err);
void wrap_release(struct wrap *w);

/* The end of the conversion; to is a struct wrap. */
struct flow_sink *wrap_sink(void *to, struct ledger *l, struct err *err);
/* The ends of wraps_sink. */
int wrap_text_open(struct wrap *w, struct err *err);
struct wraps_output wrap_text_output(struct wrap *w);
struct wraps_output wrap_members_output(struct wrap *w);
/* Keeps a piece of a blob in the spool; to is a struct wrap. */
int wrap_keep(void *to, const void *p, size_t n, struct err *err);
/* Hands bytes of the spool to write, piece by piece. */
int wrap_give(struct wrap *w, uint64_t offset, uint64_t size,
	      int (*write)(void *to, const void *p, size_t n,
			   struct err *err),
	      void *to, struct err *err);
/* The name of a member, ARCHID-PERIOD; a new string, or NULL. */
char *wrap_member_name(const struct wrap *w, const struct series *s,
		       const char *period, struct err *err);

#endif
