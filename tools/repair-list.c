#include "repair-list.h"

#include <string.h>

#include "codec/json.h"

void repair_told(void *arg, bool points, const char *what)
{
	struct repair_list *r = arg;
	struct buf line = { 0 };

	r->lost += points;
	if (r->quiet)
		return;
	if (r->json) {
		buf_add_string(&line, "{\"schema\":\"gtstools.repair/1\","
			       "\"file\":");
		json_add_string(&line, r->path, strlen(r->path));
		buf_addf(&line, ",\"points\":%s,\"what\":", points ? "true" :
			 "false");
		json_add_string(&line, what, strlen(what));
		buf_add_string(&line, "}\n");
	} else {
		buf_addf(&line, "%s%s\n", what, points ? "" :
			 " (no points are lost by that)");
	}
	fputs(buf_text(&line), r->to);
	buf_release(&line);
}
