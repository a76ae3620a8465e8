#include "store/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/file.h"
#include "util/alloc.h"

enum { FILE_LIMIT = 4 << 20 };

const char *settings_real_env(void *to, const char *name)
{
	(void)to;
	return getenv(name);
}

int settings_real_file(void *to, const char *path, struct buf *out,
		       struct err *err)
{
	FILE *f = fopen(path, "re");
	size_t n;

	(void)to;
	if (!f && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!f)
		return err_errno(err, ERR_IO, "%s", path);
	buf_reserve(out, FILE_LIMIT);
	n = fread(out->data + out->len, 1, FILE_LIMIT, f);
	out->len += n;
	if (ferror(f)) {
		fclose(f);
		return err_set(err, ERR_IO, "%s: cannot be read", path);
	}
	fclose(f);
	return 1;
}

int settings_real_secret(void *to, const char *path, struct buf *out,
			 struct err *err)
{
	struct io_reader *r = file_secret(path, err);
	ptrdiff_t n;

	(void)to;
	if (!r)
		return -1;
	buf_reserve(out, FILE_LIMIT);
	n = io_read_full(r, out->data + out->len, FILE_LIMIT, err);
	out->len += n > 0 ? (size_t)n : 0;
	io_reader_free(r);
	return n < 0 ? -1 : 1;
}

const char *settings_env(const struct settings *s, const char *name)
{
	const char *v = s->world.env(s->world.to, name);

	for (const char *p = v; p && *p; p++)
		if (!isspace((unsigned char)*p))
			return v;
	return NULL;
}

static void add_path(const struct settings *s, const char *given,
		     const char *usual, struct buf *out)
{
	const char *home = settings_env(s, "HOME");

	if (!given)
		buf_addf(out, "%s/.aws/%s", home ? home : "", usual);
	else if (given[0] == '~' && given[1] == '/')
		buf_addf(out, "%s%s", home ? home : "", given + 1);
	else
		buf_add_string(out, given);
}

void settings_paths(const struct settings *s, struct buf *config,
		    struct buf *credentials)
{
	add_path(s, settings_env(s, "AWS_CONFIG_FILE"), "config", config);
	add_path(s, settings_env(s, "AWS_SHARED_CREDENTIALS_FILE"),
		 "credentials", credentials);
}

static int add_file(struct settings *s, struct buf *path, bool credentials,
		    bool must, struct err *err)
{
	struct buf text = { 0 };
	/* What the user names is ours alone; the AWS tools look at none. */
	int r = (must ? s->world.secret : s->world.file)
		(s->world.to, buf_text(path), &text, err);

	if (r == 0 && must)
		r = err_set(err, ERR_IO, "%s: is not there", buf_text(path));
	else if (r == 1)
		r = profiles_add(&s->profiles, (char *)text.data, text.len,
				 credentials, buf_text(path), err);
	if (text.len)
		explicit_bzero(text.data, text.len);
	buf_release(&text);
	return r < 0 ? -1 : 0;
}

static void choose_profile(struct settings *s, const char *given)
{
	const char *name = given;

	if (!name || !*name)
		name = settings_env(s, "AWS_PROFILE");
	if (!name)
		name = settings_env(s, "AWS_DEFAULT_PROFILE");
	s->chosen = name != NULL;
	s->profile = alloc_string(name ? name : "default");
}

int settings_load(struct settings *s, const struct settings_world *w,
		  const struct settings_options *opt, struct err *err)
{
	struct buf config = { 0 }, credentials = { 0 };
	int r;

	s->world = *w;
	choose_profile(s, opt->profile);
	settings_paths(s, &config, &credentials);
	if (opt->credentials_file) {
		buf_reset(&credentials);
		buf_add_string(&credentials, opt->credentials_file);
	}
	r = add_file(s, &config, false, false, err);
	if (r == 0)
		r = add_file(s, &credentials, true, opt->credentials_file,
			     err);
	if (r == 0 && s->chosen &&
	    !profiles_has(&s->profiles, PROFILE, s->profile))
		r = err_set(err, ERR_USAGE, "profile %s is neither in %s nor "
			    "in %s", s->profile, buf_text(&config),
			    buf_text(&credentials));
	buf_release(&config);
	buf_release(&credentials);
	return r;
}

void settings_release(struct settings *s)
{
	profiles_release(&s->profiles);
	free(s->profile);
	*s = (struct settings){ 0 };
}

const char *settings_get(const struct settings *s, const char *key)
{
	const char *v = profiles_get(&s->profiles, PROFILE, s->profile, key);

	return v && *v ? v : NULL;
}

const char *settings_region(const struct settings *s, const char *given)
{
	const char *v = given;

	if (!v)
		v = settings_env(s, "AWS_REGION");
	if (!v)
		v = settings_env(s, "AWS_DEFAULT_REGION");
	if (!v)
		v = settings_get(s, "region");
	return v ? v : "us-east-1";
}

static bool is_true(const char *v)
{
	return v && strcasecmp(v, "true") == 0;
}

static bool add_if(struct buf *out, const char *v)
{
	if (v)
		buf_add_string(out, v);
	return v != NULL;
}

bool settings_endpoint(const struct settings *s, const char *service,
		       struct buf *out)
{
	const char *services = settings_get(s, "services");
	char name[48], upper[16];
	size_t i = 0;

	if (is_true(settings_env(s, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) ||
	    is_true(settings_get(s, "ignore_configured_endpoint_urls")))
		return false;
	for (; service[i] && i < sizeof(upper) - 1; i++)
		upper[i] = (char)toupper((unsigned char)service[i]);
	upper[i] = '\0';
	snprintf(name, sizeof(name), "AWS_ENDPOINT_URL_%s", upper);
	if (add_if(out, settings_env(s, name)) ||
	    add_if(out, settings_env(s, "AWS_ENDPOINT_URL")))
		return true;
	if (services && profiles_nested(&s->profiles, PROFILE_SERVICES,
					services, service, "endpoint_url",
					out))
		return true;
	return add_if(out, settings_get(s, "endpoint_url"));
}

bool settings_s3(const struct settings *s, const char *key, struct buf *out)
{
	return profiles_nested(&s->profiles, PROFILE, s->profile, "s3", key,
			       out);
}
