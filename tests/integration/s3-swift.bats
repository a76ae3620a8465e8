#!/usr/bin/env bats
# What no other server shows, against OpenStack Swift's s3api: the region it
# enforces and names, 501 for conditions and tags, parts in order, unsigned
# headers refused.

# tags and conditions of one request are 501; keys of the customer would be
# ignored without a word
export CANNOT='checksums part-checksums put-conditions tags customer-keys session-tokens part-numbers'

setup_file() {
	load s3-peer.bash
	peer_begin swift-proxy-server swift-object-server swift-ring-builder || return 0
	read -r proxy account container object < <("$rig/free-ports.py" 4)
	AWS_ENDPOINT_URL=http://127.0.0.1:$proxy
	export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=testing
	"$rig/swift-start.sh" "$S3_DIR" "$proxy" "$account" "$container" "$object"
	peer_fill
}

teardown_file() {
	load s3-peer.bash
	peer_end
}

setup() {
	load s3-peer.bash
	export AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=testing
	s3_setup
}

@test "the probes that concern a client" {
	probe_all
}

@test "to and fro: nothing, a request, parts, ranges" {
	for n in 0 1000 12000000; do
		head -c $n big > in
		s3put --part-size 5M "s3://first/fro/$n" < in
		s3get --part-size 5M "s3://first/fro/$n" | cmp in
		s3get --force -o out "s3://first/fro/$n"
		cmp in out
	done
	s3get --range 5000000-5999999 s3://first/fro/12000000 | cmp - <(tail -c +5000001 big | head -c 1000000)
	[ "$(s3ls s3://first/fro/ | wc -l)" -eq 3 ]
	[ -z "$(s3ls --uploads s3://first/fro/)" ]
}

@test "parts are given in order, also when they arrive in none" {
	s3put --part-size 5M --concurrency 8 s3://first/order big
	s3get s3://first/order | cmp big
}

@test "the region that the server names is used, once it said so" {
	AWS_REGION=eu-west-9 s3put s3://first/region < small
	AWS_REGION=eu-west-9 s3get s3://first/region | cmp small
	AWS_REGION=eu-west-9 s3put --part-size 5M s3://first/region < big
	s3get s3://first/region | cmp big
}

@test "501: nothing is overwritten where that cannot be promised" {
	run s3put --no-clobber s3://first/new < small
	[ "$status" -eq 7 ]
	[[ "$output" == *best-effort* ]]
	[ -z "$(s3ls s3://first/new)" ]
	s3put --no-clobber=best-effort s3://first/new < small
	run s3put --no-clobber=best-effort s3://first/new < big
	[ "$status" -eq 7 ]
	s3get s3://first/new | cmp small
	# with parts this server can
	s3put --no-clobber --part-size 5M s3://first/parts < big
	run s3put --no-clobber --part-size 5M s3://first/parts < big
	[ "$status" -eq 7 ]
	run s3put --tags a=b s3://first/tagged < small
	[ "$status" -eq 6 ]
	[[ "$output" == *NotImplemented* ]]
}

@test "wrong secret, no bucket, no key, a class that is not there" {
	AWS_SECRET_ACCESS_KEY=other run s3ls s3://first/
	[ "$status" -eq 6 ]
	[[ "$output" == *SignatureDoesNotMatch* ]]
	run s3ls s3://no-such-bucket/
	[ "$status" -eq 1 ]
	run s3get s3://first/no-such-key
	[ "$status" -eq 1 ]
	run s3put --storage-class GLACIER s3://first/cold < small
	[ "$status" -eq 6 ]
}

@test "an HFile in a bucket, and all of it removed by count" {
	run hfdump -q -o s3://first/h/x.hfile "$SRC/tests/data/n2k_boats.gts.gz"
	[ "$status" -eq 7 ]
	[[ "$output" == *'(--force overwrites)'* ]]
	hfdump -q --force -o s3://first/h/x.hfile "$SRC/tests/data/n2k_boats.gts.gz"
	hfdump -q s3://first/h/x.hfile | cmp - <(hfdump -q -t gts "$SRC/tests/data/n2k_boats.gts.gz")
	hfadmin verify -q --data s3://first/h/x.hfile
	s3rm --prefix --expect 3 s3://first/h/
	run s3ls s3://first/h/
	[ "$status" -eq 1 ]
}
