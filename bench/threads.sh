#!/bin/bash
# usage: threads.sh RUNS DUMP...   in the build folder
# Text to HFile and HFile to text: millions of lines a second of one thread, and
# how many times faster two are; medians of RUNS in turns (in brackets best
# against best).  PROGRAM: another hfdump (./hfdump), to compare.
set -eu
runs=$1 program=${PROGRAM:-./hfdump}
shift
tmp=$(mktemp -d "${TMPDIR:-/tmp}/threads.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
took() { # NAME COMMAND...
	local name=$1 from=$EPOCHREALTIME to
	shift
	"$@" > /dev/null
	to=$EPOCHREALTIME
	echo $((${to/./} - ${from/./})) >> "$tmp/$name"
}
middle() { sort -n "$tmp/$1" | awk '{t[NR] = $1} END {print t[int((NR + 1) / 2)], t[1]}'; }

for dump; do
	"$program" -q --no-companions --force -o "$tmp/x.hfile" "$dump"
	for _ in $(seq "$runs"); do
		for n in 1 2; do took in$n "$program" -q -@ $n --force -o "$tmp/y.hfile" "$dump"; done
		for n in 1 2; do took out$n "$program" -q -@ $n -t gts "$tmp/x.hfile"; done
	done
	echo "$(basename "$dump") $(wc -l < "$dump") $(middle in1) $(middle in2) $(middle out1) $(middle out2)" |
		awk '{printf "%-20s in %5.1f  x %.2f (%.2f)   out %5.1f  x %.2f (%.2f)\n", $1,
			$2 / $3, $3 / $5, $4 / $6, $2 / $7, $7 / $9, $8 / $10}'
	rm "$tmp"/in? "$tmp"/out?
done
