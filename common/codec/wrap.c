#include "codec/wrap.h"

#include <stdlib.h>

#include "codec/thrift.h"
#include "codec/varint.h"
#include "codec/wrap-order.h"
#include "model/percent.h"
#include "util/alloc.h"

/* Fields of a wrapper, and of the metadata in it (wrapper.md 1). */
enum {
	METADATA = 1, LASTBUCKET = 2, BUCKETSPAN = 3, BUCKETCOUNT = 4,
	KEY = 5, BASE = 6, ENCODED = 7, COUNT = 8, COMPRESSED = 9,
	PASSES = 10,

	NAME = 1, LABELS = 2, CLASS_ID = 3, LABELS_ID = 4, ATTRIBUTES = 5,
	LAST_ACTIVITY = 7,
};

enum { STEP = 64 << 10 };	/* bytes unpacked at once */

static void put_map(struct buf *out, int *last, int id,
		    struct series_pair *p, size_t n, enum wrap_order order)
{
	if (order != WRAP_SORTED)
		wrap_order_pairs(p, n, order == WRAP_HASHED_COPY);
	thrift_put_map(out, last, id, p, n);
}

static void put_metadata(struct buf *out, int *last, const struct series *s,
			 struct series_names *v, enum wrap_order order)
{
	int id = 0;

	thrift_put_field(out, last, METADATA, THRIFT_STRUCT);
	if (!s->nameless) {
		thrift_put_binary(out, &id, NAME, v->class.n);
		buf_add(out, v->class.p, v->class.n);
	}
	put_map(out, &id, LABELS, v->labels, v->nlabels, order);
	thrift_put_i64(out, &id, CLASS_ID, s->has_ids ? s->class_id : 0);
	thrift_put_i64(out, &id, LABELS_ID, s->has_ids ? s->labels_id : 0);
	put_map(out, &id, ATTRIBUTES, v->attributes, v->nattributes, order);
	if (s->has_activity)
		thrift_put_i64(out, &id, LAST_ACTIVITY, s->activity);
	thrift_put_stop(out);
}

static bool has_bucket(const struct series *s, bool typed)
{
	return s->has_bucket && (!typed || (s->lastbucket && s->bucketspan &&
					    s->bucketcount));
}

void wrap_put_head(struct buf *out, const struct series *s, int64_t base,
		   uint64_t n, const struct wrap_options *opt)
{
	struct series_names v = { 0 };
	int last = 0;

	series_names_parse(&v, s);
	if (!opt->bare && (v.class.n || v.nlabels || v.nattributes ||
			   s->has_ids || s->has_activity))
		put_metadata(out, &last, s, &v, opt->order);
	if (has_bucket(s, opt->typed)) {
		thrift_put_i64(out, &last, LASTBUCKET, s->lastbucket);
		thrift_put_i64(out, &last, BUCKETSPAN, s->bucketspan);
		thrift_put_i64(out, &last, BUCKETCOUNT, s->bucketcount);
	}
	if (base)
		thrift_put_i64(out, &last, BASE, base);
	thrift_put_binary(out, &last, ENCODED, n);
	series_names_release(&v);
}

void wrap_put_tail(struct buf *out, uint64_t count, int passes,
		   const struct wrap_options *opt)
{
	int last = ENCODED;

	if (!opt->bare)
		thrift_put_i64(out, &last, COUNT, (int64_t)count);
	if (passes > 0)
		thrift_put_bool(out, &last, COMPRESSED, true);
	if (passes > 1)
		thrift_put_i32(out, &last, PASSES, passes);
	thrift_put_stop(out);
}

void wrap_series(struct buf *out, const struct series *s)
{
	const struct wrap_options opt = { 0 };
	struct series_names v = { 0 };
	int last = 0;

	series_names_parse(&v, s);
	put_metadata(out, &last, s, &v, WRAP_SORTED);
	thrift_put_binary(out, &last, ENCODED, 0);
	wrap_put_tail(out, 0, 0, &opt);
	series_names_release(&v);
}

/* Texts of the metadata; those that had to be mended are held. */
struct texts {
	struct buf mended;
	char **held;
	size_t n, cap;
};

static void texts_release(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->held[i]);
	free(t->held);
	buf_release(&t->mended);
}

static struct series_text take_text(struct buf_cursor *c, struct texts *t)
{
	struct series_text text = thrift_binary(c);

	buf_reset(&t->mended);
	percent_add_utf8(&t->mended, text.p, text.n);
	if (t->mended.len == text.n &&
	    (!text.n || memcmp(t->mended.data, text.p, text.n) == 0))
		return text.n ? text : (struct series_text){ "", 0 };
	t->held = alloc_grow(t->held, &t->cap, t->n + 1, sizeof(*t->held));
	t->held[t->n] = alloc_dup(t->mended.data, t->mended.len);
	return (struct series_text){ t->held[t->n++], t->mended.len };
}

static size_t take_map(struct buf_cursor *c, struct series_pair **pair,
		       struct texts *t)
{
	size_t n = thrift_map(c);

	free(*pair);
	*pair = alloc_zero(n + 1, sizeof(**pair));
	for (size_t i = 0; i < n && !c->failed; i++) {
		(*pair)[i].name = take_text(c, t);
		(*pair)[i].value = take_text(c, t);
	}
	return c->failed ? 0 : n;
}

/* The cursor fails where it is cut; -1 with a message otherwise. */
static int take_metadata(struct buf_cursor *c, struct series *s,
			 struct err *err)
{
	struct series_text class = { "", 0 };
	struct series_pair *pair[2] = { NULL, NULL };
	struct texts texts = { 0 };
	size_t n[2] = { 0, 0 };
	struct series ids = { .nameless = true };
	enum thrift_type type;
	int id = 0, bad = 0;

	while ((type = thrift_field(c, &id)) != THRIFT_STOP) {
		if (id == NAME && type == THRIFT_BINARY) {
			class = take_text(c, &texts);
			ids.nameless = false;
		} else if ((id == LABELS || id == ATTRIBUTES) &&
			   type == THRIFT_MAP) {
			int k = id == ATTRIBUTES;

			n[k] = take_map(c, &pair[k], &texts);
		} else if ((id == CLASS_ID || id == LABELS_ID) &&
			   type == THRIFT_I64) {
			*(id == CLASS_ID ? &ids.class_id : &ids.labels_id) =
				varint_take_signed(c);
			ids.has_ids = true;
		} else if (id == LAST_ACTIVITY && type == THRIFT_I64) {
			ids.activity = varint_take_signed(c);
			ids.has_activity = true;
		} else {
			thrift_skip(c, type);
		}
	}
	if (!c->failed)
		bad = series_set(s, class, pair[0], n[0], err);
	if (!c->failed && !bad && n[1])
		bad = series_set_attributes(s, pair[1], n[1], err);
	s->nameless = ids.nameless;
	s->has_ids = ids.has_ids;
	s->has_activity = ids.has_activity;
	s->activity = ids.activity;
	s->class_id = ids.class_id;
	s->labels_id = ids.labels_id;
	free(pair[0]);
	free(pair[1]);
	texts_release(&texts);
	return bad;
}

void wrapper_release(struct wrapper *w)
{
	series_release(&w->series);
	*w = (struct wrapper){ 0 };
}

/* A number of the wrapper; others are skipped. */
static void take_number(struct buf_cursor *c, struct wrapper *w, int id,
			enum thrift_type type)
{
	int64_t *to = id == LASTBUCKET ? &w->series.lastbucket :
		id == BUCKETSPAN ? &w->series.bucketspan :
		id == BUCKETCOUNT ? &w->series.bucketcount :
		id == BASE ? &w->base : id == COUNT ? &w->count : NULL;

	if (id == COMPRESSED && (type == THRIFT_TRUE ||
				 type == THRIFT_FALSE)) {
		w->compressed = type == THRIFT_TRUE;
		return;
	}
	if (id == PASSES && type == THRIFT_I32) {
		w->passes = (int32_t)varint_take_signed(c);
		return;
	}
	if (!to || type != THRIFT_I64) {
		thrift_skip(c, type);
		return;
	}
	*to = varint_take_signed(c);
	w->series.has_bucket |= id <= BUCKETCOUNT;
	w->has_count |= id == COUNT;
	if (id == BUCKETCOUNT)	/* 32 bits in the platform's memory */
		*to = (int32_t)(uint32_t)(uint64_t)*to;
}

static const char *field_name(int id)
{
	static const char *const name[] = {
		"unknown", "metadata", "lastbucket", "bucketspan",
		"bucketcount", "key", "base", "encoded", "count",
		"compressed", "compressionPasses",
	};

	return id >= 1 && id <= PASSES ? name[id] : name[0];
}

/* One field behind its header; -1 with a message, or the cursor fails. */
static int take_field(struct buf_cursor *c, struct wrapper *w, int id,
		      enum thrift_type type, struct series *metadata,
		      struct err *err)
{
	if (id == METADATA && type == THRIFT_STRUCT) {
		w->has_metadata = true;
		return take_metadata(c, metadata, err);
	}
	if (id == ENCODED && type == THRIFT_BINARY) {
		w->encoded = thrift_binary(c);
		w->has_encoded = true;
	} else {
		take_number(c, w, id, type);
	}
	return 0;
}

/* The names of metadata and the numbers beside it are one series. */
static void join(struct wrapper *w, struct series *metadata, struct err *err)
{
	struct series bucket = w->series;

	if (!w->has_metadata) {
		series_set(metadata, (struct series_text){ "", 0 }, NULL, 0,
			   err);
		metadata->nameless = true;
	}
	w->series = *metadata;
	w->series.base = w->base;
	w->series.has_bucket = bucket.has_bucket;
	w->series.lastbucket = bucket.lastbucket;
	w->series.bucketspan = bucket.bucketspan;
	w->series.bucketcount = bucket.bucketcount;
	if (!w->compressed)
		w->passes = 0;
}

int wrap_read(struct wrapper *w, const void *p, size_t n, size_t *used,
	      bool *cut, struct err *err)
{
	struct buf_cursor c = buf_cursor(p, n);
	struct series metadata = { 0 };
	const uint8_t *begin = p, *from = p;
	enum thrift_type type;
	int id = 0;

	wrapper_release(w);
	w->passes = 1;
	*cut = false;
	while ((type = thrift_field(&c, &id)) != THRIFT_STOP) {
		if (take_field(&c, w, id, type, &metadata, err)) {
			series_release(&metadata);
			return err_at(err, "wrapper, field %s at offset %zu",
				      field_name(id), (size_t)(from - begin));
		}
		if (id == ENCODED && w->has_encoded)
			w->offset = (size_t)(c.p - begin) - w->encoded.n;
		if (c.failed)
			break;
		from = c.p;
	}
	join(w, &metadata, err);
	*used = (size_t)(c.p - begin);
	*cut = c.failed;
	if (!c.failed)
		return 0;
	if (type == THRIFT_STOP)
		return err_set(err, ERR_DATA, "wrapper: cut short, or no "
			       "field, at offset %zu",
			       (size_t)(from - begin));
	return err_set(err, ERR_DATA, "wrapper, field %s at offset %zu: cut "
		       "short, or a length that is too large",
		       field_name(id), (size_t)(from - begin));
}

/* The type a field is written with. */
static enum thrift_type field_type(int id)
{
	if (id == METADATA)
		return THRIFT_STRUCT;
	if (id == KEY || id == ENCODED)
		return THRIFT_BINARY;
	if (id == COMPRESSED)
		return THRIFT_TRUE;
	return id == PASSES ? THRIFT_I32 : THRIFT_I64;
}

bool wrap_plausible(const void *p, size_t n, bool *cut)
{
	struct buf_cursor c = buf_cursor(p, n);
	enum thrift_type type;
	bool encoded = false;
	int id = 0, last = 0;

	*cut = true;
	while ((type = thrift_field(&c, &id)) != THRIFT_STOP) {
		if (id <= last || id > PASSES || type != field_type(id)) {
			*cut = false;
			return false;
		}
		thrift_skip(&c, type);
		encoded |= id == ENCODED;
		last = id;
	}
	*cut = c.failed;
	return !c.failed && encoded;
}

int wrap_take_series(struct series *s, const void *p, size_t n,
		     struct err *err)
{
	struct wrapper w = { 0 };
	size_t used;
	bool cut;
	int bad = wrap_read(&w, p, n, &used, &cut, err);

	if (!bad && !w.has_metadata)
		bad = err_set(err, ERR_DATA, "a wrapper without metadata");
	if (!bad) {
		series_release(s);
		*s = w.series;
		w.series = (struct series){ 0 };
		s->has_bucket = s->has_ids = s->nameless = false;
		s->has_activity = false;
		s->base = 0;
	}
	wrapper_release(&w);
	return bad;
}

static int more(void *from, struct buf *to, struct err *err)
{
	struct squeeze_unpacker *u = from;
	ptrdiff_t k;

	buf_reserve(to, STEP);
	k = squeeze_unpacker_read(u, to->data + to->len, STEP, err);
	if (k < 0)
		return -1;
	to->len += (size_t)k;
	return k > 0;
}

int wrap_points_open(struct wrap_points *p, const struct wrapper *w,
		     bool typed, struct err *err)
{
	wrap_points_release(p);
	p->offset = w->offset;
	if (!w->has_encoded && !typed)
		return err_set(err, ERR_DATA, "wrapper: there is no field "
			       "encoded");
	if (w->passes <= 0 || (w->encoded.n == 0 && !typed)) {
		encoder_reader_init(&p->reader, w->base, w->encoded.p,
				    w->encoded.n);
		return 0;
	}
	if (w->passes > WRAP_PASSES_MAX)
		return err_set(err, ERR_DATA, "wrapper: %ld passes of gzip, "
			       "more than %d", (long)w->passes,
			       WRAP_PASSES_MAX);
	if (!w->has_encoded) {
		encoder_reader_init(&p->reader, w->base, NULL, 0);
		return 0;
	}
	p->unpacker = squeeze_unpacker_new(w->encoded.p, w->encoded.n);
	for (int32_t i = 1; i < w->passes; i++)
		p->unpacker = squeeze_unpacker_over(p->unpacker);
	encoder_reader_stream(&p->reader, w->base, more, p->unpacker);
	return 0;
}

int wrap_points_read(struct wrap_points *p, struct batch *b, struct err *err)
{
	int k = encoder_read(&p->reader, b, err);

	return k < 0 ? err_at(err, "wrapper, field encoded at offset %zu",
			      p->offset) : k;
}

void wrap_points_release(struct wrap_points *p)
{
	encoder_reader_release(&p->reader);
	squeeze_unpacker_free(p->unpacker);
	*p = (struct wrap_points){ 0 };
}
