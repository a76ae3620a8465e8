#include "companions-keep.h"

#include <string.h>

#include "codec/warpscript.h"
#include "store/archive.h"
#include "store/file.h"
#include "store/store.h"
#include "util/alloc.h"

enum { COMPANION_MAX = 64 << 20 };	/* bytes */

int companions_read(const char *path, struct buf *b, struct err *err)
{
	struct io_reader *r = store_reader(path, err), *member;
	struct archive_input *a = r ? archive_input_open(r, err) : NULL;
	int k = a ? archive_input_next(a, &member, err) : -1;
	ptrdiff_t n = k;

	while (n > 0 && b->len < COMPANION_MAX) {
		buf_reserve(b, 1 << 16);
		n = io_read(member, b->data + b->len, 1 << 16, err);
		b->len += n > 0 ? (size_t)n : 0;
	}
	archive_input_free(a);
	return n < 0 ? -1 : 0;
}

/* The list [ NAME {MAP} ] of a text that has one of them; or NULL. */
static struct warp_value *only_list(struct warp_value *stack,
				    const struct buf *text)
{
	struct err none = { 0 };
	struct warp_value *list;
	size_t line;

	if (warp_read(stack, (char *)text->data, text->len, &line, &none) ||
	    stack->n != 1)
		return NULL;
	list = &stack->item[0];
	return list->kind == WARP_LIST && list->n == 2 &&
		list->item[0].kind == WARP_STRING &&
		list->item[1].kind == WARP_MAP ? list : NULL;
}

/* Swaps two values: whoever has it releases it. */
static void swap(struct warp_value *a, struct warp_value *b)
{
	struct warp_value t = *a;

	*a = *b;
	*b = t;
}

static struct warp_value *find(struct warp_value *map,
			       const struct warp_value *key)
{
	for (size_t i = 0; i + 1 < map->n; i += 2)
		if (map->item[i].kind == WARP_STRING &&
		    map->item[i].text.len == key->text.len &&
		    memcmp(map->item[i].text.data, key->text.data,
			   key->text.len) == 0)
			return &map->item[i + 1];
	return NULL;
}

static bool is_given(const struct warp_value *key)
{
	return (key->text.len == 4 &&
		memcmp(key->text.data, "tags", 4) == 0) ||
		(key->text.len == 10 &&
		 memcmp(key->text.data, "attributes", 10) == 0);
}

static void take_over(struct warp_value *to, struct warp_value *from)
{
	struct warp_value *map = &to->item[1], *old = &from->item[1];

	swap(&to->item[0], &from->item[0]);
	for (size_t i = 0; i + 1 < old->n; i += 2) {
		struct warp_value *key = &old->item[i], *value;

		if (key->kind != WARP_STRING)
			continue;
		value = find(map, key);
		if (value && is_given(key))
			swap(value, &old->item[i + 1]);
		if (value)
			continue;
		map->item = alloc_grow(map->item, &map->cap, map->n + 2,
				       sizeof(*map->item));
		map->item[map->n] = map->item[map->n + 1] =
			(struct warp_value){ 0 };
		swap(&map->item[map->n], key);
		swap(&map->item[map->n + 1], &old->item[i + 1]);
		map->n += 2;
	}
}

int companions_keep(struct buf *info, const char *old, struct err *err)
{
	struct warp_value was = { 0 }, is = { 0 };
	struct warp_value *from = NULL, *to = NULL;
	struct buf text = { 0 };
	struct err none = { 0 };
	int bad = 0;

	if (file_is_regular(old) && companions_read(old, &text, &none) == 0)
		from = only_list(&was, &text);
	to = from ? only_list(&is, info) : NULL;
	if (to) {
		take_over(to, from);
		buf_reset(info);
		bad = warp_write(info, to, false, err);
		buf_add_byte(info, '\n');
	}
	warp_release(&was);
	warp_release(&is);
	buf_release(&text);
	return bad;
}
