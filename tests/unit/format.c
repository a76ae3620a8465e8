/* Ends of a file: which versions are read, what is refused. */
#include "codec/hash.h"
#include "hfile/format.h"
#include "unit/tap.h"
#include "util/buf.h"

/* Is a header whose byte at is v read? */
static bool reads(size_t at, uint8_t v)
{
	struct format_header h = { 1000000 };
	uint8_t p[FORMAT_HEADER_SIZE];
	struct err err = { 0 };

	format_put_header(p, &h);
	p[at] = v;
	buf_put_le32(p + FORMAT_HEADER_CRC,
		     hash_crc32c(p, FORMAT_HEADER_CRC));
	return format_take_header(p, &h, &err) == 0 && h.units == 1000000;
}

int main(void)
{
	tap_ok(reads(FORMAT_HEADER_MAJOR, FORMAT_MAJOR), "our own version");
	tap_ok(reads(FORMAT_HEADER_MINOR, FORMAT_MINOR + 1),
	       "a higher minor version");
	tap_ok(reads(FORMAT_HEADER_OPTIONAL, 1), "an optional feature");
	tap_ok(!reads(FORMAT_HEADER_MAJOR, FORMAT_MAJOR + 1),
	       "not another major version");
	tap_ok(!reads(FORMAT_HEADER_REQUIRED, 1), "not a required feature");
	tap_ok(!reads(FORMAT_HEADER_ZERO, 1), "not what is reserved");
	tap_ok(!reads(FORMAT_HEADER_UNITS, 0), "not other time units");
	return tap_done();
}
