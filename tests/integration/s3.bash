# s3.bash - sourced by the S3 suites: servers, and what is on them.
#
# S3_DIR has all files.  Objects of versitygw are plain files in
# S3_DIR/data/BUCKET, so what is stored is compared without any client.
# shellcheck shell=bash
rig=$SRC/tests/rig
export AWS_ACCESS_KEY_ID=TESTKEY AWS_SECRET_ACCESS_KEY=TESTSECRET
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null

# The first program or module that a suite lacks, with the way to get it.
s3_missing() { # PROGRAM...
	local p
	for p; do
		case $p in
		versitygw) "$rig/versitygw.sh" > /dev/null && continue ;;
		s3*) [ ! -x "$BIN/$p" ] || continue ;;&
		s3put | s3get | s3ls | s3rm) echo "$p is not built"; return ;;
		*) command -v "$p" > /dev/null && continue ;;
		esac
		echo "$p is missing (tests/rig/peers.sh)"
		return
	done
}

# versitygw and the fault proxy in front of it: SERVER, TLS, PROXY (URLs).
s3_start() {
	local port tls proxy
	S3_DIR=$(mktemp -d)
	read -r port tls proxy < <("$rig/free-ports.py" 3)
	"$rig/versitygw-start.sh" "$S3_DIR" "$port" "$tls" > "$S3_DIR/urls" || return 1
	setsid python3 "$rig/fault-proxy.py" "$S3_DIR" "$proxy" "$port" > "$S3_DIR/log/proxy.log" 2>&1 < /dev/null &
	SERVER=http://127.0.0.1:$port TLS=https://127.0.0.1:$tls PROXY=http://127.0.0.1:$proxy
	until [ -s "$S3_DIR/run/fault-proxy.pid" ]; do sleep .05; done
	"$rig/wait-http.sh" "$PROXY/healthz" "$S3_DIR/run/fault-proxy.pid"
	export S3_DIR SERVER TLS PROXY
}

s3_stop() {
	"$rig/stop.sh" "$S3_DIR"
	rm -rf --one-file-system "$S3_DIR"
}

# The same for a suite of bats, which is then in S3_DIR; where it lacks
# something LACKS says what.
s3_begin() { # PROGRAM...
	LACKS=$(s3_missing s3put s3get s3ls s3rm versitygw python3 openssl curl "$@")
	export LACKS
	[ -z "$LACKS" ] || return 1
	s3_start
	export AWS_ENDPOINT_URL=$SERVER
	cd "$S3_DIR" || return 1
}

s3_setup() {
	[ -z "$LACKS" ] || skip "$LACKS"
	cd "$S3_DIR" || return 1
}

s3_end() {
	[ -z "${S3_DIR:-}" ] || s3_stop
}

# What the proxy shall do from now on: a rule a line; none: only forward.
faults() {
	printf '%s\n' "$@" > "$S3_DIR/rules.new"
	mv "$S3_DIR/rules.new" "$S3_DIR/rules"
	: > "$S3_DIR/requests"
}

# The ids of uploads in progress on versitygw, one a line.
uploads() { # BUCKET
	[ -z "$(find "$S3_DIR/data/$1/.sgwtmp/multipart" -mindepth 2 -maxdepth 2 -type d 2> /dev/null)" ] ||
		AWS_ENDPOINT_URL=$SERVER aws_cli s3api list-multipart-uploads --bucket "$1" \
			--query 'Uploads[].UploadId' --output text | tr '\t' '\n' | grep -v None
}

# N bytes that look like nothing, always the same ones.
bytes() { # N SEED
	openssl enc -aes-128-ctr -K "$(printf '%032x' "$2")" -iv 00000000000000000000000000000000 -in /dev/zero 2> /dev/null | head -c "$1"
}

# Debian's aws-cli, which does not read AWS_ENDPOINT_URL yet.
aws_cli() {
	PATH=/usr/bin:$PATH aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"
}

# What the proxy saw is what a series of a day may cost: the tail, 3 reads and
# 320 KiB of the index in all, a read or two of pages, nothing twice.
day_reads() {
	awk '
		$3 == "bytes=-262144" {tail++; index_bytes += 262144; next}
		{split($3, r, "[=-]"); n = r[3] - r[2] + 1
		 if (seen[$3]++) bad = "asked for twice: " $3
		 if (n <= 65536) {small++; index_bytes += n} else pages++}
		END {
			if (tail != 1 || tail + small > 3 || index_bytes > 320 * 1024) bad = "index: " tail + small " reads, " index_bytes " bytes"
			if (pages > 2) bad = pages " reads of pages"
			if (bad) {print bad; exit 1}
		}' "$S3_DIR/requests"
}
