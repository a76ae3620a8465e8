/* The requests of an upload that decide whether the object is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/s3-check.h"
#include "store/s3-upload.h"
#include "store/xml.h"
#include "util/alloc.h"

const struct s3_sum_kind s3_sum_kinds[] = {
	{ NULL, NULL, NULL, false, CRC_32 },
	{ "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", "CRC64NVME", true,
	  CRC_64NVME },
	{ "x-amz-checksum-crc32c", "ChecksumCRC32C", "CRC32C", true,
	  CRC_32C },
	{ "x-amz-checksum-crc32", "ChecksumCRC32", "CRC32", true, CRC_32 },
	{ "x-amz-checksum-sha256", "ChecksumSHA256", "SHA256", false,
	  CRC_32 },
	{ "x-amz-checksum-sha1", "ChecksumSHA1", "SHA1", false, CRC_32 },
};

void s3_put_add_headers(struct s3_call *c, const struct s3_put *u)
{
	for (size_t i = 0; i < u->opt.nheaders; i++)
		s3_call_header(c, u->opt.header[i].name,
			       u->opt.header[i].value);
	if (!u->url)
		s3_call_sse_c(c);
}

void s3_put_add_condition(struct s3_call *c, const struct s3_put *u)
{
	if (u->opt.clobber == S3_NO_CLOBBER)
		s3_call_header(c, "If-None-Match", "*");
	if (u->opt.if_match)
		s3_call_header(c, "If-Match", u->opt.if_match);
}

static int is_there(const struct s3_put *u, struct err *err)
{
	return err_set(err, ERR_CHANGED, "%s: exists (%s)", u->name,
		       u->opt.hint ? u->opt.hint : "--no-clobber");
}

/* Both as headers have them: with quotes or without. */
static bool same_etag(const char *a, const char *b)
{
	size_t na, nb;

	a += *a == '"';
	b += *b == '"';
	na = strcspn(a, "\"");
	nb = strcspn(b, "\"");
	return na == nb && memcmp(a, b, na) == 0;
}

int s3_put_look(const struct s3_put *u, struct err *err)
{
	struct s3_info i;
	int r;

	/* Who may store to a URL may not ask it. */
	if (u->url || (!u->opt.clobber && !u->opt.if_match))
		return 0;
	r = s3_head(u->s3, &u->to, &i, err);
	if (r < 0)
		return -1;
	if (u->opt.clobber)
		return r ? is_there(u, err) : 0;
	if (r && (strcmp(u->opt.if_match, "*") == 0 ||
		  same_etag(u->opt.if_match, i.etag)))
		return 0;
	return err_set(err, ERR_CHANGED, "%s: %s (--if-match)", u->name,
		       r ? "was changed" : "is not there");
}

/* What a refusal means where nothing may be overwritten. */
void s3_put_explain(const struct s3_put *u, const struct s3_call *c,
		    struct err *err)
{
	if (u->opt.clobber != S3_NO_CLOBBER && !u->opt.if_match)
		return;
	if (c->error.status == 412 && u->opt.clobber == S3_NO_CLOBBER) {
		err_clear(err);
		is_there(u, err);
	} else if (c->error.status == 501) {
		err_clear(err);
		err_set(err, ERR_CHANGED, "%s: this server cannot promise "
			"that nothing is overwritten (%s)", u->name,
			u->opt.hint ? u->opt.hint :
			"--no-clobber=best-effort looks first");
	}
}

/* Runs a call; makes the bucket, once, where that was asked for. */
int s3_put_run(struct s3_put *u, struct s3_call *c, struct err *err)
{
	int r = s3_call_run(c, err);

	if (r && u->opt.make_bucket &&
	    strcmp(c->error.code, "NoSuchBucket") == 0) {
		u->opt.make_bucket = false;
		err_clear(err);
		if (s3_make_bucket(u->s3, u->bucket, err))
			return -1;
		r = s3_call_run(c, err);
	}
	if (r)
		s3_put_explain(u, c, err);
	return r;
}

int s3_put_begin(struct s3_put *u, struct err *err)
{
	uint8_t random[S3_PUT_ID];
	struct buf id = { 0 };
	struct s3_call c;
	int r;

	hash_random(random, sizeof(random));
	hash_hex(random, sizeof(random), u->put_id);
	s3_call_init(&c, u->s3, NULL, "POST", u->bucket, u->key);
	s3_call_query(&c, "uploads", "");
	s3_put_add_headers(&c, u);
	s3_call_header(&c, "x-amz-meta-s3put-id", u->put_id);
	if (u->opt.sum) {
		s3_call_header(&c, "x-amz-checksum-algorithm",
			       s3_sum_kinds[u->opt.sum].name);
		s3_call_header(&c, "x-amz-checksum-type",
			       s3_sum_kinds[u->opt.sum].whole ? "FULL_OBJECT" :
			       "COMPOSITE");
	}
	s3_call_body(&c, "", 0);
	r = s3_put_run(u, &c, err);
	if (r == 0 && !s3_find(&c, "InitiateMultipartUploadResult/UploadId",
			       &id))
		r = err_set(err, ERR_REMOTE, "%s: the upload got no id",
			    u->name);
	if (r == 0)
		u->upload = alloc_string(buf_text(&id));
	buf_release(&id);
	s3_call_release(&c);
	return r;
}

/* The checksum of a part, as the header has it. */
void s3_put_sum_text(const struct s3_put *u, const struct s3_slot *s,
		     char out[48])
{
	struct buf b = { 0 };

	if (s3_sum_kinds[u->opt.sum].whole) {
		s3_check_text(s3_sum_kinds[u->opt.sum].kind, s->crc, out);
		return;
	}
	if (u->opt.sum == S3_SUM_SHA256)
		s3_base64(&b, s->sha256, sizeof(s->sha256));
	else
		s3_base64(&b, s->sha1, sizeof(s->sha1));
	snprintf(out, 48, "%s", buf_text(&b));
	buf_release(&b);
}

void s3_put_add_sums(struct s3_call *c, const struct s3_put *u,
		     const struct s3_slot *s)
{
	struct buf b = { 0 };
	char text[48];

	if (u->opt.sum) {
		s3_put_sum_text(u, s, text);
		s3_call_header(c, s3_sum_kinds[u->opt.sum].header, text);
	}
	if (u->opt.md5) {
		s3_base64(&b, s->md5, sizeof(s->md5));
		s3_call_header(c, "Content-MD5", buf_text(&b));
	}
	buf_release(&b);
}

void s3_put_keep_sums(struct s3_put_part *p, const struct s3_slot *s)
{
	p->bytes = s->bytes;
	p->crc64 = s->crc64;
	p->crc = s->crc;
}

void s3_put_join_sums(struct s3_put *u, const struct s3_put_part *p)
{
	const struct s3_sum_kind *k = &s3_sum_kinds[u->opt.sum];

	u->crc64 = crc_join(CRC_64NVME, u->crc64, p->crc64, p->bytes);
	if (k->whole)
		u->sum_whole = crc_join(k->kind, u->sum_whole, p->crc,
					p->bytes);
}

static void read_result(struct s3_put_result *r, const struct http_job *j)
{
	http_header(j, "ETag", r->etag, sizeof(r->etag));
	http_header(j, "x-amz-version-id", r->version, sizeof(r->version));
}

/* Compares the store's checksum of the whole with ours. */
static int compare(const struct s3_put *u, const char *theirs,
		   const struct s3_put_result *r, struct err *err)
{
	if (!*theirs || strchr(theirs, '-') || strcmp(theirs, r->crc64) == 0)
		return 0;
	return err_set(err, ERR_DATA, "%s: the store has something else than "
		       "was sent: its checksum is %s, ours %s", u->name,
		       theirs, r->crc64);
}

int s3_put_whole(struct s3_put *u, struct s3_put_result *r,
		     struct err *err)
{
	struct s3_slot *s = u->filling;
	struct s3_call *c = &s->call;
	struct s3_put_part only = { 0 };
	char theirs[32] = "";
	int bad;

	s3_slot_end(s);
	s3_place_call(c, u->s3, &s3_slot_ops, "PUT", &u->to);
	s3_put_add_headers(c, u);
	s3_put_add_sums(c, u, s);
	s3_put_add_condition(c, u);
	s3_slot_body(s);
	bad = s3_put_run(u, c, err);
	s3_put_keep_sums(&only, s);
	s3_put_join_sums(u, &only);
	s3_check_text(CRC_64NVME, u->crc64, r->crc64);
	if (!bad) {
		read_result(r, &c->job);
		http_header(&c->job, "x-amz-checksum-crc64nvme", theirs,
			    sizeof(theirs));
		u->committed = true;
		bad = compare(u, theirs, r, err);
	}
	if (!bad && u->opt.progress)
		u->opt.progress(u->opt.to, u->bytes);
	return bad;
}

static enum http_verdict check_complete(struct s3_call *c, struct err *err)
{
	if (memmem(c->job.text.data, c->job.text.len,
		   "</CompleteMultipartUploadResult", 31) ||
	    memmem(c->job.text.data, c->job.text.len,
		   ":CompleteMultipartUploadResult", 30))
		return HTTP_DONE;
	err_set(err, ERR_REMOTE_RETRY, "%s: the answer to the last request "
		"is cut short", c->name);
	return HTTP_AGAIN;
}

/*
 * The last request may have done its work although no answer came: the
 * object there is ours when it bears our mark.
 */
static int is_ours(const struct s3_put *u, struct s3_put_result *r)
{
	struct err none = { 0 };
	struct s3_info i;

	if (s3_head(u->s3, &u->to, &i, &none) != 1 || i.size != u->bytes ||
	    strcmp(i.put_id, u->put_id))
		return 0;
	snprintf(r->etag, sizeof(r->etag), "%s", i.etag);
	snprintf(r->version, sizeof(r->version), "%s", i.version);
	return 1;
}

static void write_parts(const struct s3_put *u, struct buf *xml)
{
	const char *element = s3_sum_kinds[u->opt.sum].element;

	buf_add_string(xml, "<CompleteMultipartUpload xmlns=\"http://s3."
		       "amazonaws.com/doc/2006-03-01/\">");
	for (unsigned i = 0; i + 1 < u->number; i++) {
		buf_add_string(xml, "<Part><ETag>");
		xml_escape(xml, u->part[i].etag);
		buf_add_string(xml, "</ETag>");
		if (element)
			buf_addf(xml, "<%s>%s</%s>", element, u->part[i].sum,
				 element);
		buf_addf(xml, "<PartNumber>%u</PartNumber></Part>", i + 1);
	}
	buf_add_string(xml, "</CompleteMultipartUpload>");
}

int s3_put_complete(struct s3_put *u, struct s3_put_result *r,
		    struct err *err)
{
	static const struct s3_call_ops ops = { .check = check_complete };
	struct buf xml = { 0 }, etag = { 0 }, sum = { 0 };
	struct s3_call c;
	char text[20];
	int bad;

	write_parts(u, &xml);
	s3_call_init(&c, u->s3, &ops, "POST", u->bucket, u->key);
	s3_call_query(&c, "uploadId", u->upload);
	s3_call_header(&c, "Content-Type", "application/xml");
	s3_call_sse_c(&c);
	s3_put_add_condition(&c, u);
	if (s3_sum_kinds[u->opt.sum].whole) {
		s3_check_text(s3_sum_kinds[u->opt.sum].kind, u->sum_whole,
			      text);
		s3_call_header(&c, s3_sum_kinds[u->opt.sum].header, text);
		s3_call_header(&c, "x-amz-checksum-type", "FULL_OBJECT");
	}
	s3_call_body(&c, xml.data, xml.len);
	bad = s3_call_run(&c, err);
	if (bad && u->opt.sum && strcmp(c.error.code, "MalformedXML") == 0)
		err_at(err, "this server takes no checksums of parts "
		       "(--checksum-algorithm)");
	if (bad && (c.job.tried > 1 || !c.error.status) && is_ours(u, r)) {
		err_clear(err);
		bad = 0;
	} else if (bad) {
		s3_put_explain(u, &c, err);
	} else {
		read_result(r, &c.job);
		if (s3_find(&c, "CompleteMultipartUploadResult/ETag", &etag))
			snprintf(r->etag, sizeof(r->etag), "%s",
				 buf_text(&etag));
		s3_find(&c, "CompleteMultipartUploadResult/"
			"ChecksumCRC64NVME", &sum);
	}
	u->committed = !bad;
	/* Some servers leave it empty here. */
	if (!bad && !r->etag[0])
		is_ours(u, r);
	if (!bad)
		bad = compare(u, buf_text(&sum), r, err);
	s3_call_release(&c);
	buf_release(&xml);
	buf_release(&etag);
	buf_release(&sum);
	return bad;
}
