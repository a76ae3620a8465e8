#!/usr/bin/env bats
# The tools that move points: gts-merge, gts-rangecompact, hfadmin filter and
# its kin.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR"
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

# What merging pieces of fulltext in this order gives, made with sort.
reference() {
	cat "$@" | awk '{ t = $1; sub(/\/.*/, "", t); print $2 "\t" t "\t" NR "\t" $0 }' |
		sort -t "$(printf '\t')" -k1,1 -k2,2n -k3,3n |
		awk -F '\t' '{ k = $1 FS $2; if (NR > 1 && k != last) print line; last = k; line = $0 }
			END { if (NR) print line }' | cut -f 4- | LC_ALL=C sort
}

# Three pieces of a set that overlap and differ.
cut_up() {
	hfdump -q -t fulltext "$1" > all
	n=$(wc -l < all)
	shuf -n $((n * 2 / 3)) --random-source=all all > p1
	shuf -n $((n / 2)) --random-source=p1 all | sed 's/1$/2/' > p2
	shuf -n $((n / 3)) --random-source=p2 all | sed 's/[T5]$/F/; s/F$/7/' > p3
	for p in p1 p2 p3; do
		hfdump -q -t fulltext --keep-order $p > $p.txt
		hfdump -q --force --no-companions -o $p.hfile $p.txt
	done
}

@test "an overlapping merge is what sort makes of the texts, in any forms" {
	for f in "$DATA"/*.gts.gz; do
		cut_up "$f"
		reference p1.txt p2.txt p3.txt > want
		gts-merge -q -t fulltext p1.hfile p2.hfile p3.hfile > a
		LC_ALL=C sort a | cmp - want
		gts-merge -q -t fulltext p1.hfile p2.txt p3.hfile | cmp - a
		gts-merge -q -t fulltext p1.txt p2.txt p3.txt | cmp - a
		gts-merge -q -t fulltext -m 16M --report r1 --force p1.hfile p2.hfile p3.hfile | cmp - a
		gts-merge -q -t fulltext --report r2 --force p1.txt p2.hfile p3.txt | cmp - a
		sed 's/\.txt"/.hfile"/g' r2 | cmp - r1
	done
}

@test "merging is associative and idempotent, by points and digest" {
	for f in "$DATA"/nab.gts.gz "$DATA"/n2k_boats.gts.gz; do
		cut_up "$f"
		for prefer in last first; do
			gts-merge -q --prefer $prefer -t raw p1.hfile p2.hfile p3.hfile > all3
			gts-merge -q --prefer $prefer -t hfile p1.hfile p2.hfile > left.hfile
			gts-merge -q --prefer $prefer -t hfile p2.hfile p3.txt > right.hfile
			gts-merge -q --prefer $prefer -t raw left.hfile p3.hfile | cmp - all3
			gts-merge -q --prefer $prefer -t raw p1.txt right.hfile | cmp - all3
			gts-merge -q --prefer $prefer -t raw all3 all3 | cmp - all3
			[ "$(gts-merge -q --prefer $prefer -t hfile all3 p1.hfile all3 | hfadmin digest - | cut -d' ' -f1)" != \
				"$(hfadmin digest p1.hfile | cut -d' ' -f1)" ]
		done
		# what one file says twice is what it says once
		gts-merge -q -t raw p1.hfile p1.hfile > twice
		gts-merge -q -t raw p1.hfile | cmp - twice
	done
}

@test "merge: who wins, and the conflicts told of" {
	printf '1// a{} 1\n2// a{} 1\n' > old
	printf '1// a{} 2\n2// a{} 1\n9// a{} 9\n' > new
	hfdump -q -o old.hfile old
	[ "$(gts-merge -q -t fulltext old new | head -n 1)" = "1// a{} 2" ]
	[ "$(gts-merge -q -t fulltext --prefer first old new | head -n 1)" = "1// a{} 1" ]
	[ "$(gts-merge -q -t fulltext --prefer newest new old.hfile | head -n 1)" = "1// a{} 2" ]
	[ "$(gts-merge -q -t fulltext --prefer oldest old.hfile new | head -n 1)" = "1// a{} 1" ]
	# of equal last ticks the first operand, as MAXTS with names in order
	[ "$(gts-merge -q -t fulltext --prefer newest old.hfile old | head -n 1)" = "1// a{} 1" ]
	run gts-merge --prefer error -t fulltext old.hfile new
	[ "$status" -eq 3 ]
	[ "$output" = "gts-merge: two values for tick 1 of a{}" ]
	run gts-merge --prefer newest -t fulltext - old < new
	[ "$status" -eq 2 ]
	gts-merge -v --report r.jsonl -o m.hfile old.hfile new 2> ledger
	grep -Eq '^folded +2$' ledger
	grep -q '1 points lost against another value of the same tick, first in a{}' ledger
	[ "$(jq -c '[.schema, .c, .tick, .won, .kept, .lost, .kept_from, .lost_from]' r.jsonl)" = \
		'["gtstools.conflict/1","a",1,"later",[1,2],[1,1],"new","old.hfile"]' ]
	run gts-merge --report r.jsonl -t gts old.hfile new
	[ "$status" -eq 2 ]
}

@test "merge: the last attributes block wins as a whole" {
	printf '1// a{}{x=1,y=2} 1\n' > one
	printf '2// a{}{x=3} 1\n' > two
	printf '3// a{} 1\n' > three
	for f in one two three; do hfdump -q -o $f.hfile $f; done
	for f in "one two three" "one.hfile two.hfile three.hfile" "one two.hfile three"; do
		[ "$(gts-merge -t gts $f | head -n 1)" = "1// a{}{x=3} 1" ]
	done
}

@test "merge: hundreds of inputs, few open at once, whatever the memory" {
	hfdump -q -t fulltext "$DATA/prom_node.gts.gz" > all
	split -n r/210 -a 3 all p
	for p in p???; do hfdump -q --no-companions -o $p.hfile $p; done
	hfdump -q -t hfile all > want
	(
		ulimit -n 48
		gts-merge -m 16M -o all.hfile p???.hfile
		cmp want all.hfile
		gts-merge -t fulltext --report r p???.hfile | cmp - all
		gts-merge -t fulltext -m 16M p??? | cmp - all
	)
	[ ! -s r ]
}

@test "merge: a damaged or truncated input is status 3 and leaves nothing" {
	hfdump -q -o a.hfile "$DATA/prom_node.gts.gz"
	head -c 9000 a.hfile > cut.hfile
	cp a.hfile flip.hfile
	printf 'X' | dd of=flip.hfile bs=1 seek=5000 conv=notrunc 2> /dev/null
	for bad in cut.hfile flip.hfile; do
		run gts-merge -o m.hfile a.hfile $bad
		[ "$status" -eq 3 ]
		[ ! -e m.hfile ]
		[ ! -e m.info ]
	done
	run gts-merge -o a.hfile --force a.hfile flip.hfile
	[ "$status" -eq 2 ]
}
