#!/bin/sh
# usage: bench.sh [FOLDER]
# Sizes and speeds beside gzip, xz and zstd, in one run, on the sets of
# FOLDER (default: the excerpts of the tree).  BIN: build folder, SRC: tree.
set -eu
dir=${1:-${SRC:-.}/tests/data}
PATH=${BIN:-.}:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
seconds() { # median of 5 runs of "$@"
	for _ in 1 2 3 4 5; do
		from=$(date +%s%N)
		"$@" > /dev/null 2>&1
		echo $(($(date +%s%N) - from))
	done | sort -n | sed -n 3p
}
rate() { awk -v n="$1" -v t="$2" 'BEGIN {printf "%.2f", n / t * 1e3}'; }
perpoint() { awk -v b="$1" -v n="$2" 'BEGIN {printf "%.3f", b / n}'; }
printf '%-18s %9s %8s %8s %8s %8s %8s %8s %8s\n' set lines gzip-9 xz-9 zstd-19 hfile in/M out/M cat/M
find "$dir" -name '*.gts.gz' | sort | while read -r gz; do
	name=$(basename "$gz" .gts.gz)
	gzip -dc "$gz" > "$tmp/t"
	zstd -q -3 -f "$tmp/t" -o "$tmp/t.zst"
	lines=$(wc -l < "$tmp/t")
	hfdump -q --force --no-companions -o "$tmp/h.hfile" "$tmp/t"
	points=$(hfadmin info "$tmp/h.hfile" | awk '/^points/ {print $2}')
	gzip -9c "$tmp/t" > "$tmp/g"
	xz -9c "$tmp/t" > "$tmp/x"
	zstd -q -19 -c "$tmp/t" > "$tmp/z"
	in=$(seconds taskset -c 0 hfdump -q --force --no-companions -o "$tmp/b.hfile" "$tmp/t")
	out=$(seconds taskset -c 0 hfdump -t gts "$tmp/h.hfile")
	cat=$(seconds taskset -c 0 sh -c "zstd -dc '$tmp/t.zst' | wc -l")
	printf '%-18s %9d %8s %8s %8s %8s %8s %8s %8s\n' "$name" "$lines" \
		"$(perpoint "$(stat -c %s "$tmp/g")" "$points")" \
		"$(perpoint "$(stat -c %s "$tmp/x")" "$points")" \
		"$(perpoint "$(stat -c %s "$tmp/z")" "$points")" \
		"$(perpoint "$(stat -c %s "$tmp/h.hfile")" "$points")" \
		"$(rate "$lines" "$in")" "$(rate "$lines" "$out")" "$(rate "$lines" "$cat")"
	rm -f "$tmp"/*
done
[ ! -x "${BIN:-.}/bench/wrap" ] || taskset -c 0 "${BIN:-.}/bench/wrap"
