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

@test "max is never larger than dense; numbers of 53 and of 24 bits take little more than these" {
	python3 - <<- 'P'
	import random, struct
	r = random.Random(7)
	n = 20000
	x = y = z = 100.0
	with open("double.txt", "w") as d, open("float.txt", "w") as f, open("noise.txt", "w") as s:
	    for i in range(n):
	        x = x * .999 + r.gauss(0, 1)
	        y += r.gauss(0, .1)
	        z += r.gauss(0, .3)
	        d.write("%d// d{} %r\n" % (i, x * 3.14159))
	        f.write("%d// f{} %r\n" % (i, struct.unpack("f", struct.pack("f", y))[0]))
	        s.write("%d// s{} %.1f\n" % (i, z))
	P
	for f in double float noise; do
		for preset in hot fast dense max; do
			hfdump -q --no-companions --preset $preset -o $f.$preset $f.txt -t hfile
			[ "$(hfadmin digest $f.$preset | cut -d' ' -f1)" = "$(hfadmin digest $f.txt | cut -d' ' -f1)" ]
			hfadmin info --streams $f.$preset > /dev/null
		done
		[ "$(stat -c %s $f.max)" -le "$(stat -c %s $f.dense)" ]
	done
	[ "$(stat -c %s double.dense)" -lt $((20000 * 656 / 100)) ]
	[ "$(stat -c %s float.dense)" -lt $((20000 * 210 / 100)) ]
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
