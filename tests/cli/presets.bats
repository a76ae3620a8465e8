#!/usr/bin/env bats
# The presets: the same points, and what info says of them.

setup() {
	PATH=$BIN:$PATH
	cd "$BATS_TEST_TMPDIR" || exit 1
}

@test "every preset holds the same points" {
	for name in nab n2k_boats prom_node; do
		want=$(hfadmin digest "$SRC/tests/data/$name.gts.gz" | cut -d' ' -f1)
		for preset in hot fast dense max; do
			hfdump -q --force --no-companions --preset $preset -o a.hfile "$SRC/tests/data/$name.gts.gz"
			[ "$(hfadmin digest a.hfile | cut -d' ' -f1)" = "$want" ]
			hfadmin info a.hfile | grep -qx "preset  *$preset"
			hfadmin verify a.hfile
		done
	done
}

@test "dense is the default; the denser a preset, the smaller all excerpts together" {
	for gz in "$SRC"/tests/data/*.gts.gz; do
		hfdump -q --force --no-companions -o a.hfile "$gz"
		for preset in hot fast dense max; do
			hfdump -q --force --no-companions --preset $preset -o $preset.hfile "$gz"
			cat $preset.hfile >> $preset
		done
		cmp a.hfile dense.hfile
	done
	[ "$(wc -c < max)" -lt "$(wc -c < dense)" ]
	[ "$(wc -c < dense)" -lt "$(wc -c < fast)" ]
	[ "$(wc -c < fast)" -lt "$(wc -c < hot)" ]
}

@test "info --streams names the method, and what each column takes" {
	for preset in hot:pfor dense:rans max:range; do
		hfdump -q --force --no-companions --preset ${preset%:*} -o a.hfile "$SRC/tests/data/nab.gts.gz"
		hfadmin info --streams a.hfile > said
		grep -q "^stream  *streams .* ${preset#*:}\$" said
		grep -q "^  of streams  *numbers  *[0-9]" said
	done
}

@test "info --streams: columns, classes and blocks add up to the file" {
	for gz in sail_nmea0183 n2k_boats prom_node; do
		for preset in hot fast dense max; do
			hfdump -q --force --no-companions --preset $preset -o a.hfile "$SRC/tests/data/$gz.gts.gz"
			hfadmin info --streams a.hfile | awk -v preset=$preset -v file="$(wc -c < a.hfile)" '
				/^stream/ { stored += $(NF - 1) }
				/^stream  *streams/ { streams = $(NF - 1) }
				/^  of streams/ { of += $NF }
				/^class/ { class += $3; points += $2 }
				/^no class/ { class += $NF }
				/^blocks/ { all += $NF }
				/^blocks  *PAGE / { pages = $NF; n = $(NF - 1) }
				/^header, tail/ { all += $NF }
				/^points/ { want = $2 }
				END { exit !(all == file && class == pages && points == want &&
					stored + 112 * n == pages && of == streams &&
					(of > 0) == (preset != "fast")) }'
		done
	done
}

@test "info --streams --json: the same sums" {
	for preset in hot fast dense max; do
		hfdump -q --force --no-companions --preset $preset -o a.hfile "$SRC/tests/data/sail_nmea0183.gts.gz"
		hfadmin info --streams --json a.hfile | jq -e '
			([.blocks[].bytes] | add) + .header_tail == .bytes and
			([.classes[].bytes] | add) + .no_class == .blocks.PAGE.bytes and
			([.classes[].series] | add) == .series and
			([.classes[].points] | add) == .points and
			([.streams[].of_streams] | add) + .no_stream == .streams.streams.stored and
			(.streams.numbers.of_streams > 0) == (.preset != "fast")'
		hfadmin info --json a.hfile | jq -e 'has("no_stream") | not'
	done
}

@test "an unknown preset is a usage error" {
	run hfdump --preset denser -o a.hfile "$SRC/tests/data/nab.gts.gz"
	[ "$status" -eq 2 ]
	[ ! -e a.hfile ]
}

@test "random digits take half a byte each, and what stood long before is found" {
	python3 - <<- 'P'
	import random
	random.seed(5)
	n = 30000
	ids = ["%064x" % random.getrandbits(256) for _ in range(n)]
	with open("digits.txt", "w") as f:
	    f.writelines("%d// a{} '%s'\n" % (i, ids[i]) for i in range(n))
	with open("twice.txt", "w") as f:
	    f.writelines("%d// a{} '%s'\n" % (i, ids[i % (n // 2)]) for i in range(n))
	P
	for f in digits twice; do
		hfdump -q --no-companions -o $f.hfile $f.txt
		hfdump -t gts $f.hfile | hfadmin digest - > got
		hfadmin digest - < $f.txt | cmp - got
	done
	[ "$(stat -c %s digits.hfile)" -lt $((30000 * 33)) ]
	[ "$(stat -c %s twice.hfile)" -lt $((15000 * 40)) ]
}
