#include <string.h>

#include "wrap.h"

static const struct opt own[] = {
	{ 'o', "output", "FILE", "where (default: standard output)" },
	{ 'e', "encoding", "HOW", "lines (default), bytes, base64, opb64 or "
	  "snapshot" },
	{ 0, "dir", "DIR", "a file ARCHID-PERIOD for each blob" },
	{ 0, "tar", "FILE", "a tar of such files" },
	{ 0, "archid", "NAME", "ARCHID, with %c and %l{name}; else the label "
	  "or attribute archid" },
	{ 0, "by-period", "P", "a blob for each YYYY, YYYYMM or YYYYMMDD" },
	{ 0, "period", "P", "this period alone, also where it has no points" },
	{ 0, "form", "FORM", "raw (default), plain (OPB64 in lines) or fast "
	  "(not compressed)" },
	{ 0, "compress", "HOW", "auto (default), always or never" },
	{ 0, "optimise", NULL, "as WRAPOPT does; implies --typed" },
	{ 0, "multivalue", NULL, "as WRAPMV does: no metadata, no count" },
	{ 0, "typed", NULL, "a series of one type first, as FETCH gives it" },
	{ 0, "label-order", "HOW", "of labels and attributes inside: bytes "
	  "(default), or hash, as the database has them" },
	{ 0 }
};

/* Options of a conversion that have no meaning here. */
static const char *const unwanted[] = {
	"to", "split-by", "companions", "gzip-companions", "no-companions",
	"preset", "tag", "attribute", "crlf", "strict", "influx-geo", NULL,
};

struct opt *wrap_table(void)
{
	struct opt *t = opt_join(own, convert_options), *to = t;

	for (const struct opt *o = t; o->name; o++) {
		size_t i = 0;

		while (unwanted[i] && strcmp(unwanted[i], o->name))
			i++;
		if (!unwanted[i])
			*to++ = *o;
	}
	*to = (struct opt){ 0 };
	return t;
}

/* Which of the words, NULL behind them, an option says; 0 without it. */
static int word(const struct opt_parsed *p, const char *name,
		const char *const *words, int *which, struct err *err)
{
	const char *v = opt_value(p, name);

	*which = 0;
	while (v && words[*which] && strcmp(words[*which], v))
		++*which;
	if (words[*which])
		return 0;
	return err_set(err, ERR_USAGE, "--%s does not take '%s' (--help "
		       "lists what it takes)", name, v);
}

static int set_places(struct wrap *w, const struct opt_parsed *p,
		      struct err *err)
{
	static const char *const places[] = {
		"output", "dir", "tar", NULL
	}, *const encoded[] = { "dir", "tar", "encoding", NULL };

	w->dir = opt_value(p, "dir");
	w->tar = opt_value(p, "tar");
	w->archid = opt_value(p, "archid");
	if (opt_at_most_one(p, places, err) || opt_at_most_one(p, encoded, err))
		return -1;
	if ((w->dir || w->tar) && !w->options.digits && !w->options.period)
		return err_set(err, ERR_USAGE, "members are named ARCHID-"
			       "PERIOD: --by-period or --period");
	if (w->archid && !w->dir && !w->tar)
		return err_set(err, ERR_USAGE, "--archid goes with --dir or "
			       "--tar");
	return 0;
}

static int set_periods(struct wrap *w, const struct opt_parsed *p,
		       struct err *err)
{
	static const char *const periods[] = { "by-period", "period", NULL };
	const char *by = opt_value(p, "by-period");
	struct wraps_options *o = &w->options;

	o->units = &w->convert.inputs.units;
	o->period = opt_value(p, "period");
	if (opt_at_most_one(p, periods, err))
		return -1;
	if (o->period) {
		/* series without points in it are known by the others */
		o->span = w->convert.filter.range;
		w->convert.filter.range = SPAN_ALL;
	}
	o->digits = !by ? 0 : strcmp(by, "YYYY") == 0 ? 4 :
		strcmp(by, "YYYYMM") == 0 ? 6 :
		strcmp(by, "YYYYMMDD") == 0 ? 8 : -1;
	return o->digits >= 0 ? 0 : err_set(err, ERR_USAGE, "--by-period "
		"takes YYYY, YYYYMM or YYYYMMDD, not '%s'", by);
}

int wrap_set(struct wrap *w, const struct opt_parsed *p, struct err *err)
{
	static const char *const encodings[] = {
		"lines", "bytes", "base64", "opb64", "snapshot", NULL
	}, *const forms[] = { "raw", "plain", "fast", NULL },
	*const compress[] = { "auto", "always", "never", NULL },
	*const orders[] = { "bytes", "hash", NULL };
	struct blob_options *b = &w->options.blob;
	int encoding, form, how, order;

	if (convert_set(&w->convert, p, err) ||
	    word(p, "encoding", encodings, &encoding, err) ||
	    word(p, "form", forms, &form, err) ||
	    word(p, "compress", compress, &how, err) ||
	    word(p, "label-order", orders, &order, err) ||
	    set_periods(w, p, err) || set_places(w, p, err))
		return -1;
	w->encoding = (enum wrap_encoding)encoding;
	w->plain = form == 1;
	b->compress = form == 2 && !opt_value(p, "compress") ? BLOB_NEVER :
		(enum blob_compress)how;
	b->optimise = opt_value(p, "optimise");
	b->multivalue = opt_value(p, "multivalue");
	b->ratio = b->optimise || b->multivalue ? 1 : 100;
	b->wrap.typed = opt_value(p, "typed") || b->optimise;
	b->wrap.order = !order ? WRAP_SORTED : b->wrap.typed ?
		WRAP_HASHED_COPY : WRAP_HASHED;
	b->memory = (size_t)w->convert.sort.memory / 16;
	b->tmpdir = w->convert.sort.tmpdir;
	w->convert.form = FORM_WRAPPER;
	w->convert.sink = wrap_sink;
	w->convert.sink_to = w;
	return 0;
}
