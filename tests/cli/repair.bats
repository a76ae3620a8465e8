#!/usr/bin/env bats
# hfadmin repair.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR"
	hfdump -q --tag t --no-companions -o a.hfile "$DATA/prom_node.gts.gz"
	size=$(wc -c < a.hfile)
}

@test "a sound file comes back the same, byte for byte" {
	hfadmin repair -o b.hfile a.hfile
	cmp a.hfile b.hfile
	[ -s b.info ]
	[ -s b.gts ]
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

@test "repack: another preset, one segment, the same points and tags" {
	hfadmin repack --preset fast -o b.hfile a.hfile
	[ "$(hfadmin info --json b.hfile | jq -r '.preset, .segments, .tags[0]' | xargs)" = "fast 1 t" ]
	hfadmin diff a.hfile b.hfile
	hfadmin repack -o c.hfile b.hfile
	cmp a.hfile c.hfile
	hfadmin repack --in-place b.hfile
	cmp a.hfile b.hfile
	[ "$(ls -A | grep -c '^\.b')" -eq 0 ]
	hfadmin verify --data b.hfile
	run hfadmin repack --in-place -o d.hfile b.hfile
	[ "$status" -eq 2 ]
	printf 'XXXX' | dd of=c.hfile bs=1 seek=9000 conv=notrunc 2> /dev/null
	cp c.hfile c2.hfile
	run hfadmin repack --in-place c.hfile
	[ "$status" -eq 3 ]
	cmp c.hfile c2.hfile
}

@test "splits: the parts are the whole; a part of another file is refused" {
	for k in 1 2; do
		awk -v k=$k 'BEGIN { for (i = 0; i < 600000; i++) print i "// s" k "{} " (i * i) % 1013 }' |
			hfdump -q --no-companions -o p$k.hfile -
	done
	gts-merge -q --no-companions -o m.hfile p1.hfile p2.hfile
	hfadmin splits --split-size 1K m.hfile > parts
	[ "$(wc -l < parts)" -ge 2 ]
	[ "$(jq -s 'map(.points) | add' parts)" -eq 1200000 ]
	jq -r .id parts | while read -r id; do hfdump -t fulltext --part "$id" m.hfile; done | hfadmin diff - m.hfile
	id=$(jq -r .id parts | head -n 1)
	run hfdump -t null --part "$id" p1.hfile
	[ "$status" -eq 3 ]
	run hfdump -t null --part "${id%-*-*}-7-${id##*-}" m.hfile
	[ "$status" -eq 3 ]
	run hfdump -t null --part nonsense m.hfile
	[ "$status" -eq 2 ]
	run hfdump -t null --part "$id" m.hfile p1.hfile
	[ "$status" -eq 2 ]
	[ "$(hfadmin splits m.hfile | wc -l)" -eq 1 ]
}

@test "splits: the parts of many series, of which each reads its leaves alone" {
	awk 'BEGIN { for (i = 0; i < 400000; i++) print i % 7 "// n{of=" i "} " i }' |
		hfdump -q --no-companions -o many.hfile -
	hfadmin splits --split-size 1K many.hfile > parts
	[ "$(wc -l < parts)" -ge 8 ]
	jq -r .id parts | while read -r id; do hfdump -t fulltext --part "$id" many.hfile; done | hfadmin diff - many.hfile
	run hfdump -q -t null --part "0-1-7-$(jq -r .id parts | head -n 1 | cut -d - -f 4)" many.hfile
	[ "$status" -eq 3 ]
}

@test "-n of the verbs that write: nothing is there, and it is said" {
	printf '1// a{} 1\n2// b{x=y} 2\n' | hfdump -q --force --no-companions -o a.hfile -
	sha256sum a.hfile > sum
	while read -r verb; do
		run hfadmin $verb
		[ "$status" -eq 0 ] || { echo "$verb: $output"; false; }
		[[ "$output" == *"would write "*" bytes"* ]] || { echo "$verb: $output"; false; }
		[ "$(ls -A)" = "$(printf 'a.hfile\nsum')" ]
	done <<-'END'
		index -n a.hfile
		index -n --group g.info a.hfile
		index -n -o s.gts a.hfile
		overlap -n --svg x.svg a.hfile
		repair -n -o b.hfile a.hfile
		repack -n -o b.hfile a.hfile
		repack -n --in-place a.hfile
		merge -n -o b.hfile a.hfile a.hfile
		filter -n -o b.hfile a.hfile
		rangecompact -n -o b.hfile a.hfile
		split -n --by series:1 -o %n.hfile a.hfile
	END
	sha256sum --quiet -c sum
	: > s.gts
	run hfadmin index -n -o s.gts a.hfile
	[ "$status" -eq 2 ]
}

@test "repack in place: what a killed run left goes, hand-written notes stay" {
	printf '1// a{} 1\n2// b{x=y} 2\n' | hfdump -q --force -o a.hfile -
	sed -i '1i // mine' a.info
	echo half > .a.hfile.repack
	hfadmin repack -q --in-place --preset max a.hfile
	[ "$(ls -A)" = "$(printf 'a.gts\na.hfile\na.info')" ]
	hfadmin verify -q --data a.hfile
	[ "$(hfadmin info --json a.hfile | jq -r .preset)" = max ]
}
