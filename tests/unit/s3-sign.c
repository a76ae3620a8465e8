/* The examples of the S3 documentation, key AKIAIOSFODNN7EXAMPLE. */
#include "codec/hash.h"
#include "store/sigv4.h"
#include "unit/tap.h"

#define HOST { "host", "examplebucket.s3.amazonaws.com" }
#define DATE { "x-amz-date", "20130524T000000Z" }
#define NOTHING { "x-amz-content-sha256", SIGV4_EMPTY }
static const char body[] = "Welcome to Amazon S3.";
static const char body_hash[] = "44ce7dd67c959e0d3524ffac1771dfbb"
	"a87d2b6b4b4e99e42034a8b803f8b072";

static const struct sigv4_pair get[] = {
	HOST, DATE, NOTHING, { "range", "bytes=0-9" },
};
static const struct sigv4_pair put[] = {
	HOST, DATE, { "x-amz-content-sha256", body_hash },
	{ "date", "Fri, 24 May 2013 00:00:00 GMT" },
	{ "x-amz-storage-class", "REDUCED_REDUNDANCY" },
};
static const struct sigv4_pair lifecycle[] = { { "lifecycle", "" } };
static const struct sigv4_pair list[] = {
	{ "prefix", "J" }, { "max-keys", "2" },
};

static const struct {
	const char *name;
	struct sigv4_request r;
	const char *want;
} example[] = {
	{ "GET Object", { "GET", "/test.txt", NULL, 0, get, 4, SIGV4_EMPTY },
	  "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
	{ "PUT Object", { "PUT", "/test$file.text", NULL, 0, put, 5,
			  body_hash },
	  "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
	{ "GET Bucket Lifecycle", { "GET", "/", lifecycle, 1, get, 3,
				    SIGV4_EMPTY },
	  "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
	{ "Get Bucket (List Objects)", { "GET", "/", list, 2, get, 3,
					 SIGV4_EMPTY },
	  "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

static void test_presigned(const struct sigv4_scope *s, const uint8_t *key)
{
	static const struct sigv4_request r = {
		"GET", "/test.txt", NULL, 0, get, 1, SIGV4_UNSIGNED
	};
	struct buf out = { 0 };

	sigv4_presign(&out, &r, s, "AKIAIOSFODNN7EXAMPLE", NULL, 86400, key);
	tap_is_text(buf_text(&out) + out.len - 64,
		    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751"
		    "f604d404", "presigned URL");
	buf_release(&out);
}

int main(void)
{
	const struct sigv4_scope s = { "20130524T000000Z", "us-east-1", "s3" };
	uint8_t key[SIGV4_KEY], md[HASH_SHA256_BYTES];
	char hex[65], date[SIGV4_DATE];

	sigv4_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", &s, key);
	hash_sha256(body, sizeof(body) - 1, md);
	hash_hex(md, sizeof(md), hex);
	tap_is_text(hex, body_hash, "hash of a body");
	sigv4_date(1369353600, date);
	tap_is_text(date, s.date, "date");
	for (size_t i = 0; i < sizeof(example) / sizeof(example[0]); i++) {
		struct buf canonical = { 0 }, string = { 0 };

		sigv4_canonical(&canonical, &example[i].r);
		sigv4_string(&string, &s, &canonical);
		sigv4_sign(key, &string, hex);
		tap_is_text(hex, example[i].want, example[i].name);
		buf_release(&canonical);
		buf_release(&string);
	}
	test_presigned(&s, key);
	return tap_done();
}
