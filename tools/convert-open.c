#include <string.h>

#include "convert.h"
#include "flow/hf.h"
#include "flow/in.h"
#include "flow/out.h"
#include "flow/sort.h"
#include "store/file.h"

/* The one operand as an HFile that can be read at random, or NULL. */
struct reader *convert_open_hfile(struct convert *c, struct err *err)
{
	uint8_t head[sizeof(FORMAT_MAGIC) - 1];
	struct io_blob *b;

	if (c->inputs.n != 1 || !file_is_regular(c->inputs.name[0]))
		return NULL;
	b = file_blob(c->inputs.name[0], err);
	if (!b || b->size < sizeof(head) ||
	    io_pread(b, head, sizeof(head), 0, err) ||
	    memcmp(head, FORMAT_MAGIC, sizeof(head))) {
		io_blob_free(b);
		return NULL;
	}
	return reader_open(b, err);
}

static struct form_encoder *new_encoder(const struct convert *c,
					enum form form)
{
	switch (form) {
	case FORM_NULL:
		return NULL;
	case FORM_RAW:
		return raw_encoder_new(&c->codec);
	case FORM_TSV:
	case FORM_FULLTSV:
		return tsv_encoder_new(&c->codec, form == FORM_FULLTSV);
	case FORM_INFLUX:
		return influx_encoder_new(&c->codec);
	case FORM_JSONL:
	case FORM_JSON:
		return json_encoder_new(&c->codec, form == FORM_JSONL);
	default:
		return text_encoder_new(&c->codec, form == FORM_FULLTEXT);
	}
}

struct flow_sink *convert_open_sink(struct convert *c, enum form form,
				    uint64_t *lost, struct err *err)
{
	const char *packed = form_compression(c->output);
	struct writer_options opt = {
		.units = c->units,
		.tag = c->tag, .ntag = c->ntag,
		.attribute = c->attribute, .nattribute = c->nattribute,
	};
	struct io_writer *w;

	if (form == FORM_HFILE && packed) {
		err_set(err, ERR_USAGE, "%s: a compressed HFile could not be "
			"sought in", c->output);
		return NULL;
	}
	w = file_writer(c->output, c->force, form == FORM_HFILE || packed,
			err);
	if (w && packed)
		w = archive_writer(w, packed, err);
	if (!w)
		return NULL;
	if (form == FORM_HFILE)
		return hf_sink(w, &opt, err);
	return out_open(new_encoder(c, form), w, lost);
}

/* From the inputs to sorted, folded points. */
struct flow_source *convert_open_source(struct convert *c, struct reader *r,
					struct io_writer *rejects,
					struct ledger *l, struct err *err)
{
	struct in_options in = {
		.next = inputs_next, .units = inputs_units,
		.members = &c->inputs, .form = c->from, .codec = c->codec,
		.max_errors = c->max_errors, .rejects = rejects,
	};
	struct sort_options sort = { c->memory, c->tmpdir };
	struct flow_source *s;

	s = r ? hf_source(r, &c->filter, l) : in_open(&in, l);
	s = filter_open(s, &c->filter, l);
	if (!r)
		s = sort_open(s, &sort, err);
	return s ? fold_open(s, c->prefer, l) : NULL;
}
