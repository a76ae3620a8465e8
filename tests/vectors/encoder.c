/*
 * encoder.tsv: points to streams (kinds E, A) and streams to points (all
 * kinds).
 */
#include "codec/aeswrap.h"
#include "codec/encoder.h"
#include "vectors/points.h"

/* Reads a stream; true when it gives the points and the status wanted. */
static bool reads(const char *stream, size_t n, int64_t base,
		  const char *key, size_t nkey, const struct batch *want,
		  bool error)
{
	struct encoder_reader r = { 0 };
	struct batch got = { 0 };
	struct err err = { 0 };
	bool good;
	int e;

	encoder_reader_init(&r, base, stream, n);
	r.key = nkey ? (const uint8_t *)key : NULL;
	r.nkey = nkey;
	/* the database skips what it cannot open without a word */
	r.skip_encrypted = true;
	while ((e = encoder_read(&r, &got, &err)) > 0)
		;
	good = (e < 0) == error && points_same(&got, want);
	encoder_reader_release(&r);
	batch_release(&got);
	return good;
}

static bool writes(const char *kind, int64_t base, const char *input,
		   size_t ninput, const struct batch *points,
		   const char *key, size_t nkey, const char *bytes, size_t n)
{
	struct encoder e = { .base = base };
	struct buf sealed = { 0 };
	struct err err = { 0 };
	bool good;

	if (*kind == 'A')
		encoder_resume(&e, base, input, ninput);
	for (size_t i = 0; i < points->n; i++)
		encoder_add(&e, points, i);
	if (nkey) {
		struct buf block = { 0 };

		aeswrap_seal(&sealed, e.bytes.data, e.bytes.len,
			     (const uint8_t *)key, nkey, &err);
		buf_add_byte(&block, 0);
		for (size_t v = sealed.len; ; v >>= 7) {
			buf_add_byte(&block, (uint8_t)((v & 0x7f) |
						(v > 0x7f ? 0x80 : 0)));
			if (v <= 0x7f)
				break;
		}
		buf_add(&block, sealed.data, sealed.len);
		buf_release(&sealed);
		sealed = block;
	} else {
		buf_add(&sealed, e.bytes.data, e.bytes.len);
	}
	good = sealed.len == n && (n == 0 || memcmp(sealed.data, bytes, n) ==
				   0);
	buf_release(&sealed);
	encoder_release(&e);
	return good;
}

/* A row that shows what this program refuses by intention. */
static bool refused(const char *note)
{
	return strncmp(note, "enc-nested", 10) == 0 ||
		strncmp(note, "enc-point-split", 15) == 0;
}

static bool has_double_from_decimal(const char *points, const struct batch *b)
{
	return strstr(points, "M:") && b->kinds & 1u << BATCH_DOUBLE;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		char *kind = v.column[0], *flags = v.column[10];
		struct batch points = { 0 }, decoded = { 0 };
		int64_t base = vec_absent(v.column[2]) ? 0 :
			strtoll(v.column[2], NULL, 10);
		size_t nkey = vec_absent(v.column[3]) ? 0 :
			vec_hex(v.column[3]);
		bool error = strcmp(v.column[9], "error") == 0;
		bool dec = *kind == 'D';
		bool same = strcmp(v.column[8], "=") == 0;
		size_t ninput = *kind == 'A' || dec ? vec_hex(v.column[4]) : 0;
		bool fallback;
		char *stream = dec ? v.column[4] : v.column[6];
		size_t n = dec ? ninput : vec_hex(stream);

		char *text = strdup(v.column[5]);

		if (!vec_absent(v.column[5]))
			points_parse(&points, v.column[5]);
		fallback = has_double_from_decimal(text, &points);
		free(text);
		if (same)
			batch_add_range(&decoded, &points, 0, points.n);
		else
			points_parse(&decoded, v.column[8]);
		if (vec_has_flag(flags, 'm'))
			vec_skip(&v, "lenient reading that is not required "
				 "(flag m)");
		else if (refused(v.column[1]))
			vec_skip(&v, "blocks in blocks, and points split over "
				 "two, are refused");
		else if (!reads(stream, n, base, v.column[3], nkey, &decoded,
				error))
			vec_fail(&v, "%s reads otherwise", kind);
		else if (dec)
			vec_pass(&v);
		else if (*kind != 'E' && *kind != 'A')
			vec_skip(&v, "merging and typed series, written by "
				 "gts-wrap and gts-merge (read well)");
		else if (!writes(kind, base, v.column[4], ninput, &points,
				 v.column[3], nkey, v.column[6], n))
			fallback ? vec_skip(&v, "decimals beyond 46 bits "
					    "became DOUBLE when parsed") :
				vec_fail(&v, "%s writes otherwise", kind);
		else
			vec_pass(&v);
		batch_release(&points);
		batch_release(&decoded);
	}
	return vec_done(&v);
}
