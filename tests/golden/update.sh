#!/bin/sh
# Makes the golden HFile and the example of hfile(5) anew, for a change of the
# format before it is frozen: tests/golden/update.sh, in the build folder.
set -eu
src=$(dirname "$0")/../..
here=$src/tests/golden
new=$(mktemp)
./hfdump -q -t hfile "$here/hfile.gts" > "$new"
od -An -v -tx1 -w1 "$new" | awk -f "$here/annotate.awk" > "$here/hfile.hex"
awk -v hex="$here/hfile.hex" '
	/^\.Sh/ {on = /AN EXAMPLE/}
	on && /^\.Ed/ {skip = 0}
	!skip {print}
	on && /^\.Bd/ {
		skip = 1
		while ((getline line < hex) > 0)
			print line == "" ? "\\&" : line
	}' "$src/man/hfile.5" > "$new"
cat "$new" > "$src/man/hfile.5"
rm -f "$new"
