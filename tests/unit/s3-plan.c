/* The plan of parts, the waits of retries, what an error means. */
#include "store/rate.h"
#include "store/retry.h"
#include "store/s3-error.h"
#include "store/s3-pace.h"
#include "store/s3-part.h"
#include "unit/tap.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)

/* Bytes of the first n parts. */
static uint64_t sum(const struct s3_plan *p, unsigned n)
{
	uint64_t all = 0;

	for (unsigned i = 1; i <= n; i++)
		all += s3_part_size(p, i);
	return all;
}

static void test_growth(void)
{
	const struct s3_plan p = { .first = 8 * MIB };

	tap_is_int((long long)s3_part_size(&p, 1), 8 << 20, "first part");
	tap_is_int((long long)s3_part_size(&p, 100), 8 << 20, "part 100");
	tap_is_int((long long)s3_part_size(&p, 101), 19 << 20, "part 101");
	tap_is_int((long long)sum(&p, 100), 800 << 20, "800 MiB do not grow");
	tap_ok(s3_part_size(&p, S3_PARTS) == 1097 * MIB, "the last part");
	tap_ok(sum(&p, S3_PARTS) / (double)TIB > 5.26, "5.27 TiB in all");
	tap_ok(s3_part_size(&p, S3_PARTS + 1) == 0, "no part 10001");
	tap_ok(s3_part_size(&p, 0) == 0, "no part 0");
	for (unsigned i = 2; i <= S3_PARTS; i++)
		if (s3_part_size(&p, i) < s3_part_size(&p, i - 1) ||
		    s3_part_size(&p, i) > S3_PART_MOST)
			tap_ok(false, "part %u", i);
}

static void test_known(void)
{
	static const uint64_t size[] = {
		1, 8 * MIB, 80 * GIB, 80 * GIB + 1, 5 * TIB, 48 * TIB,
	};
	const struct s3_plan fixed = { .first = 8 * MIB, .fixed = true };
	struct s3_plan p = { .first = 8 * MIB };

	for (int i = 0; i < 6; i++) {
		p.expected = size[i];
		tap_ok(sum(&p, S3_PARTS) >= size[i] &&
		       s3_part_size(&p, 1) <= S3_PART_MOST &&
		       s3_part_size(&p, 1) % MIB == 0, "%llu bytes fit",
		       (unsigned long long)size[i]);
	}
	p.expected = 20 * MIB;
	tap_ok(sum(&p, S3_PARTS) > 5 * TIB, "more than expected fits");
	tap_ok(s3_part_size(&fixed, S3_PARTS) == 8 * MIB, "fixed parts");
}

/* So many MiB at so many bytes a microsecond. */
static void come(struct s3_pace *p, unsigned mib, unsigned rate)
{
	for (unsigned i = 0; i < mib; i++)
		s3_pace_add(p, MIB, MIB / rate, MIB / rate);
}

static void test_pace(void)
{
	struct s3_pace p = { 0 };

	come(&p, 100, 1000);
	tap_ok(!p.several, "a fast connection stays the only one");
	come(&p, 2, 50);
	come(&p, 100, 1000);
	tap_ok(!p.several, "an accident changes nothing");
	come(&p, 3, 50);
	tap_ok(!p.several, "two judgements are waited for");
	come(&p, 1, 50);
	tap_ok(p.several, "a slow one gets company");
	come(&p, 63, 1000);
	tap_ok(p.several, "which stays for 64 MiB");
	come(&p, 1, 1000);
	tap_ok(!p.several, "then one is tried again");
	come(&p, 4, 50);
	come(&p, 100, 1000);
	tap_ok(p.several, "less soon the second time");
	come(&p, 28, 1000);
	tap_ok(!p.several, "after 128 MiB");
	come(&p, 4, 50);
	come(&p, 8000, 300);
	tap_ok(p.several, "several that are slow together stay");
	s3_pace_add(&p, UINT64_MAX / 2, 0, 0);
	tap_ok(!p.several, "no time at all is no division by it");
	p = (struct s3_pace){ 0 };
	s3_pace_widen(&p);
	for (int i = 0; i < 1000; i++)
		s3_pace_add(&p, MIB, MIB / 1000, MIB / 1000 / 2);
	tap_ok(p.several, "several stay where this side waits for them");
	come(&p, 32, 1000);
	tap_ok(!p.several, "one is enough for a side that has no time left");
	come(&p, 4, 50);
	tap_ok(p.several, "but not when it gets slow");
}

static void test_retry(void)
{
	struct retry r = { .attempts = 8, .requests = 1 };
	unsigned n = 0;

	tap_is_int((long long)retry_wait(1, false, 0, UINT32_MAX), 249,
		   "first wait");
	tap_is_int((long long)retry_wait(20, false, 0, UINT32_MAX), 19999,
		   "waits are bounded");
	tap_is_int((long long)retry_wait(1, true, 0, UINT32_MAX), 999,
		   "slower");
	tap_is_int((long long)retry_wait(9, true, 7, 0), 7000,
		   "what the server asks for");
	tap_is_int((long long)retry_wait(1, true, 7000, 0), 60000,
		   "and not for ever");
	tap_ok(!retry_may(&r, 8, 0), "attempts");
	while (retry_may(&r, 1, 0))
		n++;
	tap_is_int(n, 20, "the budget of a dead server");
	r = (struct retry){ .attempts = 8, .max_time = 2 };
	tap_ok(retry_may(&r, 1, 1999) && !retry_may(&r, 1, 2000), "time");
}

static void test_errors(void)
{
	static const struct {
		long status;
		const char *code;
		enum s3_class class;
		enum err_status err;
	} want[] = {
		{ 404, "NoSuchKey", S3_PERMANENT, ERR_NEGATIVE },
		{ 404, "NotFound", S3_PERMANENT, ERR_NEGATIVE },
		{ 403, "SignatureDoesNotMatch", S3_PERMANENT, ERR_REMOTE },
		{ 403, "AccessDenied", S3_PERMANENT, ERR_REMOTE },
		{ 403, "RequestTimeTooSkewed", S3_SKEWED, ERR_REMOTE },
		{ 400, "ExpiredToken", S3_STALE, ERR_REMOTE },
		{ 301, "PermanentRedirect", S3_ELSEWHERE, ERR_REMOTE },
		{ 412, "PreconditionFailed", S3_PERMANENT, ERR_CHANGED },
		{ 409, "ConditionalRequestConflict", S3_TRANSIENT,
		  ERR_CHANGED },
		{ 403, "InvalidObjectState", S3_PERMANENT, ERR_CHANGED },
		{ 503, "SlowDown", S3_THROTTLED, ERR_REMOTE_RETRY },
		{ 500, "InternalError", S3_TRANSIENT, ERR_REMOTE_RETRY },
		{ 502, "Unheard", S3_TRANSIENT, ERR_REMOTE_RETRY },
		{ 429, "Unheard", S3_THROTTLED, ERR_REMOTE_RETRY },
		{ 400, "Unheard", S3_PERMANENT, ERR_REMOTE },
		{ 409, "BucketNotEmpty", S3_PERMANENT, ERR_CHANGED },
		{ 501, "NotImplemented", S3_PERMANENT, ERR_REMOTE },
		{ 200, "SlowDown", S3_THROTTLED, ERR_REMOTE_RETRY },
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct s3_error e = { .status = want[i].status };
		struct err err = { 0 };

		snprintf(e.code, sizeof(e.code), "%s", want[i].code);
		s3_error_set(&e, "s3://b/k", &err);
		tap_ok(s3_error_class(&e) == want[i].class &&
		       err.status == want[i].err, "%ld %s",
		       want[i].status, want[i].code);
	}
}

static void test_read(void)
{
	static const char xml[] = " \n<Error><Code>NoSuchKey</Code><Message>"
		"</Message><SecretThing>s</SecretThing><RequestId>r1"
		"</RequestId></Error>";
	struct http_job j = { .status = 404 };
	struct s3_error e;
	struct err err = { 0 };

	buf_add_string(&j.text, xml);
	s3_error_read(&e, &j);
	s3_error_set(&e, "s3://b/k", &err);
	tap_is_text(err.text, "s3://b/k: NoSuchKey (request r1)",
		    "an empty message, blanks before the prolog");
	buf_reset(&j.text);
	buf_add_string(&j.text, "<!DOCTYPE a [<!ENTITY x \"y\">]><Error>"
		       "<Code>&x;</Code></Error>");
	j.status = 500;
	s3_error_read(&e, &j);
	tap_is_text(e.code, "InternalError", "entities are refused");
	http_job_release(&j);
}

/* Bytes that pass in so many ms, looked at every step ms, in pieces. */
static uint64_t passed(uint64_t bytes_s, uint64_t ms, uint64_t step,
		       uint64_t piece)
{
	struct rate r = { .bytes_s = bytes_s };
	uint64_t all = 0;

	for (uint64_t now = 77; now <= 77 + ms; now += step)
		while (rate_room(&r, now) > 0) {
			rate_take(&r, piece);
			all += piece;
		}
	return all;
}

static bool about(uint64_t n, uint64_t want)
{
	return n >= want - want / 8 && n <= want + want / 8;
}

static void test_rate(void)
{
	struct rate none = { 0 }, r = { .bytes_s = 1000000 };

	tap_ok(rate_room(&none, 5) == INT64_MAX && !rate_wait(&none, 5),
	       "no limit");
	tap_ok(about(passed(1000000, 10000, 1, 16384), 10000000),
	       "ten seconds");
	tap_ok(about(passed(1000000, 10000, 100, 16384), 10000000),
	       "looked at seldom");
	tap_ok(about(passed(100, 100000, 1, 1), 10000), "no byte is lost");
	tap_ok(passed(1000000, 20000, 10000, 1000) < 400000,
	       "a pause is not made up for");
	rate_room(&r, 1000);
	tap_ok(rate_wait(&r, 1000) > 0, "it begins empty");
	rate_room(&r, 3000);
	tap_ok(rate_wait(&r, 3000) == 0, "then it is full");
	rate_take(&r, 625000);
	tap_is_int(rate_wait(&r, 3000), 500 + 31 + 1, "what was taken in "
		   "advance is waited for");
	r.bytes_s = UINT64_MAX / 2;
	tap_ok(rate_room(&r, UINT64_MAX / 2) > 0, "the largest rate");
}

int main(void)
{
	test_rate();
	test_growth();
	test_known();
	test_pace();
	test_retry();
	test_errors();
	test_read();
	return tap_done();
}
