#!/bin/bash
# usage: memory.sh   in the build folder
# Peak resident memory against limits; status 1 above one of them.
# Many inputs of many series merged with little memory: with 64 descriptors,
# of INPUTS (5000) HFiles, then texts, of together SERIES (1000000), in order
# and in none, under -m MEMORY (64M); the limit is that and 64 MiB.
# Then MANY (10000000) series of two points in no order, written under -m 256M
# (limit 512 MiB), and read.
# Then, with the least memory, WIDE (3000000) points that all have a place, an
# elevation and a value of their own, and TEXTS (1500000) of 64 characters that
# nothing packs: what a window takes (hfdump(1), -m); the texts also with -m 256M
# (limit 320).
set -eu
inputs=${INPUTS:-5000} series=${SERIES:-1000000} memory=${MEMORY:-64M} many=${MANY:-10000000} wide=${WIDE:-3000000} texts=${TEXTS:-1500000}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/memory.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
status=0
measure() { # LIMIT (MiB) WHAT COMMAND...
	local limit=$1 what=$2
	shift 2
	/usr/bin/time -f '%M %U' -o "$tmp/time" "$@" || status=1
	awk -v what="$what" -v m="$limit" '{
		printf "%s: %.1f MiB of %d, %.1f s\n", what, $1 / 1024, m, $2
		exit $1 / 1024 > m }' "$tmp/time" || status=1
}

mkdir "$tmp/hfile" "$tmp/gts"
bench/generate $((2 * series)) "$series" | ./hfdump -q --preset fast --no-companions -o "$tmp/all.hfile" -f gts -
./hfadmin digest "$tmp/all.hfile" | cut -d ' ' -f 1 > "$tmp/want"
for form in hfile gts; do
	./hfadmin split -q --no-companions -t $form --by series:$((series / inputs)) -o "$tmp/$form/%n.$form" "$tmp/all.hfile"
	find "$tmp/$form" -type f | sort > "$tmp/ordered"
	shuf --random-source="$tmp/ordered" "$tmp/ordered" > "$tmp/shuffled"
	for order in ordered shuffled; do
		rm -f "$tmp/out.hfile"
		measure $((${memory%M} + 64)) "$(wc -l < "$tmp/$order") x $form, $order" \
			bash -c 'ulimit -n 64; exec "$@"' - ./gts-merge -q --no-companions -m "$memory" \
			-o "$tmp/out.hfile" "@$tmp/$order"
		./hfadmin digest "$tmp/out.hfile" | cut -d ' ' -f 1 | cmp - "$tmp/want" || status=1
	done
done
rm -r "$tmp/hfile" "$tmp/gts"

bench/generate $((2 * many)) "$many" > "$tmp/text"
measure 512 "$many series written" ./hfdump -q -f gts --no-companions -m 256M -@ 2 -o "$tmp/many.hfile" "$tmp/text"
rm "$tmp/text"
measure 512 "$many series as text" ./hfdump -q -m 256M -t null "$tmp/many.hfile"
measure 512 "$many series from a pipe" bash -c '"$@" -f hfile - < "$0"' "$tmp/many.hfile" ./hfdump -q -m 256M -t null
measure 512 "$many series listed" bash -c 'exec "$@" > /dev/null' - ./hfadmin ls "$tmp/many.hfile"
measure 512 "$many series verified" ./hfadmin verify -q --data "$tmp/many.hfile"
rm "$tmp/many.hfile"

awk -v n="$wide" 'BEGIN {
	srand(3)
	for (i = 0; i < n; i++)
		printf "%d/%.6f:%.6f/%d wide{k=%d} %.6f\n", i * 1000,
			rand() * 180 - 90, rand() * 360 - 180, rand() * 10000,
			i % 3, rand() * 1000
}' > "$tmp/text"
measure 250 "wide points written" ./hfdump -q --no-companions -m 16M -@ 1 -o "$tmp/wide.hfile" "$tmp/text"
measure 300 "wide points written by three threads" ./hfdump -q --force --no-companions -m 16M -@ 3 -o "$tmp/wide.hfile" "$tmp/text"
rm "$tmp/text"
measure 120 "wide points read" ./hfdump -q -m 16M -@ 1 -t null "$tmp/wide.hfile"
measure 160 "wide points from a pipe" bash -c '"$@" -f hfile - < "$0"' "$tmp/wide.hfile" ./hfdump -q -m 16M -@ 2 -t null
rm "$tmp/wide.hfile"

awk -v n="$texts" -v q="'" 'BEGIN {
	srand(4)
	for (i = 0; i < n; i++) {
		s = ""
		for (k = 0; k < 8; k++)
			s = s sprintf("%08x", rand() * 4294967296)
		printf "%d// t{k=%d} %s%s%s\n", i * 1000, i % 3, q, s, q
	}
}' > "$tmp/text"
measure 190 "texts written by four threads" ./hfdump -q --no-companions -m 16M -@ 4 -o "$tmp/t.hfile" "$tmp/text"
for threads in 1 2 4; do
	measure 320 "the same with -m 256M -@ $threads" ./hfdump -q --force --no-companions -m 256M -@ $threads -o "$tmp/t.hfile" "$tmp/text"
done
rm "$tmp/text"
measure 80 "texts read" ./hfdump -q -m 16M -@ 1 -t null "$tmp/t.hfile"
measure 80 "texts from a pipe" bash -c '"$@" -f hfile - < "$0"' "$tmp/t.hfile" ./hfdump -q -m 16M -@ 1 -t null
exit $status
