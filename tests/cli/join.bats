#!/usr/bin/env bats
# HFiles merged by copying.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR"
}

# NAME SERIES FIRST: a file that is worth copying, 600000 points.
large() {
	awk -v s="$2" -v first="$3" 'BEGIN { for (k = 0; k < 10; k++)
		for (i = 0; i < 60000; i++)
			print (first + i) "// " s k "{} " (i * 7 + k) % 11 }' |
		hfdump -q --no-companions -o "$1" -
}

@test "disjoint files are copied, not decoded" {
	large a.hfile a 0
	large b.hfile b 0
	large c.hfile a 60000
	gts-merge -v -o m.hfile a.hfile b.hfile c.hfile 2> ledger
	grep -q ': 3 segments copied, 0 in part; [0-9]* chunks copied, 0 written anew' ledger
	[ "$(jq -n "$(wc -c < m.hfile) <= 1.01 * ($(cat a.hfile b.hfile c.hfile | wc -c))")" = true ] ||
		[ "$(wc -c < m.hfile)" -le $(($(cat a.hfile b.hfile c.hfile | wc -c) + 2000)) ]
	hfadmin verify --data m.hfile
	for f in a b c; do hfdump -t fulltext $f.hfile; done | hfadmin diff - m.hfile
	[ "$(hfadmin info --json m.hfile | jq .segments)" -eq 3 ]
	# by its index, as a stream, a part of it
	hfdump -t fulltext m.hfile > want
	hfdump -t fulltext - < m.hfile | cmp - want
	[ "$(hfdump -t fulltext -s 'a3{}' m.hfile | wc -l)" -eq 120000 ]
	[ "$(hfadmin ls -s 'a3{}' m.hfile)" = 'a3{}' ]
	[ "$(hfadmin ls -s 'none{}' m.hfile)" = '' ]
	[ "$(hfadmin ls -l -s 'b9{}' m.hfile | cut -f2)" -eq 60000 ]
	# what was merged is merged again by copying
	gts-merge -v -o again.hfile m.hfile b.hfile 2> ledger
	grep -q ': 2 segments copied, 0 in part; ' ledger
	hfadmin diff m.hfile again.hfile
	hfadmin merge -n -o no.hfile a.hfile b.hfile
	[ ! -e no.hfile ]
}

@test "what overlaps is written anew, and nothing that lost stays" {
	large a.hfile a 0
	printf '5// a3{} 777\n6// a3{} 888\n' | hfdump -q --no-companions -o b.hfile -
	hfdump -t fulltext a.hfile > a.txt
	for prefer in last first; do
		gts-merge -q --force --prefer $prefer -o m.hfile a.hfile b.hfile
		hfadmin verify --data m.hfile
		hfdump -t fulltext b.hfile | gts-merge -q --prefer $prefer -t fulltext a.txt - > want
		hfdump -t fulltext m.hfile | cmp - want
		gts-merge -q -t hfile --prefer $prefer m.hfile m.hfile | hfdump -t fulltext - | cmp - want
	done
}

@test "pieces of the sets, joined, are what their texts are" {
	for f in "$DATA"/*.gts.gz; do
		hfdump -q -t fulltext "$f" > all
		n=$(wc -l < all)
		shuf -n $((n * 2 / 3)) --random-source=all all > p1
		shuf -n $((n / 2)) --random-source=p1 all | sed 's/1$/2/' > p2
		for p in p1 p2; do hfdump -q --force --no-companions -o $p.hfile $p; done
		for prefer in last first; do
			gts-merge -q --force --prefer $prefer -m 16M --report r1 -o m.hfile p1.hfile p2.hfile
			gts-merge -q --force --prefer $prefer -t fulltext --report r2 p1.hfile p2.hfile > want
			hfdump -t fulltext m.hfile | cmp - want
			cmp r1 r2
			hfadmin verify --data m.hfile
			hfdump -q --force --no-companions -o once.hfile want
			cmp once.hfile m.hfile
		done
	done
}

@test "killed at any moment it leaves nothing, and no input changed" {
	large a.hfile a 0
	large b.hfile a 30000
	sha256sum a.hfile b.hfile > sums
	for k in 1 2 3 4 5 6 7 8 9 10; do
		gts-merge -q -o m.hfile a.hfile b.hfile & pid=$!
		sleep 0.0$k
		kill -9 $pid 2> /dev/null || true
		wait $pid 2> /dev/null || true
		if [ -e m.hfile ]; then hfadmin verify -q --data m.hfile || [ ! -e m.info ]; fi
		if [ -e m.hfile ]; then hfadmin verify --quick m.hfile > /dev/null || [ ! -e m.gts ]; fi
		rm -f m.*
	done
	sha256sum -c --quiet sums
	[ -z "$(find . -name '.gtstools*')" ]
}

@test "units that differ, damage while copying: status 3 and nothing there" {
	large a.hfile a 0
	large b.hfile b 0
	printf '1// a{} 1\n' | hfdump -q --time-unit ms --no-companions -o ms.hfile -
	run gts-merge -o m.hfile a.hfile ms.hfile
	[ "$status" -ne 0 ]
	printf 'XXXX' | dd of=b.hfile bs=1 seek=500 conv=notrunc 2> /dev/null
	run gts-merge -o m.hfile a.hfile b.hfile
	[ "$status" -eq 3 ]
	[ ! -e m.hfile ]
	[ ! -e m.info ]
}

@test "a destination that is full: status 4, and nothing there" {
	large a.hfile a 0
	printf '5// a3{} 777\n' | hfdump -q --no-companions -o b.hfile -
	for verb in "gts-merge -q" "hfadmin repack" "hfadmin filter"; do
		run bash -c "trap '' XFSZ; ulimit -f 1; exec $verb -o m.hfile a.hfile b.hfile"
		[ "$status" -eq 4 ]
		[ ! -e m.hfile ]
		[ ! -e m.info ]
		[ ! -e m.gts ]
	done
	run bash -c "gts-merge -q -t hfile a.hfile b.hfile > /dev/full"
	[ "$status" -eq 4 ]
	[ -z "$(find . -name '.gtstools*')" ]
}

@test "many inputs, few descriptors, little memory: HFiles and texts" {
	if grep -qE '__(asan|tsan)_init' "$BIN/gts-merge"; then
		skip "the sanitizers reserve terabytes of addresses"
	fi
	awk 'BEGIN { for (s = 0; s < 60000; s++) for (t = 0; t < 2; t++) printf "%d// many.series{number=%05d} %d\n", t, s, s }' |
		hfdump -q --no-companions --preset fast -o all.hfile -
	for form in hfile gts; do
		mkdir $form
		hfadmin split -q --no-companions -t $form --by series:100 -o "$form/%n.$form" all.hfile
		find $form -type f > list
		[ "$(wc -l < list)" -eq 600 ]
		# 16 MiB, 64 of ours, and addresses of the libraries
		bash -c "ulimit -n 64; ulimit -v $(((16 + 64 + 90) * 1024)); gts-merge -q --no-companions -m 16M -@ 1 -o $form.hfile @list"
		hfadmin diff -q all.hfile $form.hfile
	done
}
