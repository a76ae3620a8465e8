/* Chains of credentials against recorded answers; flag p: --profile. */
#include "store/credentials.h"
#include "vec.h"
#include "world.h"

enum { NAME, FLAGS, ENV, FILES, TRAFFIC, RESULT };

static void find(const struct settings_world *world, bool explicit,
		 struct buf *out)
{
	struct settings_options opt = { 0 };
	struct settings s = { 0 };
	struct credentials_chain chain = { .settings = &s,
					   .explicit = explicit };
	const struct credentials *c;
	struct err err = { 0 };
	bool bad = settings_load(&s, world, &opt, &err) != 0;

	if (!bad)
		chain.region = settings_region(&s, NULL);
	if (bad || credentials_get(&chain, 0, false, &c, &err))
		buf_add_string(out, "error");
	else
		buf_addf(out, "ok %s %s %s %lld", c->id, c->secret,
			 c->token ? c->token : "-", (long long)c->expires);
	credentials_chain_release(&chain);
	settings_release(&s);
}

static const char *reason(const char *flags)
{
	return strcmp(flags, "sso") == 0 ?
		"browser sign-in is left to credential_process" :
		strcmp(flags, "fips") == 0 ? "no FIPS endpoints" :
		strcmp(flags, "override") == 0 ?
		"the endpoint is not set from code" : NULL;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		char **c = v.column;
		struct world w = { .env = c[ENV], .files = c[FILES],
				   .traffic = c[TRAFFIC] };
		const struct settings_world world = {
			world_env, world_file, world_file, world_fetch, &w
		};
		struct buf out = { 0 };

		if (reason(c[FLAGS])) {
			vec_skip(&v, reason(c[FLAGS]));
			continue;
		}
		for (int k = ENV; k <= RESULT; k++)
			vec_bytes(c[k]);
		find(&world, vec_has_flag(c[FLAGS], 'p'), &out);
		if (vec_is(&v, c[NAME], out.data, out.len, c[RESULT],
			   strlen(c[RESULT]))) {
			if (strcmp(c[RESULT], "error") && w.wrong)
				vec_fail(&v, "%s: %s", c[NAME], w.wrong);
			else if (*w.traffic)
				vec_fail(&v, "%s: not all was asked for",
					 c[NAME]);
			else
				vec_pass(&v);
		}
		buf_release(&out);
	}
	return vec_done(&v);
}
