#!/bin/sh
# usage: run.sh SECONDS [TARGET...]
# Runs the fuzz targets (default: all) for SECONDS each, from seeds made of
# the excerpts of the tree, as TAP.  BIN: build folder (--enable-fuzzers),
# SRC: tree.  What is found stays in BIN/fuzz-found.
set -u
seconds=${1:?usage: run.sh SECONDS [TARGET...]}
shift
BIN=$(cd "${BIN:-.}" && pwd) SRC=$(cd "${SRC:-.}" && pwd)
PATH=$BIN:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck disable=SC2046 # names without blanks
[ $# -gt 0 ] || set -- $(cd "$SRC/tests/fuzz" && grep -l LLVMFuzzerTestOneInput -- *.c | sed 's/\.c$//')

seed() { # TARGET: its corpus, in a folder of its name
	mkdir -p "$tmp/$1"
	case $1 in
	listing | profile)
		# the first character is for the options, the vectors have the text
		awk -F '\t' -v to="$tmp/$1/" '/^[^#]/ {
			gsub(/\\n/, "\n")
			gsub(/\\t/, "\t")
			for (i = 2; i < NF; i++) {
				print i % 2 $i > (to NR "-" i)
				close(to NR "-" i)
			}
		}' "$SRC/tests/vectors/data/$1.tsv"
		return ;;
	esac
	for gz in "$SRC"/tests/data/*.gts.gz; do
		name=$(basename "$gz" .gts.gz)
		gzip -dc "$gz" | head -n 40 > "$tmp/lines.txt"
		case $1 in
		text) cp "$tmp/lines.txt" "$tmp/$1/$name" ;;
		raw | tsv | json | jsonl) hfdump -q -t "$1" -o - "$tmp/lines.txt" > "$tmp/$1/$name" ;;
		influx) hfdump -q -t influx -o - "$tmp/lines.txt" > "$tmp/$1/$name" 2> "$tmp/said" || : ;;
		wrap)
			for e in lines opb64 snapshot; do
				{ printf 0; gts-wrap -q -e $e "$tmp/lines.txt"; } > "$tmp/$1/$name-$e"
			done
			gts-wrap -q -e base64 "$tmp/lines.txt" | head -n 1 > "$tmp/line"
			{ printf 00; base64 -d "$tmp/line"; } > "$tmp/$1/$name-bare" ;;
		warpscript) gts-wrap -q -e snapshot "$tmp/lines.txt" > "$tmp/$1/$name" ;;
		encoder)
			gts-wrap -q --multivalue --compress never -e base64 "$tmp/lines.txt" | head -n 1 > "$tmp/line"
			base64 -d "$tmp/line" | tail -c +3 > "$tmp/$1/$name" ;;
		hfile) hfdump -q -t hfile -o - "$tmp/lines.txt" > "$tmp/$1/$name" ;;
		page | index)
			mkdir -p "$tmp/page" "$tmp/index" "$tmp/one-page" "$tmp/one-index"
			hfdump -q -t hfile -o - "$tmp/lines.txt" > "$tmp/h"
			"$BIN/tests/fuzz/payloads" "$tmp/h" "$tmp/one-page" "$tmp/one-index"
			for f in "$tmp/one-$1"/*; do mv "$f" "$tmp/$1/$name-${f##*/}"; done ;;
		ingest) { printf 0; cat "$tmp/lines.txt"; } > "$tmp/$1/$name" ;;
		selector) cut -d' ' -f2 "$tmp/lines.txt" | head -n 3 > "$tmp/$1/$name" ;;
		esac
	done
}

echo "1..$#"
failed=0
for t in "$@"; do
	seed "$t"
	if (cd "$tmp" && "$BIN/tests/fuzz/$t" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 "$t") > "$tmp/log" 2>&1; then
		echo "ok - $t: $(sed -n 's/^stat::number_of_executed_units: *//p' "$tmp/log") inputs, $(ls "$tmp/$t" | wc -l) of them in the corpus"
	else
		failed=1
		mkdir -p "$BIN/fuzz-found"
		cp "$tmp"/crash-* "$tmp"/oom-* "$tmp"/timeout-* "$BIN/fuzz-found/" 2> /dev/null
		echo "not ok - $t"
		tail -n 30 "$tmp/log" | sed 's/^/# /'
	fi
done
exit $failed
