#!/bin/sh
# usage: instructions.sh [FOLDER]
# The gate against getting slower: instructions per point, by callgrind, of
# reading text, of text to HFile and of HFile to text, on the first 100,000
# lines of two sets of FOLDER (default: the excerpts of the tree), without
# what a start of the program takes; of text and line protocol in the order of
# time, where series take turns, to HFile.  Exit status 1 when one is above its
# limit.  BIN: build folder, SRC: tree.
set -eu
dir=${1:-${SRC:-.}/tests/data}
PATH=${BIN:-.}:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
command -v valgrind > /dev/null || {
	echo "SKIPPED: valgrind is not here" >&2
	exit 0
}
count() { # of hfdump with these arguments, on one thread
	valgrind --tool=callgrind --callgrind-out-file="$tmp/callgrind" \
		hfdump -q -@ 1 "$@" 2>&1 > /dev/null |
		sed -n 's/.*Collected : //p'
}
start=$(count -t null /dev/null)
echo "a start: $start"
bad=0
row() { # SET WHAT INSTRUCTIONS POINTS LIMIT
	awk -v s="$1" -v w="$2" -v i="$(($3 - start))" -v n="$4" -v l="$5" 'BEGIN {
		printf "%-16s %-12s %8.0f %8d %s\n", s, w, i / n, l,
			(i / n > l) ? "TOO MANY" : "ok"
		exit (i / n > l)
	}' || bad=1
}
printf '%-16s %-12s %8s %8s\n' set what per-point limit
# set, limits of reading, of text to HFile, of HFile to text, of the others
while read -r name read in out turns protocol; do
	gz=$(find "$dir" -name "$name.gts.gz" | head -n 1)
	[ -n "$gz" ] || { echo "SKIPPED: no $name in $dir" >&2; continue; }
	gzip -dc "$gz" | sed 100000q > "$tmp/t"
	n=$(wc -l < "$tmp/t")
	row "$name" "text read" "$(count -t null --keep-order "$tmp/t")" "$n" "$read"
	row "$name" "text-hfile" "$(count --no-companions -o "$tmp/h.hfile" "$tmp/t")" "$n" "$in"
	row "$name" "hfile-text" "$(count -t gts "$tmp/h.hfile")" "$n" "$out"
	hfdump -t fulltext "$tmp/h.hfile" | LC_ALL=C sort -s -t/ -k1,1n > "$tmp/turns"
	row "$name" "turns-hfile" "$(count --no-companions -o "$tmp/t.hfile" "$tmp/turns")" "$n" "$turns"
	hfdump -q --keep-order -f gts -t influx --influx-geo "$tmp/turns" > "$tmp/lp"
	row "$name" "influx-hfile" "$(count --no-companions --influx-geo -f influx -o "$tmp/i.hfile" "$tmp/lp")" "$n" "$protocol"
	rm -f "$tmp"/*
done << 'EOF'
prom_node 780 1800 500 3200 6700
sail_nmea0183 1320 2900 1500 3700 8900
EOF
exit $bad
