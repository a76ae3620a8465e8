#include "hfile/format.h"

#include <string.h>

#include "codec/hash.h"
#include "util/buf.h"

static const char header_text[] = FORMAT_NAME ", see hfile(5)";
static const char tail_magic[8] = "GTSHTAIL";

static bool known_units(uint32_t units)
{
	return units == 1000 || units == 1000000 || units == 1000000000;
}

static void put_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

const char *format_type_name(int type)
{
	static const char *const name[] = {
		"block", "SERIES", "PAGE", "LEAF", "PAGES", "ROOT", "BRANCH",
		"SEGMENTS", "STATS", "LOOKUP", "TERMS"
	};

	return type >= FORMAT_SERIES && type <= FORMAT_TYPES ? name[type] :
		name[0];
}

const char *format_preset_name(int preset)
{
	static const char *const name[] = {
		"mixed", "hot", "fast", "dense", "max"
	};

	return preset >= FORMAT_PRESET_MIXED && preset <= FORMAT_PRESET_MAX ?
		name[preset] : "unknown";
}

void format_put_header(uint8_t *p, const struct format_header *h)
{
	memset(p, 0, FORMAT_HEADER_SIZE);
	memset(p, ' ', FORMAT_HEADER_TEXT);
	memcpy(p, header_text, sizeof(header_text) - 1);
	p[FORMAT_HEADER_TEXT - 1] = '\n';
	put_le16(p + FORMAT_HEADER_MAJOR, FORMAT_MAJOR);
	put_le16(p + FORMAT_HEADER_MINOR, FORMAT_MINOR);
	buf_put_le32(p + FORMAT_HEADER_UNITS, h->units);
	buf_put_le32(p + FORMAT_HEADER_CRC,
		     hash_crc32c(p, FORMAT_HEADER_CRC));
}

int format_take_header(const uint8_t *p, struct format_header *h,
		       struct err *err)
{
	if (memcmp(p, FORMAT_MAGIC, sizeof(FORMAT_MAGIC) - 1))
		return err_set(err, ERR_DATA, "not an HFile");
	if (hash_crc32c(p, FORMAT_HEADER_CRC) !=
	    buf_le32(p + FORMAT_HEADER_CRC))
		return err_set(err, ERR_DATA, "damaged header");
	/* a higher minor version adds only what may be passed over */
	if (buf_le16(p + FORMAT_HEADER_MAJOR) != FORMAT_MAJOR ||
	    buf_le32(p + FORMAT_HEADER_REQUIRED))
		return err_set(err, ERR_DATA, "HFile version %d.%d with "
			       "features 0x%x is not known here",
			       buf_le16(p + FORMAT_HEADER_MAJOR),
			       buf_le16(p + FORMAT_HEADER_MINOR),
			       buf_le32(p + FORMAT_HEADER_REQUIRED));
	h->units = buf_le32(p + FORMAT_HEADER_UNITS);
	if (!known_units(h->units) || buf_le32(p + FORMAT_HEADER_ZERO))
		return err_set(err, ERR_DATA, "damaged header");
	return 0;
}

void format_put_tail(uint8_t *p, const struct format_tail *t)
{
	memset(p, 0, FORMAT_TAIL_SIZE);
	memcpy(p, tail_magic, sizeof(tail_magic));
	buf_put_le64(p + FORMAT_TAIL_ROOT, t->root);
	buf_put_le64(p + FORMAT_TAIL_ROOT_LENGTH, t->root_length);
	buf_put_le64(p + FORMAT_TAIL_POINTS, t->points);
	buf_put_le64(p + FORMAT_TAIL_SERIES, t->series);
	buf_put_le64(p + FORMAT_TAIL_FILE, t->file);
	buf_put_le64(p + FORMAT_TAIL_DIGEST, t->digest);
	buf_put_le32(p + FORMAT_TAIL_UNITS, t->units);
	buf_put_le32(p + FORMAT_TAIL_CRC, hash_crc32c(p, FORMAT_TAIL_CRC));
}

int format_take_tail(const uint8_t *p, struct format_tail *t,
		     struct err *err)
{
	if (memcmp(p, tail_magic, sizeof(tail_magic)))
		return err_set(err, ERR_DATA,
			       "no tail: the file is cut short or damaged");
	t->units = buf_le32(p + FORMAT_TAIL_UNITS);
	if (hash_crc32c(p, FORMAT_TAIL_CRC) != buf_le32(p + FORMAT_TAIL_CRC) ||
	    !known_units(t->units))
		return err_set(err, ERR_DATA, "damaged tail");
	t->root = buf_le64(p + FORMAT_TAIL_ROOT);
	t->root_length = buf_le64(p + FORMAT_TAIL_ROOT_LENGTH);
	t->points = buf_le64(p + FORMAT_TAIL_POINTS);
	t->series = buf_le64(p + FORMAT_TAIL_SERIES);
	t->file = buf_le64(p + FORMAT_TAIL_FILE);
	t->digest = buf_le64(p + FORMAT_TAIL_DIGEST);
	return 0;
}
