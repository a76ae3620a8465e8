/*
 * Salvage: of a file that is cut short or damaged every sound page comes
 * back as it was, and what is lost is told of.
 */
#include "hfile/join.h"
#include "hfile/salvage.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { INPUTS = 8, SERIES = 4, POINTS = 500 };

static struct buf input[INPUTS];

static int64_t value(unsigned i, unsigned s, unsigned t)
{
	return (int64_t)((i * 7919 + s * 104729 + t * 31) * 2654435761u >> 4);
}

/* Series s.0 ... of input i, with ticks of its own. */
static void write_input(unsigned i)
{
	struct writer_options opt = { .units = 1000 };
	struct err err = { 0 };
	struct writer *w = writer_open(io_writer_memory(&input[i], "m"), &opt,
				       &err);
	struct series name = { 0 };
	struct batch b = { 0 };

	for (unsigned s = 0; s < SERIES; s++) {
		char class[16];

		series_set(&name, (struct series_text){ class, (size_t)sprintf(
			   class, "s%u", s) }, NULL, 0, &err);
		batch_reset(&b);
		b.series = &name;
		for (unsigned t = 0; t < POINTS; t++)
			batch_set_long(&b, batch_add_place(&b, i * POINTS + t,
				       BATCH_NO_LOCATION,
				       BATCH_NO_ELEVATION), value(i, s, t));
		writer_put(w, &b, &err);
	}
	writer_close(w, NULL, &err);
	writer_free(w);
	series_release(&name);
	batch_release(&b);
}

static struct io_blob *open_input(void *arg, size_t i, struct err *err)
{
	(void)arg;
	(void)err;
	return io_blob_memory(input[i].data, input[i].len, "input");
}

/* A file of a segment and a page for each input. */
static void make_file(struct buf *file)
{
	struct join_options opt = { .memory = 1 << 20, .tmpdir = "/tmp",
				    .small = 1, .open = open_input };
	struct err err = { 0 };
	struct join *j;
	int bad;

	for (unsigned i = 0; i < INPUTS; i++)
		write_input(i);
	j = join_open(INPUTS, &opt, &err);
	bad = !j || join_write(j, io_writer_memory(file, "m"), &err) ||
		join_close(j, (struct hash_128){ 0 }, &err);
	tap_ok(!bad, "%zu bytes %s", file->len, err.text);
	join_free(j);
}

struct found {
	uint64_t points, wrong, nameless;
	unsigned told, lost;
};

static void told(void *arg, bool points, const char *what)
{
	struct found *f = arg;

	(void)what;
	f->told++;
	f->lost += points;
}

static void look(struct found *f, const struct batch *b)
{
	bool nameless = b->series->key.data[0] == 'r';
	unsigned s = (unsigned)(b->series->key.data[1] - '0');

	for (size_t k = 0; k < b->n; k++) {
		unsigned i = (unsigned)(b->tick[k] / POINTS);
		unsigned t = (unsigned)(b->tick[k] % POINTS);

		f->points++;
		f->nameless += nameless;
		f->wrong += !nameless && b->val[k] != value(i, s, t);
	}
}

static bool salvage(const uint8_t *p, size_t n, struct found *f)
{
	struct err err = { 0 };
	struct salvage *s;
	const struct batch *b;
	int more = -1;

	*f = (struct found){ 0 };
	s = salvage_open(io_blob_memory(p, n, "m"), NULL, told, f, &err);
	while (s && (more = salvage_batch(s, &b, &err)) > 0)
		look(f, b);
	salvage_free(s);
	return more == 0;
}

/* Points of the segments that end before an offset, or lie outside of one. */
static uint64_t sound_points(const struct index_segment *s, size_t n,
			     uint64_t from, uint64_t to)
{
	uint64_t points = 0;

	for (size_t i = 0; i < n; i++)
		if (s[i].ref.offset + s[i].ref.length <= from ||
		    s[i].ref.offset >= to)
			points += s[i].points;
	return points;
}

static void test_cuts(const struct buf *file, const struct index_segment *s,
		      size_t n, uint64_t end)
{
	struct found f;
	unsigned fewer = 0, wrong = 0, silent = 0, refused = 0;

	for (size_t k = 0; k < 200; k++) {
		size_t len = FORMAT_HEADER_SIZE + k *
			(file->len - FORMAT_HEADER_SIZE) / 200;

		if (!salvage(file->data, len, &f)) {
			refused++;
			continue;
		}
		fewer += f.points != sound_points(s, n, len, UINT64_MAX);
		wrong += f.wrong > 0 || f.nameless > 0;
		silent += f.told == 0 || (len <= end && !f.lost);
	}
	tap_is_int(refused, 0, "cut files that were refused");
	tap_is_int(fewer, 0, "cuts that lost other pages");
	tap_is_int(wrong, 0, "cuts that gave wrong points");
	tap_is_int(silent, 0, "cuts that nothing was said about");
}

static void test_damages(struct buf *file, const struct index_segment *s,
			 size_t n, uint64_t end)
{
	struct found f;
	unsigned fewer = 0, wrong = 0, silent = 0, refused = 0;

	source_state = 11;
	for (size_t k = 0; k < 200; k++) {
		size_t at = (size_t)(source_random() % (file->len - 64));
		uint8_t keep[8];

		memcpy(keep, file->data + at, sizeof(keep));
		for (size_t i = 0; i < sizeof(keep); i++)
			file->data[at + i] ^= (uint8_t)(source_random() | 1);
		if (salvage(file->data, file->len, &f)) {
			fewer += f.points < sound_points(s, n, at,
							 at + sizeof(keep));
			wrong += f.wrong > 0;
			silent += f.told == 0 ||
				(at < end && f.points < INPUTS * SERIES *
				 POINTS && !f.lost);
		} else {
			refused++;
		}
		memcpy(file->data + at, keep, sizeof(keep));
	}
	tap_is_int(refused, 0, "damaged files that were refused");
	tap_is_int(fewer, 0, "damages that lost other pages");
	tap_is_int(wrong, 0, "damages that gave wrong points");
	tap_is_int(silent, 0, "damages that nothing was said about");
	/* the payload of the first definitions */
	file->data[FORMAT_HEADER_SIZE + FORMAT_BLOCK_SIZE + 9] ^= 1;
	tap_ok(salvage(file->data, file->len, &f) && f.nameless ==
	       SERIES * POINTS && f.wrong == 0 && f.lost >= 2,
	       "a page without its definitions is there");
	file->data[FORMAT_HEADER_SIZE + FORMAT_BLOCK_SIZE + 9] ^= 1;
}

int main(void)
{
	struct buf file = { 0 };
	struct err err = { 0 };
	struct reader *r;
	struct index_segment *s = NULL;
	struct found f;
	size_t n = 0;
	uint64_t end;

	make_file(&file);
	r = reader_open(io_blob_memory(file.data, file.len, "m"), &err);
	reader_segments(r, &s, &n, &err);
	end = s[n - 1].ref.offset + s[n - 1].ref.length;
	tap_is_int((long long)n, INPUTS, "segments");
	tap_ok(salvage(file.data, file.len, &f) && f.told == 0 && f.wrong ==
	       0 && f.points == INPUTS * SERIES * POINTS,
	       "nothing to say about a sound file");
	test_cuts(&file, s, n, end);
	test_damages(&file, s, n, end);
	free(s);
	reader_free(r);
	buf_release(&file);
	for (unsigned i = 0; i < INPUTS; i++)
		buf_release(&input[i]);
	return tap_done();
}
