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

reach() { # NAME FILE...
	n=$((n + 1))
	name=$1
	shift
	if $python "$here/reach.py" "$here/hfile.py" "$@" > "$tmp/said" 2>&1 && [ ! -s "$tmp/said" ]; then
		echo "ok $n - $name have all that the reader knows of"
	else
		echo "not ok $n - $name have all that the reader knows of"
		sed 's/^/# /' "$tmp/said"
	fi
}

awk -f "$here/odd.awk" > "$tmp/odd.txt"
for preset in hot fast dense max; do
	for gz in "${SRC:-.}"/tests/data/*.gts.gz; do
		gzip -dc "$gz" | head -n 700
	done | cat - "$tmp/odd.txt" | hfdump -q --preset $preset -t hfile > "$tmp/$preset.hfile"
	same "preset $preset" "$tmp/$preset.hfile"
done
for hex in "$here"/../golden/*/*.hex; do
	name=$(basename "$(dirname "$hex")")-$(basename "$hex" .hex)
	perl -pe 's/\s//g; $_ = pack "H*", $_' "$hex" > "$tmp/golden-$name.hfile"
	same "golden file $name" "$tmp/golden-$name.hfile"
done
reach 'the golden files' "$tmp"/golden-*.hfile
echo "1..$n"
