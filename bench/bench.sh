#!/bin/sh
# usage: bench.sh [FOLDER]
# Sizes and speeds beside gzip, xz and zstd, DuckDB, Parquet and pcodec, in
# one run, on the sets of FOLDER (default: the excerpts of the tree).  The
# peers from PyPI live in a private virtual environment, VENV (default:
# BIN/bench/venv), which is made here when it is not there.
# BIN: build folder, SRC: tree.
set -eu
dir=${1:-${SRC:-.}/tests/data}
PATH=${BIN:-.}:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
venv=${VENV:-${BIN:-.}/bench/venv}
python=$venv/bin/python3
[ -x "$python" ] || { python3 -m venv "$venv" &&
	"$venv/bin/pip" -q install duckdb pyarrow pcodec numpy; } > "$tmp/pip" 2>&1 ||
	echo "SKIPPED: peers from PyPI: $(tail -n 1 "$tmp/pip")" >&2
[ -x "$python" ] || python=python3
seconds() { # median of 5 runs of "$@"
	for _ in 1 2 3 4 5; do
		from=$(date +%s%N)
		"$@" > /dev/null 2>&1
		echo $(($(date +%s%N) - from))
	done | sort -n | sed -n 3p
}
rate() { awk -v n="$1" -v t="$2" 'BEGIN {printf "%.2f", n / t * 1e3}'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }
perpoint() { awk -v b="$1" -v n="$2" 'BEGIN {printf "%.3f", b / n}'; }
printf '%-18s %9s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s\n' set lines \
	gzip-9 xz-9 zstd-19 parquet pcodec hfile in/M out/M in2/in out2/out duckdb/M cat/M
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
	in=$(seconds taskset -c 0 hfdump -q -@ 1 --force --no-companions -o "$tmp/b.hfile" "$tmp/t")
	out=$(seconds taskset -c 0 hfdump -@ 1 -t gts "$tmp/h.hfile")
	cat=$(seconds taskset -c 0 sh -c "zstd -dc '$tmp/t.zst' | wc -l")
	in2=$(seconds hfdump -q -@ 2 --force --no-companions -o "$tmp/b.hfile" "$tmp/t")
	out2=$(seconds hfdump -@ 2 -t gts "$tmp/h.hfile")
	hfdump -q -t fulltsv "$tmp/h.hfile" > "$tmp/tsv"
	read -r duck parquet pco << EOF
$(taskset -c 0 "$python" "${SRC:-.}/bench/peers.py" "$tmp/t" "$tmp/tsv" || echo - - -)
EOF
	printf '%-18s %9d %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s\n' "$name" "$lines" \
		"$(perpoint "$(stat -c %s "$tmp/g")" "$points")" \
		"$(perpoint "$(stat -c %s "$tmp/x")" "$points")" \
		"$(perpoint "$(stat -c %s "$tmp/z")" "$points")" \
		"$parquet" "$pco" \
		"$(perpoint "$(stat -c %s "$tmp/h.hfile")" "$points")" \
		"$(rate "$lines" "$in")" "$(rate "$lines" "$out")" \
		"$(ratio "$in" "$in2")" "$(ratio "$out" "$out2")" \
		"$duck" "$(rate "$lines" "$cat")"
	rm -f "$tmp"/*
done
[ ! -x "${BIN:-.}/bench/wrap" ] || taskset -c 0 "${BIN:-.}/bench/wrap"
