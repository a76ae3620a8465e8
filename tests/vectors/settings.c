/* Where the files of the AWS tools are, and which endpoint they give. */
#include "vec.h"
#include "world.h"

enum { NAME, ENV, CONFIG, GIVEN, RESULT };

static void find(struct settings *s, char **c, struct buf *out)
{
	struct buf config = { 0 }, credentials = { 0 };

	if (strncmp(c[RESULT], "paths", 5) == 0) {
		settings_paths(s, &config, &credentials);
		buf_addf(out, "paths %s %s %s", buf_text(&config),
			 buf_text(&credentials), s->profile);
	} else {
		buf_add_string(out, "endpoint ");
		if (!vec_absent(c[GIVEN]))
			buf_add_string(out, c[GIVEN]);
		else if (!settings_endpoint(s, "s3", out))
			buf_add_byte(out, '-');
	}
	buf_release(&config);
	buf_release(&credentials);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		char **c = v.column;
		struct buf out = { 0 }, files = { 0 };
		struct settings_options opt = { 0 };
		struct settings s = { 0 };
		struct err err = { 0 };
		struct world w = { .env = c[ENV] };
		struct settings_world world = { world_env, world_file,
						world_file, world_fetch,
						&w };

		vec_bytes(c[ENV]);
		vec_bytes(c[RESULT]);
		if (!vec_absent(c[CONFIG])) {
			vec_bytes(c[CONFIG]);
			buf_addf(&files, "/home/.aws/config\x1e%s",
				 c[CONFIG]);
		} else {
			buf_add_string(&files, "/home/user/.aws/config\x1e"
				       "[profile other]\n\x1d/other/path/"
				       "config\x1e[profile other]\n");
		}
		w.files = (char *)(uintptr_t)buf_text(&files);
		if (settings_load(&s, &world, &opt, &err))
			buf_add_string(&out, err.text);
		else
			find(&s, c, &out);
		if (vec_is(&v, c[NAME], out.data, out.len, c[RESULT],
			   strlen(c[RESULT])))
			vec_pass(&v);
		settings_release(&s);
		buf_release(&out);
		buf_release(&files);
	}
	return vec_done(&v);
}
