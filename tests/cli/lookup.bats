#!/usr/bin/env bats
# Series by id and by label, in a file whose directory has what finds them.
# BIN, SRC: build folder, source tree.

setup_file() {
	export DIR
	DIR=$BATS_FILE_TMPDIR
	PATH=$BIN:$PATH
	awk 'BEGIN {
		for (i = 0; i < 50000; i++)
			printf "%d// load.%d{host=h%d,dc=d%d,serial=%08x%08x} %d\n", 1000 + i % 7, i % 9, i, i % 2,
				i * 7919 % 4294967291, i * 104729 % 4294967291, i
	}' > "$DIR/in.txt"
	cd "$DIR" && hfdump -q --no-companions -o x.hfile in.txt
}

setup() {
	PATH=$BIN:$PATH
	cd "$DIR" || return 1
}

teardown() {
	rm -f "$DIR"/out*
}

@test "hfadmin info shows what the indices of ids and of labels take" {
	hfadmin info --json x.hfile | jq -e '.index_ids > 80000 and .index_ids < 130000 and .index_labels > 80000'
	hfadmin info x.hfile | grep -q '^index of ids    [0-9]* bytes'
	head -n 100 in.txt | hfdump -o out.hfile
	hfadmin info --json out.hfile | jq -e '.index_ids == 0 and .index_labels == 0'
}

@test "the id that ls -i prints finds the series, in an HFile and in a dump" {
	for line in 1 777 25000 50000; do
		hfadmin ls -i x.hfile | sed -n "${line}p" > out
		id=$(cut -f 1 out)
		[ "${#id}" -eq 32 ]
		[ "$(hfadmin ls --id "$id" x.hfile)" = "$(cut -f 2 out)" ]
		[ "$(hfadmin ls --json --id "$id" x.hfile | jq -r .id)" = "$id" ]
		[ "$(hfadmin cat --id "$id" x.hfile | cut -d ' ' -f 2)" = "$(cut -f 2 out)" ]
		hfdump -t gts --id "$id" x.hfile > out2
		hfdump -q -t gts --id "$id" in.txt | cmp - out2
	done
	a=$(hfadmin ls -i x.hfile | sed -n 5p | cut -f 1)
	[ "$(hfadmin ls --id "$a" --id "$id" x.hfile | wc -l)" -eq 2 ]
	[ "$(hfadmin ls --id "$a" --id "$id" -s 'load.0{}' x.hfile | wc -l)" -eq 1 ]
}

@test "an id is the XXH3-128 of the text that ls prints" {
	echo '1// cpu%20load{host=h1} 5' | hfdump -q -o out.hfile --no-companions
	[ "$(hfadmin ls -i out.hfile)" = "e489c862539cc3e0535fad00f717ebd2	cpu%20load{host=h1}" ]
}

@test "an id that no series has, and what is no id" {
	[ -z "$(hfadmin ls --id 00112233445566778899aabbccddeeff x.hfile)" ]
	run hfdump -t gts --fail-empty --id 00112233445566778899AABBCCDDEEFF x.hfile
	[ "$status" -eq 1 ]
	for bad in 0 00112233445566778899aabbccddeefg 00112233445566778899aabbccddeeff0; do
		run hfadmin ls --id $bad x.hfile
		[ "$status" -eq 2 ]
		run hfdump --id $bad x.hfile
		[ "$status" -eq 2 ]
	done
}

@test "labels find what grep finds" {
	hfadmin ls x.hfile > out
	for label in host=h7 dc=d1 host=h7,dc=d1 host=h7,dc=d0 dc=d2; do
		pattern=$(echo "$label" | sed 's/^\(host=h7\),\(.*\)/\2,\1/')
		grep -F "$pattern," out > out2 || true
		hfadmin ls -s "~.*{$label}" x.hfile | cmp - out2
	done
	hfadmin ls -s '~load.[34]{host~h777.}' x.hfile > out2
	grep 'load.[34].*host=h777.,' out | cmp - out2
}

@test "files that are joined, repacked and repaired have both indices" {
	sed 's/host=h/host=g/' in.txt | hfdump -q --no-companions -o out2.hfile
	gts-merge --no-companions -o out.hfile x.hfile out2.hfile
	hfadmin verify out.hfile
	hfadmin info --json out.hfile | jq -e '.index_ids > 160000'
	[ "$(hfadmin ls -s '~.*{host=g4321}' out.hfile | wc -l)" -eq 1 ]
	cat in.txt <(sed 's/host=h/host=g/' in.txt) | hfdump -q --no-companions -o out3.hfile
	hfadmin repack -o out4.hfile --no-companions out.hfile
	cmp out3.hfile out4.hfile
	head -c 600000 out3.hfile > out5.hfile
	run hfadmin repair --no-companions -o out6.hfile out5.hfile
	hfadmin verify out6.hfile
}
