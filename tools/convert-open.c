#include <string.h>

#include "convert.h"
#include "flow/ahead.h"
#include "flow/hf.h"
#include "flow/in.h"
#include "flow/peek.h"
#include "store/file.h"

/*
 * The one operand as an HFile that can be read at random; *r stays NULL
 * where it is something else.
 */
int convert_open_hfile(struct convert *c, struct reader **r, struct err *err)
{
	uint8_t head[sizeof(FORMAT_MAGIC) - 1];
	struct io_blob *b;

	if (c->inputs.n != 1 || !file_is_regular(c->inputs.name[0]) ||
	    c->order == CONVERT_KEEP)
		return 0;
	b = file_blob(c->inputs.name[0], err);
	if (!b)
		return -1;
	if (b->size < sizeof(head) || io_pread(b, head, sizeof(head), 0, err)
	    || memcmp(head, FORMAT_MAGIC, sizeof(head))) {
		io_blob_free(b);
		return err->status ? -1 : 0;
	}
	*r = reader_open(b, err);
	return *r ? 0 : -1;
}

static struct form_encoder *new_encoder(const struct convert *c)
{
	switch (c->form) {
	case FORM_NULL:
		return NULL;
	case FORM_RAW:
		return raw_encoder_new(&c->codec);
	case FORM_TSV:
	case FORM_FULLTSV:
		return tsv_encoder_new(&c->codec, c->form == FORM_FULLTSV);
	case FORM_INFLUX:
		return influx_encoder_new(&c->codec);
	case FORM_JSONL:
	case FORM_JSON:
		return json_encoder_new(&c->codec, c->form == FORM_JSONL);
	default:
		return text_encoder_new(&c->codec, c->form == FORM_FULLTEXT);
	}
}

struct flow_sink *convert_open_sink(struct convert *c, struct io_writer *w,
				    struct err *err)
{
	struct writer_options opt = {
		.units = c->units, .preset = c->preset,
		.tag = c->tag, .ntag = c->ntag,
		.attribute = c->attribute, .nattribute = c->nattribute,
	};
	struct out_options out = {
		.lost = &c->lost, .strict = c->strict,
		.attributes_dropped =
			c->codec.attributes == FORM_ATTRIBUTES_DROP,
	};

	if (c->form == FORM_HFILE)
		return hf_sink(w, &opt, err);
	out.encoder = new_encoder(c);
	return out_open(&out, w);
}

/* Thinning looks from the newest point on: down, and up again. */
static struct flow_source *thin(struct convert *c, struct flow_source *s,
				struct ledger *l, struct err *err)
{
	struct sort_options down = c->sort;

	down.descending = true;
	s = sort_open(s, &down, err);
	if (!s)
		return NULL;
	s = fold_open(s, c->prefer, l);
	if (c->thinned)
		s = thin_open(s, &c->thin, l);
	return c->order == CONVERT_NEWEST && !c->shaped ? s :
		sort_open(s, &c->sort, err);
}

/* What looks at neighbours looks upwards in time. */
static struct flow_source *shape(struct convert *c, struct flow_source *s,
				 struct ledger *l, struct err *err)
{
	struct sort_options down = c->sort;

	if (c->compact)
		s = rangecompact_open(s, c->compact, l);
	down.descending = true;
	return c->order == CONVERT_NEWEST ? sort_open(s, &down, err) : s;
}

/* From the inputs to points in the order wanted, one value a tick. */
struct flow_source *convert_open_source(struct convert *c, struct reader *r,
					struct io_writer *rejects,
					struct ledger *l, struct err *err)
{
	struct in_options in = {
		.next = inputs_next, .units = inputs_units,
		.members = &c->inputs, .form = c->from, .codec = c->codec,
		.max_errors = c->max_errors, .rejects = rejects,
	};
	bool sorted = r && !c->relabelled;
	bool newest = c->order == CONVERT_NEWEST && !c->shaped;
	struct flow_source *s;

	if (r)
		ledger_add_input(l, reader_name(r), FORM_HFILE)->bytes =
			reader_tail(r)->file;
	s = r ? hf_source(r, &c->filter, l) : in_open(&in, l);
	if (c->form == FORM_UNKNOWN && (peek_first(&s, err) < 0 ||
	    convert_settle_form(c, l->inputs ? l->input[0].form : FORM_GTS,
				err))) {
		flow_source_free(s);
		return NULL;
	}
	s = progress_open(s, c->progress, c->tool->name, &c->inputs);
	if (c->threads > 1)
		s = ahead_open(s);
	s = filter_open(s, &c->filter, l);
	if (c->relabelled)
		s = relabel_open(s, &c->relabel);
	if (c->order == CONVERT_KEEP)
		return s;
	if (c->thinned || newest)
		s = thin(c, s, l, err);
	else if (!sorted)
		s = sort_open(s, &c->sort, err);
	if (s && !c->thinned && !newest)
		s = fold_open(s, c->prefer, l);
	if (s && c->shaped)
		s = shape(c, s, l, err);
	if (s && split_needs_order(&c->split))
		s = split_order(s, &c->split, &c->sort, err);
	return s;
}
