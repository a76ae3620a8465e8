/*
 * make - writes hostile inputs into a folder, for tests/cli/hostile.bats:
 * counts, lengths and offsets that lie, bombs, cycles, depth.  The sums of
 * HFiles are right, so that what lies behind them is looked at.
 *
 * usage: make FOLDER
 */
#include <stdio.h>
#include <stdlib.h>

#include "codec/opb64.h"
#include "codec/squeeze.h"
#include "codec/varint.h"
#include "codec/digest.h"
#include "hfile/block.h"
#include "hfile/format.h"
#include "hfile/reader.h"
#include "hfile/writer.h"
#include "unit/source.h"

static const char *folder;
static unsigned made;

static void save(const char *form, const void *p, size_t n)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%03u", folder, form, made++);
	f = fopen(path, "wb");
	if (!f || fwrite(p, 1, n, f) != n || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void save_text(const char *form, const char *text)
{
	save(form, text, strlen(text));
}

/* head, n times middle, tail. */
static void save_long(const char *form, const char *head, const char *middle,
		      size_t n, const char *tail)
{
	struct buf b = { 0 };

	buf_add_string(&b, head);
	for (size_t i = 0; i < n; i++)
		buf_add_string(&b, middle);
	buf_add_string(&b, tail);
	save(form, b.data, b.len);
	buf_release(&b);
}

/* Text: what no line may be. */
static void make_text(void)
{
	static const char *const lines[] = {
		"1// a{} ", "1// a{b} 1", "1// a{b=1 1", "1/ a{} 1",
		"1// a{%G0=1} 1", "99999999999999999999// a{} 1", "=1// 2",
		"1/91:a/ a{} 1", "1/1:2/x a{} 1", "1// a{} 'x", "1// {} '",
		"1// a{} 99999999999999999999", "1// a{} 1e", "1// a{} 0x",
		"1// a{} b64", "1// a{} hex:0", "1// a{} hex:zz",
		"1// a{} Q:1:2:3", "1// a{} HH:1", "1// a{} [ 1", "1// a{} [",
		"1// a{} [ 1/2/3/4/5/6 ]", "1// a{} [ 1 ] 2", "1// a{} T T",
		"1// a{}{b} 1", "1// a{}{b=c 1", "1// a{} %", "1// a{} '%x'",
		"1// a{} '%", "// a{} :m:x", "T// a{} 1", "T1x// a{} 1",
		"+// a{} 1", "-// a{} 1", "1/1/ a{}", "1// a{} -",
		"# ERROR: truncated", "1// a{} 1\n# ERROR: x",
		"1// a{} 1\n=2// ]", "1// a{} 1.2.3",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		save_text("gts", lines[i]);
	save_long("gts", "1// a{} ", "[ ", 200000, "");
	save_long("gts", "1// a{} ", "[ ", 100000, "1");
	save_long("gts", "1// ", "a", 70000, "{} 1");
	save_long("gts", "1// a{", "b=c,", 70000, "");
	save_long("gts", "1// a{", "=", 1000000, "} x");
	save_long("gts", "1// a{} '", "x", 17 << 20, "'");
	save_long("gts", "1// a{} b64:", "AAAA", 6 << 20, "");
	save_long("gts", "1// a{} ", "9", 1 << 20, "");
	save_long("gts", "1// a{} 1.", "9", 1 << 20, "e");
}

/* Raw: streams that lie, in the order-preserving alphabet. */
static void save_raw(const uint8_t *p, size_t n)
{
	struct buf b = { 0 };

	buf_add_string(&b, "0//1 a{} ");
	opb64_encode(&b, p, n);
	save("raw", b.data, b.len);
	buf_release(&b);
}

static void make_raw(void)
{
	static const struct {
		uint8_t n, p[14];
	} stream[] = {
		{ 1, { 0x2c } }, { 2, { 0x4c, 0x80 } },
		{ 12, { 0x4c, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
			0x80, 0x80, 0x01 } },
		{ 11, { 0x38, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0x01 } },
		{ 3, { 0x38, 0x7f, 'x' } }, { 4, { 0x38, 0xff, 0x7f, 'x' } },
		{ 3, { 0x34, 0x7f, 0xf8 } }, { 2, { 0x30, 0x01 } },
		{ 1, { 0x21 } }, { 1, { 0x23 } }, { 1, { 0x20 } },
		{ 2, { 0x00, 0x10 } }, { 2, { 0x00, 0xff } },
		{ 11, { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0x01 } },
		{ 2, { 0x00, 0x00 } }, { 3, { 0x00, 0x01, 0x00 } },
		{ 10, { 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8 } },
		{ 3, { 0xac, 0x40, 0x01 } }, { 3, { 0xac, 0x08, 0x01 } },
		{ 2, { 0x68, 0x01 } }, { 2, { 0x3a, 0x05 } },
		{ 6, { 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f } },
	};
	static const char *const lines[] = {
		"0//1 a{} *", "0//x a{} ..", "0//1 a{ ..", "0// a{}",
		"x//1 a{} ..3", "0//1 a{} \xc3\xa9", "0/1:2/ a{} ....*",
	};

	for (size_t i = 0; i < sizeof(stream) / sizeof(*stream); i++)
		save_raw(stream[i].p, stream[i].n);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		save_text("raw", lines[i]);
}

static void make_json(void)
{
	static const char *const lines[] = {
		"{\"c\":\"a\",\"v\":[[1]]}", "{\"c\":\"a\",\"v\":[[1,2,3,4,5,6"
		"]]}", "{\"c\":\"a\",\"v\":[[1,{\"x\":1}]]}",
		"{\"c\":\"a\",\"v\":[[1,{\"d\":\"x\"}]]}",
		"{\"c\":\"a\",\"v\":[[\"1\",2]]}", "{\"c\":1}", "{\"c\":\"a",
		"{\"c\":\"\\u12\"}", "{\"c\":\"\\x\"}", "{\"l\":[]}",
		"{\"l\":{\"a\":1}}", "{\"v\":{}}", "{\"c\":\"a\",\"v\":[1]}",
		"{\"c\":\"a\",\"v\":[[1,2],]}", "{,}", "{\"c\"}", "{\"c\":}",
		"{\"c\":\"a\",\"v\":[[1,2]],\"l\":{}}",
		"{\"c\":\"a\",\"v\":[[99999999999999999999,1]]}",
		"{\"c\":\"a\",\"v\":[[1,99999999999999999999]]}",
		"{\"c\":\"a\",\"v\":[[1,nul]]}", "{\"c\":\"a\",\"v\":[[1,1e]]}",
		"{\"c\":\"a\",\"v\":[[1,\"x\",2]]}", "{\"c\":\"a\"}}", "{}x",
	};
	char array[256];

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		save_text("jsonl", lines[i]);
		if (i % 2)
			continue;
		snprintf(array, sizeof(array), "[%s", lines[i]);
		save_text("json", array);
	}
	save_long("json", "[{\"x\":", "[", 1 << 20, "");
	save_long("json", "[{\"x\":", "{\"a\":", 1 << 18, "");
	save_long("json", "[{\"c\":\"", "x", 66 << 20, "");
	save_long("jsonl", "{\"l\":{", "\"a\":\"b\",", 20000, "");
	save_long("jsonl", "{\"c\":\"", "x", 70000, "\",\"v\":[]}");
}

static void make_others(void)
{
	static const char *const influx[] = {
		"m", "m f", "m f=", ",a=b f=1", "m,a f=1", "m,a= f=1",
		"m f=1i2", "m f=99999999999999999999i", "m f=\"x", "m f=1 x",
		"m f=1 99999999999999999999", "m f=NaN", "m =1", "m f=1,",
		"m f=-1u", "m,a=1,a=2 f=1", "m f=1 9223372036854775807 1",
		"a.b c=1 1000\na b.c=1 1000", "m f=1 1",
	};
	static const char *const tsv[] = {
		"# a{}{}\n1\t\t\t", "1\t\t\t\t1", "# a{}{}\nx\t\t\t\t1",
		"# a{}{}\n1\t1\t\t\t1", "# a{}{}\n1\t\t\tx\t1",
		"# a{}{}\n1\t\t\t\t", "a\tb\t\t1\t\t\t\t1",
		"# a{}{}\n1\t\t\t\t'",
		"a\t\t\t1\t\t\t\t1\t1",
	};
	static const char *const lists[] = {
		"a{", "a", "'x", "'*' UNWRAPENCODER", "'' UNWRAPENCODER",
		"'zzzzzzzz' UNWRAPENCODER", "'6' UNWRAPENCODER",
		"'60V1' UNWRAPENCODER", "'60Vzzzzzzzz' UNWRAPENCODER",
		"'60V1kuzzzzz' UNWRAPENCODER",
	};

	for (size_t i = 0; i < sizeof(influx) / sizeof(*influx); i++)
		save_text("influx", influx[i]);
	for (size_t i = 0; i < sizeof(tsv) / sizeof(*tsv); i++)
		save_text("tsv", tsv[i]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		save_text("list", lists[i]);
}

/* Bombs: little that unpacks to very much. */
static void make_bombs(void)
{
	struct buf zero = { 0 }, packed = { 0 };

	buf_reserve(&zero, 300 << 20);
	memset(zero.data, 'a', 300 << 20);
	squeeze_gzip(&packed, zero.data, 300 << 20);
	save("gts", packed.data, packed.len);
	buf_reset(&packed);
	squeeze_zstd(&packed, zero.data, 300 << 20, 3);
	save("gts", packed.data, packed.len);
	buf_release(&zero);
	buf_release(&packed);
}

/* A sound file, and what it is made of. */
struct sound {
	struct buf file;
	size_t index;		/* where the index blocks begin */
	struct reader *reader;	/* which root is lent from */
	struct index_root root;
	struct buf leaf, pages, series;	/* raw */
};

static void make_sound(struct sound *s)
{
	struct writer_options opt = { .units = 1000000 };
	struct err err = { 0 };
	struct writer *w = writer_open(io_writer_memory(&s->file, "m"), &opt,
				       &err);
	struct digest d = { 0 };
	struct series name[10] = { 0 };
	struct batch b = { 0 };
	struct reader *r;
	struct buf payload = { 0 };
	const struct block_ref *ref[3];
	struct buf *raw[3] = { &s->leaf, &s->pages, &s->series };

	for (unsigned k = 0; k < 10; k++) {
		batch_reset(&b);
		source_series(&name[k], k * 7);
		b.series = &name[k];
		for (int i = 0; i < 200; i++)
			source_point(&b, i * 1000, k);
		digest_add(&d, &b);
		writer_put(w, &b, &err);
	}
	writer_close(w, &d.sum, &err);
	writer_free(w);
	r = reader_open(io_blob_memory(s->file.data, s->file.len, "m"), &err);
	if (!r) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	s->index = (size_t)reader_root(r)->section[0].ref.offset;
	ref[0] = &reader_root(r)->top.child[0].ref;
	ref[1] = &reader_root(r)->section[0].ref;
	ref[2] = &reader_root(r)->def[0].ref;
	for (int k = 0; k < 3; k++) {
		static const int type[] = { FORMAT_LEAF, FORMAT_PAGES,
					    FORMAT_SERIES };
		struct io_blob *m = io_blob_memory(s->file.data, s->file.len,
						   "m");

		if (block_read(m, ref[k], type[k], &payload, &err) ||
		    block_unpack(payload.data, payload.len, FORMAT_INDEX_RAW,
				 raw[k], &err))
			exit(1);
		io_blob_free(m);
	}
	s->reader = r;
	s->root = *reader_root(r);
	for (unsigned k = 0; k < 10; k++)
		series_release(&name[k]);
	digest_release(&d);
	batch_release(&b);
	buf_release(&payload);
}

/* A payload as it is, not packed. */
static void put_plain(struct block_out *o, int type, const struct buf *raw,
		      struct block_ref *ref)
{
	struct buf p = { 0 };
	struct err err = { 0 };

	buf_add_byte(&p, 0);
	buf_add_le32(&p, (uint32_t)raw->len);
	buf_add(&p, raw->data, raw->len);
	block_write(o, type, p.data, p.len, ref, &err);
	buf_release(&p);
}

/* raw with a huge varint at one of n places. */
static void spoil(struct buf *to, const struct buf *raw, size_t k, size_t n)
{
	size_t at = n > 1 ? k * (raw->len - 1) / (n - 1) : 0;

	buf_reset(to);
	buf_add(to, raw->data, raw->len);
	buf_reserve(to, 16);
	memset(to->data + at, 0xff, 9);
	to->data[at + 9] = 1;
	if (to->len < at + 10)
		to->len = at + 10;
}

/* A LOOKUP that names one block of terms for ids, and for labels. */
static void put_lookup(struct buf *to, const struct block_ref *terms)
{
	buf_reset(to);
	varint_put(to, 1);
	varint_put(to, 0);
	for (int k = 0; k < TERMS_KINDS; k++) {
		varint_put(to, 0);
		varint_put(to, terms->offset);
		varint_put(to, terms->length);
	}
}

/* A file that finds ids by terms, which spoil what is said of them. */
struct finding {
	const struct buf *terms;
	size_t spoilt;		/* byte of LOOKUP that begins a huge varint, */
	bool far;		/* or terms beyond the file */
};

/* A leaf that has the names: where no terms may be without them. */
static void put_named(struct block_out *o, const struct sound *s,
		      struct block_ref *ref)
{
	struct buf raw = { 0 };

	varint_put(&raw, s->series.len);
	buf_add(&raw, s->series.data, s->series.len);
	buf_add(&raw, s->leaf.data + 1, s->leaf.len - 1);
	put_plain(o, FORMAT_LEAF, &raw, ref);
	buf_release(&raw);
}

static void put_finding(struct block_out *o, const struct finding *f,
			struct index_section *section)
{
	struct buf lookup = { 0 }, bad = { 0 };
	struct block_ref ref;

	put_plain(o, FORMAT_TERMS, f->terms, &ref);
	ref.offset += f->far ? UINT64_C(1) << 40 : 0;
	put_lookup(&lookup, &ref);
	if (f->spoilt < lookup.len)
		spoil(&bad, &lookup, f->spoilt, lookup.len);
	else
		buf_add(&bad, lookup.data, lookup.len);
	section->type = FORMAT_LOOKUP;
	put_plain(o, FORMAT_LOOKUP, &bad, &section->ref);
	buf_release(&lookup);
	buf_release(&bad);
}

/* The file with these index blocks, every sum right. */
static void save_file(const struct sound *s, const struct buf *segment,
		      const struct buf *leaf, const struct buf *pages,
		      const struct buf *series, const struct buf *root,
		      const struct finding *finding)
{
	struct buf file = { 0 }, raw = { 0 };
	struct err err = { 0 };
	struct io_writer *w = io_writer_memory(&file, "m");
	struct block_out o = { .to = w, .hash = hash_stream_new(),
			       .sequence = 100 };
	struct index_root r = s->root;
	struct index_def def = s->root.def[0];
	struct index_child l = s->root.top.child[0];
	struct index_section section[2] = { s->root.section[0] };
	struct format_tail t = { .points = r.points, .series = r.series,
				 .units = 1000000 };
	struct block_ref ref;
	uint8_t tail[FORMAT_TAIL_SIZE];

	block_write_bytes(&o, segment->data, segment->len, &err);
	if (series)
		put_plain(&o, FORMAT_SERIES, series, &def.ref);
	put_plain(&o, FORMAT_PAGES, pages ? pages : &s->pages, &section[0].ref);
	if (finding)
		put_named(&o, s, &l.ref);
	else
		put_plain(&o, FORMAT_LEAF, leaf ? leaf : &s->leaf, &l.ref);
	r.def = &def;
	r.ndef = finding ? 0 : r.ndef;
	r.top.child = &l;
	if (finding)
		put_finding(&o, finding, &section[1]);
	r.section = section;
	r.nsection = finding ? 2 : 1;
	index_put_root(&r, &raw);
	put_plain(&o, FORMAT_ROOT, root ? root : &raw, &ref);
	t.root = ref.offset;
	t.root_length = ref.length;
	t.file = o.offset + FORMAT_TAIL_SIZE;
	format_put_tail(tail, &t);
	hash_stream_add(o.hash, tail, FORMAT_TAIL_DIGEST);
	t.digest = hash_stream_value(o.hash);
	format_put_tail(tail, &t);
	io_write(w, tail, sizeof(tail), &err);
	save(finding ? "terms" : "hfile", file.data, file.len);
	hash_stream_free(o.hash);
	io_writer_free(w);
	buf_release(&file);
	buf_release(&raw);
}

/* The segment with a length in its page overwritten, its sum right. */
static void spoil_page(struct buf *to, const struct sound *s, size_t k)
{
	struct block_ref ref = { 0 };
	size_t length, at;
	uint8_t *p;

	buf_reset(to);
	buf_add(to, s->file.data, s->index);
	for (size_t i = 0; i + 40 < to->len; i++)
		if (memcmp(to->data + i, "GBLK", 4) == 0 &&
		    to->data[i + FORMAT_BLOCK_TYPE] == FORMAT_PAGE) {
			ref.offset = i;
			break;
		}
	p = to->data + ref.offset + FORMAT_BLOCK_SIZE;
	length = buf_le32(to->data + ref.offset + FORMAT_BLOCK_LENGTH);
	/* the lengths of the lanes, twice over */
	at = 4 * (k % 16);
	buf_put_le32(p + at, k < 16 ? 0x7fffffff : 0xffffffff);
	buf_put_le64(p + length, hash_xxh3(p, length, 0));
}

/* What finds ids and lies; whatever they lead to is read for one. */
static void make_terms(const struct sound *s, const struct buf *segment)
{
	static const uint8_t lies[][12] = {
		/* more terms than bits, leaves beyond the one there is */
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1 },
		{ 0xff, 0xff, 0xff, 0x7f, 1 }, { 1, 0xff, 0xff, 3 },
		{ 9, 0 }, { 9, 2, 0xff }, { 0xff },
	};
	struct finding f = { .spoilt = SIZE_MAX };
	struct buf terms = { 0 };

	for (size_t k = 0; k < sizeof(lies) / sizeof(lies[0]); k++) {
		buf_reset(&terms);
		buf_add(&terms, lies[k], strnlen((const char *)lies[k],
						 sizeof(lies[k])));
		f.terms = &terms;
		save_file(s, segment, NULL, NULL, NULL, NULL, &f);
	}
	buf_reset(&terms);
	buf_add(&terms, "\0\1\0", 3);
	for (f.spoilt = 0; f.spoilt < 9; f.spoilt++)
		save_file(s, segment, NULL, NULL, NULL, NULL, &f);
	f = (struct finding){ &terms, SIZE_MAX, true };
	save_file(s, segment, NULL, NULL, NULL, NULL, &f);
	buf_release(&terms);
}

static void make_hfiles(void)
{
	struct sound s = { 0 };
	struct buf bad = { 0 }, segment = { 0 }, raw = { 0 };
	struct index_root twice;

	make_sound(&s);
	buf_add(&segment, s.file.data, s.index);
	index_put_root(&s.root, &raw);
	for (size_t k = 0; k < 8; k++) {
		spoil(&bad, &s.leaf, k, 8);
		save_file(&s, &segment, &bad, NULL, NULL, NULL, NULL);
		spoil(&bad, &s.series, k, 8);
		save_file(&s, &segment, NULL, NULL, &bad, NULL, NULL);
		spoil(&bad, &raw, k, 8);
		save_file(&s, &segment, NULL, NULL, NULL, &bad, NULL);
	}
	for (size_t k = 0; k < 32; k++) {
		spoil_page(&bad, &s, k);
		save_file(&s, &bad, NULL, NULL, NULL, NULL, NULL);
	}
	/* leaves that are branches, and ones beyond the file */
	twice = s.root;
	twice.branched = true;
	buf_reset(&raw);
	index_put_root(&twice, &raw);
	save_file(&s, &segment, NULL, NULL, NULL, &raw, NULL);
	twice = s.root;
	twice.top.child[0].ref = (struct block_ref){ s.index, 1 << 30 };
	buf_reset(&raw);
	index_put_root(&twice, &raw);
	save_file(&s, &segment, NULL, NULL, NULL, &raw, NULL);
	twice.top.child[0].ref = (struct block_ref){ UINT64_MAX - 5, 100 };
	buf_reset(&raw);
	index_put_root(&twice, &raw);
	save_file(&s, &segment, NULL, NULL, NULL, &raw, NULL);
	make_terms(&s, &segment);
	for (size_t n = 0; n < 8; n++)
		save("hfile", s.file.data, s.file.len * n / 8 + 20);
	buf_release(&bad);
	buf_release(&segment);
	buf_release(&raw);
	reader_free(s.reader);
	buf_release(&s.file);
	buf_release(&s.leaf);
	buf_release(&s.pages);
	buf_release(&s.series);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	folder = argv[1];
	make_text();
	make_raw();
	make_json();
	make_others();
	make_bombs();
	make_hfiles();
	printf("%u\n", made);
	return 0;
}
