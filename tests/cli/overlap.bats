#!/usr/bin/env bats
# hfadmin overlap and lint, grouped companions.  BIN: build folder, SRC:
# source tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR"
	printf '%s\n' '0// a{} 1' '50// a{} 1' '100// b{} 1' > one.txt
	printf '%s\n' '50// a{} 1' '70// a{} 1' '300// b{} 1' '90// c{x=1} 1' > two.txt
	printf '%s\n' '60// a{} 1' '100// c{x=1} 1' > three.txt
	for n in one two three; do hfdump -q -o $n.hfile $n.txt; done
}

@test "overlap: files, series and range, both ends inclusive" {
	hfadmin overlap --json one.hfile two.hfile three.hfile | jq -c '[.a, .b, .series, .first, .last, .unit]' > got
	printf '%s\n' '["one.hfile","two.hfile","a{}",50,50,"us"]' '["two.hfile","three.hfile","a{}",60,60,"us"]' | cmp - got
	[ "$(hfadmin overlap one.hfile two.hfile)" = \
		"$(printf 'one.hfile\ttwo.hfile\ta{}\t1970-01-01T00:00:00.000050Z\t1970-01-01T00:00:00.000050Z')" ]
	[ -z "$(hfadmin overlap one.hfile three.hfile)" ]
	[ -z "$(hfadmin overlap one.hfile)" ]
	run hfadmin overlap
	[ "$status" -eq 2 ]
	hfdump -q --time-unit ms -o ms.hfile one.txt
	run hfadmin overlap one.hfile ms.hfile
	[ "$status" -eq 3 ]
}

@test "overlap: what it says is what a merge folds" {
	hfdump -q -t fulltext "$DATA/nab.gts.gz" > all
	head -n 7000 all | hfdump -q -o a.hfile
	tail -n 7000 all | hfdump -q -o b.hfile
	hfadmin overlap --json a.hfile b.hfile | jq -r .series | sort -u > said
	cut -d' ' -f2 all > names
	head -n 7000 names | sort -u > a
	tail -n 7000 names | sort -u | comm -12 a - > both
	# a series that both have is said, as its ranges meet in the middle
	cmp said both
	[ -s said ]
}

@test "overlap: drawn in the terminal and as a picture" {
	hfadmin overlap --plot one.hfile two.hfile three.hfile > plot
	[ "$(wc -l < plot)" -eq 4 ]
	grep -q '^one.hfile .*#.*x' plot
	grep -q '^three.hfile .*x.*#' plot
	tail -n 1 plot | grep -q '1970-01-01T00:00:00Z .* 1970-01-01T00:00:00.000300Z'
	hfadmin overlap --plot one.hfile | grep -q '^b{} .*#'
	hfadmin overlap --svg o.svg one.hfile two.hfile three.hfile
	head -c 4 o.svg | grep -q '<svg'
	[ "$(grep -c 'class="both"/>' o.svg)" -ge 3 ]
	run hfadmin overlap --svg o.svg one.hfile
	[ "$status" -eq 2 ]
	[ "$(grep -c 'class="gap"/>' o.svg)" -ge 3 ]
}

@test "lint: each suspicion, once a series" {
	{
		printf '%s\n' '1500000000000000// ty{} 1' "1500000000000001// ty{} 'x'" '1500000000000002// ty{} 1'
		printf '%s\n' '1500000000000000// se{} 20.5' '1500000000000001// se{} -9999.0' '1500000000000002// se{} 21.5'
		printf '%s\n' '1500000000000000/0:0/ is{} 20.5'
		printf '%s\n' '1500000000000000// du{} 1' '1500000000000000// du{} 1' '1500000000000000// du{} 2'
		printf '%s\n' '1500000000000000// fu{} 1' '1700000000000000// fu{} 1'
		printf '%s\n' '1500000000// un{} 1' '15000000000000000// far{} 1'
		for i in $(seq 100); do echo "$((1500000000000000 + i))// co{} 5"; done
		for i in $(seq 120); do echo "1500000000000000// la{id=$i} 5"; done
	} > in
	run hfadmin lint --now 2020-01-01T00:00:00Z --json in
	[ "$status" -eq 1 ]
	printf '%s\n' "$output" | jq -r '"\(.c) \(.what) \(.tick)"' | sort > got
	printf '%s\n' 'co constant 1500000000000001' 'du duplicate 1500000000000000' 'du duplicate 1500000000000000' \
		'far unit 15000000000000000' 'fu future 1700000000000000' 'is sentinel 1500000000000000' \
		'null labels null' 'se sentinel 1500000000000001' 'ty type 1500000000000001' 'un unit 1500000000' | sort > want
	diff got want
	run hfadmin lint -q in
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	run hfadmin lint --time-unit ns in
	[[ "$output" == *"far{}"* ]] || [[ "$output" == *"co{}: "* ]]
	printf '%s\n' '1500000000000000// a{} 1' '1500000000000001// a{} 2.5' > fine
	hfdump -q -o fine.hfile fine
	run hfadmin lint --now 2020-01-01T00:00:00Z fine.hfile
	[[ "$output" == *"type: LONG becomes DOUBLE"* ]]
	printf '%s\n' '1500000000000000// a{} 1.5' '1500000000000001// a{} 2.5' > fine
	run hfadmin lint --now 2020-01-01T00:00:00Z fine
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "lint: what the database would refuse" {
	text() { head -c "$2" /dev/zero | tr '\0' "$1"; }
	# of three bytes each, so that their number is no matter
	wide() { for i in $(seq $(($1 / 100))); do printf '\342\202\254%.0s' $(seq 100); done; }
	{
		echo "1500000000000000// ok{} '$(text v 65536)'"
		echo "1500000000000000// $(text n 1024){}{a=b} 1.5"
		printf '%s\n' '1500000000000000// va{} 1.5' "1500000000000001// va{} '$(text v 65537)'" "1500000000000002// va{} '$(text v 65537)'"
		echo "1500000000000000// wi{} '$(wide 30000)'"
		echo "1500000000000000// la{k=$(text l 2139)} 1.5"
		echo "1500000000000000// at{}{k=$(text a 8192)} 1.5"
		echo "1500000000000000// re{}{.owner=me} 1.5"
	} > in
	run hfadmin lint --now 2020-01-01T00:00:00Z --json in
	[ "$status" -eq 1 ]
	printf '%s\n' "$output" | jq -r 'select(.what == "limit") | "\(.c) \(.tick) \(.text)"' | sort > got
	sort > want <<-END
		va 1500000000000001 the database would refuse 2 points: value of 65537 characters, the limit is 65536
		wi 1500000000000000 the database would refuse 1 points: the point may take 90012 bytes, the limit is 65566
		la 1500000000000000 the database may refuse the series: labels of 2140 characters, the limit is 2139
		at 1500000000000000 the database may refuse the series: attributes of 8193 characters, the limit is 8192
		re 1500000000000000 the database may refuse the series: attribute .owner, which is a label of the token
	END
	diff got want
}

@test "one .info and one .gts of several files" {
	hfadmin index --group all.info one.hfile two.hfile
	[ "$(wc -l < all.info)" -eq 2 ]
	grep -q "'one.hfile'" all.info
	grep -q "'two.hfile'" all.info
	cat one.info two.info | cmp - all.info
	hfadmin index -o all.gts one.hfile two.hfile
	cat one.gts two.gts | cmp - all.gts
	hfdump -q -t fulltext --series-file all.gts three.hfile | cmp - <(hfdump -q -t fulltext three.hfile)
}

@test "an .info edited by hand is not damage, a wrong count is" {
	sed "s/^/  /; s/'one.hfile'/  'renamed.hfile' /; s/\$/\r/" one.info > edited
	printf '\r\n\r\n' >> edited
	mv edited one.info
	hfadmin verify -q one.hfile
	grep -q "3 'values' PUT" one.info
	sed "s/3 'values' PUT/4 'values' PUT/" one.info > edited
	mv edited one.info
	run hfadmin verify one.hfile
	[ "$status" -eq 1 ]
	[[ "$output" == *"stale companion"* ]]
}

@test "an .info made anew keeps name, tags, attributes and keys of other hands" {
	cp one.info made.info
	sed "s/'one.hfile'/'moved.hfile'/; s/\[\] 'tags' PUT/[] 'mine' +! 'tags' PUT/; s/\$/ 'kept' 'x.note' PUT /; s/3 'values' PUT/9 'values' PUT/" one.info |
		sed "s/ *+! *'kept' 'x.note' PUT *\$/ 'kept' 'x.note' PUT +!/" > edited
	mv edited one.info
	hfadmin index --force one.hfile
	grep -q "'moved.hfile'" one.info
	grep -q "\[\] 'mine' +! 'tags' PUT" one.info
	grep -q "'kept' 'x.note' PUT" one.info
	grep -q "3 'values' PUT" one.info
	hfadmin verify -q one.hfile
	cp one.info again
	hfadmin info --rebuild one.hfile
	cmp one.info again
	# what was not touched is what it was
	rm one.info
	hfadmin index --force one.hfile
	cmp one.info made.info
	hfadmin index --force one.hfile
	cmp one.info made.info
}
