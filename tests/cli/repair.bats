#!/usr/bin/env bats
# hfadmin repair.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$(mktemp -d)
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR"
	hfdump -q --tag t --no-companions -o a.hfile "$DATA/prom_node.gts.gz"
	size=$(wc -c < a.hfile)
}

teardown() {
	rm -rf "$DIR"
}

@test "a sound file comes back the same, byte for byte" {
	hfadmin repair -o b.hfile a.hfile
	cmp a.hfile b.hfile
	[ -s b.info ] && [ -s b.gts ]
	hfadmin repair a.hfile | cmp - a.hfile
}

@test "a file that lost only its index loses nothing" {
	head -c $((size - 30)) a.hfile > cut.hfile
	run hfadmin repair -o b.hfile cut.hfile
	[ "$status" -eq 0 ]
	[[ "$output" == *"no points are lost by that"* ]]
	hfadmin diff a.hfile b.hfile
	hfadmin verify --data b.hfile
	cp a.hfile c.hfile
	printf 'XXXX' | dd of=c.hfile bs=1 seek=20 conv=notrunc 2> /dev/null
	hfadmin repair -o c2.hfile c.hfile
	hfadmin diff a.hfile c2.hfile
}

@test "what is lost is named, status 1, and the rest is sound" {
	head -c $((size / 2)) a.hfile > cut.hfile
	run hfadmin repair -o b.hfile cut.hfile
	[ "$status" -eq 1 ]
	[[ "$output" == *"PAGE is cut short"* ]]
	hfadmin verify --data b.hfile
	run bash -c "hfadmin repair --json -o c.hfile cut.hfile | jq -s 'map(.points) | any'"
	[ "$output" = "true" ] || [[ "$output" == *true ]]
	run hfadmin repair -o a.hfile --force a.hfile
	[ "$status" -eq 2 ]
	run hfadmin repair -o d.hfile /dev/null
	[ "$status" -ne 0 ]
	[ ! -e d.hfile ]
	printf 'no HFile at all' > e
	run hfadmin repair -o d.hfile e
	[ "$status" -eq 3 ]
	[ ! -e d.hfile ]
}
