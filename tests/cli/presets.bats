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
		[ $preset = hot:pfor ] || grep -q "^  of streams  *numbers  *[0-9]" said
	done
}

@test "an unknown preset is a usage error" {
	run hfdump --preset denser -o a.hfile "$SRC/tests/data/nab.gts.gz"
	[ "$status" -eq 2 ]
	[ ! -e a.hfile ]
}
