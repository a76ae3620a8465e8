#!/usr/bin/env bats
# Blobs of single series: gts-wrap and gts-unwrap, and what every tool does
# with the forms wrapper and snapshot.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR" || return 1
	printf '1// foo{a=b} 42\n' > foo
	printf '1// b{x=1}{k=v} 1.5\n2/48.0:-4.5/10 b{x=1} T\n3// b{x=1} b64:AP8\n3// c{} 7\n' > mixed
}

hex() {
	od -An -v -tx1 | tr -d ' \n'
}

@test "the wrappers of the specification, byte for byte" {
	want=1c1803666f6f1b018801610162160016001b000068034c0254160200
	[ "$(gts-wrap -e bytes foo | hex)" = $want ]
	[ "$(gts-wrap --optimise -e bytes foo | hex)" = $want ]
	[ "$(gts-wrap --form fast -e bytes foo | hex)" = $want ]
	[ "$(gts-wrap --form plain -e opb64 foo)" = "60V2Oaxj5k57.L30NWN.4V.Q..0c.ok1K0N1.." ]
	[ "$(gts-wrap --multivalue -e bytes foo | hex)" = 78034c025400 ]
	[ "$(gts-wrap -e snapshot foo)" = "'60V2Oaxj5k57.L30NWN.4V.Q..0c.ok1K0N1..' UNWRAPENCODER" ]
	[ "$(gts-wrap foo)" = "foo{a=b}	$(gts-wrap -e base64 foo)" ]
	gts-wrap -e base64 foo | base64 -d | cmp - <(gts-wrap -e bytes foo)
	seq 1 100000 | sed 's|$|// x{} 1|' > many
	[ "$(gts-wrap -e bytes many | hex)" = 1c1801781b00160016001b0000683e1f8b080000000000000093efe6608080b7870c39191878980d5e84e77f5d9f2ef5ad3dc5939161888386e5cc6fce1c7becc8cbcc00009e462fdfea00000016c09a0c11150400 ]
}

@test "every encoding is sniffed, by gts-unwrap and by every tool" {
	for e in lines base64 opb64 snapshot; do
		gts-wrap -e $e mixed > $e
	done
	gts-wrap --form plain mixed > plain
	gts-wrap -s 'b{}' -e bytes mixed > bare
	gts-wrap -s 'c{}' -e bytes mixed >> bare
	gts-wrap --archid %c --by-period YYYY --tar x.tar mixed
	gzip -k lines
	for f in lines base64 opb64 snapshot plain bare x.tar lines.gz; do
		gts-unwrap -t fulltext $f > got
		hfdump -t fulltext mixed | cmp - got || { echo $f; false; }
		hfadmin diff $f mixed | grep -q '^same'
		[ "$(gts-unwrap --size < $f | xargs)" = "3 1" ]
	done
	hfadmin digest lines mixed | cut -d' ' -f1 | uniq | wc -l | grep -qx 1
}

@test "blobs that the database's S3 extension stored open, and are written again byte for byte" {
	for f in "$DATA"/s3ext/*.blob; do
		name=$(basename "$f" .blob)
		gts-unwrap "$f" | hfadmin diff - "$DATA/s3ext/${name%.*}.gts.gz" | grep -q '^same'
		case $name in
		*.opt) how=--optimise ;;
		*.enc) how= ;;
		*) how=--typed ;;
		esac
		gts-wrap --keep-order --label-order hash $how -e bytes "$f" | cmp - "$f"
	done
	gts-wrap --newest-first --typed -e bytes "$DATA/s3ext/wind-aurora-202401.gts.gz" > new
	gts-unwrap --keep-order new | cmp - <(gzip -dc "$DATA/s3ext/wind-aurora-202401.gts.gz" | hfdump --keep-order -t gts)
}

@test "wrap, unwrap is the identity on real data, by series and by period" {
	for f in "$DATA"/*.gts.gz; do
		hfdump -q -t gts "$f" > want
		for how in "" "--by-period YYYYMMDD" "-e snapshot" "--form fast -e opb64"; do
			gts-wrap $how "$f" | gts-unwrap -q | cmp - want || { echo "$f $how"; false; }
		done
	done
}

@test "a conversion to one type is said, and is that of UNWRAP" {
	printf '1// a{} 1\n=2// 2.7\n=3// T\n=4// '"'12'"'\n' > in
	run gts-wrap --typed -e base64 in
	[[ "$output" == *"3 values were changed"* ]]
	gts-wrap -q --typed in | gts-unwrap > got
	printf '1// a{} 1\n=2// 2\n=3// 1\n=4// 12\n' | cmp - got
	gts-wrap in | gts-unwrap --typed | cmp - got
	gts-wrap in | gts-unwrap | cmp - in
	gts-wrap -q --typed -e snapshot in | grep -q "' UNWRAP$"
}

@test "a deletion marker is dropped and counted" {
	# ts 1 deletion, ts 2 LONG 42
	printf '\x78\x05\x47\x02\x0c\x02\x54\x00' > in
	run gts-unwrap in
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 deletion markers were dropped"* ]]
	[[ "$output" == *"2// {} 42"* ]]
}

@test "bucket fields do not survive in a dump, which is said, but in a blob" {
	printf '\x26\xc8\x01\x16\x14\x16\x14\x38\x05\x50\xc8\x01\x01\x46\x16\x02\x00' > in
	run gts-unwrap in
	[[ "$output" == *"bucket fields of 1 series"* ]]
	gts-wrap --optimise -e bytes in | cmp - in
	gts-wrap -e bytes in | cmp - in
	gts-unwrap --info in | grep -q '	100:10:10$'
	gts-unwrap -q -o x.hfile in
	gts-wrap -e bytes x.hfile | hex | grep -q '26c80116141614'
}

@test "a text that begins as a long wrapper does is no wrapper" {
	{
		for i in $(seq 1 3); do
			printf 'x\346\227\245,host=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz v=%di %d000\n' "$i" "$i"
		done
	} > lp
	[ "$(hfdump -t raw -f influx lp | wc -l)" -eq 1 ]
	hfdump -t gts lp | cmp - <(hfdump -t gts -f influx lp)
}

@test "the sign of a zero after a zero is lost" {
	printf '1// a{} 0e0\n2// a{} -0e0\n3// a{} -0e0\n' > in
	gts-wrap in | gts-unwrap > got
	printf '1// a{} 0.0\n=2// 0.0\n=3// 0.0\n' | cmp - got
	hfadmin diff in got | grep -q '^same'
}

@test "the payload of a NaN after a NaN is lost" {
	printf '\x78\x14\x54\x02\x7f\xf8\x00\x00\x00\x00\x00\x01\x14\x02\x7f\xf8\x00\x00\x00\x00\x00\x00\x00' > nan
	printf '1// {} NaN\n=2// NaN\n' | cmp - <(gts-unwrap nan)
	gts-unwrap nan | gts-wrap --form fast -e bytes | hex | grep -q 54027ff80000000000001102
}

@test "-e bytes is for exactly one blob" {
	run gts-wrap -e bytes mixed
	[ "$status" -eq 2 ]
	[[ "$output" == *"c{}"* ]]
	run gts-wrap -e bytes -o x mixed
	[ ! -e x ]
	run gts-wrap -e bytes /dev/null
	[ "$status" -eq 1 ]
	[ -z "$(gts-wrap /dev/null)" ]
}

@test "members are named ARCHID-PERIOD, and nothing is written when a name fails" {
	printf '1// a{archid=x/y} 1\n1// b{}{archid=z} 2\n' > in
	gts-wrap --by-period YYYY --dir d in
	[ "$(ls d | xargs)" = "x%2Fy-1970 z-1970" ]
	cmp d/z-1970 <(gts-wrap -s 'b{}' -e bytes in)
	run gts-wrap --by-period YYYY --dir d in
	[ "$status" -eq 2 ]
	gts-wrap --force --by-period YYYY --dir d in
	run gts-wrap --by-period YYYY --dir e mixed
	[ "$status" -eq 3 ]
	[[ "$output" == *"b{x=1}: "* ]]
	run gts-wrap --by-period YYYY --archid same --tar t mixed
	[ "$status" -eq 3 ]
	[ ! -e e ]
	for bad in '' . ..; do
		rm -f t
		run gts-wrap --by-period YYYY --archid "$bad" --tar t foo
		[ "$status" -eq 3 ]
		[ ! -e t ]
	done
	run gts-wrap --dir d foo
	[ "$status" -eq 2 ]
}

@test "a period without points gives no member, unless it was asked for" {
	printf '1577836800000000// a{archid=a} 1\n1577836800000000// b{archid=b} 1\n=1609459200000000// 2\n' > in
	gts-wrap --by-period YYYY --tar - in | tar tf - > names
	printf 'a-2020\nb-2020\nb-2021\n' | cmp - names
	gts-wrap --period 2021 --tar - in > t.tar
	[ "$(gts-unwrap --size --names t.tar | xargs)" = "t.tar:a-2021 0 t.tar:b-2021 1" ]
	run gts-wrap -v --period 2021 -o /dev/null --force in
	[[ "$output" == *"range"* ]]
}

@test "damage names the field and the offset" {
	gts-wrap -e bytes "$DATA/sail_nmea0183.gts.gz" > good
	head -c 100 good > cut
	run gts-unwrap -f wrapper cut
	[ "$status" -eq 3 ]
	[[ "$output" == *"field encoded at offset "* ]]
	{ head -c 2000 good; printf 'xxxx'; tail -c +2005 good; } > bad
	run gts-unwrap bad
	[ "$status" -eq 3 ]
	[[ "$output" == "gts-unwrap: bad@0: wrapper, field encoded at offset "* ]]
	printf '\x78\x03\x1f\x8b\x08\x21\x00' > gz
	run gts-unwrap gz
	[ "$status" -eq 3 ]
	[[ "$output" == *gzip* ]]
	run gts-unwrap "$DATA/nab.gts.gz"
	[ "$status" -eq 3 ]
	[[ "$output" == *"this is gts, no blob"* ]]
	hfdump -q -o x.hfile mixed
	for how in "" --info; do
		run gts-unwrap $how x.hfile
		[ "$status" -eq 3 ]
		[[ "$output" == *"x.hfile: this is hfile, no blob"* ]]
		run gts-unwrap $how mixed
		[ "$status" -eq 3 ]
		[[ "$output" == *"this is gts, no blob"* ]]
	done
	printf "'x' 1 'y' STORE\n" > stack
	run gts-unwrap -f snapshot stack
	[ "$status" -eq 3 ]
	[[ "$output" == *"stack:1:1: "*STORE* ]]
}

@test "every prefix of a blob is refused, whatever it is written as" {
	gts-wrap -e bytes mixed -s 'b{}' > bare
	n=$(stat -c %s bare)
	for i in $(seq 1 $((n - 1))); do
		head -c "$i" bare > cut
		run gts-unwrap -f wrapper cut
		[ "$status" -eq 3 ] || { echo "$i: $status"; false; }
	done
	gts-wrap -e opb64 mixed -s 'b{}' > line
	for i in 1 2 3 10 20 30 40; do
		head -c "$i" line > cut
		run gts-unwrap -f wrapper cut
		[ "$status" -eq 3 ] || { echo "$i: $status"; false; }
	done
}

@test "bytes behind a wrapper are refused, unless --lenient" {
	{ gts-wrap -e bytes foo; printf 'garbage'; } > in
	run gts-unwrap in
	[ "$status" -eq 3 ]
	[ "$(gts-unwrap --lenient in)" = "1// foo{a=b} 42" ]
}

@test "other tools read blobs and do not write them" {
	for form in wrapper snapshot; do
		run hfdump -t $form mixed
		[ "$status" -eq 2 ]
		[[ "$output" == *gts-wrap* ]]
		run hfdump -o x.$form mixed
		[ "$status" -eq 2 ]
		[ ! -e x.$form ]
	done
	gts-wrap mixed > lines
	gts-merge lines foo | cmp - <(gts-merge -t gts mixed foo)
	gts-rangecompact lines | cmp - <(gts-rangecompact mixed)
}

@test "an input is never the output, nor is what is there overwritten" {
	cp mixed in
	run gts-wrap --force -o in in
	[ "$status" -eq 2 ]
	run gts-wrap --force --by-period YYYY --archid %c --tar in in
	[ "$status" -eq 2 ]
	cmp in mixed
	echo there > out
	run gts-wrap -o out mixed
	[ "$status" -eq 2 ]
	run gts-wrap --by-period YYYY --archid %c --tar out mixed
	[ "$status" -eq 2 ]
	[ "$(cat out)" = there ]
	gts-wrap --json -o new mixed 2>&1 | jq -e '.outputs[0].bytes == 109'
}

@test "the base of an encoder survives" {
	printf '1000//1 a{} I.8J\n' > raw
	gts-wrap --form fast -e bytes raw | hex | grep -q 56d00f18034c0254
	gts-unwrap <(gts-wrap -e bytes raw) | cmp - <(hfdump -t gts raw)
	gts-wrap --typed --form fast -e bytes raw | hex | grep -q 68044cd20f54
}

@test "an encrypted block wants its key" {
	# one point ts 1 LONG 42, key of zeros
	printf '\x78\x12\x00\x10\x50\xf3\x43\xdb\x83\x55\x75\x5b\x5d\x73\x90\x58\x5d\xc9\x9b\xba\x00' > in
	run gts-unwrap in
	[ "$status" -eq 3 ]
	[[ "$output" == *"--key-file"* ]]
	printf '%032d' 0 > key
	chmod 600 key
	[ "$(gts-unwrap --key-file key in)" = "1// {} 42" ]
	run gts-unwrap --skip-encrypted in
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 encrypted blocks"* ]]
}

@test "a companion given as data is refused, find's lines are lists too" {
	hfdump -q -o x.hfile mixed
	run hfdump -t gts x.gts
	[ "$status" -eq 3 ]
	[[ "$output" == *".gts companion"* ]]
	run hfdump -t gts x.info
	[ "$status" -eq 3 ]
	[[ "$output" == *".info companion"* ]]
	[ "$(gts-unwrap --empty x.gts | xargs)" = "b{x=1}{k=v} c{}{}" ]
	echo "'a%7Bx%3D1%7D%7B%7D' '0// ' SWAP + ' T' + PARSE 0 GET" > find
	[ "$(gts-unwrap --empty find)" = "a{x=1}{}" ]
}

@test "wrapping is bound to no memory, thread or place" {
	gts-wrap "$DATA/sail_nmea0183.gts.gz" > want
	gts-wrap -m 16M -@ 1 "$DATA/sail_nmea0183.gts.gz" | cmp - want
	(cd / && TMPDIR=$DIR gts-wrap -@ 2 "$DATA/sail_nmea0183.gts.gz") | cmp - want
}
