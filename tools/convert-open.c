#include <string.h>

#include "convert.h"
#include "flow/hf.h"
#include "store/store.h"

/*
 * The one operand as an HFile that can be read at random; *r stays NULL
 * where it is something else.
 */
int convert_open_hfile(struct convert *c, struct reader **r, struct err *err)
{
	uint8_t head[sizeof(FORMAT_MAGIC) - 1];
	struct io_blob *b;
	uint32_t units;
	int k;

	if (c->inputs.n != 1 || !store_is_blob(c->inputs.name[0]) ||
	    c->order == CONVERT_KEEP || c->only_blobs)
		return c->part ? err_set(err, ERR_USAGE, "--part wants one "
					 "HFile") : 0;
	k = store_try_blob(c->inputs.name[0], &b, err);
	if (k <= 0)
		return k || !c->part ? k : err_set(err, ERR_USAGE, "--part "
						   "wants one HFile");
	if (!inputs_has_tail(b, &units) &&
	    (b->size < sizeof(head) ||
	     io_pread(b, head, sizeof(head), 0, err) ||
	     memcmp(head, FORMAT_MAGIC, sizeof(head)))) {
		io_blob_free(b);
		if (c->part)
			err_set(err, ERR_USAGE, "--part wants an HFile");
		return err->status ? -1 : 0;
	}
	*r = reader_open(b, err);
	if (*r)
		reader_set_memory(*r, c->sort.memory / 2);
	return *r ? 0 : -1;
}

static struct form_encoder *new_encoder(const void *arg)
{
	const struct convert *c = arg;

	switch (c->form) {
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

bool convert_prints_apart(const struct convert *c)
{
	return c->form == FORM_GTS || c->form == FORM_FULLTEXT;
}

struct flow_sink *convert_open_sink(struct convert *c, struct io_writer *w,
				    struct err *err)
{
	struct writer_options opt = {
		.units = c->units, .preset = c->preset, .pool = c->pool,
		.room = writer_room(c->threads, c->sort.memory),
		.tag = c->tag, .ntag = c->ntag,
		.attribute = c->attribute, .nattribute = c->nattribute,
		.memory = c->sort.memory / 8, .tmpdir = c->sort.tmpdir,
	};
	struct out_options out = {
		.arg = c, .pool = c->pool,
		.lost = &c->lost, .strict = c->strict,
		.attributes_dropped =
			c->codec.attributes == FORM_ATTRIBUTES_DROP,
	};

	if (c->form == FORM_HFILE)
		return hf_sink(w, &opt, err);
	out.encoder = c->form == FORM_NULL ? NULL : new_encoder;
	return out_open(&out, w);
}
