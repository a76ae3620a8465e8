#include "codec/json.h"
#include "codec/unwrap.h"
#include "unwrap.h"

enum { BUFFER = 256 << 10 };	/* bytes gathered before a write */

/* What reading the points tells. */
struct found {
	uint64_t points;
	int64_t first, last;
};

static int read_points(const struct unwrap_list *u, const struct wrapper *w,
		       bool typed, struct found *f, struct err *err)
{
	struct unwrap points = { .opt = u->convert->codec, .typed = typed };
	struct form_counts counts = { 0 };
	struct batch b = { 0 };
	enum form_answer a = FORM_FLUSH;
	int bad = unwrap_open(&points, w, err);

	while (!bad && a == FORM_FLUSH) {
		batch_reset(&b);
		a = unwrap_next(&points, &b, &counts, err);
		for (size_t i = 0; a != FORM_BAD && i < b.n; i++) {
			if (f->points == 0 || b.tick[i] < f->first)
				f->first = b.tick[i];
			if (f->points == 0 || b.tick[i] > f->last)
				f->last = b.tick[i];
			f->points++;
		}
	}
	unwrap_release(&points);
	batch_release(&b);
	return bad || a == FORM_BAD ? -1 : 0;
}

static void print_json(struct buf *out, const struct unwrap_list *u,
		       const struct wrapper *w, const char *kind,
		       size_t bytes, const struct found *f)
{
	const struct series *s = &w->series;
	struct buf name = { 0 };

	series_print(&name, s, true);
	buf_add_string(out, "{\"schema\":\"gtstools.unwrap/1\",\"member\":");
	json_add_string(out, u->member, strlen(u->member));
	buf_addf(out, ",\"kind\":\"%s\",\"series\":", kind);
	json_add_string(out, (char *)name.data, name.len);
	buf_addf(out, ",\"points\":%llu", (unsigned long long)f->points);
	if (w->has_count)
		buf_addf(out, ",\"count\":%lld", (long long)w->count);
	if (f->points)
		buf_addf(out, ",\"first\":%lld,\"last\":%lld",
			 (long long)f->first, (long long)f->last);
	buf_addf(out, ",\"bytes\":%zu,\"passes\":%ld", bytes,
		 w->passes > 0 ? (long)w->passes : 0L);
	if (s->has_bucket)
		buf_addf(out, ",\"lastbucket\":%lld,\"bucketspan\":%lld,"
			 "\"bucketcount\":%lld", (long long)s->lastbucket,
			 (long long)s->bucketspan, (long long)s->bucketcount);
	buf_add_string(out, "}\n");
	buf_release(&name);
}

static void print_info(struct buf *out, const struct unwrap_list *u,
		       const struct wrapper *w, const char *kind,
		       size_t bytes, const struct found *f)
{
	const struct series *s = &w->series;

	buf_addf(out, "%s\t%s\t", u->member, kind);
	series_print(out, s, true);
	if (f->points)
		buf_addf(out, "\t%llu\t%lld\t%lld",
			 (unsigned long long)f->points, (long long)f->first,
			 (long long)f->last);
	else
		buf_add_string(out, "\t0\t-\t-");
	buf_addf(out, "\t%zu\t%ld\t", bytes, w->passes > 0 ? (long)w->passes :
		 0L);
	if (s->has_bucket)
		buf_addf(out, "%lld:%lld:%lld\n", (long long)s->lastbucket,
			 (long long)s->bucketspan, (long long)s->bucketcount);
	else
		buf_add_string(out, "-\n");
}

int unwrap_print(struct unwrap_list *u, const struct wrapper *w,
		 const char *kind, size_t bytes, struct err *err)
{
	struct buf *out = &u->text;
	struct found found = { 0 };
	int wanted = filter_series(&u->convert->filter, &w->series, err);

	if (wanted <= 0)
		return wanted;
	if (u->mode == UNWRAP_INFO &&
	    read_points(u, w, *kind == 's', &found, err))
		return -1;
	if (u->names)
		buf_addf(out, "%s\t", u->member);
	if (u->mode == UNWRAP_EMPTY) {
		series_print(out, &w->series, true);
		buf_add_byte(out, '\n');
	} else if (u->mode == UNWRAP_SIZE) {
		buf_addf(out, "%lld\n", (long long)w->count);
	} else if (u->convert->json) {
		print_json(out, u, w, kind, bytes, &found);
	} else {
		print_info(out, u, w, kind, bytes, &found);
	}
	if (out->len >= BUFFER && io_write(u->to, out->data, out->len, err))
		return -1;
	if (out->len >= BUFFER)
		buf_reset(out);
	return 0;
}
