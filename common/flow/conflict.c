#include "flow/conflict.h"

#include <string.h>

#include "codec/json.h"

static void add_text(struct buf *out, const char *key, struct series_text t)
{
	buf_addf(out, ",\"%s\":", key);
	json_add_string(out, t.p, t.n);
}

static void add_input(struct buf *out, const char *key, const char *name)
{
	if (name)
		add_text(out, key, (struct series_text){ name,
							 strlen(name) });
	else
		buf_addf(out, ",\"%s\":null", key);
}

static int tell(struct io_writer *to, const struct series *series,
		const struct conflict_point *kept,
		const struct conflict_point *lost, bool later,
		struct err *err)
{
	struct series_names v = { 0 };
	struct buf line = { 0 };
	int bad;

	series_names_parse(&v, series);
	buf_add_string(&line, "{\"schema\":\"gtstools.conflict/1\"");
	add_text(&line, "c", v.class);
	buf_add_string(&line, ",\"l\":{");
	for (size_t i = 0; i < v.nlabels; i++) {
		if (i)
			buf_add_byte(&line, ',');
		json_add_string(&line, v.labels[i].name.p,
				v.labels[i].name.n);
		buf_add_byte(&line, ':');
		json_add_string(&line, v.labels[i].value.p,
				v.labels[i].value.n);
	}
	buf_addf(&line, "},\"tick\":%lld,\"won\":\"%s\",\"kept\":",
		 (long long)kept->batch->tick[kept->i],
		 later ? "later" : "earlier");
	json_add_point(&line, kept->batch, kept->i);
	buf_add_string(&line, ",\"lost\":");
	json_add_point(&line, lost->batch, lost->i);
	add_input(&line, "kept_from", kept->name);
	add_input(&line, "lost_from", lost->name);
	buf_add_string(&line, "}\n");
	bad = io_write(to, line.data, line.len, err);
	series_names_release(&v);
	buf_release(&line);
	return bad;
}

int conflict_note(const struct conflict_options *opt,
		  const struct series *series,
		  const struct conflict_point *kept,
		  const struct conflict_point *lost, bool later,
		  struct ledger *ledger, struct err *err)
{
	ledger->folded++;
	if (batch_equal_point(kept->batch, kept->i, lost->batch, lost->i))
		return 0;
	if (ledger->conflicts++ == 0)
		series_print(&ledger->conflict, series, false);
	if (opt->report && tell(opt->report, series, kept, lost, later, err))
		return -1;
	if (opt->prefer != FOLD_ERROR)
		return 0;
	return err_set(err, ERR_DATA, "two values for tick %lld of %s",
		       (long long)kept->batch->tick[kept->i],
		       buf_text(&ledger->conflict));
}
