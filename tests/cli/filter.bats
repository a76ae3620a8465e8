#!/usr/bin/env bats
# hfadmin filter and split.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR"
}

# What AWK makes of the integers of "TICK VALUE" lines, buckets of 1000.
buckets() { # AGGREGATE
	awk -v how="$1" 'function out() {
			if (how == "mean") v = sprintf("%.17g", sum / n)
			if (how == "sum") v = sum
			if (how == "count") v = n
			print k * 1000 "// a{} " v
		}
		{ b = int($1 / 1000); if ($1 < 0 && $1 % 1000) b-- }
		NR == 1 || b != k {
			if (NR > 1) out()
			k = b; n = 0; sum = 0; v = $2
		}
		how == "last" || (how == "min" && $2 < v) || (how == "max" && $2 > v) { v = $2 }
		{ n++; sum += $2 }
		END { out() }'
}

@test "downsample: first, last, min, max, mean, sum and count of each bucket" {
	awk 'BEGIN { srand(4); t = -20000; for (i = 0; i < 500; i++) { t += 1 + int(rand() * 300); print t, int(rand() * 64) } }' > points
	awk '{ print $1 "// a{} " $2 }' points > in
	for how in first last min max sum count; do
		buckets $how < points > want
		hfadmin filter -t fulltext --downsample $how --bucket 1ms in | cmp - want
	done
	buckets mean < points | awk '{ print $1, $2, $3 + 0 }' > want
	hfadmin filter -t fulltext --downsample mean --bucket 1ms in | awk '{ print $1, $2, $3 + 0 }' | cmp - want
	for how in first last min max; do
		hfadmin filter -q --force -o once.hfile --downsample $how --bucket 1ms in
		hfadmin filter -q --force -o twice.hfile --downsample $how --bucket 1ms once.hfile
		cmp once.hfile twice.hfile
	done
}

@test "downsample: buckets of the database end with their tick" {
	printf '%s\n' '0// a{} 1' '1// a{} 2' '1000// a{} 3' '1001// a{} 4' > in
	[ "$(hfadmin filter -t fulltext --downsample count --bucket 1ms in | cut -d' ' -f1,3 | xargs)" = "0// 2 1000// 2" ]
	[ "$(hfadmin filter -t fulltext --downsample count --bucket 1ms --bucket-align database in | cut -d' ' -f1,3 | xargs)" = "0// 1 1000// 2 2000// 1" ]
	printf '%s// a{} 1\n' -9223372036854775808 > in
	run hfadmin filter -t gts --downsample first --bucket 7us in
	[ "$status" -eq 3 ]
}

@test "downsample: kinds, places, overflow and what an aggregate does not take" {
	printf '%s\n' '1/10:20/5 a{} 3' '2/11:21/ a{} 1' '3// a{} 2.5' > in
	[ "$(hfadmin filter -t fulltext --downsample sum --bucket 1s in)" = "0// a{} 6.5" ]
	[ "$(hfadmin filter -t jsonl --downsample sum --bucket 1s --end @2 in | jq -c '.v[0][0, 3]' | xargs)" = "0 4" ]
	[ "$(hfadmin filter -t fulltext --downsample first --bucket 1s in | cut -d/ -f3)" = "5 a{} 3" ]
	hfadmin filter -t fulltext --downsample min --bucket 1s in | grep -q '/ a{} 1$'
	printf "1// t{} 'x'\n" >> in
	run hfadmin filter -o x.hfile --downsample mean --bucket 1s in
	[ "$status" -eq 3 ]
	[ "$output" = "hfadmin filter: t{}: this aggregate takes numbers, and there is a STRING at tick 1" ]
	[ ! -e x.hfile ]
	hfadmin filter -v -t fulltext --downsample max --skip-types --bucket 1s in > out 2> ledger
	[ "$(cut -d' ' -f2,3 out)" = "a{} 3" ]
	grep -Eq '^dropped by type +1$' ledger
	[ "$(hfadmin filter -t fulltext --downsample last --bucket 1s in | tail -n 1)" = "0// t{} 'x'" ]
	printf '%s// a{} 9223372036854775807\n' 1 2 > in
	run hfadmin filter -t gts --downsample sum --bucket 1s in
	[ "$status" -eq 3 ]
	[ "$(hfadmin filter -t fulltext --downsample sum --bucket 1us in | wc -l)" -eq 2 ]
	printf '%s\n' '{"c":"a","l":{},"a":{},"v":[[1,{"d":"NaN"}],[2,5.0],[3,{"d":"NaN"}],[1000001,{"d":"NaN"}]]}' > in
	[ "$(hfadmin filter -t fulltext --downsample min --bucket 1s in | cut -d' ' -f3 | xargs)" = "5.0 NaN" ]
}

@test "downsample: lttb keeps N points, the ends and the peaks" {
	awk 'BEGIN { for (i = 0; i < 200000; i++) print i "// a{} " (i == 70000 ? 1000 : i % 10) }' > in
	hfadmin filter -t fulltext --downsample lttb:50 in > out
	[ "$(wc -l < out)" -eq 50 ]
	[ "$(sed -n '1p;$p' out | cut -d/ -f1 | xargs)" = "0 199999" ]
	grep -q '^70000// a{} 1000$' out
	hfadmin filter -t fulltext --downsample lttb:50 -m 16M out | cmp - out
	[ "$(hfadmin filter -t fulltext --downsample lttb:2 in | cut -d/ -f1 | xargs)" = "0 199999" ]
	# a straight line with one step: worked out by hand
	printf '%s\n' '0// a{} 0' '1// a{} 0' '2// a{} 9' '3// a{} 0' '4// a{} 0' > in
	[ "$(hfadmin filter -t fulltext --downsample lttb:3 in | cut -d/ -f1 | xargs)" = "0 2 4" ]
	run hfadmin filter -t gts --downsample lttb:1 in
	[ "$status" -eq 2 ]
}

@test "box: corners, the antimeridian, points without a location" {
	printf '%s\n' '1/48:2/ a{} 1' '2/48.5:2.5/5 a{} 2' '3// a{} 3' '4/-10:179/ a{} 4' '5/-10:-179/ a{} 5' '6/90:0/ a{} 6' > in
	ticks() { hfadmin filter -t fulltext "$@" in | cut -d/ -f1 | xargs; }
	[ "$(ticks --box 48,2,48.5,2.5)" = "1 2" ]
	[ "$(ticks --box 48.1,2,48.5,2.5)" = "2" ]
	[ "$(ticks --box 48,2,48.5,2.5 --box-keep-unlocated)" = "1 2 3" ]
	[ "$(ticks --box -20,170,0,-170)" = "4 5" ]
	[ "$(ticks --box -20,-170,0,170)" = "" ]
	[ "$(ticks --box -90,-180,90,180)" = "1 2 4 5 6" ]
	run hfadmin filter -t gts --box 48,2,47,3 in
	[ "$status" -eq 2 ]
}

@test "ranges and selections, and their complements merged, are the whole" {
	for f in "$DATA"/*.gts.gz; do
		hfdump -q -o all.hfile --force "$f"
		middle=$(hfadmin info --json all.hfile | jq '((.first + .last) / 2) | floor')
		hfadmin filter -q --force -o in.hfile --end "@$middle" all.hfile
		hfadmin filter -q --force -o out.hfile --exclude-range "..@$middle" all.hfile
		gts-merge -q -t hfile in.hfile out.hfile | cmp - all.hfile
		gts-merge -q -t hfile out.hfile in.hfile | cmp - all.hfile
		class=$(hfadmin ls all.hfile | sed -n '2{s/{.*//;p}')
		hfadmin filter -q --force -o in.hfile -s "=$class{}" all.hfile
		hfadmin filter -q --force -o out.hfile --exclude "=$class{}" all.hfile
		gts-merge -q -t hfile in.hfile out.hfile | cmp - all.hfile
	done
}

@test "split, then merge, is the whole" {
	for f in "$DATA"/nab.gts.gz "$DATA"/n2k_boats.gts.gz; do
		hfdump -q -o all.hfile --force "$f"
		for by in period:YYYYMMDD series:2 size:4K; do
			rm -rf parts; mkdir parts
			hfadmin split -q --by $by -o 'parts/%n-%p.hfile' all.hfile
			[ "$(ls parts/*.hfile | wc -l)" -gt 1 ]
			gts-merge -q -t hfile parts/*.hfile | cmp - all.hfile
			[ -e "$(ls parts/*.hfile | head -n 1 | sed 's/hfile$/info/')" ]
		done
	done
	run hfadmin split -o 'x-%n.hfile' all.hfile
	[ "$status" -eq 2 ]
}

@test "labels, attributes and classes are edited; a clash is an error" {
	printf '%s\n' '1// a{x=1} 1' '2// a{x=1,y=2} 2' '3// b.c{}{k=v} 3' > in
	names() { hfadmin filter -t fulltext "$@" in | cut -d' ' -f2 | xargs; }
	[ "$(names --set-label z=0)" = "a{x=1,y=2,z=0} a{x=1,z=0} b.c{z=0}{k=v}" ]
	[ "$(names --set-label x=7)" = "a{x=7} a{x=7,y=2} b.c{x=7}{k=v}" ]
	[ "$(names --drop-label x)" = "a{} a{y=2} b.c{}{k=v}" ]
	[ "$(names --set-attr k=w --set-attr j=1)" = "a{x=1}{j=1,k=w} a{x=1,y=2}{j=1,k=w} b.c{}{j=1,k=w}" ]
	[ "$(names --rename 'b\.(.*)=z.$1')" = "a{x=1} a{x=1,y=2} z.c{}{k=v}" ]
	[ "$(names --rename 'a=b' --rename 'b=c')" = "b.c{}{k=v} c{x=1} c{x=1,y=2}" ]
	for edit in "--drop-label y" "--set-label y=2" "--drop-label x --drop-label y --rename .*=a"; do
		run hfadmin filter -o x.hfile $edit in
		[ "$status" -eq 3 ]
		[[ "$output" == *"would both be"* ]]
		[ ! -e x.hfile ]
	done
	run hfadmin filter -t gts --rename '(=x' in
	[ "$status" -eq 2 ]
	hfadmin filter -q -o x.hfile --set-attr k=w in
	[ "$(hfadmin ls --json x.hfile | jq -c .a | sort -u)" = '{"k":"w"}' ]
	hfadmin verify -q --data x.hfile
}
