/* ids.tsv: class, labels and series ids, and the keyed hash. */
#include "codec/hash.h"
#include "codec/names.h"
#include "vectors/vec.h"

static void check_id(struct vec *v)
{
	struct series s = { 0 };
	struct series_names n = { 0 };
	struct buf text = { 0 };
	struct err err = { 0 };
	const uint8_t *ck, *lk;
	uint64_t class_id, labels_id;
	size_t column;

	vec_hex(v->column[1]);
	vec_hex(v->column[2]);
	ck = (const uint8_t *)v->column[1];
	lk = (const uint8_t *)v->column[2];
	if (strcmp(v->column[3], "\\e"))
		buf_add_string(&text, v->column[3]);
	buf_add_string(&text, v->column[4]);
	names_parse(&s, (char *)text.data, text.len, &column, &err);
	series_names_parse(&n, &s);
	class_id = hash_class_id(ck, n.class);
	labels_id = hash_labels_id(lk, n.labels, n.nlabels);
	if (class_id != strtoull(v->column[5], NULL, 16) ||
	    labels_id != strtoull(v->column[6], NULL, 16) ||
	    hash_gts_id(ck, class_id, labels_id) !=
	    strtoull(v->column[8], NULL, 16))
		vec_fail(v, "got %016llx %016llx",
			 (unsigned long long)class_id,
			 (unsigned long long)labels_id);
	else
		vec_pass(v);
	series_release(&s);
	series_names_release(&n);
	buf_release(&text);
}

static void check_sip(struct vec *v)
{
	const uint8_t *key = (const uint8_t *)v->column[1];
	size_t n;

	vec_hex(v->column[1]);
	n = vec_hex(v->column[2]);
	if (hash_sip(key, v->column[2], n) !=
	    strtoull(v->column[3], NULL, 16) ||
	    hash_sip_palindromic(key, v->column[2], n) !=
	    strtoull(v->column[4], NULL, 16))
		vec_fail(v, "another hash");
	else
		vec_pass(v);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		if (strcmp(v.column[0], "id") == 0)
			check_id(&v);
		else
			check_sip(&v);
	}
	return vec_done(&v);
}
