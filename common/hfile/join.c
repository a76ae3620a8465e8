#include "hfile/join.h"

#include <stdlib.h>

#include "hfile/directory.h"
#include "hfile/join-state.h"
#include "util/alloc.h"

struct reader *join_reader(struct join *m, size_t i, struct err *err)
{
	struct io_blob *b;

	if (m->reader && m->reading == i)
		return m->reader;
	reader_free(m->reader);
	m->reader = NULL;
	m->reading = i;
	b = m->opt.open(m->opt.arg, i, err);
	if (!b)
		return NULL;
	m->reader = reader_open(b, err);
	if (m->reader)
		reader_set_memory(m->reader, (size_t)m->opt.memory / 4);
	if (m->reader && m->input[i].tail &&
	    m->input[i].tail != reader_tail(m->reader)->digest) {
		err_set(err, ERR_CHANGED, "%s: changed while it was read",
			reader_name(m->reader));
		reader_free(m->reader);
		m->reader = NULL;
	}
	return m->reader;
}

void join_add_page(struct join *m, const struct index_page *page)
{
	m->page = alloc_grow(m->page, &m->cap_page, m->npage + 1,
			     sizeof(*m->page));
	m->page[m->npage++] = *page;
}

void join_add_segment(struct join *m, const struct index_segment *s)
{
	m->segment = alloc_grow(m->segment, &m->cap_segment,
				m->nsegment + 1, sizeof(*m->segment));
	m->segment[m->nsegment++] = *s;
}

void join_keep_defs(struct join *m, const struct index_def *def, size_t n,
		    uint64_t moved)
{
	m->def = alloc_zero(n + 1, sizeof(*m->def));
	for (; m->ndef < n; m->ndef++) {
		struct index_def *d = &m->def[m->ndef];

		*d = def[m->ndef];
		d->ref.offset += moved;
		d->key = (struct buf){ 0 };
		buf_add(&d->key, def[m->ndef].key.data, def[m->ndef].key.len);
	}
}

struct join *join_open(size_t n, const struct join_options *opt,
			 struct err *err)
{
	struct join *m = alloc_zero(1, sizeof(*m));

	m->opt = *opt;
	m->n = n;
	m->input = alloc_zero(n + 1, sizeof(*m->input));
	m->entries = entries_new((size_t)opt->memory / 4, opt->tmpdir);
	m->names = entries_new((size_t)opt->memory / 16, opt->tmpdir);
	if (join_plan(m, err)) {
		join_free(m);
		return NULL;
	}
	m->opt.writer.units = m->counts.units;
	if (m->opt.writer.preset == FORMAT_PRESET_MIXED)
		m->opt.writer.preset = FORMAT_PRESET_DENSE;
	return m;
}

const struct join_counts *join_counts(const struct join *m)
{
	return &m->counts;
}

void join_free(struct join *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++) {
		free(m->input[i].page);
		free(m->input[i].number);
		free(m->input[i].recode);
		free(m->input[i].segment);
	}
	free(m->input);
	free(m->page);
	free(m->segment);
	for (size_t i = 0; i < m->ndef; i++)
		buf_release(&m->def[i].key);
	free(m->def);
	entries_free(m->entries);
	entries_free(m->names);
	reader_free(m->reader);
	hash_stream_free(m->segment_hash);
	hash_stream_free(m->out.hash);
	io_writer_free(m->to);
	free(m);
}

int join_write(struct join *m, struct io_writer *to, struct err *err)
{
	uint8_t h[FORMAT_HEADER_SIZE];

	m->to = to;
	m->out.to = to;
	m->out.hash = hash_stream_new();
	m->segment_hash = hash_stream_new();
	format_put_header(h, &(struct format_header){ m->counts.units });
	entries_begin(m->entries);
	if (block_write_bytes(&m->out, h, sizeof(h), err) ||
	    join_copy(m, err) || join_recode(m, err))
		return -1;
	m->counts.points_out = m->counts.points_in - m->counts.folded;
	return 0;
}

/* All chunks of the output, series by series, into the directory. */
static int fill_directory(struct join *m, struct directory *d,
			  struct index_root *root, struct err *err)
{
	struct entry e, name = { 0 };
	int more = entries_rewind(m->entries, err) ||
		entries_rewind(m->names, err) ? -1 : 1;

	while (more > 0 && (more = entries_next(m->entries, &e, err)) > 0) {
		if (e.list < m->n) {
			const struct join_input *in = &m->input[e.list];

			if (in->recode[e.chunk.page])
				continue;
			e.chunk.ref = in->page[e.chunk.page].ref;
			e.chunk.page = in->number[e.chunk.page];
		}
		if (!name.series || series_compare(name.series, e.series)) {
			if (entries_next(m->names, &name, err) <= 0 ||
			    series_compare(name.series, e.series))
				return err_set(err, ERR_INTERNAL,
					       "series were lost");
			directory_add_series(d, name.series);
			root->series++;
		}
		e.chunk.series = root->series - 1;
		directory_add(d, &e.chunk);
		root->chunks++;
	}
	return more;
}

static void fill_root(const struct join *m, struct index_root *root)
{
	const struct writer_options *w = &m->opt.writer;

	root->preset = m->counts.chunks_recoded == 0 ||
		m->preset == w->preset ? m->preset : FORMAT_PRESET_MIXED;
	if (m->counts.chunks_copied == 0)
		root->preset = w->preset;
	root->points = m->counts.points_out;
	root->first = m->counts.first;
	root->last = m->counts.last;
	root->tag = alloc_zero(w->ntag + 1, sizeof(*root->tag));
	for (; root->ntag < w->ntag; root->ntag++)
		root->tag[root->ntag] = w->tag[root->ntag];
	root->attribute = alloc_zero(w->nattribute + 1,
				     sizeof(*root->attribute));
	for (; root->nattribute < w->nattribute; root->nattribute++)
		root->attribute[root->nattribute] =
			w->attribute[root->nattribute];
}

int join_close(struct join *m, struct hash_128 digest, struct err *err)
{
	const struct directory_options opt = {
		.named = m->ndef == 0, .memory = (size_t)m->opt.memory / 8,
		.tmpdir = m->opt.tmpdir,
	};
	struct directory *d = directory_new(&opt);
	struct directory_lists lists = { m->page, m->npage, m->segment,
					 m->nsegment };
	struct index_root root = { .digest = digest, .def = m->def,
				   .ndef = m->ndef };
	int bad;

	m->def = NULL;
	m->ndef = 0;
	fill_root(m, &root);
	bad = fill_directory(m, d, &root, err) ||
		directory_write(d, &m->out, &root, &lists, m->counts.units,
				err) ||
		io_commit(m->to, err);
	m->counts.series = root.series;
	directory_free(d);
	index_root_release(&root);
	return bad;
}
