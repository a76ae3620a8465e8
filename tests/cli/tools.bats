#!/usr/bin/env bats
# The command lines of the tools.  BIN: build folder, SRC: source tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	printf '3// b{} T\n1/48.0:-4.5/10 a{x=1}{k=v} 1.5\n=2// 7\n' > "$DIR/in.txt"
}

@test "help, version and the option table of every tool" {
	for tool in hfdump hfadmin "hfadmin ls" "hfadmin info" "hfadmin verify"; do
		$tool --help | grep -q '^usage: '
		$tool --version | grep -q gtstools
		$tool --option-table | grep -q '^h	help'
	done
	hfadmin help ls | grep -q '^usage: hfadmin ls'
}

@test "an unknown option, verb or form is status 2" {
	for call in "hfdump --nope" "hfdump -X" "hfadmin nope" "hfadmin" \
		"hfadmin ls --nope" "hfdump -f yes" "hfdump -m 1M" "hfadmin diff a"; do
		run $call
		[ "$status" -eq 2 ]
		[ -n "$output" ]
	done
}

@test "standard input by default, and as -" {
	cd "$DIR"
	hfdump -t fulltext < in.txt > a
	hfdump -t fulltext - < in.txt > b
	cmp a b
	[ "$(wc -l < a)" -eq 3 ]
	[ "$(head -n 1 a)" = "1/47.99999998882413:-4.500000067055225/10 a{x=1}{k=v} 1.5" ]
}

@test "empty input gives a valid empty output" {
	cd "$DIR"
	hfdump -o e.hfile < /dev/null
	hfadmin verify --data e.hfile
	[ -z "$(hfdump e.hfile)" ]
	run hfdump --fail-empty -t gts /dev/null
	[ "$status" -eq 1 ]
}

@test "real excerpts: dump, HFile, dump are the same, in gts, fulltext, raw" {
	cd "$DIR"
	for f in "$DATA"/*.gts.gz; do
		name=$(basename "$f" .gts.gz)
		hfdump -q -o "$name.hfile" "$f"
		hfadmin verify --data -q "$name.hfile"
		for form in gts fulltext raw; do
			hfdump -q -t $form "$f" > a
			hfdump -q -t $form "$name.hfile" > b
			cmp a b
		done
		hfadmin diff -q "$f" "$name.hfile"
		hfdump -q -t raw "$f" > "$name.raw"
		[ "$(hfadmin digest "$f" "$name.hfile" "$name.raw" | cut -d' ' -f1 | sort -u | wc -l)" -eq 1 ]
	done
}

@test "the canonical fulltext gives the same HFile, shuffled or not, in any memory" {
	cd "$DIR"
	for name in prom_node n2k_boats sail_nmea0183; do
		hfdump -q -o a.hfile "$DATA/$name.gts.gz"
		hfdump -t fulltext a.hfile > a.txt
		hfdump -t hfile a.txt > b.hfile
		cmp a.hfile b.hfile
		shuf --random-source="$DATA/$name.gts.gz" a.txt | hfdump -m 16M -o c.hfile --no-companions
		cmp a.hfile c.hfile
		rm -f ./*.hfile ./*.gts ./*.info
	done
}

@test "an HFile is read from a pipe" {
	cd "$DIR"
	hfdump -q -o a.hfile "$DATA/prom_node.gts.gz"
	hfdump a.hfile > a
	cat a.hfile | hfdump -t gts > b
	cmp a b
	head -c 3000 a.hfile > cut
	run hfdump -t gts < cut
	[ "$status" -eq 3 ]
}

@test "compressed inputs and tar are seen through" {
	cd "$DIR"
	hfdump -t gts in.txt > want
	gzip -k in.txt; bzip2 -k in.txt; xz -k in.txt; zstd -q in.txt; lz4 -q in.txt in.txt.lz4
	tar cf in.tar in.txt
	tar czf in.tgz in.txt
	for f in in.txt.gz in.txt.bz2 in.txt.xz in.txt.zst in.txt.lz4 in.tar in.tgz; do
		hfdump -t gts "$f" > got
		cmp want got
	done
	hfdump -o out.gts.gz in.txt
	gzip -dc out.gts.gz | cmp - want
}

@test "a truncated gzip is status 3 and leaves nothing" {
	cd "$DIR"
	head -c 5000 "$DATA/prom_node.gts.gz" > cut.gz
	run hfdump -o x.hfile cut.gz
	[ "$status" -eq 3 ]
	[ ! -e x.hfile ]
	[ ! -e x.info ]
	[ ! -e x.gts ]
	[ -z "$(ls -A | grep tmp)" ]
}

@test "the first bad line ends the run with its place" {
	cd "$DIR"
	printf '1// a{} 1\n2// a{} 1x\n' > bad.txt
	run hfdump -o x.hfile bad.txt
	[ "$status" -eq 3 ]
	[ "$output" = "hfdump: bad.txt:2:9: value is not understood" ]
	[ ! -e x.hfile ]
}

@test "rejected lines are counted and written" {
	cd "$DIR"
	printf '# c\n\n1// a{} 1\n2// a{} 1x\n3 a{} 2\n4// a{} 5\n' > bad.txt
	hfdump -v --max-errors all --rejects r.txt -t gts bad.txt > out 2> ledger
	[ "$(cat out)" = "$(printf '1// a{} 1\n=4// 5')" ]
	[ "$(cut -f 1,2,4 r.txt)" = "$(printf '4\t9\t2// a{} 1x\n5\t1\t3 a{} 2')" ]
	grep -Eq '^rejected +2$' ledger
	grep -Eq '^lines +6$' ledger
	run hfdump --max-errors 1 -t gts bad.txt
	[ "$status" -eq 3 ]
}

@test "a line # ERROR: is fatal" {
	cd "$DIR"
	printf '1// a{} 1\n\n# ERROR: java.io.IOException\n' > bad.txt
	run hfdump --max-errors all -o x.hfile bad.txt
	[ "$status" -eq 3 ]
	[ ! -e x.hfile ]
}

@test "a full disk is status 4" {
	run hfdump -t gts -o /dev/full "$DIR/in.txt"
	[ "$status" -eq 4 ]
	run sh -c "hfdump -t gts '$DIR/in.txt' > /dev/full"
	[ "$status" -eq 4 ]
	run sh -c "hfadmin --help > /dev/full"
	[ "$status" -eq 4 ]
}

@test "a reader that goes away ends the run by SIGPIPE" {
	cd "$DIR"
	hfdump -q -o a.hfile "$DATA/market_ticks.gts.gz"
	set +e
	bash -c 'set -o pipefail; hfdump a.hfile | head -n 1 > /dev/null'
	status=$?
	set -e
	[ "$status" -eq 141 ] || [ "$status" -eq 0 ]
}

@test "an output that exists is kept" {
	cd "$DIR"
	echo precious > x.hfile
	run hfdump -o x.hfile in.txt
	[ "$status" -eq 2 ]
	[ "$(cat x.hfile)" = precious ]
	hfdump --force -o x.hfile in.txt
	hfadmin verify -q x.hfile
}

@test "a companion never overwrites an input, even with --force" {
	cd "$DIR"
	cp in.txt boat.gts
	run hfdump --force -o boat.hfile boat.gts
	[ "$status" -eq 2 ]
	cmp in.txt boat.gts
	[ ! -e boat.hfile ]
}

@test "a companion is not data" {
	cd "$DIR"
	hfdump -o x.hfile in.txt
	run hfdump -t null x.gts
	[ "$status" -eq 3 ]
	[[ "$output" == *companion* ]]
	rm x.gts x.info
	hfadmin index x.hfile
	[ -s x.gts ]
	[ -s x.info ]
}

@test "SIGKILL in mid-write leaves nothing under the final name" {
	cd "$DIR"
	for i in 1 2 3 4 5 6 7 8; do
		hfdump -q -o k.hfile "$DATA"/*.gts.gz & pid=$!
		sleep "0.0$i"
		kill -9 $pid 2> /dev/null || :
		wait $pid 2> /dev/null || :
		[ ! -e k.hfile ] || hfadmin verify -q k.hfile
		rm -f k.hfile k.gts k.info
	done
	[ -z "$(ls -A | grep tmp)" ]
}

@test "double ticks: the last one wins, and it is said" {
	cd "$DIR"
	printf '1// a{} 1\n=1// 2\n=1// 2\n' > d.txt
	hfdump -t gts d.txt > out 2> said
	[ "$(cat out)" = "1// a{} 2" ]
	grep -q '1 points lost' said
	[ "$(hfdump -q --prefer first -t gts d.txt)" = "1// a{} 1" ]
	run hfdump --prefer error -t gts d.txt
	[ "$status" -eq 3 ]
}

@test "selectors and ranges" {
	cd "$DIR"
	hfdump -o x.hfile in.txt
	for from in in.txt x.hfile; do
		[ "$(hfdump -t gts -s '~a.*{x=1}' --start @2 $from)" = "2// a{x=1}{k=v} 7" ]
		[ "$(hfdump -t gts --exclude 'a{}' $from)" = "3// b{} T" ]
		[ "$(hfdump -t gts --end @3 --span 1us $from)" = "3// b{} T" ]
	done
	run hfdump -t gts --start @5 --end @4 in.txt
	[ "$status" -eq 2 ]
}

@test "a flipped bit is found" {
	cd "$DIR"
	hfdump -q -o x.hfile "$DATA/nab.gts.gz"
	size=$(stat -c %s x.hfile)
	for at in 10 70 5000 $((size - 100)) $((size - 10)); do
		cp x.hfile y.hfile
		byte=$(od -An -tu1 -j "$at" -N 1 y.hfile)
		printf "\\$(printf %o $((byte ^ 4)))" | dd of=y.hfile bs=1 seek="$at" conv=notrunc status=none
		run hfadmin verify y.hfile
		[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	done
	run hfadmin verify --json x.hfile
	[ "$status" -eq 0 ]
	[[ "$output" == *'"sound":true'* ]]
}

@test "info and ls print JSON that parses" {
	cd "$DIR"
	hfdump --tag t1 --attribute 'k="v"' -o x.hfile in.txt
	hfadmin info --json --sha256 x.hfile > i.json
	jq -e '.points == 3 and .series == 2 and .tags == ["t1"] and .attributes == {"k": "\"v\""} and (.sha256 | length) == 64' i.json
	hfadmin ls --json x.hfile | jq -se '[.[].c] == ["a", "b"] and .[0].l == {"x": "1"}'
	hfadmin ls --tree --json x.hfile | jq -se '[.[] | .class, .series] == ["a", 1, "b", 1]'
}

@test "names and strings of any characters come back" {
	cd "$DIR"
	printf "1// %%C3%%A9%%00{%%7D=%%2C}{a=%%3D} '%%0A%%27'\n" > u.txt
	hfdump -o u.hfile u.txt
	[ "$(hfdump u.hfile)" = "1// %C3%A9%00{%7D=%2C}{a=%3D} '%0A%27'" ]
}

@test "memory stays bounded" {
	if grep -q __asan_init "$BIN/hfdump"; then
		skip "the address sanitizer reserves terabytes of addresses"
	fi
	cd "$DIR"
	"$BIN/bench/generate" 300000 30000 > big.txt
	(ulimit -v 400000; hfdump -m 16M -o big.hfile big.txt)
	hfadmin verify -q --data big.hfile
	hfadmin info big.hfile | grep -Eq '^points +300000$'
}

@test "JSON: an object with two lists of points has one series, and a name twice its last value" {
	cd "$DIR"
	echo '{"c":"k","l":{"zz":"1","b":"22","b":"333","a":"4"},"v":[[1,10]],"v":[[2,20]]}' > two.jsonl
	[ "$(hfdump -f jsonl -t fulltext two.jsonl)" = "$(printf '1// k{a=4,b=333,zz=1} 10\n2// k{a=4,b=333,zz=1} 20')" ]
	sed 's/.*/[&]/' two.jsonl > two.json
	[ "$(hfdump -f json -t fulltext two.json)" = "$(hfdump -f jsonl -t fulltext two.jsonl)" ]
}
