#!/usr/bin/env bats
# What every program owes its user, on all of them.  PROGRAMS: their names.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	cd "$DIR" || return 1
	printf '3// b{} T\n1/48.0:-4.5/10 a{x=1}{k=v} 1.5\n=2// 7\n' > in.txt
	# those that read points and write points
	CONVERTERS=
	for p in $PROGRAMS; do
		case $p in
		hfdump | gts-merge | gts-rangecompact) CONVERTERS="$CONVERTERS $p" ;;
		esac
	done
	[ -n "$CONVERTERS" ]
}

@test "every program: help, -h and version on standard output, status 0" {
	for p in $PROGRAMS; do
		$p --help > help 2> said
		grep -q "^usage: $p" help
		[ ! -s said ]
		$p -h | cmp - help
		$p --version | grep -q "^$p (gtstools) "
	done
}

@test "every program: help to a full disk is status 4" {
	for p in $PROGRAMS; do
		run sh -c "$p --help > /dev/full"
		[ "$status" -eq 4 ] || { echo "$p: $status"; false; }
	done
}

@test "every program: an unknown option is status 2 and named" {
	for p in $PROGRAMS; do
		run "$p" --no-such-option
		[ "$status" -eq 2 ] || { echo "$p: $status $output"; false; }
		[[ "$output" == *"$p: "* ]]
	done
}

@test "every program has a man page that names it" {
	for p in $PROGRAMS; do
		grep -q "^\.Nm $p$" "$SRC/man/$p.1"
	done
}

@test "converters: standard input, - and a file are the same" {
	for p in $CONVERTERS; do
		$p -t gts in.txt > want
		$p -t gts < in.txt | cmp - want
		$p -t gts - < in.txt | cmp - want
		[ -s want ]
	done
}

@test "converters: an empty input gives an empty output" {
	for p in $CONVERTERS; do
		: > empty
		[ -z "$($p -t gts empty)" ]
		rm -f e.hfile e.info e.gts
		$p -o e.hfile empty
		hfadmin verify -q --data e.hfile
	done
}

@test "converters: a truncated input is status 3 and leaves nothing" {
	gzip -dc "$SRC/tests/data/prom_node.gts.gz" | gzip -1 > whole.gz
	head -c 9000 whole.gz > cut.gz
	hfdump -q --no-companions -o whole.hfile whole.gz
	head -c 9000 whole.hfile > cut.hfile
	for p in $CONVERTERS; do
		for f in cut.gz cut.hfile; do
			run "$p" -o out.hfile "$f"
			[ "$status" -eq 3 ] || { echo "$p $f: $status $output"; false; }
			[[ "$output" == "$p: "*"$f"* ]]
			run "$p" -o out.hfile - < "$f"
			[ "$status" -eq 3 ]
			[ ! -e out.hfile ]
			[ ! -e out.info ]
			[ ! -e out.gts ]
		done
	done
}

@test "converters: no such file is status 4 and named" {
	for p in $CONVERTERS; do
		run "$p" -t gts nowhere.gts
		[ "$status" -eq 4 ]
		[[ "$output" == *nowhere.gts* ]]
	done
}

@test "converters: a full disk is status 4" {
	for p in $CONVERTERS; do
		run sh -c "$p -t gts in.txt > /dev/full"
		[ "$status" -eq 4 ] || { echo "$p: $status"; false; }
		run "$p" -t gts -o /dev/full in.txt
		[ "$status" -eq 4 ]
		run sh -c "$p -t hfile in.txt > /dev/full"
		[ "$status" -eq 4 ]
	done
}

@test "converters: a closed standard output is status 4" {
	for p in $CONVERTERS; do
		run bash -c "$p -t gts in.txt >&-"
		[ "$status" -eq 4 ] || { echo "$p: $status"; false; }
	done
}

@test "converters: no file takes the place of a standard stream that is closed" {
	printf '1// a{} 1\nbad\n' > bad.txt
	for p in $CONVERTERS; do
		run bash -c "$p -q -t gts --max-errors all --rejects rejects bad.txt >&-"
		[ "$status" -eq 4 ] || { echo "$p: $status"; false; }
		[ ! -e rejects ]
		bash -c "$p --max-errors all --progress=always --json -o out.hfile bad.txt <&- >&- 2>&-"
		hfadmin verify -q --data out.hfile
		rm out.*
	done
}

@test "converters: /dev/stdout is standard output, a descriptor is written as it is" {
	hfdump -t gts in.txt > want
	for p in $CONVERTERS; do
		for o in '-o /dev/stdout' '--force -o /dev/stdout' '--force -o /dev/fd/1'; do
			{ echo head; $p -t gts $o in.txt; echo tail; } > got
			{ echo head; cat want; echo tail; } | cmp - got
		done
		$p -t hfile -o /dev/stdout in.txt > out.hfile
		hfadmin verify -q --data out.hfile
		[ ! -e out.info ]
	done
	[ -L /dev/stdout ]
}

@test "hfadmin: an answer that nobody got is status 4" {
	hfdump -q -o x.hfile in.txt
	run hfadmin lint x.hfile
	[ "$status" -eq 1 ]
	run bash -c 'hfadmin lint x.hfile > /dev/full'
	[ "$status" -eq 4 ]
	[[ "$output" == *"<stdout>: No space left"* ]]
	run bash -c 'hfadmin --help > /dev/full'
	[ "$status" -eq 4 ]
}

@test "converters: with SIGPIPE ignored a reader that goes away is status 4" {
	gzip -dc "$SRC/tests/data/market_ticks.gts.gz" > big.txt
	for p in $CONVERTERS; do
		status=$(bash -c "trap '' PIPE; { $p -q -t gts big.txt 2> said; echo \$? >&2; } 2> status | true; cat status")
		[ "$status" -eq 4 ] || { echo "$p: $status"; false; }
	done
}

@test "converters: an output that exists is kept, and --force replaces it" {
	for p in $CONVERTERS; do
		echo precious > out.gts
		run "$p" -o out.gts in.txt
		[ "$status" -eq 2 ]
		[ "$(cat out.gts)" = precious ]
		$p --force -o out.gts in.txt
		[ "$(wc -l < out.gts)" -eq 3 ]
	done
}

@test "converters: bytes depend on the input only" {
	for p in $CONVERTERS; do
		LC_ALL=C TZ=UTC $p -t hfile -@ 1 -m 16M in.txt > a
		LC_ALL=C.UTF-8 TZ=Asia/Tokyo $p -t hfile -@ 2 in.txt > b
		cmp a b
	done
}

@test "hfadmin: every verb has help, refuses unknown options, wants operands" {
	verbs=$(hfadmin --help | sed -n 's/^  *\([a-z]*\)  .*/\1/p')
	[ "$(echo "$verbs" | wc -w)" -ge 8 ]
	for v in $verbs; do
		hfadmin "$v" --help | grep -q "^usage: hfadmin $v"
		hfadmin help "$v" | grep -q "^usage: hfadmin $v"
		run hfadmin "$v" --no-such-option
		[ "$status" -eq 2 ]
	done
	run hfadmin info nowhere.hfile
	[ "$status" -eq 4 ]
}

@test "options that exclude each other are status 2, and both are named" {
	hfdump -q --no-companions -o x.hfile in.txt
	for c in 'hfadmin verify --quick --data' 'hfadmin ls --long --tree' 'hfadmin ls --ids --sets' \
		'hfadmin ls --sets --stats' 'hfadmin info --streams --store' \
		'hfadmin info --rebuild --json' 'hfadmin info --store --sha256' \
		'hfadmin repack --in-place --output y.hfile' 'hfadmin digest --check list --by series' \
		's3ls --uploads --versions' 's3get --range 1-2 --part-number 3' \
		's3get --output a --dir b' 's3put --no-clobber --if-match x' \
		's3put --if-none-match * --if-match x' 'gts-wrap --dir a --tar b' \
		'gts-wrap --tar a --encoding bytes' 'gts-unwrap --size --to gts'; do
		[ -x "$BIN/${c%% *}" ] || continue
		set -f
		run $c x.hfile
		set +f
		[ "$status" -eq 2 ] || { echo "$c: $status $output"; false; }
		[ "$(grep -o -e '--[a-z-]*' <<< "$c" | sort)" = \
			"$(grep -o -e '--[a-z-]*' <<< "$output" | sort)" ] || { echo "$c: $output"; false; }
	done
}
