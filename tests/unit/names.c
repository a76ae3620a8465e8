/* Series: keys keep the canonical order, selectors and instants. */
#include "codec/names.h"
#include "model/selector.h"
#include "model/span.h"
#include "unit/tap.h"

static void parse(struct series *s, const char *text)
{
	struct err err = { 0 };
	size_t column;

	if (names_parse(s, text, strlen(text), &column, &err))
		tap_ok(false, "%s: %s", text, err.text);
}

static void test_order(void)
{
	/* in canonical order: not that of the printed texts */
	static const char *const text[] = {
		"{}", "a{}", "a{%00=}", "a{a=}", "a{a=,b=}", "a{a=b}",
		"a{aa=}", "a%00{}", "a%21{}", "a.b{}", "aa{}", "b{}"
	};
	enum { N = sizeof(text) / sizeof(text[0]) };
	struct series s[N] = { 0 };
	bool good = true;

	for (int i = 0; i < N; i++)
		parse(&s[i], text[i]);
	for (int i = 0; i < N; i++)
		for (int k = 0; k < N; k++) {
			int c = series_compare(&s[i], &s[k]);

			good &= (c < 0) == (i < k) && (c > 0) == (i > k) &&
				series_key_check(s[i].key.data, s[i].key.len,
						 false) == 0;
		}
	tap_ok(good, "canonical order of keys");
	for (int i = 0; i < N; i++)
		series_release(&s[i]);
}

static void match(const char *selector, const char *series, int want)
{
	struct err err = { 0 };
	struct selector *s = selector_new(selector, strlen(selector), &err);
	struct series_names v = { 0 };
	struct series name = { 0 };

	parse(&name, series);
	series_names_parse(&v, &name);
	tap_ok(s && selector_match(s, &v, &err) == want, "%s on %s: %d %s",
	       selector, series, want, err.text);
	selector_free(s);
	series_names_release(&v);
	series_release(&name);
}

/* A selector of fetch: its text, or that it is refused; what it matches. */
static void fetch(const char *selector, const char *want, const char *series,
		  int result)
{
	struct err err = { 0 };
	struct selector *s = selector_new_fetch(selector, strlen(selector),
						&err);
	struct series_names v = { 0 };
	struct series name = { 0 };
	struct buf text = { 0 }, labels = { 0 };

	if (!s) {
		tap_ok(!want && err.status == ERR_USAGE, "refused: %s",
		       selector);
		return;
	}
	parse(&name, series);
	series_names_parse(&v, &name);
	selector_print(s, &text, &labels);
	buf_add_byte(&text, ' ');
	buf_add(&text, labels.data, labels.len);
	tap_is_text(buf_text(&text), want ? want : "refused", selector);
	tap_is_int(selector_compile(s, &err) ? -1 :
		   selector_match(s, &v, &err), result, series);
	selector_free(s);
	series_names_release(&v);
	series_release(&name);
	buf_release(&text);
	buf_release(&labels);
}

static void instant(const char *text, int64_t want)
{
	struct err err = { 0 };
	struct buf out = { 0 };
	int64_t tick = 0;

	span_instant(text, 1000000, 0, &tick, &err);
	tap_is_int(tick, want, text);
	buf_release(&out);
}

static void printed(int64_t tick, const char *want)
{
	struct buf out = { 0 };

	span_print(&out, tick, 1000000);
	tap_is_text(buf_text(&out), want, want);
	buf_release(&out);
}

int main(void)
{
	struct span s;
	struct err err = { 0 };
	int64_t width;

	test_order();
	match("~foo.*{}", "foobar{}", 1);
	match("~foo{}", "foobar{}", 0);
	match("foo{a=b}", "foo{}{a=b}", 1);
	match("foo{a=b}{}", "foo{}{a=b}", 0);
	match("foo{a~b%7Cc}", "foo{a=c}", 1);
	match("foo{a~x=y}", "foo{a=x}", 0);
	match("f%6Fo{%61=b}", "foo{a=b}", 1);
	match("=%7Ex{}", "%7Ex{}", 1);
	fetch("foo{b=1,a~a{2}}", "foo a~a%7B2%7D b=1", "foo{a=aa,b=1}", 1);
	fetch("~fo+{b=1,b=2}", "~fo+ b=2", "foo{b=2,c=3}", 1);
	fetch("=foo{}", "=foo ", "bar{}", 0);
	fetch("foo{a~(}", "foo a~%28", "foo{a=%28}", -1);
	fetch("foo{a=b}{}", NULL, NULL, 0);
	fetch("foo{a=b} {c=d}", NULL, NULL, 0);
	fetch("{}", NULL, NULL, 0);
	instant("1970-01-01T00:00:00Z", 0);
	instant("2000-02-29T12:00:00.5+01:00", INT64_C(951822000500000));
	instant("@-5", -5);
	printed(-1, "1969-12-31T23:59:59.999999Z");
	printed(INT64_C(951822000500000), "2000-02-29T11:00:00.500000Z");
	tap_ok(span_instant("2001-02-29T00:00:00Z", 1000, 0, &width, &err) &&
	       err.status == ERR_USAGE, "a day that is not there");
	err_clear(&err);
	tap_ok(span_duration("P1DT2H", 1000, &width, &err) == 0 &&
	       width == 93600000, "P1DT2H");
	tap_ok(span_duration("1 d", 1000, &width, &err) == 0 &&
	       width == 86400000, "1 d");
	tap_ok(span_duration("P1M", 1000, &width, &err) != 0, "P1M");
	tap_ok(span_period("202002", 1000, &s, &err) == 0, "202002");
	tap_is_int(s.end - s.start + 1, INT64_C(29) * 86400000, "29 days");
	return tap_done();
}
