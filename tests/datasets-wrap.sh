#!/bin/sh
# usage: datasets-wrap.sh FOLDER
# For each set FOLDER/NAME/NAME.gts.gz: wrapped and unwrapped it is the same,
# by series and by day, as lines, as a tar archive and as a snapshot: digest
# and canonical text, but for the sign of a zero, which wrappers lose behind
# another zero (cli 1.1).  BIN: build folder.
set -eu
dir=${1:?usage: datasets-wrap.sh FOLDER}
PATH=${BIN:-.}:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
zeros() { sed 's/ -0\.0$/ 0.0/'; }
for gz in "$dir"/*/*.gts.gz; do
	name=$(basename "$gz" .gts.gz)
	ok=1 sizes=
	hfdump -q -t gts "$gz" > "$tmp/gts"
	zeros < "$tmp/gts" > "$tmp/want"
	digest=$(hfadmin digest "$tmp/gts" | cut -d' ' -f1)
	for how in '' '--by-period YYYYMMDD' '--form fast -e opb64' '-e snapshot'; do
		# shellcheck disable=SC2086 # the words of an option are wanted
		gts-wrap $how "$tmp/gts" > "$tmp/blobs"
		sizes="$sizes $(stat -c %s "$tmp/blobs")"
		gts-unwrap -q "$tmp/blobs" | zeros | cmp - "$tmp/want" || ok=0
		[ "$(hfadmin digest "$tmp/blobs" | cut -d' ' -f1)" = "$digest" ] || ok=0
	done
	rm "$tmp/blobs"
	gts-wrap --by-period YYYYMM --archid '%c%l{none}' --tar "$tmp/no.tar" "$tmp/gts" 2> /dev/null && ok=0
	[ ! -e "$tmp/no.tar" ] || ok=0
	echo "$name wraps:$sizes bytes: $([ $ok = 1 ] && echo same || echo DIFFERS)"
	if [ $ok = 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	rm -f "$tmp"/*
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
