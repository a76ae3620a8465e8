/*
 * usage: points FILE.hfile
 *
 * Prints the points as tests/reader/hfile.py does, by the library, in the
 * order of the file.
 */
#include <inttypes.h>
#include <stdio.h>

#include "hfile/stream.h"
#include "store/file.h"

static void print_hex(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02x", p[i]);
}

static void print_place(int64_t v, int64_t none)
{
	if (v == none)
		fputs(" -", stdout);
	else
		printf(" %" PRId64, v);
}

static void print_value(const struct batch *b, size_t i)
{
	switch (b->kind[i]) {
	case BATCH_LONG:
		printf(" L:%" PRId64, b->val[i]);
		break;
	case BATCH_DOUBLE:
		printf(" D:%016" PRIx64, (uint64_t)b->val[i]);
		break;
	case BATCH_DECIMAL:
		printf(" M:%" PRId64 ":%d", b->val[i], b->aux[i]);
		break;
	case BATCH_BOOLEAN:
		fputs(b->val[i] ? " B:T" : " B:F", stdout);
		break;
	default:
		fputs(b->kind[i] == BATCH_STRING ? " S:" : " X:", stdout);
		print_hex(batch_bytes(b, i), (size_t)b->aux[i]);
	}
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct io_reader *file = argc == 2 ? file_reader(argv[1], &err) : NULL;
	struct stream *s = file ? stream_open(file, NULL, &err) : NULL;
	const struct batch *b;
	int r = s ? 1 : -1;

	while (r > 0 && (r = stream_batch(s, &b, &err)) > 0) {
		for (size_t i = 0; i < b->n; i++) {
			const struct series *name = b->series;

			print_hex(name->key.data, name->key.len);
			putchar(' ');
			print_hex(name->attributes.data, name->attributes.len);
			printf("%s %" PRId64, name->attributes.len ? "" : "-",
			       b->tick[i]);
			print_place(b->has_location ? b->location[i] :
				    BATCH_NO_LOCATION, BATCH_NO_LOCATION);
			print_place(b->has_elevation ? b->elevation[i] :
				    BATCH_NO_ELEVATION, BATCH_NO_ELEVATION);
			print_value(b, i);
			putchar('\n');
		}
	}
	stream_free(s);
	if (r)
		fprintf(stderr, "points: %s\n", err.text);
	return r != 0;
}
