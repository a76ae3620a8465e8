/* Hosts and paths of buckets; the rules of the AWS tools. */
#include "store/s3-address.h"
#include "vec.h"

enum { BUCKET, ENDPOINT, REGION, FLAGS, RESULT };

static const char *reason(const char *flags)
{
	static const struct {
		char flag;
		const char *why;
	} not[] = {
		{ 'a', "buckets are named, not by ARN" },
		{ 'f', "no FIPS endpoints" },
		{ 'd', "no dual stack endpoints" },
		{ 't', "no acceleration" },
		{ 'g', "the regional endpoint is used" },
		{ 'x', "no directory buckets" },
		{ 'o', "no Object Lambda, no Outposts" },
	};

	for (size_t i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		if (vec_has_flag(flags, not[i].flag))
			return not[i].why;
	return NULL;
}

static char *cell(char *s)
{
	if (vec_absent(s))
		return NULL;
	vec_bytes(s);
	return s;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		char **c = v.column;
		const char *why = reason(c[FLAGS]);
		struct s3_address a = { 0 };
		struct buf out = { 0 };
		struct err err = { 0 };
		char *region = cell(c[REGION]);

		if (why) {
			vec_skip(&v, why);
			continue;
		}
		if (s3_address(&a, cell(c[ENDPOINT]), region ? region : "",
			       vec_has_flag(c[FLAGS], 'p') ? S3_PATH :
			       S3_VIRTUAL, cell(c[BUCKET]), NULL, &err)) {
			buf_add_string(&out, "error");
		} else {
			s3_address_url(&a, &out);
			if (out.data[out.len - 1] == '/')
				out.len--;
			buf_addf(&out, " %s", s3_signing_region(region));
		}
		if (vec_is(&v, "URL", out.data, out.len, c[RESULT],
			   vec_bytes(c[RESULT])))
			vec_pass(&v);
		s3_address_release(&a);
		buf_release(&out);
	}
	return vec_done(&v);
}
