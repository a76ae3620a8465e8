#include "overlap-draw.h"

#include <string.h>

#include "model/span.h"

enum { NAME = 24 };	/* characters of a row's name */

/* Begin and end of a long name; out is reused. */
static const char *short_name(struct buf *out, const char *name)
{
	size_t n = strlen(name), head = NAME / 2 - 2, tail = n - NAME / 2;

	buf_reset(out);
	if (n <= NAME) {
		buf_add(out, name, n);
		return buf_text(out);
	}
	/* not in the middle of a character */
	while (head && (name[head] & 0xc0) == 0x80)
		head--;
	while (tail < n && (name[tail] & 0xc0) == 0x80)
		tail++;
	buf_add(out, name, head);
	buf_add_string(out, "..");
	buf_add_string(out, name + tail);
	return buf_text(out);
}

void overlap_draw_text(struct buf *out, const struct coverage *c,
		       int64_t units)
{
	struct buf first = { 0 }, last = { 0 }, name = { 0 };
	int pad;

	for (size_t i = 0; i < c->n; i++) {
		buf_addf(out, "%-*s ", NAME, short_name(&name,
							c->row[i].name));
		for (size_t k = 0; k < c->bins; k++)
			buf_add_byte(out, c->row[i].overlap[k] ? 'x' :
				     c->row[i].points[k] ? '#' : '.');
		buf_add_byte(out, '\n');
	}
	span_print(&first, c->first, units);
	span_print(&last, c->last, units);
	pad = (int)c->bins - (int)first.len - (int)last.len;
	buf_addf(out, "%-*s %s%*s%s\n", NAME, "", buf_text(&first),
		 pad > 1 ? pad : 1, "", buf_text(&last));
	buf_release(&first);
	buf_release(&last);
	buf_release(&name);
}

enum {	/* of the picture, pixels */
	LEFT = 230, WIDE = 960, RIGHT = 76, TOP = 64, ROW = 22, BAR = 14,
	BOTTOM = 56, TICKS = 5,
};

static void add_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '&')
			buf_add_string(out, *text == '<' ? "&lt;" : "&amp;");
		else
			buf_add_byte(out, (uint8_t)*text);
	}
}

static double x_of(const struct coverage *c, size_t bin)
{
	return LEFT + (double)bin * WIDE / (double)c->bins;
}

/* Neighbours of one kind are one bar. */
static void draw_row(struct buf *out, const struct coverage *c, size_t i)
{
	const struct coverage_row *r = &c->row[i];
	int y = TOP + (int)i * ROW;
	struct buf name = { 0 };

	buf_addf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">",
		 LEFT - 8, y + BAR - 3);
	add_escaped(out, short_name(&name, r->name));
	buf_release(&name);
	buf_addf(out, "</text>\n<rect x=\"%d\" y=\"%d\" width=\"%d\" height="
		 "\"%d\" class=\"gap\"/>\n", LEFT, y, WIDE, BAR);
	for (size_t k = 0, from; k < c->bins; k++) {
		if (!r->points[k])
			continue;
		from = k;
		while (k + 1 < c->bins && r->points[k + 1] &&
		       r->overlap[k + 1] == r->overlap[from])
			k++;
		buf_addf(out, "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" "
			 "height=\"%d\" class=\"%s\"/>\n", x_of(c, from), y,
			 x_of(c, k + 1) - x_of(c, from), BAR,
			 r->overlap[from] ? "both" : "one");
	}
}

static void draw_axis(struct buf *out, const struct coverage *c,
		      int64_t units)
{
	int y = TOP + (int)c->n * ROW + 4;

	for (int i = 0; i <= TICKS; i++) {
		int x = LEFT + i * WIDE / TICKS;
		uint64_t width = (uint64_t)c->last - (uint64_t)c->first;
		struct buf text = { 0 };

		span_print(&text, (int64_t)((uint64_t)c->first +
			   width / TICKS * (uint64_t)i), units);
		/* to the second */
		if (text.len > 20 && text.data[19] == '.')
			text.len = 19;
		buf_addf(out, "<path d=\"M%d %dV%d\" class=\"axis\"/>\n"
			 "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" "
			 "class=\"tick\">%s</text>\n", x, TOP - 4, y + 4, x,
			 y + 20, buf_text(&text));
		buf_release(&text);
	}
}

void overlap_draw_svg(struct buf *out, const struct coverage *c,
		      int64_t units)
{
	int wide = LEFT + WIDE + RIGHT;
	int high = TOP + (int)c->n * ROW + BOTTOM;

	buf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		 "height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-"
		 "serif\" font-size=\"12\">\n<style>.gap{fill:#eceff3}.one{"
		 "fill:#2f6db3}.both{fill:#d9541e}.axis{stroke:#9aa3ad;"
		 "stroke-width:1}.tick{fill:#4b5563;font-size:11px}</style>\n"
		 "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		 "<text x=\"%d\" y=\"22\" font-size=\"15\">Points over time"
		 "</text>\n", wide, high, wide, high, LEFT);
	buf_addf(out, "<rect x=\"%d\" y=\"34\" width=\"12\" height=\"12\" "
		 "class=\"one\"/><text x=\"%d\" y=\"44\">one file</text>"
		 "<rect x=\"%d\" y=\"34\" width=\"12\" height=\"12\" class="
		 "\"both\"/><text x=\"%d\" y=\"44\">files overlap</text><rect "
		 "x=\"%d\" y=\"34\" width=\"12\" height=\"12\" class=\"gap\"/>"
		 "<text x=\"%d\" y=\"44\">no points</text>\n", LEFT, LEFT + 18,
		 LEFT + 100, LEFT + 118, LEFT + 220, LEFT + 238);
	draw_axis(out, c, units);
	for (size_t i = 0; i < c->n; i++)
		draw_row(out, c, i);
	buf_add_string(out, "</svg>\n");
}
