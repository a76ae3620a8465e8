#!/usr/bin/env bats
# Threads and memory: they change no byte.  BIN: build folder, SRC: tree.

setup() {
	DIR=$(mktemp -d)
	PATH=$BIN:$BIN/bench:$PATH
	DATA=$SRC/tests/data
}

teardown() {
	rm -rf "$DIR"
}

same_everywhere() { # DUMP: the HFile and the text of it, with any -@ and -m
	for at in "1 256M" "2 256M" "3 64M" "5 16M"; do
		set -- "$1" $at
		hfdump -q -f gts --no-companions -@ "$2" -m "$3" \
			-o "$DIR/$2.hfile" "$1"
		hfdump -q -t gts -@ "$2" "$DIR/$2.hfile" > "$DIR/$2.gts"
		hfdump -q -t fulltext -@ "$2" -m "$3" "$1" > "$DIR/$2.full"
		cmp "$DIR/1.hfile" "$DIR/$2.hfile"
		cmp "$DIR/1.gts" "$DIR/$2.gts"
		cmp "$DIR/1.full" "$DIR/$2.full"
		hfdump -q -t gts --keep-order -@ "$2" "$1" > "$DIR/$2.keep"
		cmp "$DIR/1.keep" "$DIR/$2.keep"
		rm -f "$DIR/[2-9].*"
	done
	rm -f "$DIR"/?.*
}

@test "the same bytes with any -@ and any -m: the sets of the tree" {
	for set in "$DATA"/*.gts.gz; do
		same_everywhere "$set"
	done
}

@test "the same bytes with any -@ and any -m: points in no order" {
	generate 700000 3000 > "$DIR/dump"
	same_everywhere "$DIR/dump"
}

@test "the same bytes with any -@ and any -m: newest first, line ends of all kinds" {
	gzip -dc "$DATA/nab.gts.gz" | tac > "$DIR/tac"
	hfdump -q -t fulltext "$DATA/nab.gts.gz" | tac | sed 's/$/\r/' > "$DIR/dump"
	printf '\n# a comment {\r\n  \r\r1// a{b={}{c=d} "{"\n=2// "}{"\n3// 7' >> "$DIR/dump"
	same_everywhere "$DIR/dump"
}

@test "an error is the same error with any -@: its line, its column" {
	generate 30000 30 | hfdump -q -f gts -t gts > "$DIR/dump"
	for bad in 1 7000 29999; do
		for line in "1/2 x" "=3// y" "# ERROR: it broke" "=x// 1" "// a{ 1"; do
			awk -v n="$bad" -v l="$line" 'NR == n {print l} {print}' \
				"$DIR/dump" > "$DIR/bad"
			run hfdump -q -@ 1 -t null "$DIR/bad"
			one="$status $output"
			[ "$status" -eq 3 ]
			run hfdump -q -@ 3 -t null "$DIR/bad"
			[ "$one" = "$status $output" ]
		done
	done
}

@test "the ledger and the rejects are the same with any -@" {
	generate 30000 30 | hfdump -q -f gts -t gts |
		awk '{print} NR % 1000 == 0 {print "bad line " NR; print ""; print "# {"; print "T-5// now{} 1"; print "=// 2"}' > "$DIR/dump"
	for at in 1 2 4; do
		hfdump -v --now 2020-01-01T00:00:00Z -@ $at --max-errors all --rejects "$DIR/r$at" -t null "$DIR/dump" 2>&1 |
			grep -v -i 'second\|points/s' > "$DIR/l$at"
		cmp "$DIR/r1" "$DIR/r$at"
		cmp "$DIR/l1" "$DIR/l$at"
	done
	[ "$(wc -l < "$DIR/r1")" -eq 30 ]
	run hfdump -q -@ 3 --max-errors 29 -t null "$DIR/dump"
	[ "$status" -eq 3 ]
}

@test "the progress line counts bytes that another thread reads" {
	generate 60000 30 | hfdump -q -f gts -t influx > "$DIR/dump"
	{ head -n 30000 "$DIR/dump"; sleep 1.2; tail -n +30001 "$DIR/dump"; } |
		hfdump --progress=always -@ 3 -t null 2> "$DIR/said"
	grep -q "MB, .* points/s" "$DIR/said"
}

@test "a reader that goes away, a full disk: no hang with threads" {
	run bash -c "hfdump -q -@ 3 -t gts '$DATA/prom_node.gts.gz' | head -n 1"
	[ "${#lines[@]}" -eq 1 ]
	run bash -c "hfdump -q -@ 3 -t fulltext '$DATA/prom_node.gts.gz' > /dev/full"
	[ "$status" -eq 4 ]
}

@test "5 million points of 50000 series, in no order, in bounded memory" {
	if grep -qE '__(asan|tsan)_init' "$BIN/hfdump"; then
		skip "the sanitizers reserve terabytes of addresses"
	fi
	generate 5000000 50000 > "$DIR/dump"
	(ulimit -v 480000; hfdump -q -f gts --no-companions -@ 2 -m 64M \
		-o "$DIR/a.hfile" "$DIR/dump")
	rm "$DIR/dump"
	hfadmin info "$DIR/a.hfile" | grep -Eq '^points +5000000$'
	hfadmin info "$DIR/a.hfile" | grep -Eq '^series +50000$'
}

@test "40 MB of texts, each another one: pages of them are coded one by one, with little memory" {
	if grep -qE '__(asan|tsan)_init' "$BIN/hfdump"; then
		skip "the sanitizers take more"
	fi
	# TEXTS LENGTH THREADS MEMORY LIMIT, the resident MiB
	while read -r texts length threads memory limit; do
		awk -v n="$texts" -v text="%s%0${length}d%s" -v q="'" 'BEGIN {
			for (i = 0; i < n; i++)
				printf "%d// t{k=%d} " text "\n", i * 7919 % n, i % 3, q, i, q
		}' > "$DIR/dump"
		/usr/bin/python3 - "$limit" hfdump -q --no-companions --force -@ "$threads" -m "$memory" \
			-o "$DIR/$memory.hfile" "$DIR/dump" <<- 'END'
			import resource, subprocess, sys
			subprocess.run(sys.argv[2:], check=True)
			most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
			sys.exit(most > int(sys.argv[1]) * 1024 and "%d KiB" % most)
		END
	done <<- END
		400 100000 4 16M 150
		40000 1000 1 16M 150
		40000 1000 4 256M 320
		40000 1000 4 16M 150
	END
	cmp "$DIR/16M.hfile" "$DIR/256M.hfile"
}

@test "600000 series with long names, in bounded memory" {
	if grep -qE '__(asan|tsan)_init' "$BIN/hfdump"; then
		skip "the sanitizers reserve terabytes of addresses"
	fi
	awk 'BEGIN { for (i = 0; i < 600000; i++) printf "%d// many.series{number=%050d} %d\n", i, i * 7919 % 600000, i }' > "$DIR/dump"
	# 16 MiB, 64 of ours, and addresses of the libraries
	limit=$(((16 + 64 + 80) * 1024))
	(ulimit -v $limit; hfdump -q -f gts --no-companions -@ 1 -m 16M -o "$DIR/a.hfile" "$DIR/dump")
	hfdump -q -f gts --no-companions -m 1G -o "$DIR/b.hfile" "$DIR/dump"
	cmp "$DIR/a.hfile" "$DIR/b.hfile"
	hfadmin info "$DIR/a.hfile" | grep -Eq '^series +600000$'
	# without the index, which a pipe does not reach
	(ulimit -v $limit; cat "$DIR/a.hfile" | hfdump -q -f hfile -@ 1 -m 16M -t gts - > "$DIR/piped")
	hfdump -q "$DIR/a.hfile" | cmp - "$DIR/piped"
}

@test "series that take turns, in one order or another, more of them than are remembered" {
	cd "$DIR"
	awk 'BEGIN {
		for (round = 0; round < 4; round++)
			for (i = 0; i < 40000; i++) {
				k = round % 2 ? (i * 7919) % 40000 : i
				a = k % 3 ? "" : "{k=" k % 5 "}"
				printf "%d// s%d{n=%d}%s %d\n", round * 1000 + k, k % 7, k, a, round * k
			}
	}' > turns.txt
	sort -t' ' -k2,2 -s turns.txt > rows.txt
	for t in 1 2; do
		hfdump -q --no-companions -@ $t -o turns$t.hfile turns.txt
		hfdump -q --no-companions -@ $t -o rows$t.hfile rows.txt
	done
	cmp turns1.hfile rows1.hfile
	cmp turns1.hfile turns2.hfile
	cmp turns1.hfile rows2.hfile
	[ "$(hfadmin info --json turns1.hfile | jq '[.series, .points] | tostring')" = '"[40000,160000]"' ]
	hfdump -t fulltext turns1.hfile | sort | cmp - <(sort turns.txt)
}
