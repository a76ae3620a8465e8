#!/bin/sh
# usage: bench.sh [FOLDER]
# Sizes and speeds beside their peers, in one run, on the sets of FOLDER
# (default: the excerpts of the tree); a - is a peer that could not be had,
# and standard error says why.  The peers from PyPI live in a private virtual
# environment, VENV (default: BIN/bench/venv), which is made here when it is
# not there.
# BIN: build folder, SRC: tree.
set -eu
BIN=$(cd "${BIN:-.}" && pwd) SRC=$(cd "${SRC:-.}" && pwd)
export SRC
dir=$(cd "${1:-$SRC/tests/data}" && pwd)
PATH=$BIN:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
venv=${VENV:-$BIN/bench/venv}
python=$venv/bin/python3
[ -x "$python" ] || { python3 -m venv "$venv" &&
	"$venv/bin/pip" -q install duckdb pyarrow pcodec numpy chdb tsfile; } > "$tmp/pip" 2>&1 ||
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
perpoint() { awk -v b="$1" -v n="$2" 'BEGIN {if (b == "-") print b; else printf "%.3f", b / n}'; }
# the best of the peers that can seek, as a multiple of preset dense
lead() { # DENSE PEER...
	echo "$@" | awk '{for (i = 2; i <= NF; i++) if ($i != "-" && (!b || $i < b)) b = $i; printf b ? "%.2f" : "-", b / $1}'
}
speeds=$tmp/speeds
{
	echo
	echo 'millions of lines a second: one thread, -@ 2 as a multiple, DuckDB reads the text, zstd -dc | wc -l'
	printf '%-18s %9s %8s %8s %8s %8s %8s %8s\n' set lines in out in2/in out2/out duckdb cat
} > "$speeds"
echo 'bytes a point; lead: the best peer that can seek, as a multiple of dense'
printf '%-18s %9s' set points
printf ' %7s' gzip-9 xz-9 zstd-19 parquet pcodec clickh. duckdb tsfile influx hot fast dense max lead
echo
find "$dir/" -follow -name '*.gts.gz' | sort | while read -r gz; do
	name=$(basename "$gz" .gts.gz)
	mkdir "$tmp/d"
	cd "$tmp/d"
	gzip -dc "$gz" > t
	zstd -q -3 t -o t.zst
	lines=$(wc -l < t)
	for preset in hot fast dense max; do
		hfdump -q --no-companions --preset $preset -o $preset.hfile t
	done
	points=$(hfadmin info dense.hfile | awk '/^points/ {print $2}')
	gzip -9c t > g
	xz -9c t > x
	zstd -q -19 -c t > z
	in=$(seconds taskset -c 0 hfdump -q -@ 1 --force --no-companions -o b.hfile t)
	out=$(seconds taskset -c 0 hfdump -@ 1 -t gts dense.hfile)
	cat=$(seconds taskset -c 0 sh -c 'zstd -dc t.zst | wc -l')
	in2=$(seconds hfdump -q -@ 2 --force --no-companions -o b.hfile t)
	out2=$(seconds hfdump -@ 2 -t gts dense.hfile)
	hfdump -q -t fulltsv dense.hfile > tsv
	# not all can be written: BYTES, NaN
	hfdump -q --influx-geo -t influx dense.hfile > lines 2> said || :
	peers=$(taskset -c 0 "$python" "$SRC/bench/peers.py" t tsv || echo - - - - - -)
	duck=${peers%% *}
	peers="${peers#* } $(perpoint "$(bash "$SRC/bench/influx.sh" lines)" "$points")"
	set --
	for file in g x z hot.hfile fast.hfile dense.hfile max.hfile; do
		set -- "$@" "$(perpoint "$(stat -c %s $file)" "$points")"
	done
	printf '%-18s %9d' "$name" "$points"
	# shellcheck disable=SC2086 # a word a peer
	printf ' %7s' "$1" "$2" "$3" $peers "$4" "$5" "$6" "$7" "$(lead "$6" $peers)"
	echo
	printf '%-18s %9d %8s %8s %8s %8s %8s %8s\n' "$name" "$lines" \
		"$(rate "$lines" "$in")" "$(rate "$lines" "$out")" \
		"$(ratio "$in" "$in2")" "$(ratio "$out" "$out2")" \
		"$duck" "$(rate "$lines" "$cat")" >> "$speeds"
	cd /
	rm -rf "$tmp/d"
done
cat "$speeds"
[ ! -x "$BIN/bench/wrap" ] || taskset -c 0 "$BIN/bench/wrap"
