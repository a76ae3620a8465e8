#include "store/s3-object.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/hash.h"
#include "store/xml.h"
#include "util/io.h"
#include "util/alloc.h"

static void whole_checksum(const struct http_job *j, const char *name,
			   bool whole, char *to, size_t cap)
{
	if (!whole || !http_header(j, name, to, cap))
		to[0] = '\0';
}

void s3_info_read(struct s3_info *i, const struct http_job *j)
{
	char v[64];
	bool whole;

	*i = (struct s3_info){ 0 };
	if (http_header(j, "Content-Range", v, sizeof(v)) && strchr(v, '/') &&
	    isdigit((unsigned char)strchr(v, '/')[1])) {
		i->size = strtoull(strchr(v, '/') + 1, NULL, 10);
		i->has_size = true;
	} else if (j->status != 206 &&
		   http_header(j, "Content-Length", v, sizeof(v))) {
		i->size = strtoull(v, NULL, 10);
		i->has_size = true;
	}
	http_header(j, "ETag", i->etag, sizeof(i->etag));
	http_header(j, "x-amz-version-id", i->version, sizeof(i->version));
	http_header(j, "Last-Modified", i->modified, sizeof(i->modified));
	http_header(j, "Content-Type", i->type, sizeof(i->type));
	http_header(j, "x-amz-storage-class", i->storage,
		    sizeof(i->storage));
	http_header(j, "x-amz-restore", i->restore, sizeof(i->restore));
	http_header(j, "x-amz-server-side-encryption", i->encryption,
		    sizeof(i->encryption));
	http_header(j, "x-amz-meta-s3put-id", i->put_id, sizeof(i->put_id));
	i->customer_key = http_header(
		j, "x-amz-server-side-encryption-customer-algorithm", v,
		sizeof(v));
	/* Of parts a composite is of no use, and it has a dash. */
	whole = !http_header(j, "x-amz-checksum-type", v, sizeof(v)) ||
		strcmp(v, "FULL_OBJECT") == 0;
	whole_checksum(j, "x-amz-checksum-crc64nvme", whole, i->crc64,
		       sizeof(i->crc64));
	whole_checksum(j, "x-amz-checksum-crc32c", whole, i->crc32c,
		       sizeof(i->crc32c));
	whole_checksum(j, "x-amz-checksum-crc32", whole, i->crc32,
		       sizeof(i->crc32));
	if (strchr(i->crc32c, '-'))
		i->crc32c[0] = '\0';
	if (strchr(i->crc32, '-'))
		i->crc32[0] = '\0';
}

char *s3_place_name(const struct s3_place *p)
{
	struct buf name = { 0 };

	if (p->url)
		return io_show(p->url);
	buf_addf(&name, "s3://%s/", p->bucket);
	s3_show(&name, p->key);
	return (char *)(uintptr_t)buf_text(&name);
}

void s3_place_call(struct s3_call *c, struct s3 *s3,
		   const struct s3_call_ops *ops, const char *method,
		   const struct s3_place *p)
{
	if (p->url)
		s3_call_init_url(c, s3, ops, method, p->url);
	else
		s3_call_init(c, s3, ops, method, p->bucket, p->key);
	if (p->version)
		s3_call_query(c, "versionId", p->version);
	if (p->part_number)
		s3_call_query(c, "partNumber", p->part_number);
	if (p->if_match)
		s3_call_header(c, "If-Match", p->if_match);
	if (p->if_none_match)
		s3_call_header(c, "If-None-Match", p->if_none_match);
	if (!p->url)
		s3_call_sse_c(c);
}

int s3_head(struct s3 *s3, const struct s3_place *p, struct s3_info *i,
	    struct err *err)
{
	struct s3_call c;
	int r;

	s3_place_call(&c, s3, NULL, "HEAD", p);
	s3_call_header(&c, "x-amz-checksum-mode", "ENABLED");
	r = s3_call_run(&c, err);
	if (r == 0) {
		s3_info_read(i, &c.job);
		r = 1;
	} else if (c.error.status == 404) {
		err_clear(err);
		r = 0;
	}
	s3_call_release(&c);
	return r;
}

int s3_delete(struct s3 *s3, const char *bucket, const char *key,
	      const char *version, struct err *err)
{
	struct s3_call c;
	int r;

	s3_call_init(&c, s3, NULL, "DELETE", bucket, key);
	if (version)
		s3_call_query(&c, "versionId", version);
	r = s3_call_run(&c, err);
	s3_call_release(&c);
	return r;
}

/* Keys that XML cannot hold are removed one by one. */
static bool is_plain(const char *key)
{
	for (; *key; key++)
		if ((unsigned char)*key < ' ')
			return false;
	return true;
}

struct refusals {
	size_t n;
	char key[256], code[64], message[256];
	char first[640];
};

static void copy(char *to, size_t cap, const char *from)
{
	snprintf(to, cap, "%s", from);
}

static void note_refusal(void *to, const char *path, const char *text,
			 size_t n)
{
	struct refusals *r = to;

	(void)n;
	if (strcmp(path, "DeleteResult/Error/Key") == 0)
		copy(r->key, sizeof(r->key), text);
	else if (strcmp(path, "DeleteResult/Error/Code") == 0)
		copy(r->code, sizeof(r->code), text);
	else if (strcmp(path, "DeleteResult/Error/Message") == 0)
		copy(r->message, sizeof(r->message), text);
	else if (strcmp(path, "DeleteResult/Error") == 0 && r->n++ == 0)
		snprintf(r->first, sizeof(r->first), "%s: %s: %s", r->key,
			 r->code, r->message);
}

static int delete_batch(struct s3 *s3, const char *bucket, struct buf *xml,
			size_t *refused, struct err *err)
{
	static const struct xml_handler h = { NULL, note_refusal };
	struct refusals refusals = { 0 };
	uint8_t md[HASH_MD5_BYTES];
	struct hash_md5 *md5 = hash_md5_new();
	struct buf digest = { 0 };
	struct s3_call c;
	int r;

	hash_md5_add(md5, xml->data, xml->len);
	hash_md5_end(md5, md);
	hash_md5_free(md5);
	s3_base64(&digest, md, sizeof(md));
	s3_call_init(&c, s3, NULL, "POST", bucket, NULL);
	s3_call_query(&c, "delete", "");
	s3_call_header(&c, "Content-MD5", buf_text(&digest));
	s3_call_header(&c, "Content-Type", "application/xml");
	s3_call_body(&c, xml->data, xml->len);
	r = s3_call_run(&c, err);
	if (r == 0)
		r = xml_parse(c.job.text.data, c.job.text.len, &h, &refusals,
			      err);
	*refused += refusals.n;
	if (r == 0 && refusals.n)
		r = err_set(err, ERR_REMOTE, "%zu objects stay, the first: "
			    "s3://%s/%s", refusals.n, bucket,
			    refusals.first);
	s3_call_release(&c);
	buf_release(&digest);
	return r;
}

int s3_delete_many(struct s3 *s3, const char *bucket,
		   const struct s3_name *name, size_t n, size_t *refused,
		   struct err *err)
{
	struct buf xml = { 0 };
	size_t many = 0;
	int r = 0;

	buf_add_string(&xml, "<Delete><Quiet>true</Quiet>");
	for (size_t i = 0; i < n && r == 0; i++) {
		if (!is_plain(name[i].key)) {
			r = s3_delete(s3, bucket, name[i].key,
				      name[i].version, err);
			*refused += r != 0;
			continue;
		}
		buf_add_string(&xml, "<Object><Key>");
		xml_escape(&xml, name[i].key);
		buf_add_string(&xml, "</Key>");
		if (name[i].version) {
			buf_add_string(&xml, "<VersionId>");
			xml_escape(&xml, name[i].version);
			buf_add_string(&xml, "</VersionId>");
		}
		buf_add_string(&xml, "</Object>");
		many++;
	}
	buf_add_string(&xml, "</Delete>");
	if (r == 0 && many)
		r = delete_batch(s3, bucket, &xml, refused, err);
	buf_release(&xml);
	return r;
}

int s3_make_bucket(struct s3 *s3, const char *bucket, struct err *err)
{
	const char *region = s3_signing_region(s3->region);
	struct buf xml = { 0 };
	struct s3_call c;
	int r;

	s3_call_init(&c, s3, NULL, "PUT", bucket, NULL);
	/* Amazon has buckets in regions; the first one is not named. */
	if (!s3->endpoint && strcmp(region, "us-east-1")) {
		buf_addf(&xml, "<CreateBucketConfiguration>"
			 "<LocationConstraint>%s</LocationConstraint>"
			 "</CreateBucketConfiguration>", region);
		s3_call_body(&c, xml.data, xml.len);
	} else {
		s3_call_body(&c, "", 0);
	}
	r = s3_call_run(&c, err);
	if (r && strcmp(c.error.code, "BucketAlreadyOwnedByYou") == 0) {
		err_clear(err);
		r = 0;
	}
	s3_call_release(&c);
	buf_release(&xml);
	return r;
}

int s3_abort(struct s3 *s3, const char *bucket, const char *key,
	     const char *upload, struct err *err)
{
	struct s3_call c;
	int r;

	s3_call_init(&c, s3, NULL, "DELETE", bucket, key);
	s3_call_query(&c, "uploadId", upload);
	r = s3_call_run(&c, err);
	if (r && c.error.status == 404) {
		err_clear(err);
		r = 0;
	}
	s3_call_release(&c);
	return r;
}

int s3_upload_lives(struct s3 *s3, const char *bucket, const char *key,
		    const char *upload, struct err *err)
{
	struct s3_call c;
	int r;

	s3_call_init(&c, s3, NULL, "GET", bucket, key);
	s3_call_query(&c, "uploadId", upload);
	r = s3_call_run(&c, err);
	if (r && c.error.status == 404) {
		err_clear(err);
		r = 0;
	} else if (r == 0) {
		r = 1;
	}
	s3_call_release(&c);
	return r;
}

int s3_restore(struct s3 *s3, const struct s3_place *p, const char *days,
	       const char *tier, struct err *err)
{
	struct buf xml = { 0 };
	struct s3_call c;
	int r;

	s3_call_init(&c, s3, NULL, "POST", p->bucket, p->key);
	if (p->version)
		s3_call_query(&c, "versionId", p->version);
	s3_call_query(&c, "restore", "");
	buf_add_string(&xml, "<RestoreRequest><Days>");
	xml_escape(&xml, days);
	buf_add_string(&xml, "</Days>");
	if (tier) {
		buf_add_string(&xml, "<GlacierJobParameters><Tier>");
		xml_escape(&xml, tier);
		buf_add_string(&xml, "</Tier></GlacierJobParameters>");
	}
	buf_add_string(&xml, "</RestoreRequest>");
	s3_call_body(&c, xml.data, xml.len);
	r = s3_call_run(&c, err);
	if (r && strcmp(c.error.code, "RestoreAlreadyInProgress") == 0) {
		err_clear(err);
		r = 0;
	}
	s3_call_release(&c);
	buf_release(&xml);
	return r;
}
