#!/usr/bin/env bats
# The golden HFile is read for ever, and is the example of hfile(5).  Where
# the format changes before it is frozen: tests/golden/update.sh.

setup() {
	DIR=$(mktemp -d)
	PATH=$BIN:$PATH
	GOLDEN=$SRC/tests/golden
	# the bytes of the hex dump
	cut -c 7-53 "$GOLDEN/hfile.hex" | tr -s ' ' '\n' | grep . |
		while read -r h; do printf '%b' "\\x$h"; done > "$DIR/x.hfile"
	cd "$DIR"
}

teardown() {
	rm -rf "$DIR"
}

@test "the golden file gives its points, by index and as a stream" {
	hfadmin verify --data x.hfile
	hfdump -t fulltext x.hfile | cmp - "$GOLDEN/hfile.gts"
	hfdump -t fulltext - < x.hfile | cmp - "$GOLDEN/hfile.gts"
	hfadmin diff "$GOLDEN/hfile.gts" x.hfile
}

@test "its annotation, and the example of hfile(5), are what it is" {
	od -An -v -tx1 -w1 x.hfile | awk -f "$GOLDEN/annotate.awk" | cmp - "$GOLDEN/hfile.hex"
	awk '/^\.Sh/ {on = /AN EXAMPLE/}
		on && /^\.Ed/ {skip = 0}
		skip {print $0 == "\\&" ? "" : $0}
		on && /^\.Bd/ {skip = 1}' "$SRC/man/hfile.5" | cmp - "$GOLDEN/hfile.hex"
}
