#!/bin/sh
# usage: join.sh [DATASETS]   in the build folder
# Merging disjoint HFiles by copying (hfadmin merge --no-companions) beside
# cp --reflink=never and sync of the same bytes, medians of five, turn about:
# PIECES (200) of a million points from a generator; with a folder of sets,
# COPIES (20) of two of them whose labels differ; then n2k_boats, one series a
# file: its size beside that of all written at once.  Each is repacked, and
# must then be the bytes of all written at once.  DIR: where the generated
# pieces stay for the next time.
set -eu
sets=${1:-}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/join.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
made=${DIR:-$tmp/made}
mkdir -p "$made"

seconds() { # FILE, command: appends seconds, and those of the processor
	rm -f "$tmp/out"
	/usr/bin/time -f '%e %U %S' -o "$tmp/time" sh "$tmp/$2.sh"
	awk '{ print $1, $2 + $3 }' "$tmp/time" >> "$1"
}
printf 'cp --reflink=never "%s/bytes" "%s/out" && sync "%s/out"\n' "$tmp" "$tmp" "$tmp" > "$tmp/copy.sh"
printf '"%s/hfadmin" merge -v --no-companions -o "%s/out" "@%s/list" 2> "%s/said"\n' "$PWD" "$tmp" "$tmp" "$tmp" > "$tmp/join.sh"
median() { cut -d ' ' -f "$2" "$1" | sort -n | sed -n 3p; } # FILE COLUMN

compare() { # NAME: the files of the list
	xargs cat < "$tmp/list" > "$tmp/bytes"
	rm -f "$tmp/cp" "$tmp/join"
	for _ in 1 2 3 4 5; do
		seconds "$tmp/cp" copy
		seconds "$tmp/join" join
	done
	awk -v name="$1" -v n="$(wc -l < "$tmp/list")" -v c="$(median "$tmp/cp" 1)" -v j="$(median "$tmp/join" 1)" \
		-v cc="$(median "$tmp/cp" 2)" -v jc="$(median "$tmp/join" 2)" \
		-v was="$(wc -c < "$tmp/bytes")" -v is="$(wc -c < "$tmp/out")" 'BEGIN {
		printf "%s: %d files, %d bytes: cp and sync %.3f s, merge %.3f s (%.2f of the speed of cp), of the processor %.2f and %.2f s; ", name, n, was, c, j, c / j, cc, jc
		printf "merged %d bytes (%+.2f %%)\n", is, 100 * (is / was - 1) }'
	sed -n 's/.*: \([0-9]* segments copied.*\)/  \1/p' "$tmp/said"
	rm -f "$tmp/bytes"
}

once() { # the merged file, repacked, beside the text of all written at once
	is=$(wc -c < "$tmp/out")
	./hfadmin repack -q --no-companions --preset fast -o "$tmp/again" "$tmp/out"
	xargs -n 1 ./hfdump -q -t fulltext < "$tmp/list" |
		./hfdump -q --no-companions --preset fast -t hfile -o "$tmp/once" -f gts -
	if cmp "$tmp/again" "$tmp/once"; then
		awk -v a="$is" -v b="$(wc -c < "$tmp/once")" 'BEGIN { printf "  repacked: the bytes of all at once, %d (merged: %+.2f %%)\n", b, 100 * (a / b - 1) }'
	fi
	rm -f "$tmp/again" "$tmp/once"
}

i=0
while [ "$i" -lt "${PIECES:-200}" ]; do
	[ -e "$made/$i.hfile" ] ||
		awk -v p="$i" 'BEGIN { srand(p); for (s = 0; s < 100; s++)
			for (t = 0; t < 10000; t++)
				printf "%d// p%d.s%02d{} %d\n", t * 1000, p, s, rand() * 1000000 }' |
			./hfdump -q --preset fast --no-companions -o "$made/$i.hfile" -
	echo "$made/$i.hfile"
	i=$((i + 1))
done > "$tmp/list"
compare "generated, 1 M points each"
once
[ "$sets" ] || exit 0
for name in sail_nmea0183 market_ticks; do
	./hfdump -q --preset fast --no-companions -o "$tmp/whole.hfile" "$sets/$name/$name.gts.gz"
	i=0
	while [ "$i" -lt "${COPIES:-20}" ]; do
		./hfadmin filter -q --force --preset fast --no-companions --set-label "piece=$i" \
			-o "$tmp/piece.$i" "$tmp/whole.hfile"
		echo "$tmp/piece.$i"
		i=$((i + 1))
	done > "$tmp/list"
	compare "$name"
	once
	rm -f "$tmp"/piece.* "$tmp/whole.hfile"
done
mkdir "$tmp/tiny"
./hfdump -q --preset fast --no-companions -o "$tmp/whole.hfile" "$sets/n2k_boats/n2k_boats.gts.gz"
./hfadmin split -q --no-companions --preset fast --by series:1 -o "$tmp/tiny/%n.hfile" "$tmp/whole.hfile"
find "$tmp/tiny" -name '*.hfile' > "$tmp/list"
compare "n2k_boats, one series a file"
once
