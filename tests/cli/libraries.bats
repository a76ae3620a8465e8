#!/usr/bin/env bats
# What programs load, and when: libcurl for the first URL, libarchive for the
# first compressed file that is no gzip, or container, libcrypto for the first
# digest or key.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	cd "$DIR" || return 1
	printf '1// a{} 5\n2// a{} 6\n' > in.txt
	gzip -k in.txt
	xz -k in.txt
	export AWS_ACCESS_KEY_ID=KEY AWS_SECRET_ACCESS_KEY=SECRET
	export AWS_ENDPOINT_URL=http://127.0.0.1:9 # nobody listens
}

loaded() { # COMMAND...: the libraries that the program asked for while it ran
	LD_DEBUG=files LD_DEBUG_OUTPUT=$DIR/loaded "$@" > /dev/null 2>&1
	sed -n 's/.*file=\(lib[a-z]*\)[^ ]* .*dynamically loaded by.*/\1/p' loaded.*
	rm loaded.*
}

# A library of this name that is none stands in front of the real one.
spoil() { # LIBRARY
	mkdir -p spoilt
	for l in $(sonames "$BIN/hfdump" | grep "^$1\."); do echo broken > "spoilt/$l"; done
	[ -n "$l" ]
}

sonames() { # PROGRAM: what its notes name
	readelf -p .note.dlopen "$1" | sed -n 's/.*"soname":\["\([^"]*\)".*/\1/p'
}

@test "no program needs libcurl, libarchive or libcrypto to start" {
	for p in $PROGRAMS; do
		[ -z "$(objdump -p "$BIN/$p" | grep -E 'NEEDED +lib(curl|archive|crypto)')" ]
	done
	run objdump -p "$BIN/s3ls"
	[[ "$output" != *libzstd* && "$output" != *libpcre2* ]]
}

@test "local files load neither, a compressed one libarchive, a URL libcurl" {
	[ -z "$(loaded hfdump -q --no-companions -o x.hfile in.txt)" ]
	[ "$(loaded hfdump -q --force -o x.hfile in.txt)" = libcrypto ] # the sum in .info
	[ -s x.hfile ]
	[ -z "$(loaded hfdump -t gts x.hfile)" ]
	[ -z "$(loaded s3put --help)" ]
	[ -z "$(loaded hfdump -t gts in.txt.gz)" ]
	[ "$(loaded hfadmin digest x.hfile)" = "" ]
	[ "$(loaded hfdump -t gts in.txt.xz)" = libarchive ]
	[ "$(loaded hfdump -t gts -o y.gts.gz in.txt)" = libarchive ]
	[ "$(loaded hfdump -t gts http://127.0.0.1:9/x)" = libcurl ]
	[ "$(loaded s3ls --retry 1 s3://bucket/)" = libcurl ]
	[ "$(loaded s3ls --version)" = libcurl ]
}

@test "a libcurl that cannot be loaded is status 4, with the remedy" {
	spoil libcurl
	export LD_LIBRARY_PATH=$DIR/spoilt
	for c in 'hfdump -t gts http://127.0.0.1:9/x' 'hfdump -t gts s3://bucket/x' \
		'hfdump -q -o s3://bucket/x in.txt' 's3ls s3://bucket/' 's3get s3://bucket/x'; do
		run $c
		[ "$status" -eq 4 ] || { echo "$c: $status $output"; false; }
		[[ "$output" == *libcurl.so*'apt-get install libcurl'* ]]
	done
	run s3ls --version
	[ "$status" -eq 0 ]
	[[ "$output" == *'apt-get install libcurl'* ]]
	[ "$(hfdump -t gts in.txt)" = "$(printf '1// a{} 5\n=2// 6')" ]
}

@test "a libarchive that cannot be loaded is status 4, and leaves nothing" {
	spoil libarchive
	export LD_LIBRARY_PATH=$DIR/spoilt
	for c in 'hfdump -t gts in.txt.xz' 'hfdump -q -o out.gts.gz in.txt' \
		"gts-wrap -q --by-period YYYY --archid %c --tar out.tar in.txt"; do
		run $c
		[ "$status" -eq 4 ] || { echo "$c: $status $output"; false; }
		[[ "$output" == *libarchive.so*'apt-get install libarchive'* ]]
	done
	[ "$(echo out*)" = 'out*' ]
}

@test "a libcrypto that cannot be loaded is status 4 where it is needed" {
	printf '1// a{} 5\n' | hfdump -q --force -o x.hfile -
	spoil libcrypto
	export LD_LIBRARY_PATH=$DIR/spoilt
	[ "$(hfdump -t gts x.hfile)" = '1// a{} 5' ]
	run hfdump -q -o y.hfile in.txt # its sum is for .info
	[ "$status" -eq 4 ]
	[[ "$output" == *libcrypto.so*'apt-get install libssl'* ]]
	[ -z "$(ls | grep '^\.*y')" ]
	run s3ls s3://bucket/
	[ "$status" -eq 4 ]
	[[ "$output" == *libcrypto.so*'apt-get install libssl'* || "$output" == *libcurl* ]]
}

@test "notes name the libraries that are loaded later" {
	[ "$(sonames "$BIN/hfdump" | sed 's/\..*//' | sort | tr '\n' ' ')" = 'libarchive libcrypto libcurl ' ]
	[ "$(sonames "$BIN/s3ls" | sort)" = "$(sonames "$BIN/hfdump" | grep -v libarchive | sort)" ]
	run readelf -n "$BIN/hfdump"
	[[ "$output" == *'FDO '* && "$output" != *orrupt* ]]
}
