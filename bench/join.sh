#!/bin/sh
# Merging disjoint HFiles beside cp of the same bytes: seconds of both, medians
# of five.  usage: [PIECES=20] bench/join.sh   in the build folder
set -eu
pieces=${PIECES:-20}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
i=0
while [ "$i" -lt "$pieces" ]; do
	awk -v p="$i" 'BEGIN { srand(p); for (s = 0; s < 100; s++)
		for (t = 0; t < 10000; t++)
			printf "%d// p%d.s%02d{} %d\n", t * 1000, p, s, rand() * 1000000 }' |
		./hfdump -q --preset fast --no-companions -o "$dir/$i.hfile" -
	i=$((i + 1))
done
cat "$dir"/*.hfile > "$dir/bytes"
# seconds of a command, median of five
seconds() {
	for _ in 1 2 3 4 5; do
		rm -f "$dir/out"
		begun=$(date +%s.%N)
		"$@"
		date +%s.%N | awk -v b="$begun" '{ printf "%.3f\n", $1 - b }'
	done | sort -n | sed -n 3p
}
copy() { cp --reflink=never "$dir/bytes" "$dir/out" && sync "$dir/out"; }
join() { ./gts-merge -q --no-companions -t hfile -o "$dir/out" "$dir"/*.hfile; }
c=$(seconds copy)
j=$(seconds join)
echo "$pieces pieces of 1 M points, $(wc -c < "$dir/bytes") bytes: cp and sync $c s, gts-merge $j s" \
	"($(awk -v c="$c" -v j="$j" 'BEGIN { printf "%.2f", c / j }') of the speed of cp)"
rm -f "$dir/out"
join
echo "merged: $(wc -c < "$dir/out") bytes; $(./gts-merge -v --force --no-companions -t hfile -o "$dir/out" "$dir"/*.hfile 2>&1 | head -n 1)"
