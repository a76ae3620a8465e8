#!/usr/bin/env bats
# What versitygw cannot show, against Ceph's radosgw: all odd keys, keys of
# the customer, a server that is busy, session tokens of a real STS, replies
# without a message.

# checksums and part numbers are ignored, tokens without STS as well
export CANNOT='checksums session-tokens part-numbers'

setup_file() {
	load s3-peer.bash
	peer_begin radosgw ceph-osd || return 0
	read -r port mon busy sts < <("$rig/free-ports.py" 4)
	export BUSY=http://127.0.0.1:$busy STS=http://127.0.0.1:$sts
	export AWS_ENDPOINT_URL=http://127.0.0.1:$port
	"$rig/radosgw-start.sh" "$S3_DIR" "$port" "$mon" "$busy" "$sts"
	peer_fill
}

teardown_file() {
	load s3-peer.bash
	peer_end client.rgw client.busy client.sts osd.0 mon.a
}

setup() {
	load s3-peer.bash
	s3_setup
}

@test "the probes that concern a client" {
	probe_all
}

@test "a key that ends in / is no stream's name, but one that is there is read" {
	aws_cli s3api put-object --bucket first --key odd/d/ --body big > /dev/null
	s3get s3://first/odd/d/ | cmp big
	s3rm s3://first/odd/d/
}

@test "a busy server: 503 SlowDown is waited for" {
	s3put --endpoint-url "$BUSY" --part-size 5M --concurrency 8 s3://first/busy < big
	for i in 1 2 3 4; do
		s3get --endpoint-url "$BUSY" --part-size 5M --concurrency 8 s3://first/busy > "got.$i" &
	done
	wait
	for i in 1 2 3 4; do cmp big "got.$i"; done
}

@test "wrong secret, no bucket, no object: statuses and words, also without a message" {
	AWS_SECRET_ACCESS_KEY=other run s3ls s3://first/
	[ "$status" -eq 6 ]
	[[ "$output" == *SignatureDoesNotMatch* ]]
	run s3ls s3://no-such-bucket/
	[ "$status" -eq 1 ]
	run s3get s3://first/no-such-key
	[ "$status" -eq 1 ]
	[[ "$output" == *no-such-key* ]]
}

@test "a role is assumed, its session token used: a real STS" {
	cat > config <<- C
	[profile base]
	region = us-east-1
	[profile reader]
	role_arn = arn:aws:iam:::role/reader
	source_profile = base
	role_session_name = night
	C
	printf '[base]\naws_access_key_id = TESTKEY\naws_secret_access_key = TESTSECRET\n' > credentials
	chmod 600 credentials
	s3put s3://first/x < big
	hfdump -q -o s3://first/role.hfile "$SRC/tests/data/n2k_boats.gts.gz"
	assumed() {
		env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_ENDPOINT_URL AWS_CONFIG_FILE=config \
			AWS_SHARED_CREDENTIALS_FILE=credentials AWS_ENDPOINT_URL_STS="$STS" AWS_ENDPOINT_URL_S3="$STS" "$@"
	}
	assumed s3get --profile reader --part-size 5M s3://first/x | cmp big
	[ "$(AWS_PROFILE=reader assumed s3ls s3://first/x)" = s3://first/x ]
	AWS_PROFILE=reader assumed hfadmin verify -q --data s3://first/role.hfile
	assumed hfadmin verify -q --profile reader s3://first/role.hfile
	# the role may read only; its keys are of no use without the token
	run assumed s3put --profile reader s3://first/y < key
	[ "$status" -eq 6 ]
	[[ "$output" == *AccessDenied* ]]
	sed 's|role/reader|role/nobody|' config > config.nobody
	AWS_PROFILE=reader run assumed env AWS_CONFIG_FILE=config.nobody s3ls s3://first/
	[ "$status" -eq 6 ]
	[[ "$output" == *role/nobody* ]]
	curl -sf "$(assumed s3get --profile reader --presign s3://first/x)" | cmp big
}

@test "session tokens from the environment: right, altered, missing" {
	AWS_ENDPOINT_URL=$STS aws_cli sts assume-role --role-arn arn:aws:iam:::role/reader --role-session-name test > token
	s3put s3://first/x < big
	with() { # JQ-FILTER-OF-THE-TOKEN
		env AWS_ENDPOINT_URL="$STS" AWS_ACCESS_KEY_ID="$(jq -r .Credentials.AccessKeyId token)" \
			AWS_SECRET_ACCESS_KEY="$(jq -r .Credentials.SecretAccessKey token)" \
			AWS_SESSION_TOKEN="$(jq -r ".Credentials.SessionToken | $1" token)" s3get s3://first/x
	}
	with . | cmp big
	for how in '.[:-8] + "AAAAAAA="' '""' '"nonsense"'; do
		run with "$how"
		[ "$status" -eq 6 ]
		[[ "$output" != *"$(jq -r .Credentials.SecretAccessKey token)"* ]]
		[[ "$output" != *"$(jq -r '.Credentials.SessionToken[20:60]' token)"* ]]
	done
}

@test "parts, tags, metadata and empty objects; aws reads the same" {
	s3put --part-size 5M --metadata a=b s3://first/parts < big
	s3put --tags x=y s3://first/tagged < key # this server drops tags of parts
	s3put s3://first/empty < /dev/null
	[ -z "$(s3get s3://first/empty)" ]
	s3get --part-size 5M s3://first/parts | cmp big
	command -v aws > /dev/null || skip "aws is missing"
	aws_cli s3 cp --quiet s3://first/parts from-aws
	cmp big from-aws
	[ "$(aws_cli s3api get-object-tagging --bucket first --key tagged --query 'TagSet[0].Value' --output text)" = y ]
	[ "$(aws_cli s3api list-multipart-uploads --bucket first --query 'length(Uploads || `[]`)')" = 0 ]
}

@test "an HFile in a bucket" {
	hfdump -q -o s3://first/x.hfile "$SRC/tests/data/n2k_boats.gts.gz"
	hfdump -q -t gts "$SRC/tests/data/n2k_boats.gts.gz" > want
	hfdump -q -t gts s3://first/x.hfile | cmp want
}
