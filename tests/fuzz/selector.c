/*
 * Any bytes as a selector, of both families, matched against a series whose
 * names are in it.
 */
#include "model/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct series_pair label = { { "host", 4 }, { "a,b", 3 } };
	struct series s = { 0 };
	struct series_names names = { 0 };
	struct err err = { 0 };
	struct buf text = { 0 };
	struct selector *sel = selector_new((const char *)data, size, &err);

	series_set(&s, (struct series_text){ "cpu.load", 8 }, &label, 1,
		   &err);
	series_names_parse(&names, &s);
	if (sel)
		selector_match(sel, &names, &err);
	selector_free(sel);
	sel = selector_new_fetch((const char *)data, size, &err);
	if (sel) {
		selector_print(sel, &text, &text);
		if (selector_compile(sel, &err) == 0)
			selector_match(sel, &names, &err);
	}
	selector_free(sel);
	buf_release(&text);
	series_names_release(&names);
	series_release(&s);
	return 0;
}
