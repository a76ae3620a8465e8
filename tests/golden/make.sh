#!/bin/sh
# usage: make.sh VERSION    (in the build folder, BIN: ., SRC: tree)
# Makes the golden files of a version of the format, tests/golden/VERSION:
# an HFile of each preset, in hex, of points that reach all there is, and the
# points; and one whose page has some sections of codes, with its digest.  Never a version that is there already: those files stay as they are.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=$here/${1:?usage: make.sh VERSION}
mkdir "$to"
for gz in "$here"/../data/*.gts.gz; do
	gzip -dc "$gz" | head -n 120
done > "$to/points"
awk -f "$here/../reader/odd.awk" >> "$to/points"
hex() {
	od -An -v -tx1 -w40 | tr -d ' '
}
for preset in hot fast dense max; do
	./hfdump -q --preset $preset -t hfile "$to/points" | hex > "$to/$preset.hex"
done
./hfdump -q -t fulltext "$to/points" | gzip -9n > "$to/points.gts.gz"
awk 'BEGIN {
	for (i = 0; i < 198000; i++) {
		s = s * 69069 + 12345
		s -= int(s / 4294967296) * 4294967296
		print i % 66000 "// few{k=" int(i / 66000) "} " (s < 200000000 ? i % 3 + 1 : 0)
	}
}' > "$to/points"
./hfdump -q --preset dense -t hfile "$to/points" | hex > "$to/sections.hex"
./hfadmin digest "$to/points" | cut -d' ' -f1 > "$to/sections.digest"
rm "$to/points"
