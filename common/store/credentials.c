#include "store/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "codec/json.h"
#include "model/span.h"
#include "util/alloc.h"

enum { EARLY_S = 300, CHAIN = 16, ANSWER_LIMIT = 1 << 20 };

static void wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void credentials_release(struct credentials *c)
{
	wipe(c->id);
	wipe(c->secret);
	wipe(c->token);
	*c = (struct credentials){ 0 };
}

void credentials_chain_release(struct credentials_chain *c)
{
	credentials_release(&c->now);
	c->known = false;
}

static void set(struct credentials *out, const char *id, const char *secret,
		const char *token)
{
	credentials_release(out);
	out->id = alloc_string(id);
	out->secret = alloc_string(secret);
	out->token = token && *token ? alloc_string(token) : NULL;
}

/* A string or word; false at anything else. */
static bool take_value(struct json *j, struct buf *out)
{
	struct err none = { 0 };
	const char *p;
	char c;
	size_t n;

	buf_reset(out);
	if (json_peek(j, &c, &none) != JSON_OK)
		return false;
	if (c == '"')
		return json_string(j, out, &none) == JSON_OK;
	if (c == '{' || c == '[')
		return json_skip(j, &none) == JSON_OK;
	if (json_word(j, &p, &n, &none) != JSON_OK)
		return false;
	buf_add(out, p, n);
	return true;
}

struct answer {
	struct buf id, secret, token, expires, code, version;
};

static void keep(struct answer *a, const char *name, const char *token_name,
		 const struct buf *value)
{
	struct buf *to = strcmp(name, "AccessKeyId") == 0 ? &a->id :
		strcmp(name, "SecretAccessKey") == 0 ? &a->secret :
		strcmp(name, token_name) == 0 ? &a->token :
		strcmp(name, "Expiration") == 0 ? &a->expires :
		strcmp(name, "Code") == 0 ? &a->code :
		strcmp(name, "Version") == 0 ? &a->version : NULL;

	if (!to)
		return;
	buf_reset(to);
	buf_add(to, value->data, value->len);
}

static bool parse_members(const struct buf *json, const char *token_name,
			  struct answer *a)
{
	struct json j = { (char *)json->data, (char *)json->data + json->len,
			  true };
	struct buf name = { 0 }, value = { 0 };
	struct err none = { 0 };
	bool good = json_expect(&j, '{', &none) == JSON_OK;
	char c = ',';

	while (good && c == ',') {
		buf_reset(&name);
		good = json_string(&j, &name, &none) == JSON_OK &&
			json_expect(&j, ':', &none) == JSON_OK &&
			take_value(&j, &value);
		if (good)
			keep(a, buf_text(&name), token_name, &value);
		good = good && json_peek(&j, &c, &none) == JSON_OK &&
			(c == ',' || c == '}') &&
			json_expect(&j, c, &none) == JSON_OK;
	}
	if (value.len)
		explicit_bzero(value.data, value.len);
	buf_release(&name);
	buf_release(&value);
	return good;
}

static int64_t instant(struct buf *text)
{
	struct err none = { 0 };
	int64_t ms;

	return text->len && span_instant(buf_text(text), 1000, 0, &ms,
					 &none) == 0 ? ms / 1000 : 0;
}

static void release_answer(struct answer *a)
{
	if (a->secret.len)
		explicit_bzero(a->secret.data, a->secret.len);
	if (a->token.len)
		explicit_bzero(a->token.data, a->token.len);
	buf_release(&a->id);
	buf_release(&a->secret);
	buf_release(&a->token);
	buf_release(&a->expires);
	buf_release(&a->code);
	buf_release(&a->version);
}

int credentials_parse(const struct buf *json, const char *token_name,
		      struct credentials *out, struct err *err)
{
	struct answer a = { 0 };
	bool process = strcmp(token_name, "SessionToken") == 0;
	int r = -1;

	if (!parse_members(json, token_name, &a))
		err_set(err, ERR_REMOTE, "the credentials are not the JSON "
			"they should be");
	else if (a.code.len && strcmp(buf_text(&a.code), "Success") != 0)
		err_set(err, ERR_REMOTE, "no credentials: %s",
			buf_text(&a.code));
	else if (process && strcmp(buf_text(&a.version), "1") != 0)
		err_set(err, ERR_REMOTE, "the credentials are not of "
			"Version 1");
	else if (!a.id.len || !a.secret.len)
		err_set(err, ERR_REMOTE, "AccessKeyId or SecretAccessKey is "
			"missing");
	else
		r = 0;
	if (r == 0) {
		set(out, buf_text(&a.id), buf_text(&a.secret),
		    buf_text(&a.token));
		out->expires = instant(&a.expires);
	}
	release_answer(&a);
	return r;
}

/* credential_process: the shell runs it, standard error passes. */
static int from_process(const char *command, struct credentials *out,
			struct err *err)
{
	FILE *f = popen(command, "re");
	struct buf text = { 0 };
	int status, r;

	if (!f)
		return err_errno(err, ERR_IO, "credential_process");
	buf_reserve(&text, ANSWER_LIMIT);
	text.len = fread(text.data, 1, ANSWER_LIMIT, f);
	status = pclose(f);
	if (status)
		r = err_set(err, ERR_REMOTE, "credential_process ended with "
			    "status %d", WIFEXITED(status) ?
			    WEXITSTATUS(status) : 128 + WTERMSIG(status));
	else if (credentials_parse(&text, "SessionToken", out, err))
		r = err_at(err, "credential_process");
	else
		r = 1;
	explicit_bzero(text.data, text.len);
	buf_release(&text);
	return r;
}

static int from_environment(const struct settings *s,
			    struct credentials *out)
{
	const char *id = settings_env(s, "AWS_ACCESS_KEY_ID");
	const char *secret = settings_env(s, "AWS_SECRET_ACCESS_KEY");

	if (!id || !secret)
		return 0;
	set(out, id, secret, settings_env(s, "AWS_SESSION_TOKEN"));
	return 1;
}

/* A profile on the way to credentials. */
struct step {
	const struct settings *s;
	const char *region;
	const char *visited[CHAIN];
	size_t n;
};

static const char *get(const struct step *t, const char *profile,
		       const char *key)
{
	const char *v = profiles_get(&t->s->profiles, PROFILE, profile, key);

	return v && *v ? v : NULL;
}

static bool has_keys(const struct step *t, const char *profile)
{
	return get(t, profile, "aws_access_key_id") ||
		get(t, profile, "aws_secret_access_key");
}

static int static_keys(const struct step *t, const char *profile,
		       struct credentials *out, struct err *err)
{
	const char *id = get(t, profile, "aws_access_key_id");
	const char *secret = get(t, profile, "aws_secret_access_key");

	if (!id || !secret)
		return err_set(err, ERR_REMOTE, "profile %s has no %s",
			       profile, id ? "aws_secret_access_key" :
			       "aws_access_key_id");
	set(out, id, secret, get(t, profile, "aws_session_token"));
	return 1;
}

static int from_source(const struct step *t, const char *source,
		       struct credentials *out, struct err *err)
{
	int r;

	if (strcmp(source, "Environment") == 0)
		r = from_environment(t->s, out);
	else if (strcmp(source, "EcsContainer") == 0)
		r = credentials_container(t->s, out, err);
	else if (strcmp(source, "Ec2InstanceMetadata") == 0)
		r = credentials_instance(t->s, out, err);
	else
		return err_set(err, ERR_USAGE, "credential_source %s is not "
			       "known", source);
	return r ? r : err_set(err, ERR_REMOTE, "credential_source %s has no "
			       "credentials", source);
}

static int from_profile(struct step *t, const char *profile,
			struct credentials *out, struct err *err);

/* The credentials with which the role of a profile is asked for. */
static int base_of(struct step *t, const char *profile,
		   struct credentials *out, struct err *err)
{
	const char *from = get(t, profile, "source_profile");
	const char *source = get(t, profile, "credential_source");
	int r;

	if (from && source)
		return err_set(err, ERR_USAGE, "profile %s has both "
			       "source_profile and credential_source",
			       profile);
	if (source)
		return from_source(t, source, out, err);
	if (!from)
		return err_set(err, ERR_USAGE, "profile %s has role_arn and "
			       "neither source_profile nor "
			       "credential_source", profile);
	if (!profiles_has(&t->s->profiles, PROFILE, from))
		return err_set(err, ERR_USAGE, "source_profile %s of profile "
			       "%s is not there", from, profile);
	if (strcmp(from, profile) == 0)
		return static_keys(t, from, out, err);
	r = from_profile(t, from, out, err);
	return r ? r : err_set(err, ERR_REMOTE, "profile %s has no "
			       "credentials", from);
}

static int from_role(struct step *t, const char *profile,
		     struct credentials *out, struct err *err)
{
	struct credentials_role role = {
		.arn = get(t, profile, "role_arn"),
		.session = get(t, profile, "role_session_name"),
		.external_id = get(t, profile, "external_id"),
		.duration = get(t, profile, "duration_seconds"),
		.token_file = get(t, profile, "web_identity_token_file"),
	};
	struct credentials base = { 0 };
	int r = 1;

	if (!role.arn)
		return err_set(err, ERR_USAGE, "profile %s has "
			       "web_identity_token_file and no role_arn",
			       profile);
	if (!role.token_file)
		r = base_of(t, profile, &base, err);
	if (r == 1)
		r = credentials_assume(t->s, t->region, &role,
				       role.token_file ? NULL : &base, out,
				       err) ? -1 : 1;
	credentials_release(&base);
	return r;
}

static bool wants_role(const struct step *t, const char *profile)
{
	return get(t, profile, "web_identity_token_file") ||
		(get(t, profile, "role_arn") &&
		 (get(t, profile, "source_profile") ||
		  get(t, profile, "credential_source") ||
		  !has_keys(t, profile)));
}

static int from_profile(struct step *t, const char *profile,
			struct credentials *out, struct err *err)
{
	const char *command = get(t, profile, "credential_process");
	bool first = t->n == 0;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->visited[i], profile) == 0)
			return err_set(err, ERR_USAGE, "profile %s is its own "
				       "source", profile);
	if (t->n == CHAIN)
		return err_set(err, ERR_USAGE, "more than %d profiles in a "
			       "row", CHAIN);
	t->visited[t->n++] = profile;
	if (!first && has_keys(t, profile))
		return static_keys(t, profile, out, err);
	if (wants_role(t, profile))
		return from_role(t, profile, out, err);
	if (has_keys(t, profile))
		return static_keys(t, profile, out, err);
	if (command)
		return from_process(command, out, err);
	if (get(t, profile, "sso_session") || get(t, profile, "sso_start_url")
	    || get(t, profile, "login_session"))
		return err_set(err, ERR_REMOTE, "profile %s signs in with a "
			       "browser: put 'credential_process = aws "
			       "configure export-credentials --profile %s "
			       "--format process' into another profile",
			       profile, profile);
	return 0;
}

static int from_web_identity(const struct credentials_chain *c,
			     struct credentials *out, struct err *err)
{
	const struct settings *s = c->settings;
	struct credentials_role role = {
		.arn = settings_env(s, "AWS_ROLE_ARN"),
		.session = settings_env(s, "AWS_ROLE_SESSION_NAME"),
		.token_file = settings_env(s, "AWS_WEB_IDENTITY_TOKEN_FILE"),
	};

	if (!role.arn || !role.token_file || s->chosen)
		return 0;
	return credentials_assume(s, c->region, &role, NULL, out, err) ?
		-1 : 1;
}

static int find(const struct credentials_chain *c, struct credentials *out,
		struct err *err)
{
	const struct settings *s = c->settings;
	struct step t = { .s = s, .region = c->region };
	int r = c->explicit ? 0 : from_environment(s, out);

	if (r == 0 && !c->explicit)
		r = from_web_identity(c, out, err);
	if (r == 0)
		r = from_profile(&t, s->profile, out, err);
	if (r == 0 && !c->explicit)
		r = credentials_container(s, out, err);
	if (r == 0 && !c->explicit)
		r = credentials_instance(s, out, err);
	return r;
}

static int none_found(const struct credentials_chain *c, struct err *err)
{
	struct buf config = { 0 }, keys = { 0 };

	settings_paths(c->settings, &config, &keys);
	err_set(err, ERR_REMOTE, "no credentials: not in AWS_ACCESS_KEY_ID and "
		"AWS_SECRET_ACCESS_KEY, not in profile %s of %s or %s, not "
		"of a container or instance (--no-sign-request asks without "
		"any)", c->settings->profile, buf_text(&keys),
		buf_text(&config));
	buf_release(&config);
	buf_release(&keys);
	return -1;
}

int credentials_get(struct credentials_chain *c, int64_t now_s, bool fresh,
		    const struct credentials **out, struct err *err)
{
	struct credentials found = { 0 };
	int r;

	*out = &c->now;
	if (c->known && !fresh &&
	    (!c->now.expires || now_s + EARLY_S < c->now.expires))
		return 0;
	r = find(c, &found, err);
	if (r <= 0) {
		credentials_release(&found);
		return r ? -1 : none_found(c, err);
	}
	credentials_release(&c->now);
	c->now = found;
	c->known = true;
	return 0;
}
