#!/bin/sh
# usage: run.sh [DIR]
# Runs every vector runner that has a file in DIR (default: the vectors of
# the tree), as TAP.  Files without a runner are named.  BIN: build folder.
set -u
here=$(dirname "$0")
dir=${1:-$here/data}
n=0 passed=0 failed=0 skipped=0
for tsv in "$dir"/*.tsv; do
	name=$(basename "$tsv" .tsv)
	runner=${BIN:-.}/tests/vectors/$name
	n=$((n + 1))
	if [ ! -x "$runner" ]; then
		rows=$(grep -vc '^#' "$tsv")
		skipped=$((skipped + rows))
		echo "ok $n - $name # SKIP no runner for its $rows rows yet"
		continue
	fi
	out=$("$runner" "$tsv" 2> "${TMPDIR:-/tmp}/vectors.$$") && ok=ok || ok='not ok'
	last=$(printf '%s\n' "$out" | tail -n 1)
	[ -n "$last" ] || last='0 passed, 1 failed, 0 skipped'
	echo "$ok $n - $name: $last"
	sed 's/^/# /' "${TMPDIR:-/tmp}/vectors.$$"
	rm -f "${TMPDIR:-/tmp}/vectors.$$"
	# shellcheck disable=SC2086 # the words of the line are wanted
	set -- $last
	passed=$((passed + $1)) failed=$((failed + $3)) skipped=$((skipped + $5))
done
echo "1..$n"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
