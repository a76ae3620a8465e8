#include "store/s3-list.h"

#include <stdlib.h>
#include <string.h>

#include "store/xml.h"
#include "util/alloc.h"

/* A page while it is read. */
struct page {
	const struct s3_list *l;
	struct buf key, modified, etag, storage, version, upload;
	uint64_t size;
	bool latest;
	bool encoded;
	bool more;
	struct buf token, next_key, next_mark;
	int answer;		/* of the callback */
	struct err *err;
};

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes the URL encoding of a listing in place; + is a space. */
static void decode(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++) {
		int hi = i + 2 < b->len ? digit((char)b->data[i + 1]) : -1;
		int lo = i + 2 < b->len ? digit((char)b->data[i + 2]) : -1;

		if (b->data[i] == '%' && hi >= 0 && lo >= 0) {
			b->data[to++] = (uint8_t)(hi << 4 | lo);
			i += 2;
		} else {
			b->data[to++] = b->data[i] == '+' ? ' ' : b->data[i];
		}
	}
	b->len = to;
}

static void give(struct page *p, enum s3_kind kind)
{
	struct s3_entry e = { .kind = kind, .size = p->size,
			      .latest = p->latest };

	if (p->encoded)
		decode(&p->key);
	e.key = buf_text(&p->key);
	e.modified = buf_text(&p->modified);
	e.etag = buf_text(&p->etag);
	e.storage = buf_text(&p->storage);
	e.version = buf_text(&p->version);
	e.upload = buf_text(&p->upload);
	if (p->answer == 0)
		p->answer = p->l->entry(p->l->to, &e, p->err);
}

static void set(struct buf *b, const char *text, size_t n)
{
	buf_reset(b);
	buf_add(b, text, n);
}

static void forget(struct page *p)
{
	struct buf *const b[] = { &p->key, &p->modified, &p->etag,
				  &p->storage, &p->version, &p->upload };

	for (size_t i = 0; i < sizeof(b) / sizeof(b[0]); i++)
		buf_reset(b[i]);
	p->size = 0;
	p->latest = false;
}

static enum s3_kind kind_of(const char *element, bool *known)
{
	static const struct {
		const char *name;
		enum s3_kind kind;
	} element_of[] = {
		{ "Contents", S3_OBJECT }, { "CommonPrefixes", S3_FOLDER },
		{ "Version", S3_VERSION }, { "DeleteMarker", S3_DELETED },
		{ "Upload", S3_UPLOAD }, { "Bucket", S3_BUCKET },
	};

	*known = true;
	for (size_t i = 0; i < sizeof(element_of) / sizeof(element_of[0]);
	     i++)
		if (strcmp(element_of[i].name, element) == 0)
			return element_of[i].kind;
	*known = false;
	return S3_OBJECT;
}

/* Of the whole page. */
static void on_page(struct page *p, const char *leaf, const char *text,
		    size_t n)
{
	if (strcmp(leaf, "EncodingType") == 0)
		p->encoded = strcmp(text, "url") == 0;
	else if (strcmp(leaf, "IsTruncated") == 0)
		p->more = strcmp(text, "true") == 0;
	else if (strcmp(leaf, "NextContinuationToken") == 0)
		set(&p->token, text, n);
	else if (strcmp(leaf, "NextKeyMarker") == 0)
		set(&p->next_key, text, n);
	else if (strcmp(leaf, "NextVersionIdMarker") == 0 ||
		 strcmp(leaf, "NextUploadIdMarker") == 0)
		set(&p->next_mark, text, n);
}

static void on_entry(struct page *p, const char *leaf, const char *text,
		     size_t n)
{
	if (strcmp(leaf, "Key") == 0 || strcmp(leaf, "Prefix") == 0 ||
	    strcmp(leaf, "Name") == 0)
		set(&p->key, text, n);
	else if (strcmp(leaf, "Size") == 0)
		p->size = strtoull(text, NULL, 10);
	else if (strcmp(leaf, "LastModified") == 0 ||
		 strcmp(leaf, "Initiated") == 0 ||
		 strcmp(leaf, "CreationDate") == 0)
		set(&p->modified, text, n);
	else if (strcmp(leaf, "ETag") == 0)
		set(&p->etag, text, n);
	else if (strcmp(leaf, "StorageClass") == 0)
		set(&p->storage, text, n);
	else if (strcmp(leaf, "VersionId") == 0)
		set(&p->version, text, n);
	else if (strcmp(leaf, "UploadId") == 0)
		set(&p->upload, text, n);
	else if (strcmp(leaf, "IsLatest") == 0)
		p->latest = strcmp(text, "true") == 0;
}

/* The part of a path behind the entry's element, or NULL. */
static const char *inside(const char *path, bool *entry, enum s3_kind *kind)
{
	char name[32];
	const char *p = strchr(path, '/');
	size_t n;
	bool known, buckets;

	*entry = false;
	if (!p)
		return NULL;
	p++;
	buckets = strncmp(p, "Buckets/", 8) == 0;
	if (buckets)
		p += 8;
	n = strcspn(p, "/");
	if (n >= sizeof(name))
		return NULL;
	memcpy(name, p, n);
	name[n] = '\0';
	*kind = kind_of(name, &known);
	known = known && (*kind == S3_BUCKET) == buckets;
	*entry = known;
	return known ? p + n + (p[n] == '/') : p;
}

static void on_begin(void *to, const char *path)
{
	enum s3_kind kind;
	bool entry;
	const char *leaf = inside(path, &entry, &kind);

	if (entry && !*leaf)
		forget(to);
}

static void on_end(void *to, const char *path, const char *text, size_t n)
{
	struct page *p = to;
	enum s3_kind kind;
	bool entry;
	const char *leaf = inside(path, &entry, &kind);

	if (!leaf)
		return;
	if (entry && !*leaf)
		give(p, kind);
	else if (entry)
		on_entry(p, leaf, text, n);
	else
		on_page(p, leaf, text, n);
}

static void ask(struct s3_call *c, const struct s3_list *l)
{
	if (l->what == S3_LIST_BUCKETS)
		return;
	if (l->what == S3_LIST_OBJECTS)
		s3_call_query(c, "list-type", "2");
	else
		s3_call_query(c, l->what == S3_LIST_VERSIONS ? "versions" :
			      "uploads", "");
	s3_call_query(c, "encoding-type", "url");
	if (*l->prefix)
		s3_call_query(c, "prefix", l->prefix);
	if (!l->flat)
		s3_call_query(c, "delimiter", "/");
}

/* Where the next page begins; false when the server does not get on. */
static bool go_on(struct s3_call *c, struct page *p, struct buf *last)
{
	struct buf mark = { 0 };
	bool moved;

	if (p->l->what == S3_LIST_OBJECTS) {
		buf_add(&mark, p->token.data, p->token.len);
		s3_call_query(c, "continuation-token", buf_text(&p->token));
	} else {
		if (p->encoded)
			decode(&p->next_key);
		buf_addf(&mark, "%s\n%s", buf_text(&p->next_key),
			 buf_text(&p->next_mark));
		s3_call_query(c, "key-marker", buf_text(&p->next_key));
		s3_call_query(c, p->l->what == S3_LIST_VERSIONS ?
			      "version-id-marker" : "upload-id-marker",
			      buf_text(&p->next_mark));
	}
	moved = mark.len && (mark.len != last->len ||
			     memcmp(mark.data, last->data, mark.len));
	buf_release(last);
	*last = mark;
	return moved;
}

static int read_page(struct page *p, const void *text, size_t n,
		     struct err *err)
{
	static const struct xml_handler h = { on_begin, on_end };

	p->more = false;
	buf_reset(&p->token);
	buf_reset(&p->next_key);
	buf_reset(&p->next_mark);
	/*
	 * EncodingType may stand behind the keys: a first look tells
	 * whether they are encoded.
	 */
	p->encoded = memmem(text, n, "<EncodingType>url<", 18) != NULL;
	return xml_parse(text, n, &h, p, err) ? -1 : p->answer;
}

static void release_page(struct page *p)
{
	struct buf *const b[] = { &p->key, &p->modified, &p->etag,
				  &p->storage, &p->version, &p->upload,
				  &p->token, &p->next_key, &p->next_mark };

	for (size_t i = 0; i < sizeof(b) / sizeof(b[0]); i++)
		buf_release(b[i]);
}

int s3_list_page(const struct s3_list *l, const void *p, size_t n, bool *more,
		 struct err *err)
{
	struct page page = { .l = l, .err = err };
	int r = read_page(&page, p, n, err);

	*more = page.more;
	release_page(&page);
	return r;
}

int s3_list(struct s3 *s3, const struct s3_list *l, struct err *err)
{
	bool buckets = l->what == S3_LIST_BUCKETS;
	struct page p = { .l = l, .err = err };
	struct buf last = { 0 };
	struct s3_call c;
	int r;

	s3_call_init(&c, s3, NULL, "GET", buckets ? NULL : l->bucket, NULL);
	ask(&c, l);
	do {
		r = s3_call_run(&c, err);
		if (r == 0 && read_page(&p, c.job.text.data, c.job.text.len,
					err))
			r = p.answer ? p.answer : err_at(err, "%s", c.name);
		if (r == 0 && p.more && !buckets && !go_on(&c, &p, &last))
			r = err_set(err, ERR_REMOTE, "%s: the listing does "
				    "not get on", c.name);
	} while (r == 0 && p.more && !buckets);
	s3_call_release(&c);
	release_page(&p);
	buf_release(&last);
	return r;
}
