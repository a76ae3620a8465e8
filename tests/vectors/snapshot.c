/* snapshot.tsv: scripts read as values, and values written. */
#include "codec/warpscript.h"
#include "vectors/rewrap.h"
#include "vectors/vec.h"

static void add_hex(struct buf *out, const char *name, const struct buf *b)
{
	buf_addf(out, "%s:", name);
	for (size_t i = 0; i < b->len; i++)
		buf_addf(out, "%02x", b->data[i]);
}

static void print(struct buf *out, const struct warp_value *v);

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The elements of a set are sorted by their text. */
static void print_set(struct buf *out, const struct warp_value *v)
{
	char **text = calloc(v->n + 1, sizeof(*text));

	for (size_t i = 0; i < v->n; i++) {
		struct buf b = { 0 };

		print(&b, &v->item[i]);
		text[i] = strdup(buf_text(&b));
		buf_release(&b);
	}
	qsort(text, v->n, sizeof(*text), compare);
	for (size_t i = 0; i < v->n; i++) {
		buf_addf(out, " %s", text[i]);
		free(text[i]);
	}
	free(text);
}

static void print(struct buf *out, const struct warp_value *v)
{
	static const char *const container[] = { "LIST", "VEC", "SET",
						 "MAP" };
	struct buf bytes;

	switch (v->kind) {
	case WARP_LONG:
		buf_addf(out, "L:%lld", (long long)v->number);
		break;
	case WARP_DOUBLE:
		buf_addf(out, "D:%016llx", (unsigned long long)v->number);
		break;
	case WARP_BOOLEAN:
		buf_addf(out, "B:%c", v->number ? 'T' : 'F');
		break;
	case WARP_STRING:
		add_hex(out, "S", &v->text);
		break;
	case WARP_BYTES:
		add_hex(out, "X", &v->text);
		break;
	case WARP_BITS:
		add_hex(out, "BITS", &v->text);
		break;
	case WARP_DECIMAL:
		buf_addf(out, "M:%.*s:%lld", (int)v->text.len,
			 (char *)v->text.data, (long long)v->scale);
		break;
	case WARP_COUNTER:
		buf_addf(out, "COUNTER:%lld", (long long)v->number);
		break;
	case WARP_MARK:
		buf_add_string(out, "MARK");
		break;
	case WARP_NULL:
		buf_add_string(out, "N");
		break;
	case WARP_SERIES:
	case WARP_ENCODER:
		bytes = (struct buf){ 0 };
		buf_add(&bytes, v->text.data, v->text.len);
		if (rewrap(&bytes, v->kind == WARP_SERIES, BLOB_NEVER))
			add_hex(out, v->kind == WARP_SERIES ? "GTS" : "ENC",
				&bytes);
		else
			buf_add_string(out, "damaged");
		buf_release(&bytes);
		break;
	default:
		buf_addf(out, "%s:%zu", container[v->kind - WARP_LIST],
			 v->kind == WARP_MAP ? v->n / 2 : v->n);
		if (v->kind == WARP_SET)
			print_set(out, v);
		for (size_t i = 0; v->kind != WARP_SET && i < v->n; i++) {
			buf_add_byte(out, ' ');
			print(out, &v->item[i]);
		}
	}
}

static void check(struct vec *v)
{
	bool error = strcmp(v->column[2], "error") == 0;
	struct warp_value stack = { 0 };
	struct buf got = { 0 };
	struct err err = { 0 };
	size_t n = vec_bytes(v->column[1]), line;

	if (warp_read(&stack, v->column[1], n, &line, &err)) {
		if (error)
			vec_pass(v);
		else
			vec_fail(v, "line %zu: %s", line, err.text);
		return;
	}
	for (size_t i = 0; i < stack.n; i++) {
		if (i)
			buf_add_byte(&got, ' ');
		print(&got, &stack.item[i]);
	}
	if (error)
		vec_fail(v, "taken: %s", buf_text(&got));
	else if ((stack.n == 0 && strcmp(v->column[3], "\\e") == 0) ||
		 vec_is(v, "stack", got.data, got.len, v->column[3],
			strlen(v->column[3])))
		vec_pass(v);
	warp_release(&stack);
	buf_release(&got);
}

/* Reads one value in the notation of the file, and what is in it. */
static void parse(struct warp_value *v, char **at)
{
	static const struct {
		const char *name;
		enum warp_kind kind;
	} kinds[] = {
		{ "N", WARP_NULL }, { "L", WARP_LONG }, { "D", WARP_DOUBLE },
		{ "M", WARP_DECIMAL }, { "B", WARP_BOOLEAN },
		{ "S", WARP_STRING }, { "X", WARP_BYTES },
		{ "BITS", WARP_BITS }, { "COUNTER", WARP_COUNTER },
		{ "MARK", WARP_MARK }, { "LIST", WARP_LIST },
		{ "VEC", WARP_VECTOR }, { "SET", WARP_SET },
		{ "MAP", WARP_MAP }, { "GTS", WARP_SERIES },
		{ "ENC", WARP_ENCODER },
	};
	char *word = strsep(at, " "), *rest = strchr(word, ':'), *scale;
	size_t k = 0;

	if (rest)
		*rest++ = '\0';
	while (strcmp(kinds[k].name, word))
		k++;
	v->kind = kinds[k].kind;
	switch (v->kind) {
	case WARP_LONG:
	case WARP_COUNTER:
		v->number = strtoll(rest, NULL, 10);
		break;
	case WARP_DOUBLE:
		v->number = (int64_t)strtoull(rest, NULL, 16);
		break;
	case WARP_BOOLEAN:
		v->number = *rest == 'T';
		break;
	case WARP_DECIMAL:
		scale = strchr(rest, ':');
		v->scale = strtoll(scale + 1, NULL, 10);
		buf_add(&v->text, rest, (size_t)(scale - rest));
		break;
	case WARP_LIST:
	case WARP_VECTOR:
	case WARP_SET:
	case WARP_MAP:
		v->n = strtoull(rest, NULL, 10) * (v->kind == WARP_MAP ? 2 :
						   1);
		v->item = calloc(v->n + 1, sizeof(*v->item));
		for (size_t i = 0; i < v->n; i++)
			parse(&v->item[i], at);
		break;
	default:
		if (rest)
			buf_add(&v->text, rest, vec_hex(rest));
		if (v->kind >= WARP_SERIES && rest)
			rewrap(&v->text, v->kind == WARP_SERIES, BLOB_AUTO);
	}
}

static void check_write(struct vec *v)
{
	struct warp_value value = { 0 };
	char *at = v->column[1];
	bool good = true;

	parse(&value, &at);
	for (int readable = 0; good && readable < 2; readable++) {
		struct buf got = { 0 };
		struct err err = { 0 };
		char *want = v->column[2 + readable];
		bool error = strcmp(want, "error") == 0;
		bool refused = warp_write(&got, &value, readable, &err) != 0;
		size_t n = vec_bytes(want);

		if (refused != error) {
			good = false;
			vec_fail(v, "refused: %s", err.text);
		} else if (!error) {
			good = vec_is(v, "text", got.data, got.len, want, n);
		}
		buf_release(&got);
	}
	if (good)
		vec_pass(v);
	warp_release(&value);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		if (strcmp(v.column[0], "read"))
			check_write(&v);
		else
			check(&v);
	}
	return vec_done(&v);
}
