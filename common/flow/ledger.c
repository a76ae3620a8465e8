#include "flow/ledger.h"

#include <stdlib.h>

#include "codec/json.h"
#include "util/alloc.h"
#include "util/io.h"

void ledger_release(struct ledger *l)
{
	buf_release(&l->conflict);
	for (size_t i = 0; i < l->inputs; i++)
		free(l->input[i].name);
	for (size_t i = 0; i < l->outputs; i++)
		free(l->output[i].name);
	free(l->input);
	free(l->output);
	*l = (struct ledger){ 0 };
}

struct ledger_input *ledger_add_input(struct ledger *l, const char *name,
				      enum form form)
{
	l->input = alloc_grow(l->input, &l->cap_inputs, l->inputs + 1,
			      sizeof(*l->input));
	l->input[l->inputs] = (struct ledger_input){
		.name = io_show(name), .form = form };
	return &l->input[l->inputs++];
}

int ledger_same_form(const struct ledger *l, const char *name,
		     enum form form, struct err *err)
{
	if (!l->inputs || l->input[0].form == form)
		return 0;
	return err_set(err, ERR_DATA, "%s is %s, %s was %s: -f picks one",
		       name, form_name(form), l->input[0].name,
		       form_name(l->input[0].form));
}

struct ledger_output *ledger_add_output(struct ledger *l, const char *name,
					enum form form)
{
	l->output = alloc_grow(l->output, &l->cap_outputs, l->outputs + 1,
			       sizeof(*l->output));
	l->output[l->outputs] = (struct ledger_output){
		.name = io_show(name), .form = form };
	return &l->output[l->outputs++];
}

int ledger_check(const struct ledger *l, struct err *err)
{
	if (l->lines != l->data_lines + l->blank + l->comments + l->rejected)
		return err_set(err, ERR_INTERNAL,
			       "the ledger of lines does not add up");
	if (l->points_in != l->points_out + l->folded + l->dropped_selector +
	    l->dropped_range + l->dropped_thinned + l->dropped_box +
	    l->dropped_repeats + l->dropped_types + l->deletions +
	    l->encrypted)
		return err_set(err, ERR_INTERNAL,
			       "the ledger of points does not add up");
	return 0;
}

void ledger_print(const struct ledger *l, struct buf *out)
{
	const struct {
		const char *name;
		uint64_t value;
	} row[] = {
		{ "lines", l->lines }, { "data_lines", l->data_lines },
		{ "blank", l->blank }, { "comments", l->comments },
		{ "rejected", l->rejected }, { "points_in", l->points_in },
		{ "points_out", l->points_out }, { "folded", l->folded },
		{ "dropped by selector", l->dropped_selector },
		{ "dropped by range", l->dropped_range },
		{ "dropped by thinning", l->dropped_thinned },
		{ "dropped by box", l->dropped_box },
		{ "dropped as repeats", l->dropped_repeats },
		{ "dropped by type", l->dropped_types },
		{ "deletion markers", l->deletions },
		{ "encrypted blocks skipped", l->encrypted },
		{ "series", l->series },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		buf_addf(out, "%-25s %12llu\n", row[i].name,
			 (unsigned long long)row[i].value);
	if (l->has_range)
		buf_addf(out, "%-25s %lld\n%-25s %lld\n", "first",
			 (long long)l->first, "last", (long long)l->last);
}

static void add_number(struct buf *out, const char *name, uint64_t value)
{
	buf_addf(out, ",\"%s\":%llu", name, (unsigned long long)value);
}

static void add_files(const struct ledger *l, struct buf *out)
{
	buf_add_string(out, ",\"inputs\":[");
	for (size_t i = 0; i < l->inputs; i++) {
		buf_add_string(out, i ? ",{\"name\":" : "{\"name\":");
		json_add_string(out, l->input[i].name,
				strlen(l->input[i].name));
		buf_addf(out, ",\"form\":\"%s\"",
			 form_name(l->input[i].form));
		add_number(out, "bytes", l->input[i].bytes);
		add_number(out, "lines", l->input[i].lines);
		buf_add_byte(out, '}');
	}
	buf_add_string(out, "],\"outputs\":[");
	for (size_t i = 0; i < l->outputs; i++) {
		const struct ledger_output *o = &l->output[i];

		buf_add_string(out, i ? ",{\"name\":" : "{\"name\":");
		json_add_string(out, o->name, strlen(o->name));
		buf_addf(out, ",\"form\":\"%s\"", form_name(o->form));
		add_number(out, "bytes", o->bytes);
		buf_addf(out, ",\"sha256\":\"%s\",\"digest\":\"%s\"}",
			 o->sha256, o->digest);
	}
	buf_add_byte(out, ']');
}

void ledger_print_json(const struct ledger *l, const char *tool,
		       const char *version, double seconds, struct buf *out)
{
	buf_addf(out, "{\"schema\":\"gtstools.ledger/1\",\"tool\":\"%s\","
		 "\"version\":\"%s\"", tool, version);
	add_files(l, out);
	add_number(out, "lines", l->lines);
	add_number(out, "data_lines", l->data_lines);
	add_number(out, "blank", l->blank);
	add_number(out, "comments", l->comments);
	add_number(out, "rejected", l->rejected);
	add_number(out, "points_in", l->points_in);
	add_number(out, "points_out", l->points_out);
	add_number(out, "folded", l->folded);
	buf_addf(out, ",\"dropped\":{\"selector\":%llu",
		 (unsigned long long)l->dropped_selector);
	add_number(out, "range", l->dropped_range);
	add_number(out, "thinned", l->dropped_thinned);
	add_number(out, "box", l->dropped_box);
	add_number(out, "repeats", l->dropped_repeats);
	add_number(out, "types", l->dropped_types);
	add_number(out, "deletions", l->deletions);
	add_number(out, "encrypted", l->encrypted);
	buf_add_byte(out, '}');
	add_number(out, "series", l->series);
	if (l->has_range)
		buf_addf(out, ",\"first\":%lld,\"last\":%lld",
			 (long long)l->first, (long long)l->last);
	else
		buf_add_string(out, ",\"first\":null,\"last\":null");
	buf_addf(out, ",\"seconds\":%.3f}\n", seconds);
}
