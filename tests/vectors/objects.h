/*
 * objects - series and encoders as the vector files write them:
 * "G CLASS{LABELS}{ATTRS} @bucket points", "E ... @base points".
 */
#ifndef TESTS_VECTORS_OBJECTS_H
#define TESTS_VECTORS_OBJECTS_H

#include "codec/form.h"
#include "codec/names.h"
#include "model/series.h"
#include "vectors/points.h"

struct object {
	struct series series;
	struct batch points;
	int64_t base;
	bool encoder;
	bool broken;		/* the stream ends in a fault */
};

static inline void object_release(struct object *o)
{
	series_release(&o->series);
	batch_release(&o->points);
}

/* CLASS{LABELS}{ATTRS}; a class of "-" is none at all. */
static inline void objects_series(struct series *s, const char *text)
{
	bool nameless = text[0] == '-' && text[1] == '{';
	struct err err = { 0 };
	size_t column;

	text += nameless;
	names_parse(s, text, strlen(text), &column, &err);
	s->nameless = nameless;
}

/* "-", or lastbucket:bucketspan:bucketcount */
static inline void objects_bucket(struct series *s, const char *text)
{
	char *p;

	s->has_bucket = strcmp(text, "-") != 0;
	if (!s->has_bucket)
		return;
	s->lastbucket = strtoll(text, &p, 10);
	s->bucketspan = strtoll(p + 1, &p, 10);
	s->bucketcount = strtoll(p + 1, &p, 10);
}

/* Parses a column or one part of it, which is destroyed. */
static inline void objects_parse(struct object *o, char *text)
{
	char *series = text + 2, *at = strchr(series, ' ');
	char *points = strchr(at + 1, ' ');
	size_t n = strlen(text);

	o->encoder = *text == 'E';
	o->broken = n && text[n - 1] == '!';
	if (o->broken)
		text[n - 1 - (n > 1 && text[n - 2] == ' ')] = '\0';
	*at = '\0';
	*points = '\0';
	objects_series(&o->series, series);
	if (o->encoder)
		o->base = strcmp(at + 2, "-") ? strtoll(at + 2, NULL, 10) : 0;
	else
		objects_bucket(&o->series, at + 2);
	points_parse(&o->points, points + 1);
}

static inline bool objects_same_attributes(const struct series *a,
					   const struct series *b)
{
	return a->attributes.len == b->attributes.len &&
		(a->attributes.len == 0 ||
		 memcmp(a->attributes.data, b->attributes.data,
			a->attributes.len) == 0);
}

/* Bucketised is what has no zero among its three fields. */
static inline bool objects_same_bucket(const struct series *a,
				       const struct series *b)
{
	const struct series *s[2] = { a, b };
	bool is[2];

	for (int i = 0; i < 2; i++)
		is[i] = s[i]->has_bucket && s[i]->bucketspan &&
			s[i]->bucketcount && s[i]->lastbucket;
	return is[0] == is[1] && (!is[0] ||
		(a->lastbucket == b->lastbucket &&
		 a->bucketspan == b->bucketspan &&
		 a->bucketcount == b->bucketcount));
}

#endif
