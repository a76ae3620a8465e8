#!/usr/bin/env bats
# s3put, s3get, s3ls, s3rm and s3:// operands against versitygw, the server
# that checks most: signatures, hashes, conditions, TLS.

setup_file() {
	load s3.bash
	s3_begin aws || return 0
	s3put --make-bucket s3://first/made < /dev/null
	s3rm s3://first/made
	bytes 20000000 1 > big
	bytes 1000 2 > old
	bytes 100000 3 > in
	mkdir said
}

teardown_file() {
	load s3.bash
	s3_end
}

setup() {
	load s3.bash
	s3_setup
	bucket=test-$BATS_TEST_NUMBER
	mkdir -p "data/$bucket"
}

# All that a command says is searched for secrets in the last test.
teardown() {
	[ -n "$LACKS" ] || printf '%s\n' "${output:-}" >> "said/$BATS_TEST_NUMBER"
}

@test "sizes: nothing, a byte, about a part, some parts; to and fro" {
	for n in 0 1 5242879 5242880 5242881 10485759 10485760 10485761 12582912; do
		head -c $n big > in
		s3put --part-size 5M --multipart-threshold 5M "s3://$bucket/$n" < in
		cmp in "data/$bucket/$n"
		s3get --part-size 5M "s3://$bucket/$n" | cmp in
		s3get --part-size 5M -o "out.$n" "s3://$bucket/$n"
		cmp in "out.$n"
		rm "out.$n"
	done
	[ -z "$(uploads "$bucket")" ]
}

@test "defaults: 8 MiB parts, a stream and a file" {
	faults
	export AWS_ENDPOINT_URL=$PROXY
	cat big | s3put "s3://$bucket/stream"
	cmp big "data/$bucket/stream"
	[ "$(grep -c partNumber requests)" -eq 3 ]
	faults
	s3put big "s3://$bucket/file"
	cmp big "data/$bucket/file"
	s3put big old "s3://$bucket/many/"
	cmp big "data/$bucket/many/big"
	cmp old "data/$bucket/many/old"
	[ -z "$(s3put "s3://$bucket/quiet" < in)" ]
	s3put --tags x=y big "s3://$bucket/tagged"
	[ "$(aws_cli s3api get-object-tagging --bucket "$bucket" --key tagged --query 'TagSet[0].Value' --output text --endpoint-url "$SERVER")" = y ]
	[ "$(s3put --json "s3://$bucket/json" < in | jq -r '.size')" = "$(stat -c %s in)" ]
}

@test "odd keys, byte for byte" {
	while read -r key; do
		printf '%s' "$key" > in
		s3put "s3://$bucket/$key" < in
		[ "$(s3get "s3://$bucket/$key")" = "$key" ]
		s3ls --recursive "s3://$bucket/" > list
		grep -qF -- "$key" list
		s3rm "s3://$bucket/$key"
	done <<- 'K'
	a b
	a+b
	a%20b
	a%b
	é😀
	a?b=c
	a#b
	a"b
	a;b
	a*b
	a&b=c
	a'b
	a$b@c
	dt=2024-05-22/x
	a:b,c
	(a)[b]{c}|^~`!
	a\b
	<a>
	K
	[ -z "$(s3ls --recursive "s3://$bucket/")" ]
}

@test "cross reading with aws and s3cmd" {
	lacks=$(s3_missing aws s3cmd)
	[ -z "$lacks" ] || skip "$lacks"
	cat > s3cfg <<- C
	[default]
	access_key = TESTKEY
	secret_key = TESTSECRET
	host_base = ${SERVER#http://}
	host_bucket = ${SERVER#http://}
	use_https = False
	signature_v2 = False
	C
	s3put "s3://$bucket/ours" < big
	aws_cli s3 cp --quiet "s3://$bucket/ours" from-aws
	s3cmd -q -c s3cfg get --force "s3://$bucket/ours" from-s3cmd
	cmp big from-aws
	cmp big from-s3cmd
	aws_cli s3 cp --quiet big "s3://$bucket/of aws"
	cat big | aws_cli s3 cp --quiet - "s3://$bucket/of aws piped"
	s3cmd -q -c s3cfg put big "s3://$bucket/of s3cmd"
	for k in 'of aws' 'of aws piped' 'of s3cmd'; do
		s3get "s3://$bucket/$k" | cmp big
	done
	s3ls "s3://$bucket/" | sort > list
	aws_cli s3api list-objects-v2 --bucket "$bucket" --query 'Contents[].Key' --output text | tr '\t' '\n' | sort > list-aws
	while read -r k; do grep -qF "$k" list; done < list-aws
	[ "$(wc -l < list)" -eq "$(wc -l < list-aws)" ]
	# what we say about an object is what they read
	s3put --content-type text/x-gts --metadata a=1,b=zwei --storage-class STANDARD "s3://$bucket/meta" < in
	aws_cli s3api head-object --bucket "$bucket" --key meta > head
	jq -e '.ContentType == "text/x-gts" and .Metadata.a == "1" and .Metadata.b == "zwei"' head
}

@test "20,000 keys are listed, and removed only when they are counted" {
	mkdir "data/$bucket/p"
	(cd "data/$bucket/p" && seq -f 'k%05.0f' 20000 | xargs touch)
	s3ls --recursive "s3://$bucket/p/" > list
	[ "$(wc -l < list)" -eq 20000 ]
	[ "$(sort -u list | wc -l)" -eq 20000 ]
	run s3rm --prefix --expect 19999 "s3://$bucket/p/"
	[ "$status" -ne 0 ]
	[ "$(find "data/$bucket/p" -type f | wc -l)" -eq 20000 ]
	s3rm -n --prefix --expect 20000 "s3://$bucket/p/" > /dev/null
	[ "$(find "data/$bucket/p" -type f | wc -l)" -eq 20000 ]
	s3rm --prefix --expect 20000 "s3://$bucket/p/"
	[ -z "$(s3ls --recursive "s3://$bucket/p/")" ]
}

@test "s3ls: buckets, prefixes, folders, JSON" {
	s3ls | grep -qx "$bucket"
	s3ls | grep -qx first
	for k in a/1 a/2 b; do s3put "s3://$bucket/$k" < /dev/null; done
	[ "$(s3ls --recursive "s3://$bucket/" | grep -c .)" -eq 3 ]
	[ "$(s3ls --recursive "s3://$bucket/a/" | grep -c .)" -eq 2 ]
	s3ls --json --recursive "s3://$bucket/" | jq -se 'length == 3'
	run s3ls s3://no-such-bucket/
	[ "$status" -eq 1 ]
	[[ "$output" == *no-such-bucket* ]]
}

@test "several keys: all are asked for before the first byte" {
	for k in a b c; do echo $k | s3put "s3://$bucket/$k"; done
	[ "$(s3get "s3://$bucket/c" "s3://$bucket/a" "s3://$bucket/b" | tr -d '\n')" = cab ]
	run --separate-stderr s3get "s3://$bucket/a" "s3://$bucket/none" "s3://$bucket/b"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ "$stderr" == *none* ]]
	output=$(s3get --missing=skip "s3://$bucket/a" "s3://$bucket/none" "s3://$bucket/b")
	[ "$output" = "$(printf 'a\nb')" ]
	printf 's3://%s/b\ns3://%s/a\n' "$bucket" "$bucket" > keys
	[ "$(s3get --keys-from keys | tr -d '\n')" = ba ]
}

@test "in order one request is for all; a slow one is cut" {
	head -c 8000000 big > eight
	s3put "s3://$bucket/eight" < eight
	s3put "s3://$bucket/k" < big
	export AWS_ENDPOINT_URL=$PROXY
	faults
	s3get --part-size 5M "s3://$bucket/eight" | cmp - eight
	[ "$(grep -c '^GET .*/eight bytes=' requests)" -eq 1 ]
	s3get --part-size 5M --range 7000000- "s3://$bucket/eight" | cmp - <(tail -c 1000000 eight)
	faults 'GET bytes=0- 1 trickle 400000 0.01'
	s3get --part-size 5M "s3://$bucket/k" | cmp - big
	[ "$(grep -c ' bytes=0- 206' requests)" -eq 1 ]
	[ "$(grep -c ' bytes=[1-9].* 206' requests)" -ge 2 ]
	# what broke off goes on by parts
	faults 'GET bytes=0- 1 reset-mid 1000000' 'GET bytes=[1-9] 1 cut 300000'
	s3get --part-size 5M "s3://$bucket/k" | cmp - big
	grep -q ' bytes=1000000-6242879 206' requests
	faults
}

@test "ranges" {
	s3put "s3://$bucket/k" < big
	s3get --range 0-0 "s3://$bucket/k" | cmp - <(head -c 1 big)
	s3get --range 1000-1999 "s3://$bucket/k" | cmp - <(head -c 2000 big | tail -c 1000)
	s3get --range 19999000- "s3://$bucket/k" | cmp - <(tail -c 1000 big)
	for wrong in -10 10-5 x 1-2-3; do
		run s3get "--range=$wrong" "s3://$bucket/k"
		[ "$status" -eq 2 ]
	done
	run s3get --range 30000000-30000001 "s3://$bucket/k"
	[ "$status" -ne 0 ]
}

@test "a part of an object" {
	s3put --part-size fixed:5M "s3://$bucket/k" < big
	s3get --part-number 2 "s3://$bucket/k" | cmp - <(tail -c +5242881 big | head -c 5242880)
	s3put "s3://$bucket/one" < in
	s3get --part-number 1 "s3://$bucket/one" | cmp in
	run s3get --part-number 9 "s3://$bucket/k"
	[ "$status" -ne 0 ]
}

@test "wrong secret: named, status 6, with a remedy" {
	AWS_SECRET_ACCESS_KEY=OTHERSECRET run s3ls "s3://$bucket/"
	[ "$status" -eq 6 ]
	[[ "$output" == *SignatureDoesNotMatch* ]]
	[[ "$output" == *secret* ]]
	AWS_ACCESS_KEY_ID=NOBODY run s3put "s3://$bucket/k" < in
	[ "$status" -eq 6 ]
	[[ "$output" == *NOBODY* || "$output" == *'access key'* || "$output" == *InvalidAccessKeyId* ]]
}

@test "wrong region: named, or mended where the server says it" {
	AWS_REGION=eu-west-9 run s3get "s3://$bucket/k"
	[ "$status" -eq 6 ] || [ "$status" -eq 1 ]
	[ "$status" -eq 1 ] || [[ "$output" == *region* ]]
}

@test "a clock that is hours off is corrected by what the server says" {
	command -v faketime > /dev/null || skip "faketime is missing"
	# faketime is preloaded: a sanitizer would want to be first
	export ASAN_OPTIONS=verify_asan_link_order=0
	faketime -f -1h s3put --part-size 5M "s3://$bucket/k" < big
	cmp big "data/$bucket/k"
	faketime -f +3h s3get --part-size 5M "s3://$bucket/k" | cmp big
}

@test "no credentials: status 6 and the places that were tried" {
	run env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY s3ls "s3://$bucket/"
	[ "$status" -eq 6 ]
	[[ "$output" == *AWS_ACCESS_KEY_ID* ]]
}

@test "no permission: another user's bucket, nobody's credentials" {
	"$("$rig/versitygw.sh")" admin --access TESTKEY --secret TESTSECRET --endpoint-url "$SERVER" \
		--region us-east-1 create-user --access OTHERKEY --secret USERSECRET --role user
	export AWS_ACCESS_KEY_ID=OTHERKEY AWS_SECRET_ACCESS_KEY=USERSECRET
	for call in "s3ls s3://$bucket/" "s3get s3://$bucket/k" "s3put s3://$bucket/k" "s3rm s3://$bucket/k" \
		"hfdump -t null s3://$bucket/k" "hfdump -o s3://$bucket/k.hfile"; do
		run $call < /dev/null
		[ "$status" -eq 6 ]
		[[ "$output" == *AccessDenied* ]]
		printf '%s\n' "$output" >> said/denied
	done
	run env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY s3ls --no-sign-request "s3://$bucket/"
	[ "$status" -eq 6 ]
	[[ "$output" == *AccessDenied* || "$output" == *403* ]]
}

@test "expired token" {
	faults 'GET . * status 400 ExpiredToken'
	AWS_SESSION_TOKEN=SESSIONSECRET run s3ls --endpoint-url "$PROXY" "s3://$bucket/"
	[ "$status" -eq 6 ]
	[[ "$output" == *ExpiredToken* || "$output" == *expired* ]]
	faults
}

@test "no bucket: status 1, unless it may be made" {
	run s3put s3://not-there-yet/k < in
	[ "$status" -eq 1 ]
	[[ "$output" == *not-there-yet* ]]
	[ ! -e data/not-there-yet ]
	run s3get s3://not-there-yet/k
	[ "$status" -eq 1 ]
	s3put --make-bucket s3://not-there-yet/k < in
	cmp in data/not-there-yet/k
}

@test "no server: status 5, soon" {
	read -r port < <("$rig/free-ports.py" 1)
	run timeout 60 s3ls --retry 2 --endpoint-url "http://127.0.0.1:$port" "s3://$bucket/"
	[ "$status" -eq 5 ]
	[[ "$output" == *connect* ]]
	[[ "$output" == *"http://127.0.0.1:$port"* ]]
}

@test "usage: status 2" {
	for call in "s3put" "s3put s3://$bucket" "s3put s3://$bucket/" "s3put --nope s3://$bucket/k" \
		"s3put s3://$bucket/a s3://$bucket/b" "s3get" "s3get s3://$bucket" "s3rm s3://$bucket" \
		"s3rm --prefix s3://$bucket/p/" "s3get -o x s3://$bucket/a s3://$bucket/b" \
		"s3put s3://$bucket/$(printf 'k%.0s' {1..1025})"; do
		run timeout 20 $call < /dev/null
		[ "$status" -eq 2 ]
		[ -n "$output" ]
	done
}

@test "no-clobber, if-match" {
	s3put --no-clobber "s3://$bucket/k" < old
	run s3put --no-clobber "s3://$bucket/k" < big
	[ "$status" -eq 7 ]
	cmp old "data/$bucket/k"
	run s3put --if-match '"00000000000000000000000000000000"' "s3://$bucket/k" < big
	[ "$status" -eq 7 ]
	etag=$(md5sum old | cut -d' ' -f1)
	s3put --multipart-threshold 64M --if-match "\"$etag\"" "s3://$bucket/k" < big
	cmp big "data/$bucket/k"
}

@test "a command's output is stored only when it succeeds" {
	s3put "s3://$bucket/good" -- cat big
	cmp big "data/$bucket/good"
	run s3put "s3://$bucket/bad" -- sh -c 'echo half; exit 3'
	[ "$status" -eq 4 ]
	[ ! -e "data/$bucket/bad" ]
	run s3put --no-empty "s3://$bucket/bad" -- true
	[ "$status" -ne 0 ]
	[ ! -e "data/$bucket/bad" ]
	run s3put --expect-size 5 "s3://$bucket/bad" < big
	[ "$status" -ne 0 ]
	[ ! -e "data/$bucket/bad" ]
}

@test "--tar: each member to its own key" {
	mkdir -p tree/d
	head -c 10 big > tree/a
	head -c 9000000 big > tree/d/b
	: > tree/e
	tar cf - -C tree a d/b e | s3put --tar "s3://$bucket/x/"
	cmp tree/a "data/$bucket/x/a"
	cmp tree/d/b "data/$bucket/x/d/b"
	[ -f "data/$bucket/x/e" ]
	run sh -c "tar cf - -C tree a d/b | head -c 5000000 | s3put --tar s3://$bucket/y/"
	[ "$status" -ne 0 ]
	[ ! -e "data/$bucket/y/d/b" ]
}

@test "stale uploads are listed and removed by age" {
	command -v aws > /dev/null || skip "aws is missing"
	aws_cli s3api create-multipart-upload --bucket "$bucket" --key left > upload
	id=$(jq -r .UploadId upload)
	s3ls --uploads "s3://$bucket/" | grep -qE "^[0-9]+s	$id	s3://$bucket/left\$"
	s3ls -l --uploads "s3://$bucket/" | grep -qE "^[0-9]+s	[0-9-]+T[0-9:.]+Z	$id	s3://$bucket/left\$"
	[ "$(s3ls --uploads --json "s3://$bucket/" | jq '.age < 100')" = true ]
	[ "$(s3ls --uploads --json "s3://$bucket/" | jq -r .upload_id)" = "$id" ]
	s3rm --stale-uploads=24h "s3://$bucket"
	[ "$(uploads "$bucket")" = "$id" ]
	s3rm --stale-uploads=0s "s3://$bucket"
	[ -z "$(uploads "$bucket")" ]
}

@test "TLS: a certificate is checked, --ca-bundle trusts it" {
	run s3ls --endpoint-url "$TLS" "s3://$bucket/"
	[ "$status" -eq 6 ]
	[[ "$output" == *certificate* || "$output" == *ca-bundle* ]]
	s3put --endpoint-url "$TLS" --ca-bundle cert.pem "s3://$bucket/k" < big
	AWS_CA_BUNDLE=cert.pem s3get --endpoint-url "$TLS" "s3://$bucket/k" | cmp big
	s3ls --endpoint-url "$TLS" --no-verify-ssl "s3://$bucket/" 2> /dev/null | grep -q k
}

@test "virtual-host style" {
	s3put --endpoint-url "http://localhost:${SERVER##*:}" --addressing-style virtual "s3://$bucket/a b" < big
	cmp big "data/$bucket/a b"
	s3get --endpoint-url "http://localhost:${SERVER##*:}" --addressing-style virtual "s3://$bucket/a b" | cmp big
}

@test "an endpoint, keys and addressing from a profile, as aws has them" {
	cat > config <<- C
	[profile archiver]
	region = us-east-1
	endpoint_url = $SERVER
	s3 =
	  addressing_style = path
	C
	printf '[archiver]\r\naws_access_key_id = TESTKEY\r\naws_secret_access_key = TESTSECRET\r\n' > credentials
	chmod 600 credentials
	env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_REGION -u AWS_ENDPOINT_URL \
		AWS_CONFIG_FILE=config AWS_SHARED_CREDENTIALS_FILE=credentials s3put --profile archiver "s3://$bucket/k" < in
	cmp in "data/$bucket/k"
}

@test "parts of a file summed two at a time: odd, even, of odd length, few at once" {
	# 20,000,000 bytes: 3 parts and a rest, 2 and a rest, 2, of 64 n or not
	for how in --part-size=6000000 --part-size=6000001 --part-size=7M --part-size=10000000 \
		'--part-size=6000001 --concurrency=1' '--part-size=5M --concurrency=2' \
		'--part-size=5M --multipart-threshold=9M' '--part-size=5M --content-md5' \
		'--part-size=5M --checksum-algorithm=sha256' '--part-size=5M --checksum-algorithm=crc32c'; do
		s3put $how "s3://$bucket/k" big
		cmp big "data/$bucket/k"
		s3get --verify=always "s3://$bucket/k" | cmp - big
		rm "data/$bucket/k"
	done
}

@test "parts of a pipe summed beside each other: odd, even, of two lengths, few at once" {
	# the last two: a first part that is longer, and shorter, than the others
	for how in --part-size=5M --part-size=6000001 --part-size=7M --part-size=10000000 --part-size=9999999 \
		'--part-size=6000001 --concurrency=1' '--part-size=5M --concurrency=2' \
		'--part-size=5M --content-md5' '--part-size=5M --checksum-algorithm=sha256' \
		'--part-size=5M --checksum-algorithm=sha1' '--part-size=5M --checksum-algorithm=crc32c' \
		'--part-size=5M --expected-size=5M' '--part-size=5M --multipart-threshold=9000001' \
		'--part-size=7M --multipart-threshold=5M'; do
		# shellcheck disable=SC2086 # words
		cat big | s3put $how "s3://$bucket/k"
		cmp big "data/$bucket/k"
		s3get --verify=always "s3://$bucket/k" | cmp - big
		rm "data/$bucket/k"
	done
}

@test "a full part of a slow pipe does not wait for the next one" {
	# the first one goes since nothing else does, the second one beside it
	for rule in '' 'PUT partNumber=1& 1 delay 4'; do
		faults ${rule:+"$rule"}
		n=${rule:+2}
		{
			head -c $((5500000 * ${n:-1})) big
			for _ in {1..80}; do
				! grep -q "partNumber=${n:-1}&" requests || break
				sleep .1
			done
			cp requests early
			tail -c +$((5500000 * ${n:-1} + 1)) big
		} | s3put --endpoint-url "$PROXY" --part-size 5M "s3://$bucket/k"
		cmp big "data/$bucket/k"
		[ "$(grep -c "partNumber=${n:-1}&" early)" -eq 1 ]
		[ "$(grep -c partNumber requests)" -eq 4 ]
	done
	faults
}

@test "checksums that the server verifies" {
	for how in crc64nvme crc32c crc32 sha256 sha1; do
		s3put --checksum-algorithm $how "s3://$bucket/$how" < in
		s3put --checksum-algorithm $how --part-size 5M "s3://$bucket/$how-parts" < big
		cmp in "data/$bucket/$how"
		cmp big "data/$bucket/$how-parts"
		s3get --verify always "s3://$bucket/$how-parts" | cmp big
	done
	s3put --content-md5 "s3://$bucket/md5" < in
	s3put --no-payload-signing "s3://$bucket/unsigned" < big
	cmp big "data/$bucket/unsigned"
}

@test "a presigned URL works in curl" {
	s3put "s3://$bucket/a b+c" < big
	url=$(s3get --presign=60 "s3://$bucket/a b+c")
	curl -sf "$url" | cmp big
	[[ "$url" != *TESTSECRET* ]]
}

@test "a URL presigned for PUT is an output, whole or not at all" {
	url=$(s3put --presign=60 "s3://$bucket/x.hfile")
	unsigned() { env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY "$@" 2>> "said/$BATS_TEST_NUMBER.url"; }
	unsigned hfdump --json -o "$url" "$SRC/tests/data/n2k_boats.gts.gz"
	hfdump -q --no-companions -t hfile "$SRC/tests/data/n2k_boats.gts.gz" | cmp - "data/$bucket/x.hfile"
	[ "$(find "data/$bucket" -type f | wc -l)" -eq 1 ] # nothing beside it
	run unsigned hfdump -o "$url" "$SRC/tests/data/nab.gts.gz"
	[ "$status" -eq 7 ]
	unsigned hfdump --force -v -o "$url" "$SRC/tests/data/nab.gts.gz"
	hfdump -q "s3://$bucket/x.hfile" | cmp - <(hfdump -q -t gts "$SRC/tests/data/nab.gts.gz")
	cat big | unsigned s3put --json "$(s3put --presign "s3://$bucket/piped")"
	cmp big "data/$bucket/piped"
	run unsigned s3put "$(s3put --presign "s3://$bucket/none")" -- sh -c 'cat old; exit 1'
	[ "$status" -eq 4 ]
	[ ! -e "data/$bucket/none" ]
	run unsigned s3put "$(s3get --presign "s3://$bucket/none")" < old
	[ "$status" -eq 6 ]
	run unsigned s3put "${url%%\?*}" < old
	[ "$status" -eq 6 ]
	unsigned s3put -n old "$url"
	run unsigned hfadmin index "$url"
	[ "$status" -eq 2 ]
	[ "$(grep -c . "said/$BATS_TEST_NUMBER.url")" -gt 5 ]
	[ -z "$(grep -rl 'X-Amz-Signature=' said)" ]
}

@test "how a server is reached, by option, in every tool" {
	hfdump -q -t gts "$SRC/tests/data/n2k_boats.gts.gz" > day.gts
	printf '[archiver]\naws_access_key_id = TESTKEY\naws_secret_access_key = TESTSECRET\n' > credentials
	chmod 600 credentials
	with() {
		local tool=$1
		shift
		[ "$tool" != hfadmin ] || { tool="hfadmin $1" && shift; }
		# shellcheck disable=SC2086 # two words
		env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_ENDPOINT_URL -u AWS_REGION \
			$tool --endpoint-url "$TLS" --ca-bundle cert.pem --region us-east-1 \
			--credentials-file credentials --profile archiver --addressing-style path "$@"
	}
	to=s3://$bucket
	with hfdump -q -o "$to/x.hfile" day.gts
	with hfdump "$to/x.hfile" | cmp - <(hfdump -q -t gts day.gts)
	for verb in info ls verify digest splits; do
		with hfadmin $verb "$to/x.hfile" > out
		[ -s out ]
	done
	with hfadmin index --force "$to/x.hfile"
	with hfadmin diff "$to/x.hfile" day.gts
	with hfadmin overlap "$to/x.hfile" > out
	with hfadmin lint "$to/x.hfile" || [ $? -eq 1 ]
	with hfadmin repair -o "$to/again.hfile" "$to/x.hfile"
	with hfadmin filter -s '~.*{}' -o "$to/y.hfile" "$to/x.hfile"
	with gts-merge -o "$to/z.hfile" "$to/x.hfile" "$to/y.hfile"
	with gts-rangecompact -o "$to/r.gts" "$to/x.hfile"
	with gts-wrap -o "$to/w" "$to/x.hfile"
	with gts-unwrap "$to/w" | cmp - <(gts-wrap day.gts | gts-unwrap)
	run with hfdump --endpoint-url "$SERVER" --no-sign-request "$to/x.hfile"
	[ "$status" -eq 6 ]
	run with hfdump --addressing-style sideways "$to/x.hfile"
	[ "$status" -eq 2 ]
}

@test "an HFile in a bucket: read by ranges, written by parts" {
	hfdump -q -o x.hfile "$SRC/tests/data/n2k_boats.gts.gz"
	hfdump -q -o "s3://$bucket/x.hfile" "$SRC/tests/data/n2k_boats.gts.gz"
	cmp x.hfile "data/$bucket/x.hfile"
	[ -s "data/$bucket/x.info" ]
	[ -s "data/$bucket/x.gts" ]
	hfdump x.hfile > want
	hfdump "s3://$bucket/x.hfile" | cmp want
	hfadmin verify -q --data "s3://$bucket/x.hfile"
	export AWS_ENDPOINT_URL=$PROXY
	faults
	hfadmin info "s3://$bucket/x.hfile" | grep -q '^points'
	[ "$(grep -c . requests)" -eq 1 ]
	# what was written is not read back for the sum that .info tells
	"$BIN/bench/generate" 400000 40 | hfdump -q --preset hot -o "s3://$bucket/again.hfile"
	[ "$(grep -c '^GET.*again\.hfile' requests)" -le 3 ]
	grep -qF "$(sha256sum < "data/$bucket/again.hfile" | cut -d' ' -f1)" "data/$bucket/again.info"
	run hfdump -o "s3://$bucket/x.hfile" "$SRC/tests/data/n2k_boats.gts.gz"
	[ "$status" -eq 2 ] || [ "$status" -eq 7 ]
	faults 'GET . * status 403 AccessDenied'
	run hfdump -t null "s3://$bucket/x.hfile"
	[ "$status" -eq 6 ]
	faults 'PUT . * status 403 AccessDenied' 'POST . * status 403 AccessDenied'
	run hfdump -o "s3://$bucket/y.hfile" "$SRC/tests/data/n2k_boats.gts.gz"
	[ "$status" -eq 6 ]
	[ ! -e "data/$bucket/y.hfile" ]
	[ -z "$(uploads "$bucket")" ]
	faults
}

@test "one series of one day out of a large HFile: 3 index reads of 320 KiB, a read a page" {
	[ -x "$BIN/bench/generate" ] || skip "bench/generate is not built (make check builds it)"
	"$BIN/bench/generate" 2000000 2000 |
		hfdump -q --no-companions --preset hot -o "data/$bucket/large.hfile"
	export AWS_ENDPOINT_URL=$PROXY
	one=$(hfadmin ls "s3://$bucket/large.hfile" | head -n 1)
	faults
	hfadmin info "s3://$bucket/large.hfile" > got
	[ "$(grep -c . requests)" -eq 1 ]
	faults
	printf '%s\n' "$one" > one
	hfdump -t gts --series-file one --period 20200913 "s3://$bucket/large.hfile" > got
	[ "$(wc -l < got)" -gt 100 ]
	# the pages are at the front, the tail read is the first: none is asked for twice, nothing around them
	day_reads
}

@test "a whole HFile is read in order, ahead, each byte once" {
	[ -x "$BIN/bench/generate" ] || skip "bench/generate is not built (make check builds it)"
	"$BIN/bench/generate" 3000000 300 |
		hfdump -q --no-companions --preset hot -o "data/$bucket/large.hfile"
	hfdump -q "data/$bucket/large.hfile" > want
	export AWS_ENDPOINT_URL=$PROXY
	faults
	hfdump -q "s3://$bucket/large.hfile" | cmp want
	awk '$3 != "bytes=-262144" {split($3, r, "[=-]"); n += r[3] - r[2] + 1}
		END {exit n > '"$(stat -c %s "data/$bucket/large.hfile")"'}' requests
	# one that goes away in between is told, one that stops early leaves at once
	faults 'GET bytes=[1-9] %2 reset' 'GET . * delay 0.01'
	hfdump -q "s3://$bucket/large.hfile" | cmp want
	hfdump -q "s3://$bucket/large.hfile" | head -n 10 | cmp - <(head -n 10 want)
	faults 'GET bytes=[1-9] * etag "other"'
	run hfdump -q -t null "s3://$bucket/large.hfile"
	[ "$status" -eq 7 ]
	faults
}

@test "a dump of many ranges is read while it comes, whatever happens" {
	[ -x "$BIN/bench/generate" ] || skip "bench/generate is not built (make check builds it)"
	"$BIN/bench/generate" 500000 50 > "data/$bucket/large.gts"
	hfdump -q -t gts "data/$bucket/large.gts" > want
	export AWS_ENDPOINT_URL=$PROXY
	# the first request is for all, and cut when it is slow
	slow='GET bytes=0- * trickle 400000 0.01'
	faults "$slow"
	hfdump -q -t gts "s3://$bucket/large.gts" | cmp want
	[ "$(grep -c 'GET.*large' requests)" -ge 3 ]
	faults 'GET large %2 reset-mid 1000000'
	hfdump -q -t gts "s3://$bucket/large.gts" | cmp want
	faults "GET large * whole $S3_DIR/data/$bucket/large.gts \"x\""
	hfdump -q -t gts "s3://$bucket/large.gts" | cmp want
	faults "$slow" 'GET bytes=[1-9] * status 403 AccessDenied'
	run hfdump -q -o here.hfile "s3://$bucket/large.gts"
	[ "$status" -eq 6 ]
	[ ! -e here.hfile ]
	faults "$slow" 'GET bytes=[1-9] * etag "other"'
	run hfdump -q -o here.hfile "s3://$bucket/large.gts"
	[ "$status" -eq 7 ]
	[ ! -e here.hfile ]
	# who needs no more does not wait for what is on its way
	faults "$slow" 'GET bytes=[1-9] * stall 30'
	echo 'no line at all' | cat - "data/$bucket/large.gts" > "data/$bucket/bad.gts"
	run timeout 10 hfdump -q -f gts -o here.hfile "s3://$bucket/bad.gts"
	[ "$status" -eq 3 ]
	faults
}

@test "dumps in a bucket and over http" {
	cp "$SRC/tests/data/nab.gts.gz" "data/$bucket/"
	hfdump -q -t gts "s3://$bucket/nab.gts.gz" > got
	hfdump -q -t gts "$SRC/tests/data/nab.gts.gz" | cmp got
	url=$(s3get --presign=60 "s3://$bucket/nab.gts.gz")
	hfdump -q -t gts "$url" | cmp got
}

@test "blobs as the database's S3 extension stores them: readable, and the other way round" {
	for p in gts-wrap gts-unwrap; do
		command -v $p > /dev/null || skip "$p is not there yet"
	done
	n=0
	for blob in "$SRC"/tests/data/s3ext/*.blob; do
		name=$(basename "$blob" .blob)
		text=$(dirname "$blob")/${name%.*}.gts.gz
		case $name in
		*.opt) how=--optimise ;;
		*) how=--typed ;;
		esac
		# a key as the extension was given one: with a folder and a blank
		key="${name%%-*}/${name#*-} 1"
		s3put "s3://$bucket/$key" "$blob"
		cmp "$blob" "data/$bucket/$key"
		s3get "s3://$bucket/$key" | gts-unwrap --keep-order | cmp - <(gzip -dc "$text")
		gts-unwrap --keep-order "s3://$bucket/$key" | cmp - <(gzip -dc "$text")
		s3get "s3://$bucket/$key" | gts-wrap --keep-order --label-order hash $how -e bytes |
			s3put "s3://$bucket/again/$key"
		cmp "$blob" "data/$bucket/again/$key"
		# from text: all but the ids, which only the database can make
		gzip -dc "$text" | gts-wrap --keep-order --label-order hash $how -e bytes |
			s3put "s3://$bucket/text/$key"
		gts-unwrap --keep-order "s3://$bucket/text/$key" | cmp - <(gzip -dc "$text")
		n=$((n + 1))
	done
	[ $n -eq 5 ]
}

@test "as the README has it" {
	for p in gts-wrap gts-unwrap; do
		command -v $p > /dev/null || skip "$p is not there yet"
	done
	hfdump -q -t gts "$SRC/tests/data/n2k_boats.gts.gz" > day.gts
	hfdump -q --force -o x.hfile day.gts
	one=$(hfadmin ls x.hfile | head -n 1)
	s3put "s3://$bucket/one" -- gts-wrap -s "$one" -e bytes day.gts
	gts-wrap -s "$one" -e bytes day.gts | cmp "data/$bucket/one"
	gts-wrap -s "$one" --by-period YYYYMM --archid '%c' --tar - day.gts | s3put --tar --make-bucket s3://wrapped/
	[ "$(s3ls --recursive s3://wrapped/ | wc -l)" -gt 0 ]
	s3get "s3://$bucket/one" | gts-unwrap | hfdump -o one.hfile
	hfdump -q -s "$one" -t gts day.gts > want
	hfdump one.hfile | cmp want
}

@test "--limit-rate is the rate of all requests, few or many" {
	for how in '--part-size 5M' '--multipart-threshold 64M'; do
		from=${EPOCHREALTIME/./}
		# shellcheck disable=SC2086 # two words
		s3put $how --limit-rate 8M "s3://$bucket/k" < big
		took=$((${EPOCHREALTIME/./} - from))
		[ $took -gt 2200000 ] # 20 MB take 2.4 s
		[ $took -lt 8000000 ]
	done
	cmp big "data/$bucket/k"
	from=${EPOCHREALTIME/./}
	s3get --limit-rate 8M "s3://$bucket/k" | cmp big
	[ $((${EPOCHREALTIME/./} - from)) -gt 2200000 ]
}

# How a program ends that gets SIGABRT after half a second, and may dump core.
dumps() {
	python3 - "$@" <<- 'P'
	import os, resource, subprocess, sys, time
	resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
	child = subprocess.Popen(sys.argv[1:], stdin=open("big"), stdout=subprocess.DEVNULL)
	time.sleep(0.5)
	child.send_signal(6)
	status = os.waitpid(child.pid, 0)[1]
	print(os.WTERMSIG(status), "core" if os.WCOREDUMP(status) else "none")
	P
}

@test "no core, so no secret in one" {
	mkdir cores
	(cd cores && ln -s ../big big && dumps sleep 30 > ../plain)
	[ "$(cat plain)" = '6 core' ] || skip "this machine dumps no core: $(cat plain)"
	rm -f cores/core*
	for call in "s3put --limit-rate 2M s3://$bucket/k" "s3get --limit-rate 2M s3://$bucket/big" \
		"hfdump -f gts -t null s3://$bucket/slow" "hfadmin info s3://$bucket/slow"; do
		s3put "s3://$bucket/big" < big
		case $call in
		*slow) faults 'GET slow * stall 5' ;;
		*) faults ;;
		esac
		# shellcheck disable=SC2086 # words
		(cd cores && AWS_ENDPOINT_URL=$PROXY dumps $call > ../ended 2> ../said/cores)
		case $(cat ended) in
		'6 none') ;;
		*) echo "$call: $(cat ended)" && return 1 ;;
		esac
		[ -z "$(compgen -G 'cores/core*')" ]
	done
	faults
}

@test "no secret in what was said, asked for, or in arguments" {
	s3put --limit-rate 2M "s3://$bucket/k" < big &
	pid=$!
	sleep 1
	[ -n "$(tr '\0' '\n' < /proc/$pid/cmdline | grep s3put)" ]
	[ -z "$(tr '\0' '\n' < /proc/$pid/cmdline | grep SECRET)" ]
	kill $pid
	wait $pid || :
	s3get -v "s3://first/none" 2>> said/verbose || :
	s3get -v -v --endpoint-url "$PROXY" s3://first/none 2>> said/verbose || :
	[ -s said/verbose ]
	[ -z "$(grep -rlE 'TESTSECRET|OTHERSECRET|USERSECRET|SESSIONSECRET' said requests)" ]
}
