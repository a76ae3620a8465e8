#!/bin/sh
# The independent reader against ours, as TAP: HFiles of every preset, made
# of the excerpts of the tree and of odd points, and the golden files.
# BIN: build folder, SRC: tree.
set -u
here=$(cd "$(dirname "$0")" && pwd)
PATH=${BIN:-.}:$PATH
python=/usr/bin/python3
if ! $python -c 'import zstandard' 2> /dev/null; then
	echo '1..0 # SKIP python3-zstandard is not installed: the independent reader cannot run'
	exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0

same() { # NAME FILE.hfile
	n=$((n + 1))
	"${BIN:-.}/tests/reader/points" "$2" > "$tmp/want" || echo failed > "$tmp/want"
	if $python "$here/hfile.py" "$2" > "$tmp/got" 2> "$tmp/said" && cmp -s "$tmp/got" "$tmp/want"; then
		echo "ok $n - $1: $(wc -l < "$tmp/got") points"
	else
		echo "not ok $n - $1"
		diff "$tmp/got" "$tmp/want" | head -n 4 | cat - "$tmp/said" | sed 's/^/# /'
	fi
}

awk -f "$here/odd.awk" > "$tmp/odd.txt"
for preset in hot fast dense max; do
	for gz in "${SRC:-.}"/tests/data/*.gts.gz; do
		gzip -dc "$gz" | head -n 700
	done | cat - "$tmp/odd.txt" | hfdump -q --preset $preset -t hfile > "$tmp/$preset.hfile"
	same "preset $preset" "$tmp/$preset.hfile"
done
# a page of some sections of codes
awk 'BEGIN {for (k = 0; k < 3; k++) for (i = 0; i < 66000; i++) print i "// long{k=" k "} " (i * 7919 + k) % 101}' |
	hfdump -q --preset dense -t hfile > "$tmp/long.hfile"
same "sections" "$tmp/long.hfile"
n=$((n + 1))
if $python "$here/reach.py" "$here/hfile.py" "$tmp"/*.hfile > "$tmp/said" 2>&1 && [ ! -s "$tmp/said" ]; then
	echo "ok $n - these files have all that the reader knows of"
else
	echo "not ok $n - these files have all that the reader knows of"
	sed 's/^/# /' "$tmp/said"
fi
for f in "$here"/golden/*.hfile; do
	[ ! -e "$f" ] || same "golden ${f##*/}" "$f"
done
echo "1..$n"
