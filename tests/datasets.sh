#!/bin/sh
# usage: datasets.sh FOLDER
# For each set FOLDER/NAME/NAME.gts.gz: dump -> HFile -> dump is the same in
# every form, digests agree, the fulltext gives the same file, shuffled too.
# Ends with the sizes and their sum.  BIN: build folder.
set -eu
dir=${1:?usage: datasets.sh FOLDER}
PATH=${BIN:-.}:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0 sum=0
for gz in "$dir"/*/*.gts.gz; do
	name=$(basename "$gz" .gts.gz)
	ok=1
	hfdump -q -o "$tmp/a.hfile" "$gz"
	hfadmin verify -q --data "$tmp/a.hfile" || ok=0
	for form in gts fulltext jsonl raw; do
		hfdump -q -t $form "$gz" > "$tmp/want"
		hfdump -q -t $form "$tmp/a.hfile" | cmp - "$tmp/want" || ok=0
	done
	hfadmin diff "$gz" "$tmp/a.hfile" > /dev/null || ok=0
	[ "$(hfadmin digest "$gz" "$tmp/want" "$tmp/a.hfile" | cut -d' ' -f1 | sort -u | wc -l)" -eq 1 ] || ok=0
	hfdump -t fulltext "$tmp/a.hfile" > "$tmp/full"
	hfdump -t hfile -@ 1 "$tmp/full" | cmp - "$tmp/a.hfile" || ok=0
	shuf "$tmp/full" | hfdump -m 32M -t hfile | cmp - "$tmp/a.hfile" || ok=0
	bytes=$(stat -c %s "$tmp/a.hfile")
	sum=$((sum + bytes))
	echo "$name $bytes bytes, $(hfadmin info "$tmp/a.hfile" | awk '/^bytes\/point/ {print $2}') a point: $([ $ok = 1 ] && echo same || echo DIFFERS)"
	if [ $ok = 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	rm -f "$tmp"/*
done
echo "sum of the files: $sum bytes"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
