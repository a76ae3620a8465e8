#!/usr/bin/env bats
# InfluxDB line protocol, as tests/integration/influx.py found a real influxd
# to read it.  BIN: build folder.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	cd "$DIR"
}

# The points of line protocol on standard input, names in fulltext.
points() {
	hfdump -f influx -t fulltext --time-unit ns "$@" - | sed 's|//||'
}

@test "escapes: a backslash goes in front of what it escapes, else it stays" {
	[ "$(printf '%s\n' 'm\ a\,b\=c\"d\e,k\ \,\=\"\x=v\ \,\=\" f\ \,\=\"\y=1i 1' | points)" = \
		'1 m%20a%2Cb%3Dc%22d%5Ce.f%20%2C%3D%22%5Cy{k%20%2C%3D%5C%22%5Cx=v%20%2C%3D%5C%22} 1' ]
	[ "$(printf '%s\n' 'm f="a\"b\\c\d" 1' | points)" = "1 m.f{} 'a%22b%5Cc%5Cd'" ]
	[ "$(printf '%s\n' 'm,a==b f=1i 1' | points)" = '1 m.f{a=%3Db} 1' ]
}

@test "strings and, behind a backslash, names hold line ends; comments do not" {
	[ "$(printf 'm f="a\n# b" 1\n# c "\\\n# d=" \nm f="c" 2\n' | points)" = \
		"$(printf "1 m.f{} 'a%%0A%%23%%20b'\n2 m.f{} 'c'")" ]
	[ "$(printf 'm\\\nn f=1i 1\n' | points)" = '1 m%5C%0An.f{} 1' ]
}

@test "blanks, tabs and NULs between sections; CR LF; no other blanks" {
	[ "$(printf '\t m \t f=1i \t1  \r\n\0\n \r\n' | points)" = '1 m.f{} 1' ]
	for line in 'm f=1 1\t' 'm f=1\t1' 'm,a=b\tf=1 1' '\fm f= 1' 'm f=1 1\0'; do
		run sh -c "printf '$line' | hfdump -f influx -t gts"
		[ "$status" -eq 3 ]
	done
}

@test "no plus signs, nothing behind a string, nothing that is not UTF-8" {
	for line in 'm f=+1 1' 'm f=+1i 1' 'm f=1 +1' 'm f="a"b 1' 'm f="a"i 1' \
		'm\351 f=1 1' 'm,a=\351 f=1 1' 'm f="\351" 1' 'm \\\\,i=1 1'; do
		run sh -c "printf '$line\n' | hfdump -f influx -t gts"
		[ "$status" -eq 3 ]
		[ -n "$output" ]
	done
}

@test "read, written and read again is the same" {
	cat > in.lp <<- 'LP'
	m\ a\,b,k\ \,\==v\ \,\= f\ \,\==1i 1
	m\x,a\"b=\"c\y f\z=2.5,g="a\"b\\c d,e=f" 2
	m=n,t=\\x h=t,i=f,j="" 3
	é,日本=😀 ü="ö" -4
	LP
	hfdump -f influx -t influx --time-unit ns in.lp > a.lp
	hfdump -f influx -t influx --time-unit ns a.lp > b.lp
	cmp a.lp b.lp
	hfdump -f influx -t jsonl --time-unit ns in.lp > in.jsonl
	hfdump -f influx -t jsonl --time-unit ns a.lp | cmp - in.jsonl
}

@test "a name that would be read as another one is not written" {
	for class in 'm%5C%3Dn.f' 'm%5C%22.f' 'm.f%5C%20g' 'm.%09f' '%09m.f' \
		'%23m.f' 'm%5C.f' 'm%0An.f'; do
		echo "1// $class{} 1" > in.txt
		run hfdump -t influx in.txt
		[ "$status" -eq 3 ]
		[[ "$output" == *'line protocol has no way to write this name'* ]]
	done
	echo '1// %5Cm%3Dn.f{} 1' | hfdump -t influx -o out.lp
	[ "$(hfdump -t fulltext out.lp)" = '1// %5Cm%3Dn.f{} 1' ]
}
