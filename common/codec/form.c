#include "codec/form.h"


static const struct {
	const char *name;
	enum form form;
} names[] = {
	{ "gts", FORM_GTS }, { "fulltext", FORM_FULLTEXT },
	{ "raw", FORM_RAW }, { "tsv", FORM_TSV }, { "fulltsv", FORM_FULLTSV },
	{ "influx", FORM_INFLUX }, { "jsonl", FORM_JSONL },
	{ "json", FORM_JSON }, { "wrapper", FORM_WRAPPER },
	{ "snapshot", FORM_SNAPSHOT }, { "hfile", FORM_HFILE },
	{ "null", FORM_NULL },
	{ "lp", FORM_INFLUX },	/* a suffix */
};

enum form form_find(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].form;
	return FORM_UNKNOWN;
}

const char *form_name(enum form form)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].form == form)
			return names[i].name;
	return "unknown";
}

const char *form_compression(const char *path)
{
	static const char *const suffix[] = { "gz", "zst", "xz", "bz2", "lz4" };
	size_t n = (size_t)io_shown(path);

	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++) {
		size_t k = strlen(suffix[i]);

		if (n > k && path[n - k - 1] == '.' &&
		    memcmp(path + n - k, suffix[i], k) == 0)
			return suffix[i];
	}
	return NULL;
}

enum form form_of_path(const char *path)
{
	const char *packed = form_compression(path);
	size_t n = (size_t)io_shown(path) - (packed ? strlen(packed) + 1 : 0);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t k = strlen(names[i].name);

		if (n > k && path[n - k - 1] == '.' &&
		    memcmp(path + n - k, names[i].name, k) == 0)
			return names[i].form;
	}
	return FORM_UNKNOWN;
}

struct form_decoder *form_decoder_new(enum form form,
				      const struct form_options *opt)
{
	switch (form) {
	case FORM_RAW:
		return raw_decoder_new(opt);
	case FORM_TSV:
	case FORM_FULLTSV:
		return tsv_decoder_new(opt);
	case FORM_INFLUX:
		return influx_decoder_new(opt);
	case FORM_JSONL:
		return jsonl_decoder_new(opt);
	case FORM_JSON:
		return json_decoder_new(opt);
	case FORM_WRAPPER:
		return wrapper_decoder_new(opt);
	case FORM_SNAPSHOT:
		return snapshot_decoder_new(opt);
	default:
		return text_decoder_new(opt);
	}
}
