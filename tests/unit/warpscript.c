/* Scripts that are hostile, and what an .info says. */
#include "codec/warpscript.h"
#include "unit/tap.h"

static void refuse(const char *what, const char *text, size_t n)
{
	struct warp_value stack = { 0 };
	struct err err = { 0 };
	size_t line;

	tap_ok(warp_read(&stack, text, n, &line, &err) < 0 &&
	       err.status == ERR_DATA && line >= 1, "refused: %s", what);
	warp_release(&stack);
}

/* Containers in each other: n opened, n - 1 put into the one below. */
static void refuse_nested(void)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < 100000; i++)
		buf_add_string(&b, "[] ");
	for (size_t i = 1; i < 100000; i++)
		buf_add_string(&b, "+! ");
	refuse("100,000 lists in each other", (char *)b.data, b.len);
	buf_release(&b);
}

int main(void)
{
	static const char *const bad[] = {
		"+!", "1 2 +!", "]", "}", "{ 1 }", "{ 1 2 1 3 }",
		"'a", "'%G0'", "PUT", "{} 1 PUT", "[] 1 5 PUT", "1 UNWRAP",
		"'*' OPB64->", "'x' HEX->", "'1e99999999999' ->BD", "NaN ->BD",
		"99999999999999999999", "<% 1 %>", "$x", "@x", "*/", "DROP",
		"[] DUP", "1 <'", "1 COUNTERSET", "{} [] +! [] PUT NOPE",
	};
	struct warp_value stack = { 0 };
	struct err err = { 0 };
	size_t line;
	static const char info[] = "[] 'a.hfile' +! {} 3 'gts' PUT 'x%20y' "
		"'tags' PUT +! \n";

	static const char lines[] = "<'\n\245\nb\n'>\n";

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuse(bad[i], bad[i], strlen(bad[i]));
	refuse_nested();
	tap_ok(warp_read(&stack, info, sizeof(info) - 1, &line, &err) == 0 &&
	       stack.n == 1 && stack.item[0].n == 2, "an .info is read");
	tap_ok(warp_find(&stack.item[0].item[1], "gts") &&
	       warp_find(&stack.item[0].item[1], "gts")->number == 3 &&
	       !warp_find(&stack.item[0].item[1], "none"), "and found in");
	warp_release(&stack);
	tap_ok(warp_read(&stack, lines, sizeof(lines) - 1, &line, &err) == 0 &&
	       stack.n == 1 && stack.item[0].text.len == 5 &&
	       memcmp(stack.item[0].text.data, "\357\277\275\nb", 5) == 0,
	       "malformed UTF-8 in a string of lines is replaced");
	warp_release(&stack);
	return tap_done();
}
