#!/usr/bin/env bats
# The tools that move points: gts-merge, gts-rangecompact, hfadmin filter and
# its kin.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$(mktemp -d)
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR"
}

teardown() {
	rm -rf "$DIR"
}

@test "rangecompact keeps the ends of runs, compact their begins" {
	i=0
	for v in 1 1 1 2 2 3 3 3 3; do printf '%d// a{} %s\n' $((i++ * 10)) $v; done > in
	[ "$(gts-rangecompact -t fulltext in | cut -d/ -f1 | xargs)" = "0 20 30 40 50 80" ]
	[ "$(gts-rangecompact --compact -t fulltext in | cut -d/ -f1 | xargs)" = "0 30 50 80" ]
	[ "$(hfadmin rangecompact -t fulltext in | cut -d/ -f1 | xargs)" = "0 20 30 40 50 80" ]
}

@test "rangecompact: NaN is NaN, the zeros differ, DECIMAL is its DOUBLE, place counts" {
	printf '%s\n' '{"c":"a","l":{},"a":{},"v":[[0,{"d":"NaN"}],[10,{"d":"NaN"}],[20,{"d":"NaN"}],[30,0.0],[40,{"d":"-0.0"}],[50,{"d":"-0.0"}],[60,1.0]]}' > in
	[ "$(gts-rangecompact -t fulltext in | cut -d/ -f1 | xargs)" = "0 20 30 40 50 60" ]
	printf '1// b{} 3\n2// b{} 3.0\n3// b{} 3.0\n4/1:1/ b{} 3.0\n5/1:1/7 b{} 3.0\n' > in
	[ "$(gts-rangecompact -t fulltext in | wc -l)" -eq 5 ]
}

@test "rangecompact twice is once, whatever the form between" {
	for f in "$DATA"/*.gts.gz; do
		gts-rangecompact -q -t fulltext "$f" > once
		gts-rangecompact -t fulltext once | cmp - once
		gts-rangecompact -q -o x.hfile --force "$f"
		gts-rangecompact -t fulltext x.hfile | cmp - once
		hfadmin verify -q --data x.hfile
		gts-rangecompact -q --compact -t fulltext "$f" > once
		gts-rangecompact --compact -t fulltext once | cmp - once
	done
}

@test "runs are joined over chunks, windows and inputs" {
	# 200,000 points of one value in an HFile: two points stay
	awk 'BEGIN { for (i = 0; i < 200000; i++) print i "// a{} 7" }' > in
	hfdump -q -o in.hfile in
	[ "$(gts-rangecompact -t fulltext in.hfile | cut -d/ -f1 | xargs)" = "0 199999" ]
	head -n 100000 in > a; tail -n 100000 in > b
	[ "$(gts-rangecompact -t fulltext b a | cut -d/ -f1 | xargs)" = "0 199999" ]
}

@test "pieces compacted, merged and compacted again are the whole compacted" {
	for f in "$DATA"/*.gts.gz; do
		hfdump -q -t fulltext "$f" > all
		gts-rangecompact -t fulltext all > want
		split -n l/3 all piece.
		for p in piece.a?; do gts-rangecompact -t raw "$p" > "$p.small"; done
		gts-rangecompact -t fulltext piece.a?.small | cmp - want
		rm -f piece.*
	done
}

@test "the form is that of the first input, or said" {
	printf '1// a{} 1\n2// a{} 2\n' > in.txt
	hfdump -q -o in.hfile in.txt
	hfdump -t raw in.txt > in.raw
	gts-rangecompact in.raw | cmp - in.raw
	gts-rangecompact in.txt in.hfile | grep -q '^1// a{} 1$'
	gts-rangecompact in.hfile in.txt > out
	hfadmin verify -q --data out
	gts-rangecompact in.hfile -t gts | grep -q '^1// a{} 1$'
	gts-rangecompact -o out.jsonl in.hfile
	grep -q '^{"c":"a"' out.jsonl
	[ -z "$(gts-rangecompact < /dev/null)" ]
}

@test "newest first and thinning go with rangecompact" {
	for i in 1 2 3 4 5; do echo "$i// a{} 7"; done > in
	[ "$(gts-rangecompact --newest-first -t fulltext in | cut -d/ -f1 | xargs)" = "5 1" ]
	[ "$(gts-rangecompact --count 3 -t fulltext in | cut -d/ -f1 | xargs)" = "3 5" ]
	run gts-rangecompact --keep-order -t fulltext in
	[ "$status" -eq 2 ]
}

@test "an HFile gives its time unit to the run" {
	printf '1000// a{} 1\n2000// a{} 2\n' | hfdump -q --time-unit ms -o in.hfile
	[ "$(hfdump --start 1970-01-01T00:00:02Z -t fulltext in.hfile)" = "2000// a{} 2" ]
	gts-rangecompact -q -o out.hfile in.hfile in.hfile
	hfadmin info out.hfile | grep -Eq '^unit +ms'
	run hfdump --time-unit us -t gts in.hfile
	[ "$status" -eq 2 ]
}
