/* geo.tsv: degrees to locations, locations to printed degrees. */
#include "codec/hhcode.h"
#include "codec/number.h"
#include "vectors/vec.h"

static double column_bits(const char *hex)
{
	uint64_t bits = strtoull(hex, NULL, 16);
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		int64_t code = (int64_t)strtoull(v.column[5], NULL, 16);
		char text[2][NUMBER_TEXT];
		double lat, lon;
		int64_t got;

		if (strcmp(v.column[0], "to") == 0) {
			bool good = number_parse_double(v.column[1],
				strlen(v.column[1]), &lat) &&
				number_parse_double(v.column[2],
				strlen(v.column[2]), &lon);

			got = hhcode_from_degrees(column_bits(v.column[3]),
						  column_bits(v.column[4]));
			if (!good || got != code ||
			    hhcode_from_degrees(lat, lon) != code) {
				vec_fail(&v, "got %016llx",
					 (unsigned long long)got);
				continue;
			}
		}
		hhcode_to_degrees(code, &lat, &lon);
		*number_store_double(text[0], lat) = '\0';
		*number_store_double(text[1], lon) = '\0';
		if (!vec_absent(v.column[7]) && (strcmp(text[0], v.column[7]) ||
		    strcmp(text[1], v.column[8])))
			vec_fail(&v, "prints %s %s", text[0], text[1]);
		else
			vec_pass(&v);
	}
	return vec_done(&v);
}
