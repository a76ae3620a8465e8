#!/usr/bin/env bats
# Golden HFiles are read for ever; one is the example of hfile(5).

setup() {
	PATH=$BIN:$PATH
	GOLDEN=$SRC/tests/golden
	cd "$BATS_TEST_TMPDIR" || exit 1
}

# The bytes of hex digits.
bytes() {
	perl -pe 's/\s//g; $_ = pack "H*", $_'
}

@test "golden files of every version and preset give their points" {
	for v in "$GOLDEN"/*/; do
		gzip -dc "$v/points.gts.gz" > points
		for hex in "$v"/*.hex; do
			bytes < "$hex" > x.hfile
			hfadmin verify --data x.hfile
			digest=${hex%.hex}.digest
			if [ -e "$digest" ]; then
				[ "$(hfadmin digest x.hfile | cut -d' ' -f1)" = "$(cat "$digest")" ]
				[ "$(hfdump -t gts - < x.hfile | hfadmin digest - | cut -d' ' -f1)" = "$(cat "$digest")" ]
				continue
			fi
			hfdump -t fulltext x.hfile | cmp - points
			hfdump -t fulltext - < x.hfile | cmp - points
			hfadmin diff points x.hfile
		done
	done
}

@test "the example of hfile(5) gives its points, by index and as a stream" {
	cut -c 7-53 "$GOLDEN/hfile.hex" | bytes > x.hfile
	hfadmin verify --data x.hfile
	hfdump -t fulltext x.hfile | cmp - "$GOLDEN/hfile.gts"
	hfdump -t fulltext - < x.hfile | cmp - "$GOLDEN/hfile.gts"
	hfadmin diff "$GOLDEN/hfile.gts" x.hfile
	# its annotation is what it is, in the man page too
	od -An -v -tx1 -w1 x.hfile | awk -f "$GOLDEN/annotate.awk" | cmp - "$GOLDEN/hfile.hex"
	awk '/^\.Sh/ {on = /AN EXAMPLE/}
		on && /^\.Ed/ {skip = 0}
		skip {print $0 == "\\&" ? "" : $0}
		on && /^\.Bd/ {skip = 1}' "$SRC/man/hfile.5" | cmp - "$GOLDEN/hfile.hex"
}
