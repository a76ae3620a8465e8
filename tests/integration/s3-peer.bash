# s3-peer.bash - sourced by the suites of the servers beside versitygw: what
# they have in common, and the probes that concern a client.
#
# A suite sets CANNOT to what its server cannot; each is said aloud, and that
# the client tells of it, or does without, is tested instead.
# shellcheck shell=bash
load s3.bash

# Makes S3_DIR and goes there; where the suite lacks something LACKS says what.
peer_begin() { # PROGRAM...
	LACKS=$(s3_missing s3put s3get s3ls s3rm "$@" python3 openssl curl)
	export LACKS
	[ -z "$LACKS" ] || return 1
	S3_DIR=$(mktemp -d "${TMPDIR:-/var/tmp}/s3-peer.XXXXXX")
	export S3_DIR
	cd "$S3_DIR" || return 1
}

# What the tests store: parts, a request, a key.
peer_fill() {
	bytes 12000000 1 > big
	head -c 1000 big > small
	head -c 32 big > key
	chmod 600 key
	s3put --make-bucket s3://first/made < /dev/null
}

peer_end() { # SERVER...
	[ -z "${S3_DIR:-}" ] || {
		"$SRC/tests/rig/stop.sh" "$S3_DIR" "$@"
		rm -rf --one-file-system "$S3_DIR"
	}
}

can() { # WHAT
	[[ " $CANNOT " == *" $1 "* ]] || return 0
	echo "# SKIPPED: this server cannot: $1" >&3
	return 1
}

refused() { # STATUS WORD COMMAND...
	local want=$1 word=$2
	shift 2
	run "$@"
	[ "$status" -eq "$want" ] && [[ "$output" == *"$word"* ]] && return
	echo "$*: status $status, not $want: $output"
	return 1
}

probe_authentication() {
	local url
	s3put s3://first/a < small
	s3get s3://first/a | cmp small
	AWS_SECRET_ACCESS_KEY=other refused 6 SignatureDoesNotMatch s3get s3://first/a
	AWS_ACCESS_KEY_ID=nobody:nobody refused 6 'access key' s3put s3://first/a < small
	refused 6 '' s3get --no-sign-request s3://first/a
	AWS_REGION=eu-west-3 s3get s3://first/a | cmp small
	if command -v faketime > /dev/null; then
		ASAN_OPTIONS=verify_asan_link_order=0 faketime -f -1h s3put --part-size 5M s3://first/skewed < big
		ASAN_OPTIONS=verify_asan_link_order=0 faketime -f +3h s3get --part-size 5M s3://first/skewed | cmp big
	else
		echo "# SKIPPED: faketime is missing: a clock that is wrong" >&3
	fi
	s3put --no-payload-signing s3://first/unsigned < small
	s3get s3://first/unsigned | cmp small
	s3put --no-payload-signing --part-size 5M s3://first/unsigned big
	s3get s3://first/unsigned | cmp big
	# an x-amz- header that is not signed would be refused
	s3put --metadata a=1,a-b=2,b=3 s3://first/signed < small
	if can session-tokens; then
		AWS_SESSION_TOKEN=nonsense refused 6 '' s3get s3://first/a
	fi
	url=$(s3get --presign=60 s3://first/a)
	curl -sf "$url" | cmp small
	[ "$(curl -s -o said -w '%{http_code}' "${url%????}0000")" = 403 ]
	url=$(s3get --presign=1 s3://first/a)
	sleep 2.5
	[ "$(curl -s -o said -w '%{http_code}' "$url")" = 403 ]
	refused 6 '' s3get "$url"
}

probe_virtual_host() {
	local there=http://localhost:${AWS_ENDPOINT_URL##*:}
	s3put --endpoint-url "$there" --addressing-style virtual "s3://first/v h" < big
	s3get --endpoint-url "$there" --addressing-style virtual "s3://first/v h" | cmp big
	s3get "s3://first/v h" | cmp big
}

probe_integrity() {
	local how in_parts=yes
	s3put --content-md5 s3://first/md5 < small
	s3put --content-md5 --part-size 5M s3://first/md5 < big
	s3get s3://first/md5 | cmp big
	# a server that keeps none of them takes the object all the same
	can part-checksums || in_parts=no
	for how in crc64nvme crc32c crc32 sha256 sha1; do
		s3put --checksum-algorithm $how s3://first/$how < small
		s3get s3://first/$how | cmp small
		[ "$in_parts" = yes ] || {
			refused 6 --checksum-algorithm s3put --checksum-algorithm $how --part-size 5M s3://first/parts big
			continue
		}
		s3put --checksum-algorithm $how --part-size 5M s3://first/$how < big
		s3get s3://first/$how | cmp big
	done
	if can checksums; then
		s3get --verify always s3://first/crc64nvme | cmp big
	else
		refused 3 'no checksum' s3get --verify always -o "got.$RANDOM" s3://first/md5
	fi
	# of an object of one part the ETag is one
	s3get --verify always s3://first/a | cmp small
}

probe_reading() {
	local etag
	etag=$(s3put --json s3://first/r < small | jq -r .etag)
	s3get --range 2-4 s3://first/r | cmp - <(head -c 5 small | tail -c 3)
	s3get --range 997- s3://first/r | cmp - <(tail -c 3 small)
	refused 1 '' s3get --range 9999- s3://first/r
	refused 1 none s3get s3://first/none
	s3get --if-match "$etag" s3://first/r | cmp small
	refused 7 '' s3get --if-match '"x"' s3://first/r
	refused 7 '' s3get --if-none-match "$etag" s3://first/r
	if can put-conditions; then
		s3put --no-clobber s3://first/anew < small
	else
		refused 7 best-effort s3put --no-clobber s3://first/anew small
		s3put --no-clobber=best-effort s3://first/anew < small
	fi
	# also where a server takes no notice of them
	for size in 64M 5M; do
		refused 7 exists s3put --no-clobber --part-size $size s3://first/r big
		refused 7 exists s3put --no-clobber=best-effort --part-size $size s3://first/r big
		refused 7 changed s3put --if-match '"0"' --part-size $size s3://first/r big
	done
	s3get s3://first/r | cmp small
}

probe_odd_keys() {
	local key
	while IFS= read -r key; do
		key=$(printf '%b' "$key")
		printf '%s' "$key" > in
		s3put "s3://first/odd/$key" < in
		[ "$(s3get "s3://first/odd/$key")" = "$key" ]
		[ "$(s3ls --json --recursive "s3://first/odd/" | jq -r .key)" = "odd/$key" ]
		s3rm "s3://first/odd/$key"
	done <<- 'K'
	a b
	a+b
	a%20b
	a%b
	\0303\0251\0360\0237\0230\0200
	a//b
	a/./b
	a/../b
	a?b=c
	a#b
	a"b
	a;b
	a*b
	a&<b
	a\0001b
	a\0134b
	$@&=,'!()
	K
	[ -z "$(s3ls --recursive s3://first/odd/)" ]
}

# More keys than a page of 1000 holds, listed and removed.
probe_listing() {
	mkdir -p many/d
	(cd many && seq -w 1001 | xargs touch && touch d/1 d/2 && tar cf ../many.tar .)
	s3put --tar s3://first/l/ many.tar
	[ "$(s3ls --recursive s3://first/l/ | sort -u | grep -c .)" -eq 1003 ]
	[ "$(s3ls s3://first/l/ | grep -c 'd/$')" -eq 1 ]
	[ "$(s3ls s3://first/l/d/ | grep -c .)" -eq 2 ]
	run s3rm --prefix --expect 1002 s3://first/l/
	[ "$status" -ne 0 ]
	s3rm --prefix --expect 1003 s3://first/l/
	refused 1 '' s3ls s3://first/l/
}

probe_multipart() {
	local etag want
	etag=$(s3put --json --part-size fixed:5M s3://first/m big | jq -r .etag)
	want=$(python3 -c 'import hashlib
b, n = open("big", "rb").read(), 5 << 20
print(hashlib.md5(b"".join(hashlib.md5(b[i:i + n]).digest() for i in range(0, len(b), n))).hexdigest() + "-3")')
	[ "${etag//\"/}" = "$want" ]
	if can part-numbers; then
		s3get --part-number 2 s3://first/m | cmp - <(tail -c +5242881 big | head -c 5242880)
	else
		refused 6 '' s3get --part-number 2 s3://first/m
	fi
	# what does not end well leaves neither object nor parts
	refused 4 '' s3put --part-size 5M s3://first/broken -- sh -c 'cat big; exit 3'
	refused 1 '' s3get s3://first/broken
	[ -z "$(s3ls --uploads s3://first/)" ]
	command -v aws > /dev/null || { echo "# SKIPPED: aws is missing: uploads left behind" >&3; return 0; }
	aws_cli s3api create-multipart-upload --bucket first --key left > upload
	[ "$(s3ls --uploads --json s3://first/ | jq -r .upload_id)" = "$(jq -r .UploadId upload)" ]
	s3rm --stale-uploads=0s s3://first
	[ -z "$(s3ls --uploads s3://first/)" ]
}

probe_managing() {
	local k
	for k in a b c; do s3put s3://first/n/$k < small; done
	s3rm s3://first/n/a s3://first/n/none s3://first/n/b
	[ "$(s3ls --recursive s3://first/n/)" = s3://first/n/c ]
	if can tags; then
		s3put --tags x=y s3://first/tagged < small
	else
		refused 6 NotImplemented s3put --tags x=y s3://first/tagged < small
	fi
	s3put --metadata m=v s3://first/meta < small
	curl -sf -D head -o said "$(s3get --presign s3://first/meta)"
	grep -qi '^x-amz-meta-m: v' head
	if can customer-keys; then
		s3put --sse-c-key-file key s3://first/secret < big
		s3get --sse-c-key-file key s3://first/secret | cmp big
		run s3get s3://first/secret
		[ "$status" -ne 0 ]
		tail -c 32 big > other
		chmod 600 other
		run s3get --sse-c-key-file other s3://first/secret
		[ "$status" -ne 0 ]
	fi
}

# One behind the other: some read what those before them stored.
probe_all() {
	local probe
	for probe in authentication virtual_host integrity reading odd_keys listing multipart managing; do
		echo "probe_$probe"
		"probe_$probe"
	done
}
