#!/bin/bash
# usage: memory.sh   in the build folder
# Many inputs of many series merged with little memory: peak resident memory,
# with 64 descriptors, of INPUTS (5000) HFiles, then texts, of together SERIES
# (1000000), in order and in none, under -m MEMORY (64M); the limit is that
# and 64 MiB.  Status 1 above it.
set -eu
inputs=${INPUTS:-5000} series=${SERIES:-1000000} memory=${MEMORY:-64M}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/memory.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
ulimit -n 64
mkdir "$tmp/hfile" "$tmp/gts"
bench/generate $((2 * series)) "$series" | ./hfdump -q --preset fast --no-companions -o "$tmp/all.hfile" -f gts -
./hfadmin digest "$tmp/all.hfile" | cut -d ' ' -f 1 > "$tmp/want"
status=0
for form in hfile gts; do
	./hfadmin split -q --no-companions -t $form --by series:$((series / inputs)) -o "$tmp/$form/%n.$form" "$tmp/all.hfile"
	find "$tmp/$form" -type f | sort > "$tmp/ordered"
	shuf --random-source="$tmp/ordered" "$tmp/ordered" > "$tmp/shuffled"
	for order in ordered shuffled; do
		rm -f "$tmp/out.hfile"
		/usr/bin/time -f '%M %U' -o "$tmp/time" ./gts-merge -q --no-companions -m "$memory" \
			-o "$tmp/out.hfile" "@$tmp/$order"
		./hfadmin digest "$tmp/out.hfile" | cut -d ' ' -f 1 | cmp - "$tmp/want" || status=1
		awk -v what="$(wc -l < "$tmp/$order") x $form, $order" -v m="${memory%M}" '{
			printf "%s: %.1f MiB of %d, %.1f s\n", what, $1 / 1024, m + 64, $2
			exit $1 / 1024 > m + 64 }' "$tmp/time" || status=1
	done
done
exit $status
