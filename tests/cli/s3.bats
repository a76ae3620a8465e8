#!/usr/bin/env bats
# s3put, s3get, s3ls, s3rm without a server: command lines, settings,
# statuses.  What needs one is in tests/integration.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	cd "$DIR" || return 1
	for v in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\)=.*/\1/p'); do unset "$v"; done
	export HOME=$DIR AWS_EC2_METADATA_DISABLED=true
	export AWS_ENDPOINT_URL=http://127.0.0.1:9 # nobody listens
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
}

keys() {
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIsecret
}

@test "s3: operands that are no s3:// URL, or none, are status 2" {
	keys
	for c in 's3put' 's3put s3://bucket/' 's3put s3://bucket/a/' 's3put file' \
		's3put s3://b/k' 's3put s3://bu*ket/k' 's3put s3://bucket/k s3://bucket/l' \
		's3get' 's3get file' 's3get s3://bucket' 's3rm' 's3rm s3://bucket/' 's3ls file' \
		's3put s3://bucket/k --' 's3put a b s3://bucket/k' 's3put - s3://bucket/p/'; do
		echo x > file
		run $c < /dev/null
		[ "$status" -eq 2 ] || { echo "$c: $status $output"; false; }
	done
	run s3get "s3://bucket/$(printf '%01025d' 0)"
	[ "$status" -eq 2 ]
	[[ "$output" == *"1024 bytes"* ]]
}

@test "s3: options that contradict or make no sense are status 2" {
	keys
	for o in '--part-size 1M' '--part-size 6G' '--addressing-style odd' '--concurrency 0x' \
		'--no-clobber=often' '--no-clobber --if-match "x"' '--if-none-match x' \
		'--checksum-algorithm md4' '--multipart-threshold 1M' '--metadata novalue' \
		'--metadata a:b=c' '--presign=0' '--presign=700000' '--progress now'; do
		run s3put $o s3://bucket/k < /dev/null
		[ "$status" -eq 2 ] || { echo "$o: $status $output"; false; }
	done
	for o in '--range 5' '--range 7-3' '--range -5' '--verify maybe' '--missing maybe' '--continue'; do
		run s3get $o s3://bucket/k
		[ "$status" -eq 2 ] || { echo "$o: $status $output"; false; }
	done
	run s3ls --uploads --versions s3://bucket
	[ "$status" -eq 2 ]
}

@test "s3: no credentials is status 6 and tells where they were looked for" {
	run s3ls
	[ "$status" -eq 6 ]
	[[ "$output" == *AWS_ACCESS_KEY_ID*"$HOME/.aws/credentials"*--no-sign-request* ]]
	printf '[default]\naws_access_key_id = AKIDEXAMPLE\n' > credentials
	chmod 600 credentials
	run s3ls --credentials-file credentials
	[ "$status" -eq 6 ]
	[[ "$output" == *aws_secret_access_key* ]]
}

@test "s3: a credentials file that others may read is refused, a pipe is not" {
	printf '[default]\naws_access_key_id = K\naws_secret_access_key = S\n' > credentials
	for mode in 644 640 604; do
		chmod $mode credentials
		run s3ls --credentials-file credentials
		[ "$status" -eq 2 ]
		[[ "$output" == *'credentials: others may read this secret (chmod 600)'* ]]
	done
	chmod 600 credentials
	run s3get --credentials-file credentials --presign s3://bkt/k
	[ "$status" -eq 0 ]
	run s3get --credentials-file <(cat credentials) --presign s3://bkt/k
	[ "$status" -eq 0 ]
	run s3ls --credentials-file nowhere
	[ "$status" -eq 4 ]
}

@test "s3: a dead proxy is named, with what to do" {
	export AWS_ACCESS_KEY_ID=K AWS_SECRET_ACCESS_KEY=S
	run s3ls --retry 1 --endpoint-url http://far.example:81 --proxy http://127.0.0.1:9 s3://bkt/
	[ "$status" -eq 5 ]
	[[ "$output" == *'proxy 127.0.0.1:9 '*--proxy*no_proxy* ]]
	https_proxy=http://127.0.0.1:9 run s3ls --retry 1 --endpoint-url https://far.example s3://bkt/
	[ "$status" -eq 5 ]
	[[ "$output" == *'proxy 127.0.0.1:9 '*https_proxy* ]]
	run s3ls --retry 1 --endpoint-url http://127.0.0.1:81 --proxy http://127.0.0.1:9 s3://bkt/
	[[ "$output" == *'proxy 127.0.0.1:9 '* ]]
	# a dead server behind none is no proxy's fault
	for dead in http://127.0.0.1:9 'http://[::1]:9' http://localhost:9; do
		run s3ls --retry 1 --endpoint-url "$dead" s3://bkt/
		[ "$status" -eq 5 ]
		[[ "$output" != *proxy* ]]
	done
}

@test "s3: a profile that is not there is status 2, one that signs in names the remedy" {
	run s3ls --profile nobody
	[ "$status" -eq 2 ]
	[[ "$output" == *nobody* ]]
	mkdir .aws
	printf '[profile sso]\nsso_session = x\n[profile odd\n' > .aws/config
	run s3ls --profile sso
	[ "$status" -eq 2 ]
	[[ "$output" == *.aws/config:3:* ]]
	sed -i 3d .aws/config
	run s3ls --profile sso
	[ "$status" -eq 6 ]
	[[ "$output" == *export-credentials* ]]
}

@test "s3: nobody listens is status 5, and nothing is stored" {
	keys
	for c in 's3ls s3://bucket' 's3get s3://bucket/k' 's3rm s3://bucket/k' 's3put s3://bucket/k' \
		's3get -o out s3://bucket/k'; do
		run $c --retry 1 < /dev/null
		[ "$status" -eq 5 ] || { echo "$c: $status $output"; false; }
		[[ "$output" != *wJalr* ]]
	done
	[ ! -e out ]
	[ ! -e out.part ]
	run s3get --retry 2 -v s3://bucket/k
	[[ "$output" == *"attempt 1 failed"* ]]
}

@test "s3: an endpoint that is no URL is status 2" {
	keys
	for e in ftp://host host http:// 'http://a b' http://user@host; do
		run s3ls --endpoint-url "$e"
		[ "$status" -eq 2 ] || { echo "$e: $status $output"; false; }
	done
}

@test "s3put: a command that fails is status 4" {
	keys
	run s3put --retry 1 s3://bucket/k -- sh -c 'echo x; exit 3'
	[ "$status" -eq 4 ]
	[[ "$output" == *"status 3"*"nothing is stored"* ]]
	run s3put --retry 1 s3://bucket/k -- no-such-command
	[ "$status" -eq 4 ]
	[[ "$output" == *no-such-command* ]]
	run s3put --no-empty s3://bucket/k -- true
	[ "$status" -eq 4 ]
	[[ "$output" == *--no-empty* ]]
	run s3put --expect-size 5 s3://bucket/k -- echo x
	[ "$status" -eq 4 ]
	run s3put --min-size 5 s3://bucket/k -- echo x
	[ "$status" -eq 4 ]
	run s3put s3://bucket/k nowhere
	[ "$status" -eq 4 ]
}

@test "s3: dry runs ask nobody" {
	keys
	echo x > file
	[ "$(s3put -n s3://bucket/a/ file)" = 'would put file to s3://bucket/a/file' ]
	[ "$(s3put --dryrun file s3://bucket/k)" = 'would put file to s3://bucket/k' ]
	[ "$(s3rm -n s3://bucket/k)" = 'would remove s3://bucket/k' ]
	mkdir m && echo 1 > m/one && echo 2 > 'm/t w'
	[ "$(tar cf - -C m one 't w' | s3put -n --tar s3://bucket/p/ | sort)" = \
		"$(printf 'would put one to s3://bucket/p/one\nwould put t w to s3://bucket/p/t w')" ]
}

@test "s3: a presigned URL holds the signature and no secret" {
	keys
	url=$(s3get --presign=60 --endpoint-url http://localhost:8000 's3://bucket/a b%+?#')
	[[ "$url" == 'http://localhost:8000/bucket/a%20b%25%2B%3F%23?X-Amz-Algorithm='* ]]
	[[ "$url" == *X-Amz-Expires=60* && "$url" == *X-Amz-Signature=* && "$url" != *wJalr* ]]
	AWS_SESSION_TOKEN=tok s3put --presign s3://bucket/k | grep -q 'X-Amz-Security-Token=tok'
	unset AWS_ENDPOINT_URL
	[[ "$(s3get --presign --region eu-west-3 s3://bucket/k)" == https://bucket.s3.eu-west-3.amazonaws.com/k?* ]]
	[[ "$(s3get --presign --addressing-style path s3://bucket/k)" == https://s3.us-east-1.amazonaws.com/bucket/k?* ]]
	[[ "$(s3get --presign s3://a.bucket/k)" == https://s3.us-east-1.amazonaws.com/a.bucket/k?* ]]
	[[ "$(s3get --presign s3+http://bucket/k)" == http://bucket.s3.us-east-1.amazonaws.com/k?* ]]
}

@test "s3: a customer's key in a file that others may read is refused" {
	keys
	head -c 32 /dev/zero > key
	chmod 644 key
	run s3get --sse-c-key-file key --retry 1 s3://bucket/k
	[ "$status" -eq 2 ]
	[[ "$output" == *"chmod 600"* ]]
	chmod 600 key
	run s3get --sse-c-key-file key --retry 1 s3://bucket/k
	[ "$status" -eq 5 ]
	echo short > key
	run s3get --sse-c-key-file key --retry 1 s3://bucket/k
	[ "$status" -eq 2 ]
}

@test "s3get: an output that exists is kept" {
	keys
	echo precious > out
	run s3get --retry 1 -o out s3://bucket/k
	[ "$status" -eq 2 ]
	[ "$(cat out)" = precious ]
	run s3get -o x s3://bucket/k s3://bucket/l
	[ "$status" -eq 2 ]
}

@test "hfdump, hfadmin: remote operands answer as the s3 tools do" {
	keys
	export AWS_MAX_ATTEMPTS=1
	printf '1// a{} 1\n' > in.txt
	for c in 'hfdump -t gts s3://bucket/x.hfile' 'hfdump -t gts http://127.0.0.1:9/x.gts' \
		'hfadmin info s3://bucket/x.hfile' 'hfadmin verify http://127.0.0.1:9/x.hfile' \
		'hfdump -o s3://bucket/x.hfile in.txt' 'hfdump -t gts in.txt -o s3://bucket/x.gts' \
		'hfdump -o http://127.0.0.1:9/x.hfile?X-Amz-Signature=abcdef in.txt'; do
		run $c
		[ "$status" -eq 5 ] || { echo "$c: $status $output"; false; }
		[[ "$output" != *wJalr* && "$output" != *abcdef* ]]
	done
	run hfdump -t gts s3://bucket/
	[ "$status" -eq 2 ]
	run hfdump -t gts 'http://127.0.0.1:9/x?X-Amz-Signature=abcdef'
	[[ "$output" != *abcdef* ]]
	unset AWS_ACCESS_KEY_ID
	run hfdump -t gts s3://bucket/x.hfile
	[ "$status" -eq 6 ]
}
