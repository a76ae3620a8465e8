/*
 * selector.tsv: which series a selector matches, what one of fetch and find
 * is understood as, and the canonical text of a series as a selector.
 */
#include "codec/names.h"
#include "model/selector.h"
#include "vectors/vec.h"

/* Matches every series of the column; answers in text. */
static bool match_all(struct selector *s, char *series, char *text)
{
	char *save = NULL;

	for (char *p = strtok_r(series, " ", &save); p;
	     p = strtok_r(NULL, " ", &save)) {
		struct series name = { 0 };
		struct series_names v = { 0 };
		struct err err = { 0 };
		size_t column;

		if (*p == '-' && p[1] == '{')
			return false;
		names_parse(&name, p, strlen(p), &column, &err);
		series_names_parse(&v, &name);
		*text++ = selector_match(s, &v, &err) > 0 ? '1' : '0';
		series_names_release(&v);
		series_release(&name);
	}
	*text = '\0';
	return true;
}

static void check_build(struct vec *v)
{
	struct series name = { 0 };
	struct buf text = { 0 };
	struct err err = { 0 };
	size_t column, want = vec_bytes(v->column[3]);

	if (names_parse(&name, v->column[1], strlen(v->column[1]), &column,
			&err))
		vec_fail(v, "refused: %s", err.text);
	series_print_identity(&text, &name);
	if (vec_is(v, v->column[1], text.data, text.len, v->column[3], want))
		vec_pass(v);
	series_release(&name);
	buf_release(&text);
}

/* Two blocks in braces: refused, where the reference misreads them. */
static bool has_attributes(const char *text)
{
	const char *p = text;

	while ((p = strchr(p, '}')) != NULL) {
		p++;
		if (p[strspn(p, " ")] == '{')
			return true;
	}
	return false;
}

static void check_parse(struct vec *v)
{
	size_t n = vec_bytes(v->column[1]), want;
	bool refused = strcmp(v->column[3], "invalid") == 0 ||
		has_attributes(v->column[1]);
	struct err err = { 0 };
	struct selector *s = selector_new_fetch(v->column[1], n, &err);
	struct buf class = { 0 }, labels = { 0 };

	if (!s || refused) {
		if (!s == refused)
			vec_pass(v);
		else
			vec_fail(v, "%s", s ? "taken" : err.text);
		selector_free(s);
		return;
	}
	selector_print(s, &class, &labels);
	want = vec_bytes(v->column[2]);
	if (vec_is(v, "class", class.data, class.len, v->column[2], want)) {
		want = vec_bytes(v->column[3]);
		if (vec_is(v, "labels", labels.data, labels.len,
			   v->column[3], want))
			vec_pass(v);
	}
	selector_free(s);
	buf_release(&class);
	buf_release(&labels);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		bool invalid;
		char got[256] = "";
		struct err err = { 0 };
		struct selector *s;
		size_t n;

		if (strcmp(v.column[0], "build") == 0) {
			check_build(&v);
			continue;
		}
		if (strcmp(v.column[0], "parse") == 0) {
			check_parse(&v);
			continue;
		}
		invalid = strcmp(v.column[3], "invalid") == 0;
		n = vec_bytes(v.column[1]);
		s = selector_new(v.column[1], n, &err);
		if (vec_has_flag(v.column[4], 'r') && !(!s == invalid &&
		    (invalid || (match_all(s, v.column[2], got) &&
				 strcmp(got, v.column[3]) == 0)))) {
			vec_skip(&v, "regular expressions that dialects read "
				 "otherwise (flag r)");
			selector_free(s);
			continue;
		}
		if (vec_has_flag(v.column[4], 'r')) {
			vec_pass(&v);
			selector_free(s);
			continue;
		}
		if (!s || invalid) {
			if (!s == invalid)
				vec_pass(&v);
			else
				vec_fail(&v, "%s", s ? "taken" : err.text);
		} else if (!match_all(s, v.column[2], got)) {
			vec_skip(&v, "a series always has a name here");
		} else if (vec_is(&v, v.column[1], got, strlen(got),
				  v.column[3], strlen(v.column[3]))) {
			vec_pass(&v);
		}
		selector_free(s);
	}
	return vec_done(&v);
}
