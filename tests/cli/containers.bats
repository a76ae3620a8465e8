#!/usr/bin/env bats
# Compressed and contained inputs, sound and damaged.  BIN: build folder,
# SRC: source tree.

setup() {
	PATH=$BIN:$PATH
	cd "$BATS_TEST_TMPDIR"
}

# No case of the kinds gives other points than all with status 0.
none_is_lost() {
	for kind in "$@"; do
		/usr/bin/python3 "$SRC/tests/cli/containers.py" "$kind" || {
			echo "of $kind"
			false
		}
	done
}

@test "compressed data that are damaged, cut or followed by others" {
	none_is_lost gzip bzip2 xz zstd lz4
}

@test "compressed data of many blocks, or without a sum" {
	none_is_lost lz4-blocks zstd-bare lz4-bare
}

@test "a tar that is damaged, cut, nested or followed by others" {
	none_is_lost tar pax
}

@test "a zip that is damaged, cut, nested or followed by others" {
	none_is_lost zip zip-stored zip-pipe
}

@test "a gzip whose sum does not hold is status 3 and names its file" {
	printf '1// a{} 1\n2// a{} 2\n' | gzip -c > a.gz
	printf 'x' | dd of=a.gz bs=1 seek=$(($(stat -c %s a.gz) - 8)) conv=notrunc status=none
	run hfdump -o x.hfile a.gz
	[ "$status" -eq 3 ]
	[[ "$output" == *a.gz*damaged* ]]
	[ ! -e x.hfile ]
}

@test "what is compressed without an end is an error" {
	echo '1// a{} 1' > a
	for i in 1 2 3 4 5 6 7 8 9 10; do
		gzip -c a > b
		mv b a
	done
	run hfdump -t gts a
	[ "$status" -eq 3 ]
	[[ "$output" == *compressed* ]]
}
