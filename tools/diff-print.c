#include "diff-print.h"

#include "codec/json.h"
#include "codec/value.h"

static void add_totals(struct diff_print *s, const struct diff_series *d)
{
	buf_addf(&s->out, s->json ?
		 "\"only_a\":%llu,\"only_b\":%llu,\"different\":%llu" :
		 "only in A %llu, only in B %llu, different %llu",
		 (unsigned long long)d->only_a, (unsigned long long)d->only_b,
		 (unsigned long long)d->different);
}

static void add_name(struct diff_print *s, const struct series *series)
{
	struct buf name = { 0 };

	series_print(&name, series, false);
	if (s->json)
		json_add_string(&s->out, (char *)name.data, name.len);
	else
		buf_add(&s->out, name.data, name.len);
	buf_release(&name);
}

static void on_series(void *to, const struct diff_series *d)
{
	struct diff_print *s = to;

	if (!s->series)
		return;
	buf_add_string(&s->out, s->json ? "{\"gts\":" : "");
	add_name(s, d->series);
	buf_addf(&s->out, s->json ? ",\"first\":%lld,\"last\":%lld," :
		 "\t%lld..%lld\t", (long long)d->first, (long long)d->last);
	add_totals(s, d);
	buf_add_string(&s->out, s->json ? "}," : "\n");
}

static void add_side(struct diff_print *s, const struct batch *b, size_t i)
{
	if (!b)
		buf_add_byte(&s->out, '-');
	else
		value_print(&s->out, b, i);
}

static void on_point(void *to, const struct batch *a, size_t i,
		     const struct batch *b, size_t k)
{
	struct diff_print *s = to;

	if (!s->points || s->json)
		return;
	s->points--;
	add_name(s, a ? a->series : b->series);
	buf_addf(&s->out, "\t%lld\t", (long long)(a ? a->tick[i] :
						  b->tick[k]));
	add_side(s, a, i);
	buf_add_byte(&s->out, '\t');
	add_side(s, b, k);
	buf_add_byte(&s->out, '\n');
}

static void on_attributes(void *to, const struct series *a,
			  const struct series *b)
{
	struct diff_print *s = to;

	(void)b;
	s->attributes++;
	if (!s->series || s->json)
		return;
	add_name(s, a);
	buf_add_string(&s->out, "\tother attributes\n");
}

/* The last words: what all of it comes to. */
void diff_print_end(struct diff_print *s, const struct diff_series *total,
		    bool differs)
{
	if (s->json) {
		if (s->out.len && s->out.data[s->out.len - 1] == ',')
			s->out.len--;
		buf_addf(&s->out, "],\"same\":%s,\"equal\":%llu,", differs ?
			 "false" : "true", (unsigned long long)total->same);
		add_totals(s, total);
		buf_addf(&s->out, ",\"attributes\":%llu}\n",
			 (unsigned long long)s->attributes);
	} else if (differs) {
		buf_addf(&s->out, "differs: same %llu, ",
			 (unsigned long long)total->same);
		add_totals(s, total);
		buf_add_byte(&s->out, '\n');
	} else {
		buf_addf(&s->out, "same, %llu points\n",
			 (unsigned long long)total->same);
	}
}

struct diff_report diff_print_report(struct diff_print *s)
{
	if (s->json)
		buf_add_string(&s->out, "{\"schema\":\"gtstools.diff/1\","
			       "\"series\":[");
	return (struct diff_report){ on_series, on_point, on_attributes, s };
}
