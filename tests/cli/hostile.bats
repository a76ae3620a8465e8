#!/usr/bin/env bats
# Hostile inputs: each ends with status 3, at once, in little memory, and
# nothing under the output's name.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	limit=
	# a second of the processor and 256 MiB; a sanitizer needs more
	if ! nm "$BIN/hfdump" 2> /dev/null | grep -q __asan_init; then
		limit='ulimit -v 262144 -t 1;'
	fi
}

@test "200 hostile inputs and more are refused with status 3" {
	cd "$DIR"
	mkdir in
	made=$("$BIN/tests/hostile/make" in)
	[ "$made" -ge 200 ]
	: > "$DIR/good.gts"
	bad=0
	for f in in/*; do
		form=$(basename "${f%-*}")
		case $form in
		hfile) call="hfdump -q --no-companions -o out.hfile $f" ;;
		terms) call="hfdump -q --no-companions --id 0123456789abcdef0123456789abcdef -o out.hfile $f" ;;
		list) call="hfdump -q --series-file $f -o out.hfile good.gts" ;;
		*) call="hfdump -q -@ 1 -m 16M -f $form -o out.hfile $f" ;;
		esac
		status=0
		timeout 20 bash -c "$limit exec $call" 2> err || status=$?
		if [ "$status" -ne 3 ] || [ ! -s err ] || [ -e out.hfile ]; then
			echo "$f: status $status: $(head -c 300 err)"
			bad=$((bad + 1))
			rm -f out.*
		fi
	done
	[ "$bad" -eq 0 ]
}
