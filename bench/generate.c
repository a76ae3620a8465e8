/*
 * generate POINTS SERIES: so many points of so many series, in no order, as
 * full text lines; the same lines each time.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/buf.h"

enum { BUFFER = 1 << 20 };

int main(int argc, char **argv)
{
	uint64_t points = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t series = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t state = 12345;
	struct buf out = { 0 };

	if (points == 0 || series == 0) {
		fprintf(stderr, "usage: generate POINTS SERIES\n");
		return 2;
	}
	for (uint64_t i = 0; i < points; i++) {
		uint64_t k = i * 7919 % series;

		state = (state * 1103515245 + 12345) % 2147483648;
		buf_addf(&out, "%llu// load.%u{host=h%llu} %u.%02u\n",
			 1600000000000000 + (unsigned long long)(i * 1000003 %
				86400000000), (unsigned)(k % 10),
			 (unsigned long long)k, (unsigned)(state % 100),
			 (unsigned)(state % 97));
		if (out.len < BUFFER && i + 1 < points)
			continue;
		if (fwrite(out.data, 1, out.len, stdout) != out.len) {
			perror("generate");
			return 4;
		}
		buf_reset(&out);
	}
	buf_release(&out);
	return fflush(stdout) ? 4 : 0;
}
