/* snapshot.tsv: scripts read as values. */
#include "codec/warpscript.h"
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

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		if (strcmp(v.column[0], "read"))
			vec_skip(&v, "snapshots are written by gts-wrap");
		else if (strstr(v.column[3], "GTS:") ||
			 strstr(v.column[3], "ENC:") ||
			 strstr(v.column[1], "UNWRAP") ||
			 (strstr(v.column[1], "->BD") &&
			  (strstr(v.column[1], "0x") ||
			   strstr(v.column[1], "0b") ||
			   strstr(v.column[1], "64-> ->BD"))))
			vec_skip(&v, "series and encoders are compared with "
				 "gts-wrap; ->BD of 0x, 0b and bytes");
		else
			check(&v);
	}
	return vec_done(&v);
}
