/*
 * Series found by id and by labels: the same ones as a scan finds, in a few
 * reads, and terms that lie are told.
 */
#include "codec/hash.h"
#include "flow/hf.h"
#include "hfile/verify.h"
#include "unit/counting.h"
#include "unit/made.h"
#include "unit/source.h"
#include "unit/tap.h"

enum {
	SERIES = 100000,
	LARGE = 1000000,
	READS = 4,
	BYTES = 400 << 10,
	BRANCHED = 4096,	/* bytes of leaves below the root, then */
};

static struct reader *open_file(struct counting *c, const struct buf *file,
				struct err *err)
{
	return reader_open(counting_memory(c, file), err);
}

/*
 * Series k of a file: labels that each value has everywhere (dc), in many
 * leaves (host), in a few (rack), in one (unit), and an attribute.
 */
static void name(struct series *s, unsigned k)
{
	char class[32], text[4][32];
	struct series_pair label[] = {
		{ { "dc", 2 }, { text[0], 0 } },
		{ { "host", 4 }, { text[1], 0 } },
		{ { "rack", 4 }, { text[2], 0 } },
		{ { "unit", 4 }, { text[3], 0 } },
	}, kind = { { "kind", 4 }, { text[0], 0 } };
	struct err err = { 0 };

	label[0].value.n = (size_t)sprintf(text[0], "d%u", k % 3);
	label[1].value.n = (size_t)sprintf(text[1], "h %u", k % 1000);
	label[2].value.n = (size_t)sprintf(text[2], "%u", k / 5000);
	label[3].value.n = (size_t)sprintf(text[3], "%c%u", k % 5 ? 'u' : 0,
					   (unsigned)(k * UINT64_C(7919) %
						      1000003));
	/* a zero byte ends no text of a series */
	label[3].value.n += k % 5 == 0;
	series_set(s, (struct series_text){ class, (size_t)sprintf(class,
		   "c.%09u", k / 7) }, label, 4, &err);
	kind.value.n = (size_t)sprintf(text[0], "k%u", k / 900);
	if (k % 2)
		series_set_attributes(s, &kind, 1, &err);
}

/* Names come in canonical order only by class: sort the seven of one. */
static void names(struct series *s, unsigned from, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		series_reset(&s[i]);
		name(&s[i], from + i);
		for (unsigned j = i; j > 0 && series_compare(&s[j - 1],
							      &s[j]) > 0; j--) {
			struct series t = s[j];

			s[j] = s[j - 1];
			s[j - 1] = t;
		}
	}
}

/* A directory of one chunk a series: all of a file but its pages. */
static void write_directory(struct buf *file, unsigned series, size_t aim,
			    size_t memory)
{
	const struct directory_options opt = {
		.named = true, .root_aim = aim, .memory = memory,
	};
	struct made m;
	struct series s[7] = { 0 };

	made_open(&m, file, &opt);
	for (unsigned k = 0; k < series; k++) {
		if (k % 7 == 0)
			names(s, k, series - k < 7 ? series - k : 7);
		directory_add_series(m.directory, &s[k % 7]);
		directory_add(m.directory, &(struct index_chunk){
			.series = k, .local = k, .page = k / 999,
			.ref = { 64 + k / 999 * 4000, 4000 },
			.slot = k % 999, .points = k % 99 + 1,
			.first = k % 17, .last = k % 17 + k % 99,
		});
	}
	m.root.series = m.root.chunks = m.root.points = series;
	made_close(&m);
	for (int i = 0; i < 7; i++)
		series_release(&s[i]);
}

/* What a selection finds: how many series, and which. */
struct found {
	uint64_t n, sum;
};

static struct found find(struct reader *r, const struct filter_options *opt,
			 bool scan, struct err *err)
{
	struct reader_walk *w = scan ? reader_walk_all(r) :
		hf_walk(r, opt, err);
	struct found f = { 0 };
	const struct index_chunk *c;
	const struct series *s;

	while (w && reader_walk_next(w, &s, &c, err) > 0)
		if (filter_series(opt, s, err) > 0) {
			f.n++;
			f.sum += c->series * c->series;
		}
	reader_walk_free(w);
	return f;
}

static struct found find_id(struct reader *r, struct hash_128 id,
			    struct err *err)
{
	const struct filter_options opt = { .range = SPAN_ALL, .id = &id,
					    .nid = 1 };

	return find(r, &opt, false, err);
}

/* All of them are in a leaf that their id leads to. */
static void test_ids(const struct buf *file)
{
	struct counting c = { 0 };
	struct err err = { 0 };
	struct reader *r = open_file(&c, file, &err);
	struct reader_walk *w = reader_walk_all(r);
	const struct index_root *root = reader_root(r);
	const struct index_chunk *chunk;
	const struct series *s;
	struct terms_leaves found = { 0 };
	struct buf text = { 0 };
	uint64_t missing = 0, extra = 0;
	struct hash_128 id = { 1, 2 };
	size_t leaf = 0;

	while (reader_walk_next(w, &s, &chunk, &err) > 0) {
		bool there = false;

		while (leaf + 1 < root->top.n &&
		       root->top.child[leaf + 1].series <= chunk->series)
			leaf++;
		terms_leaves_release(&found);
		if (reader_find(r, TERMS_IDS, hash_series_id(s, &text).high,
				&found, &err))
			break;
		for (size_t i = 0; i < found.n; i++)
			there |= found.leaf[i] == leaf;
		missing += !there || found.all;
		extra += found.n - 1;
	}
	tap_is_int((long long)missing, 0, "ids that were not found");
	tap_ok(extra < SERIES / 16, "%llu leaves too many",
	       (unsigned long long)extra);
	tap_is_int((long long)find_id(r, id, &err).n, 0, "an id of no series");
	tap_is_text(err.text, "", "no error");
	terms_leaves_release(&found);
	buf_release(&text);
	reader_walk_free(w);
	reader_free(r);
}

/*
 * Selectors find by terms what they find by looking at all series; one of
 * so many of them is tried.
 */
static void test_selectors(const struct buf *file, size_t step)
{
	static const char *const text[] = {
		"~.*{unit=u7919}", "~.*{unit=%0039595}", "~.*{host=h%20717}",
		"~.*{rack=3}", "~.*{rack=3,dc=d1}", "~.*{rack=3,host=h%207}",
		"~.*{rack=3,unit=u7919}", "~.*{dc=d1}", "~.*{dc=d9}",
		"~.*{rack~[35]}", "~.*{rack=5,host~.*7}", "~.*{kind=k7}",
		"~.*{}{kind=k7}", "~.*{kind=k7,dc=d0}", "~.*{dc=d1}{kind=k7}",
		"~c.00000.*{rack=0}", "c.000000010{}", "c.000000010{rack=0}",
		"c.000000010{rack=9}", "c.000000000{rack=0}",
		"c.000017142{dc=d0}", "~.*{nothing=at all}", "~.*{}",
	};
	enum { N = sizeof(text) / sizeof(text[0]) };
	struct selector *s[N] = { NULL };
	struct counting c = { 0 };
	struct err err = { 0 };
	struct reader *r = open_file(&c, file, &err);

	for (size_t i = 0; i < N; i += step) {
		struct filter_options opt = { .select = &s[i], .nselect = 1,
					      .range = SPAN_ALL };
		struct found all, some;

		s[i] = selector_new(text[i], strlen(text[i]), &err);
		all = find(r, &opt, true, &err);
		some = find(r, &opt, false, &err);
		tap_ok(all.n == some.n && all.sum == some.sum && !err.status,
		       "%s: %llu of %llu %s", text[i],
		       (unsigned long long)some.n, (unsigned long long)all.n,
		       err.text);
		/* with another one, either may match */
		opt = (struct filter_options){ .range = SPAN_ALL };
		if (step > 1 || i == 0 || i % 5)
			continue;
		opt.select = &s[i - 1];
		opt.nselect = 2;
		all = find(r, &opt, true, &err);
		some = find(r, &opt, false, &err);
		tap_ok(all.n == some.n && all.sum == some.sum && !err.status,
		       "or %s", text[i - 1]);
	}
	for (size_t i = 0; i < N; i++)
		selector_free(s[i]);
	reader_free(r);
}

/* What finding one series costs, by id and by a label. */
static void test_reads(const struct buf *file, unsigned series)
{
	struct series s = { 0 };
	struct series_names v = { 0 };
	struct counting c = { 0 };
	struct err err = { 0 };
	struct buf text = { 0 };
	unsigned wrong = 0, reads = 0;
	uint64_t bytes = 0;

	for (unsigned k = 0; k < 200; k++) {
		struct filter_options opt = { .range = SPAN_ALL };
		struct selector *one = NULL;
		struct reader *r;
		struct hash_128 id;

		series_reset(&s);
		name(&s, (unsigned)((uint64_t)(series - 1) * k / 199));
		id = hash_series_id(&s, &text);
		if (k % 2) {
			opt.id = &id;
			opt.nid = 1;
		} else {
			series_names_parse(&v, &s);
			buf_reset(&text);
			buf_add_string(&text, "~.*{unit=");
			series_percent_encode(&text, v.labels[3].value.p,
					      v.labels[3].value.n);
			buf_add_byte(&text, '}');
			one = selector_new((char *)text.data, text.len, &err);
			opt.select = &one;
			opt.nselect = 1;
		}
		r = open_file(&c, file, &err);
		wrong += !r || find(r, &opt, false, &err).n != 1;
		reads = c.reads > reads ? c.reads : reads;
		bytes = c.bytes > bytes ? c.bytes : bytes;
		reader_free(r);
		selector_free(one);
	}
	tap_is_int(wrong, 0, "series that were not found");
	tap_ok(reads <= READS, "%u reads, at most %d", reads, READS);
	tap_ok(bytes <= BYTES, "%llu bytes, at most %d",
	       (unsigned long long)bytes, BYTES);
	series_names_release(&v);
	series_release(&s);
	buf_release(&text);
}

static void keep(void *to, const char *what)
{
	struct buf *b = to;

	buf_add_string(b, what);
	buf_add_byte(b, '\n');
}

static long verify_within(const struct buf *file, size_t memory,
			  const char *tmpdir, struct buf *what)
{
	const struct verify_options opt = {
		.level = VERIFY_SUMS, .memory = memory, .tmpdir = tmpdir,
		.report = keep, .to = what,
	};
	struct io_blob *b = io_blob_memory(file->data, file->len, "memory");
	struct err err = { 0 };
	long n;

	buf_reset(what);
	n = verify_file(b, &opt, &err);
	if (n < 0)
		buf_add_string(what, err.text);
	io_blob_free(b);
	return n;
}

static long verify(const struct buf *file, struct buf *what)
{
	return verify_within(file, 0, NULL, what);
}

/* What the memory does not hold goes where it is asked to. */
static void test_spill(const struct buf *file)
{
	enum { LITTLE = 1 << 20 };
	struct buf what = { 0 };

	tap_is_int(verify_within(file, LITTLE, "/tmp", &what), 0,
		   "terms compared in little memory");
	setenv("TMPDIR", "/nowhere/env", 1);
	tap_ok(verify_within(file, LITTLE, NULL, &what) < 0 &&
	       strstr(buf_text(&what), "/nowhere/env: no temporary file"),
	       "they spill to TMPDIR");
	tap_ok(verify_within(file, LITTLE, "/nowhere/here", &what) < 0 &&
	       strstr(buf_text(&what), "/nowhere/here: no temporary file"),
	       "or to where it is said");
	setenv("TMPDIR", "", 1);
	tap_is_int(verify_within(file, LITTLE, NULL, &what), 0,
		   "or to /tmp");
	unsetenv("TMPDIR");
	buf_release(&what);
}

/* Puts right the sums of a block and of the file. */
static void seal(struct buf *file, size_t block)
{
	uint8_t *p = file->data + block + FORMAT_BLOCK_SIZE;
	uint8_t *tail = file->data + file->len - FORMAT_TAIL_SIZE;
	size_t n = buf_le32(p - FORMAT_BLOCK_SIZE + FORMAT_BLOCK_LENGTH);
	struct format_tail t;
	struct err err = { 0 };

	buf_put_le64(p + n, hash_xxh3(p, n, 0));
	format_take_tail(tail, &t, &err);
	t.digest = hash_xxh3(file->data, file->len - FORMAT_TAIL_SIZE +
			     FORMAT_TAIL_DIGEST, 0);
	format_put_tail(tail, &t);
}

/* Any bit of the blocks that find: never a crash, and verify tells. */
static void test_damage(const struct buf *file)
{
	struct buf bad = { 0 }, what = { 0 };
	unsigned told = 0, tried = 0;
	size_t at = FORMAT_HEADER_SIZE;

	while (at + FORMAT_TAIL_SIZE < file->len) {
		const uint8_t *p = file->data + at;
		size_t n = buf_le32(p + FORMAT_BLOCK_LENGTH);
		bool lookup = p[FORMAT_BLOCK_TYPE] == FORMAT_LOOKUP;
		unsigned bits = p[FORMAT_BLOCK_TYPE] == FORMAT_TERMS ? 1 :
			lookup ? 10 : 0;

		for (unsigned i = 0; i < bits; i++) {
			/* beyond the five bytes of a packed payload */
			size_t bit = 40 + source_random() % (8 * n - 40);
			struct counting c = { 0 };
			struct err err = { 0 };
			struct reader *r;

			buf_reset(&bad);
			buf_add(&bad, file->data, file->len);
			bad.data[at + FORMAT_BLOCK_SIZE + bit / 8] ^=
				(uint8_t)(1 << bit % 8);
			seal(&bad, at);
			tried++;
			told += verify(&bad, &what) > 0 &&
				(strstr(buf_text(&what), "terms") ||
				 strstr(buf_text(&what), "lookup") ||
				 strstr(buf_text(&what), "block"));
			r = open_file(&c, &bad, &err);
			find_id(r, (struct hash_128){ 0, source_random() },
				&err);
			reader_free(r);
		}
		at += FORMAT_BLOCK_SIZE + n + FORMAT_BLOCK_HASH;
	}
	tap_ok(tried > 20 && told == tried, "%u of %u changes told", told,
	       tried);
	buf_release(&bad);
	buf_release(&what);
}

/* Lists that are cut, or begin with anything, never lead astray. */
static void test_terms(void)
{
	uint64_t pair[2000];
	struct buf raw = { 0 };
	struct terms_leaves to = { 0 };
	struct err err = { 0 };
	unsigned failed = 0, beyond = 0;

	for (size_t i = 0; i < 2000; i++)
		pair[i] = terms_pair((uint64_t)(i / 5) << 50, i % 5 * 3);
	terms_put(pair, 2000, 0, 20, &raw);
	for (size_t n = 0; n < raw.len - 1; n++) {
		err_clear(&err);
		failed += terms_find(raw.data, n, UINT64_MAX, 0, 20, &to,
				     &err) != 0;
	}
	tap_is_int(failed, (long long)raw.len - 1, "every cut is told");
	for (unsigned i = 0; i < 20000; i++) {
		raw.data[source_random() % raw.len] ^=
			(uint8_t)source_random();
		terms_leaves_release(&to);
		terms_find(raw.data, raw.len, source_random(), 0, 20, &to,
			   &err);
		for (size_t k = 0; k < to.n; k++)
			beyond += to.leaf[k] >= 20;
	}
	tap_is_int(beyond, 0, "no leaf that is not there");
	terms_leaves_release(&to);
	buf_release(&raw);
}

/* Chunks by their place in the walk: all of them, and few other leaves. */
static void test_chunks(const struct buf *file, uint64_t chunks)
{
	static const uint64_t width = 1000;
	unsigned missing = 0, most = 0, all = 0;

	for (uint64_t from = 0; from <= chunks; from += chunks / 5) {
		struct counting c;
		struct err err = { 0 };
		struct reader *r = reader_open(counting_memory(&c, file),
					       &err);
		struct reader_walk *w = reader_walk_all(r);
		const struct series *s;
		const struct index_chunk *chunk;
		uint64_t next = from;

		if (from < chunks)
			reader_walk_chunks(w, from, from + width);
		else
			next = 0;
		while (reader_walk_next(w, &s, &chunk, &err) > 0)
			next += chunk->series == next;
		/* each series has one chunk */
		missing += next < (from < chunks ? from + width : chunks);
		if (from < chunks && c.reads > most)
			most = c.reads;
		all = c.reads;
		reader_walk_free(w);
		reader_free(r);
	}
	tap_is_int(missing, 0, "all chunks by their place");
	tap_ok(most < all / 2, "%u reads at the most, of %u", most, all);
}

int main(void)
{
	struct buf file = { 0 }, same = { 0 }, what = { 0 };

	write_directory(&file, SERIES, 0, 0);
	tap_is_int(verify(&file, &what), 0, "terms are as they should be");
	test_spill(&file);
	test_ids(&file);
	test_selectors(&file, 1);
	test_reads(&file, SERIES);
	test_chunks(&file, SERIES);
	write_directory(&same, SERIES, 0, 1 << 20);
	tap_ok(same.len == file.len && memcmp(same.data, file.data,
	       file.len) == 0, "in little memory the same bytes");
	buf_reset(&file);
	write_directory(&file, SERIES, BRANCHED, 0);
	tap_is_int(verify(&file, &what), 0, "with branches, too");
	test_selectors(&file, 3);
	test_reads(&file, SERIES);
	test_chunks(&file, SERIES);
	buf_reset(&file);
	write_directory(&file, SERIES / 2, 0, 0);
	test_damage(&file);
	test_terms();
	buf_reset(&file);
	write_directory(&file, LARGE, 0, 0);
	test_reads(&file, LARGE);
	buf_release(&file);
	buf_release(&same);
	buf_release(&what);
	return tap_done();
}
