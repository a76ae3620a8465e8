#include "store/zip.h"

#include <stdbool.h>

#include "util/buf.h"

/* Signatures, and the bytes of what they begin (APPNOTE 6.3.10, 4.3). */
enum {
	LOCAL = 0x04034b50,
	ENTRY = 0x02014b50, ENTRY_SIZE = 46,
	SIGNED = 0x05054b50, SIGNED_SIZE = 6,
	END64 = 0x06064b50, END64_SIZE = 12,	/* its size is behind it */
	LOCATOR = 0x07064b50, LOCATOR_SIZE = 20,
	END = 0x06054b50, END_SIZE = 22,
	ALL_SIZE = 46,
};

/* Bytes of the record at p, n of which are there; 0: it is none. */
static uint64_t record_size(const uint8_t *p, size_t n)
{
	switch (buf_le32(p)) {
	case ENTRY:
		return n < ENTRY_SIZE ? 0 : ENTRY_SIZE + 0ull +
			buf_le16(p + 28) + buf_le16(p + 30) +
			buf_le16(p + 32);
	case SIGNED:
		return n < SIGNED_SIZE ? 0 : SIGNED_SIZE + 0ull +
			buf_le16(p + 4);
	case END64:
		return n < END64_SIZE || buf_le32(p + 8) ? 0 :
			END64_SIZE + 0ull + buf_le32(p + 4);
	case LOCATOR:
		return n < LOCATOR_SIZE ? 0 : LOCATOR_SIZE;
	case END:
		return n < END_SIZE ? 0 : END_SIZE + 0ull + buf_le16(p + 20);
	default:
		return 0;
	}
}

static int fault(struct feed *f, const char *text, struct err *err)
{
	return err_set(err, ERR_DATA, "%s@%llu: %s", feed_reader(f)->name,
		       (unsigned long long)feed_at(f), text);
}

int zip_take_directory(struct feed *f, uint64_t members, struct err *err)
{
	uint64_t listed = 0;
	uint32_t what = 0;
	const uint8_t *p;
	ptrdiff_t n;

	while (what != END) {
		uint64_t size;
		int r;

		n = feed_look(f, ALL_SIZE, &p, err);
		if (n < 0)
			return -1;
		size = n < 4 ? 0 : record_size(p, (size_t)n);
		if (!size)
			return fault(f, "the directory of the zip archive is "
				     "damaged or cut short", err);
		what = buf_le32(p);
		listed += what == ENTRY;
		r = feed_skip(f, size, err);
		if (r <= 0)
			return r ? -1 : fault(f, "the zip archive is cut short",
					      err);
	}
	if (listed != members)
		return err_set(err, ERR_DATA, "%s: of %llu members of the zip "
			       "archive %llu were found", feed_reader(f)->name,
			       (unsigned long long)listed,
			       (unsigned long long)members);
	n = feed_look(f, 4, &p, err);
	if (n == 4 && (buf_le32(p) == LOCAL || buf_le32(p) == END))
		return 1;
	n = n < 0 ? n : feed_is_over(f, feed_at(f), err);
	return n == 0 ? fault(f, "what follows the zip archive is none", err) :
		n < 0 ? -1 : 0;
}
