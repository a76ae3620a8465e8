#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connect.h"
#include "convert.h"
#include "hfile/format.h"
#include "key-file.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/tmp.h"

static int set_form(enum form *form, const char *name, char letter,
		    struct err *err)
{
	if (!name)
		return 0;
	*form = form_find(name);
	if (*form == FORM_UNKNOWN)
		return err_set(err, ERR_USAGE, "-%c takes a form (" FORM_NAMES
			       "), not '%s'; --force overwrites", letter,
			       name);
	return 0;
}

/* Which of the words, separated by blanks, an option says; -1. */
static int word(const struct opt_parsed *p, const char *name,
		const char *words, int standard, struct err *err)
{
	const char *v = opt_value(p, name), *at = words;
	size_t n = v ? strlen(v) : 0;

	if (!v)
		return standard;
	for (int i = 0; *at; i++) {
		size_t k = strcspn(at, " ");

		if (k == n && memcmp(at, v, n) == 0)
			return i;
		at += k + (at[k] == ' ');
	}
	return err_set(err, ERR_USAGE, "--%s takes one of %s, not '%s'", name,
		       words, v);
}

static int set_words(struct convert *c, const struct opt_parsed *p,
		     struct err *err)
{
	int prefer = word(p, "prefer", "last first error newest oldest", 0,
			  err);
	int keep = word(p, "attributes", "keep drop", 0, err);
	int preset = word(p, "preset", "hot fast dense max",
			  FORMAT_PRESET_DENSE - FORMAT_PRESET_HOT, err);
	int when = opt_value(p, "progress") && !*opt_value(p, "progress") ?
		PROGRESS_ALWAYS : word(p, "progress", "auto always never",
				       PROGRESS_AUTO, err);
	const char *errors = opt_value(p, "max-errors");
	char *end;

	if (prefer < 0 || keep < 0 || preset < 0 || when < 0)
		return -1;
	c->by = prefer == 3 ? BY_NEWEST : prefer == 4 ? BY_OLDEST : BY_ORDER;
	c->prefer = c->by ? FOLD_LAST : (enum fold_prefer)prefer;
	c->preset = FORMAT_PRESET_HOT + preset;
	c->preset_given = opt_value(p, "preset");
	c->progress = c->quiet ? PROGRESS_NEVER : (enum progress_when)when;
	c->codec.attributes = keep ? FORM_ATTRIBUTES_DROP :
		FORM_ATTRIBUTES_SET;
	c->codec.check_first = errors != NULL;
	if (opt_value(p, "newest-first") && opt_value(p, "keep-order"))
		return err_set(err, ERR_USAGE, "--newest-first and "
			       "--keep-order contradict each other");
	c->order = opt_value(p, "newest-first") ? CONVERT_NEWEST :
		opt_value(p, "keep-order") ? CONVERT_KEEP : CONVERT_CANONICAL;
	if (!errors)
		return 0;
	c->max_errors = strtoull(errors, &end, 10);
	if (strcmp(errors, "all") == 0)
		c->max_errors = UINT64_MAX;
	else if (*errors < '0' || *errors > '9' || *end)
		return err_set(err, ERR_USAGE,
			       "--max-errors takes a number or all");
	return 0;
}

static int set_resources(struct convert *c, const struct opt_parsed *p,
			 struct err *err)
{
	const char *memory = opt_value(p, "memory");
	const char *threads = opt_value(p, "threads");
	char *end;

	c->sort.tmpdir = tmp_dir(opt_value(p, "tmpdir"));
	c->sort.memory = 256 << 20;
	if (memory && opt_size(memory, &c->sort.memory, err))
		return -1;
	if (c->sort.memory < SORT_MEMORY_LEAST)
		return err_set(err, ERR_USAGE, "-m: the least memory is %dM",
			       SORT_MEMORY_LEAST >> 20);
	/* from 64 MiB on there is some to spare, 32 MiB by default */
	if (c->sort.memory > 64 << 20)
		alloc_keep((c->sort.memory - (64 << 20)) / 6);
	c->threads = threads ? strtol(threads, &end, 10) :
		pool_default(c->sort.memory);
	if (threads && (c->threads < 1 || *end))
		return err_set(err, ERR_USAGE, "-@ takes a number from 1, not"
			       " '%s'", threads);
	return 0;
}

int convert_set(struct convert *c, const struct opt_parsed *p,
		struct err *err)
{
	const char *split = opt_value(p, "split-by");
	const char *key = opt_value(p, "key-file");

	c->output = store_output(opt_value(p, "output"));
	c->rejects = opt_value(p, "rejects");
	c->report = opt_value(p, "report");
	c->part = opt_value(p, "part");
	c->force = opt_value(p, "force");
	c->quiet = opt_value(p, "quiet");
	c->verbose = opt_value(p, "verbose");
	c->json = opt_value(p, "json");
	c->dry_run = opt_value(p, "dry-run");
	c->strict = opt_value(p, "strict");
	c->fail_empty = opt_value(p, "fail-empty");
	c->companions.none = opt_value(p, "no-companions") ||
		store_is_write_only(c->output);
	c->companions.gzip = opt_value(p, "gzip-companions");
	c->companions.prefix = opt_value(p, "companions");
	c->codec.crlf = opt_value(p, "crlf");
	c->codec.skip_encrypted = opt_value(p, "skip-encrypted");
	if (operands_expand(&c->operands, p->operand, p->noperands,
			    opt_value(p, "null"), err) ||
	    set_form(&c->from, opt_value(p, "from"), 'f', err) ||
	    set_form(&c->to, opt_value(p, "to"), 't', err) ||
	    (split && split_parse(&c->split, split, err)) ||
	    convert_set_range(c, p, err) || convert_set_names(c, p, err) ||
	    connect_store(p, err) ||
	    set_words(c, p, err) || set_resources(c, p, err) ||
	    (key && key_file_read(&c->key, key, err)))
		return -1;
	c->codec.key = key ? c->key.data : NULL;
	c->codec.nkey = c->key.len;
	c->inputs.name = c->operands.name;
	c->inputs.n = c->operands.n;
	inputs_measure(&c->inputs);
	return 0;
}
