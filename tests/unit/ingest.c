/* The rules of the update endpoint, each on both sides of its limit. */
#include <stdlib.h>

#include "codec/ingest.h"
#include "unit/tap.h"

static const struct form_options options = { .now = 1000 };

static void drain(struct batch *b, struct buf *out)
{
	for (size_t i = 0; i < b->n; i++) {
		buf_addf(out, "%lld ", (long long)b->tick[i]);
		series_print(out, b->series, b->series->has_attributes);
		buf_add_byte(out, '\n');
	}
	batch_reset(b);
}

/*
 * Feeds the lines of a text and says what became of them: the points, as
 * they are drained, and "bad COLUMN: why".  BEGIN: another text begins.
 */
static const char *feed(const struct ingest_rules *rules, const char *text)
{
	static struct buf out;
	struct form_decoder *d = ingest_decoder_new(&options, rules);
	struct batch b = { 0 };
	enum form_answer a;
	size_t column;

	buf_reset(&out);
	while (*text) {
		size_t n = strcspn(text, "\n");
		struct err err = { 0 };

		if (strncmp(text, "BEGIN", 5) == 0) {
			d->ops->begin(d);
			text += 6;
			continue;
		}
		a = d->ops->line(d, text, n, &b, &column, &err);
		if (a == FORM_FLUSH) {
			drain(&b, &out);
			continue;
		}
		if (a == FORM_BAD) {
			drain(&b, &out);
			buf_addf(&out, "bad %zu: %s\n", column, err.text);
		}
		text += n + (text[n] == '\n');
	}
	drain(&b, &out);
	buf_addf(&out, "now %llu", (unsigned long long)d->counts.now_used);
	form_decoder_free(d);
	batch_release(&b);
	return buf_text(&out);
}

static bool accepts(const struct ingest_rules *rules, const char *text)
{
	return !strstr(feed(rules, text), "bad");
}

static void test_ticks(void)
{
	struct ingest_rules r = { .shift = 10 };

	tap_is_text(feed(&r, "1// c{} 1\n// c{} 1\n"
			 "9223372036854775807// c{} 1"),
		    "11 c{}\n1010 c{}\n-9223372036854775799 c{}\nnow 1",
		    "ticks are shifted, and wrap");
	r.has_past = r.has_future = true;
	r.past = 20;
	r.future = 30;
	tap_is_text(feed(&r, "9// c{} 1\n10// c{} 1\n 20// c{} 1\n =21// 1"),
		    "bad 1: timestamp is too far in the past\n"
		    "20 c{}\n30 c{}\n"
		    "bad 3: timestamp is too far in the future\nnow 0",
		    "limits are of shifted ticks, and belong to them");
	r.ignore = true;
	tap_is_text(feed(&r, "10// a{} 1\n// b{} 1\n=11// 1\n=99// 1\n12// 1"),
		    "20 a{}\n21 b{}\n22 b{}\nnow 0",
		    "what is left out has opened its series");
	r.has_value_limit = true;
	tap_is_text(feed(&r, "9// a{} 'long'"), "now 0",
		    "the value of a point left out has no limit");
}

static void test_values(void)
{
	struct ingest_rules r = { .has_value_limit = true, .value_limit = 4 };

	tap_ok(accepts(&r, "1// c{} 'abcd'\n1// c{} hex:00010203\n"
		       "1// c{} '\xf0\x9f\x98\x80%C3%A9x'"), "4 characters");
	tap_is_text(feed(&r, "1// c{} 'abcde'"),
		    "bad 9: value of 5 characters, the limit is 4\nnow 0",
		    "5 characters");
	tap_is_text(feed(&r, " 1// c{}hex:0001020304"),
		    "bad 9: value of 5 bytes, the limit is 4\nnow 0",
		    "5 bytes");
	tap_ok(!accepts(&r, "1// c{} '%F0%9F%98%80%F0%9F%98%80x'"),
	       "two characters beyond 16 bits, and one");
	tap_ok(accepts(&r, "1/1:1/1 c{} 1"), "34 bytes and a limit of 4");
	r.value_limit = 3;
	tap_is_text(feed(&r, "1/1:1/1 c{} 1\n1/1:1/ c{} 1\n1/1:1/1 c{} T"),
		    "bad 13: the point may take 34 bytes, the limit is 33\n"
		    "1 c{}\n1 c{}\nnow 0", "a LONG with both, and with one");
	/* 26 of the place, 2 bytes a character, 1 of the length */
	tap_ok(!accepts(&r, "1/1:1/1 c{} '\xe2\x82\xac\xe2\x82\xac\xc3\xa9'"),
	       "no more than 3 characters but 35 bytes");
	r.value_limit = 6;
	tap_is_text(feed(&r, "1// c{} '%E2%82%AC%E2%82%AC%E2%82%AC%C3%A9'\n"
			 "1/1:1/1 c{} '%E2%82%AC%E2%82%AC%E2%82%AC%C3%A9'\n"
			 "1/1:1/1 d{} '%E2%82%AC%E2%82%AC%E2%82%AC%C3%A9'"),
		    "1 c{}\n1 c{}\n"
		    "bad 13: the point may take 38 bytes, the limit is 36\n"
		    "now 0", "a text again costs nothing, in its series");
	tap_ok(accepts(&r, "1// c{} hex:e9e9e9e9e9\n"
		       "1/1:1/1 c{} '%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9'") &&
	       !accepts(&r, "1// c{} hex:e9e9e9e9e8\n"
			"1/1:1/1 c{} '%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9'"),
	       "a text is the same as BYTES in Latin-1");
	r.value_limit = 128;
	tap_ok(accepts(&r, "1// c{} 1"), "a number and a wide limit");
}

/* A STRING of 128 bytes has a length of two bytes. */
static void test_length(void)
{
	struct ingest_rules r = { .has_value_limit = true };
	struct buf line = { 0 };

	buf_add_string(&line, "1/1:1/1 c{} '");
	for (int i = 0; i < 64; i++)
		buf_add_string(&line, "\xc3\xa9");
	buf_add_byte(&line, '\'');
	r.value_limit = 26 + 128 + 2 - 30;
	tap_ok(accepts(&r, buf_text(&line)), "a length of two bytes");
	r.value_limit--;
	tap_ok(!accepts(&r, buf_text(&line)), "and one less");
	buf_release(&line);
}

static void test_attributes(void)
{
	struct ingest_rules r = { .attributes = INGEST_REPLACE };

	tap_is_text(feed(&r, "1// c{}{a=1} 1\n2// c{} 1\n=3// 1\n"
			 "4// c{}{b=} 1\n5// c{}{} 1\n6// d{} 1"),
		    "1 c{}{a=1}\n2 c{}{a=1}\n3 c{}{a=1}\n4 c{}{b=}\n"
		    "5 c{}{}\n6 d{}\nnow 0", "attributes are replaced");
	tap_is_text(feed(&r, "1// c{}{a=1} 1\nBEGIN\n2// c{} 1\n"
			 "BEGIN\n=3// 1"),
		    "1 c{}{a=1}\n2 c{}\n"
		    "bad 6: no series to continue\nnow 0",
		    "another text does not know them");
	r.attributes = INGEST_DELTA;
	tap_is_text(feed(&r, "1// c{}{a=1,b=2} 1\n=2// 1\n3// c{}{a=,c=5} 1\n"
			 "=4// 1\n5// c{} 1\n6// c{}{} 1\n7// d{}{a=,e=1} 1"),
		    "1 c{}{a=1,b=2}\n2 c{}{a=1,b=2}\n3 c{}{b=2,c=5}\n"
		    "4 c{}{b=2,c=5}\n5 c{}{b=2,c=5}\n6 c{}{b=2,c=5}\n"
		    "7 d{}{e=1}\nnow 0", "attributes are merged");
	r.attributes = INGEST_SKIP;
	tap_is_text(feed(&r, "1// c{}{a=1} 1\n2// c{}{no%zz} 2\n"
			 "3// c{}{x}{y} 3\n4// c{}{x 4\n5// c{}{x} x"),
		    "1 c{}\n2 c{}\n"
		    "bad 11: value is not understood\n"
		    "bad 8: attributes without }\n"
		    "bad 12: value is not understood\nnow 0",
		    "attributes are passed over");
}

static void test_forced(void)
{
	const struct series_pair forced[] = {
		{ { ".app", 4 }, { 0 } },
		{ { ".owner", 6 }, { "me", 2 } },
		{ { "e", 1 }, { "", 0 } },
	};
	struct ingest_rules r = { .forced = forced, .nforced = 3 };

	tap_is_text(feed(&r, "1// c{.app=x,.owner=you,b=1} 1\n=2// 1\n"
			 "3// c{b=1,e=9} 1\n4// {}{k=v} 1"),
		    "1 c{.owner=me,b=1,e=}\n2 c{.owner=me,b=1,e=}\n"
		    "3 c{.owner=me,b=1,e=}\n4 {.owner=me,e=}{k=v}\nnow 0",
		    "labels of the token");
}

static void add_many(struct buf *b, const char *c, int n)
{
	for (int i = 0; i < n; i++)
		buf_add_string(b, c);
}

/* True when CLASS{k=LABEL}{ATTRIBUTES} is accepted. */
static bool accepts_names(const char *c, int class, int label,
			  const char *name, int attribute)
{
	struct ingest_rules r = { .metadata = true };
	struct buf line = { 0 };
	bool good;

	buf_add_string(&line, "1// ");
	add_many(&line, c, class);
	buf_add_string(&line, "{k=");
	add_many(&line, "v", label);
	buf_addf(&line, "}{%s=", name);
	add_many(&line, "w", attribute);
	buf_add_string(&line, "} 12345");
	good = accepts(&r, buf_text(&line));
	r.metadata = false;
	tap_ok(accepts(&r, buf_text(&line)), "without the rule");
	buf_release(&line);
	return good;
}

static void test_names(void)
{
	tap_ok(accepts_names("c", 1024, 0, "a", 0), "class of 1024");
	tap_ok(!accepts_names("c", 1025, 0, "a", 0), "class of 1025");
	tap_ok(accepts_names("\xc3\xa9", 1024, 0, "a", 0),
	       "class of 1024, each of two bytes");
	tap_ok(!accepts_names("\xf0\x9f\x98\x80", 513, 0, "a", 0),
	       "class of 513, each of two units");
	tap_ok(accepts_names("c", 1, 2138, "a", 0), "labels of 2139");
	tap_ok(!accepts_names("c", 1, 2139, "a", 0), "labels of 2140");
	tap_ok(accepts_names("c", 1, 0, "a", 8191), "attributes of 8192");
	tap_ok(!accepts_names("c", 1, 0, "a", 8192), "attributes of 8193");
	/* in front of the value: 4, the class, {k=}, {k=} and a space */
	tap_ok(accepts_names("c", 1017, 0, "k", 0),
	       "a line of 1030 is not checked");
	tap_ok(!accepts_names("c", 1018, 0, "k", 0),
	       "an attribute with the name of a label");
	tap_ok(!accepts_names("c", 1018, 0, ".app", 0),
	       "an attribute with the name of a label of the token");
}

/* Of each prefix of a line nothing is added, or one point. */
static void test_prefixes(void)
{
	static const char text[] = "1/2:3/4 c{a=b}{d=e} 'text%C3%A9'";
	struct ingest_rules r = { .attributes = INGEST_SKIP,
				  .has_value_limit = true, .value_limit = 8,
				  .metadata = true };
	const size_t whole = sizeof(text) - 1;
	bool good = true;

	for (size_t n = 0; n <= whole; n++) {
		struct form_decoder *d = ingest_decoder_new(&options, &r);
		char *line = strndup(text, n);
		struct batch b = { 0 };
		struct err err = { 0 };
		size_t column = 0;
		enum form_answer a = d->ops->line(d, line, n, &b, &column,
						  &err);

		if (n == 0)
			good &= a == FORM_BLANK && b.n == 0;
		else if (n == whole)
			good &= a == FORM_DATA && b.n == 1;
		else
			good &= a == FORM_BAD && b.n == 0 && *err.text &&
				column >= 1 && column <= n + 1;
		form_decoder_free(d);
		batch_release(&b);
		free(line);
	}
	tap_ok(good, "every prefix of a line");
}

static void test_full(void)
{
	struct ingest_rules r = { 0 };
	struct form_decoder *d = ingest_decoder_new(&options, &r);
	struct batch b = { 0 };
	struct err err = { 0 };
	size_t column;
	enum form_answer a = FORM_DATA;

	while (a == FORM_DATA && b.n <= BATCH_POINTS)
		a = d->ops->line(d, "1// c{} 1", 9, &b, &column, &err);
	tap_ok(a == FORM_FLUSH && b.n == BATCH_POINTS, "a batch is full");
	form_decoder_free(d);
	batch_release(&b);
}

int main(void)
{
	test_ticks();
	test_values();
	test_length();
	test_attributes();
	test_forced();
	test_names();
	test_prefixes();
	test_full();
	return tap_done();
}
