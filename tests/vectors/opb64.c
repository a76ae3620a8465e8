/* opb64.tsv: the order-preserving base64, both ways. */
#include "codec/opb64.h"
#include "vectors/vec.h"

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);
	struct buf out = { 0 };

	while (vec_next(&v)) {
		struct err err = { 0 };
		bool enc = strcmp(v.column[0], "enc") == 0;
		bool bad = strcmp(v.column[2], "error") == 0;
		size_t n = enc ? vec_hex(v.column[1]) : vec_bytes(v.column[1]);
		size_t want = bad ? 0 : enc ? vec_bytes(v.column[2]) :
			vec_hex(v.column[2]);
		int r = 0;

		buf_reset(&out);
		if (enc)
			opb64_encode(&out, v.column[1], n);
		else
			r = opb64_decode(&out, v.column[1], n, &err);
		if ((r != 0) != bad)
			vec_fail(&v, "answered %d", r);
		else if (bad || vec_is(&v, v.column[0], out.data, out.len,
				       v.column[2], want))
			vec_pass(&v);
	}
	buf_release(&out);
	return vec_done(&v);
}
