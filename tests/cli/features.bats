#!/usr/bin/env bats
# What hfdump and hfadmin offer beside the main job: inputs of many kinds,
# what is wanted, how it is written, what is told.  BIN, SRC: build, tree.

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	DATA=$SRC/tests/data
	cd "$DIR" || return 1
	{
		for i in 1 2 3 4 5 6; do echo "${i}000000// room.temp{room=a,.app=x} $i.5"; done
		for i in 2 4 6; do echo "${i}000000// room.temp{room=b} $i"; done
		echo "1000000// room.open{room=a}{kind=door} T"
		echo "86400000000// yard.note{} 'late'"
	} > in.txt
}

count() { # points that a call of hfdump prints
	"$@" | grep -c /
}

@test "a folder stands for its data files, without companions and dotfiles" {
	mkdir -p in/deep
	cp in.txt in/a.txt
	echo '5// deep{} 1' | gzip > in/deep/b.gts.gz
	echo 'broken' > in/.hidden
	hfdump -q -o in/c.hfile "$DATA/nab.gts.gz"
	run hfdump -t null in
	[ "$status" -ne 0 ]
	[[ "$output" == *"-f picks one"* ]]
	rm in/c.*
	[ "$(count hfdump -q -t gts in)" -eq 12 ]
	mkdir empty
	[ -z "$(hfdump -t gts empty)" ]
}

@test "@FILE lists operands, a name a line, with -0 each ended by a NUL" {
	cp in.txt 'a b.txt'
	echo '5// deep{} 1' > other.txt
	printf 'a b.txt\nother.txt\n' > list
	printf 'a b.txt\0other.txt\0' > list0
	[ "$(count hfdump -q -t gts @list)" -eq 12 ]
	[ "$(count hfdump -q -0 -t gts @list0)" -eq 12 ]
	run hfdump -t gts @nowhere
	[ "$status" -eq 4 ]
}

@test "thinning: the newest N points, one of N, D apart" {
	sel='room.temp{room=a}'
	[ "$(hfdump -t gts -s "$sel" --count 2 in.txt | cut -d/ -f1 | tr -d '=\n')" = 50000006000000 ]
	[ "$(hfdump -t gts -s "$sel" --skip 4 in.txt | cut -d/ -f1 | tr -d '=\n')" = 10000002000000 ]
	[ "$(hfdump -t gts -s "$sel" --step 3 in.txt | cut -d/ -f1 | tr -d '=\n')" = 30000006000000 ]
	[ "$(hfdump -t gts -s "$sel" --timestep 2s in.txt | cut -d/ -f1 | tr -d '=\n')" = 200000040000006000000 ]
	hfdump -q -o x.hfile in.txt
	for how in '--count 2' '--skip 4' '--step 3' '--timestep 2s'; do
		hfdump -t gts $how in.txt > a
		hfdump -t gts $how x.hfile | cmp - a
	done
}

@test "newest first and the order of the input" {
	[ "$(hfdump -t gts -s 'room.temp{room=b}' --newest-first in.txt | cut -d/ -f1 | tr -d '=\n')" = 600000040000002000000 ]
	printf '3// a{} 1\n1// a{} 2\n3// a{} 3\n' > d.txt
	[ "$(hfdump -t gts --keep-order d.txt | cut -d/ -f1 | tr -d '=\n')" = 313 ]
	run hfdump -t hfile --keep-order d.txt
	[ "$status" -eq 2 ]
}

@test "labels of an owner are given to those that lack them, or dropped" {
	o=00000000-0000-0000-0000-000000000001
	hfdump -t gts -o l.gts --app y --owner $o --producer $o in.txt
	[ "$(grep -c "\.owner=$o" l.gts)" -eq 4 ]
	[ "$(grep -c '\.app=x' l.gts)" -eq 1 ]
	[ "$(grep -c '\.app=y' l.gts)" -eq 3 ]
	hfdump -t gts --internal-labels drop l.gts > d.gts
	[ -z "$(grep '\.owner\|\.producer\|\.app' d.gts)" ]
	[ "$(count cat d.gts)" -eq 11 ]
	hfdump -o o.hfile l.gts
	grep -q "$o" o.info
}

@test "attributes are kept, or dropped with one word" {
	hfdump -t gts in.txt | grep -q '{kind=door}'
	hfdump -t gts --attributes drop in.txt > out
	[ -s out ]
	[ -z "$(grep kind out)" ]
	rm out
	hfdump -q -t raw in.txt 2> said
	[ ! -s said ]
	hfdump -t raw in.txt 2>&1 > raw | grep -q 'attributes'
	run hfdump --strict -t raw -o strict.raw in.txt
	[ "$status" -eq 3 ]
	[ ! -e strict.raw ]
}

@test "a list of series: identities, or a .gts companion" {
	hfdump -q -o x.hfile in.txt
	printf 'room.temp{room=b}\nnothing{}\n' > list
	[ "$(hfdump -t gts --series-file list in.txt | wc -l)" -eq 3 ]
	[ "$(hfdump -t gts --series-file list x.hfile | wc -l)" -eq 3 ]
	hfadmin index -s 'room.open{}' -o sub.gts x.hfile
	[ "$(hfdump -t gts --series-file sub.gts x.hfile | wc -l)" -eq 1 ]
	# exactly these: not those with further labels
	printf 'room.temp{}\n' > list
	[ -z "$(hfdump -t gts --series-file list x.hfile)" ]
}

@test "outputs by period, series, groups of series, label and size" {
	hfdump -q --split-by period:YYYYMMDD -o 'p-%p.hfile' in.txt
	[ "$(echo p-*.hfile)" = 'p-19700101.hfile p-19700102.hfile' ]
	[ -e p-19700101.info ]
	[ -e p-19700102.gts ]
	hfdump -q --split-by series -o 's-%n.gts' in.txt
	[ "$(ls s-*.gts | wc -l)" -eq 4 ]
	hfdump -q --split-by series:3 -o 'g-%n.gts' in.txt
	[ "$(ls g-*.gts | wc -l)" -eq 2 ]
	hfdump -q --split-by label:room -o 'l-%l{room}.gts' in.txt
	[ "$(ls l-*.gts | wc -l)" -eq 3 ]
	hfdump -q --split-by series -o 'c-%c-%n.gts' in.txt
	ls c-room.open-*.gts c-yard.note-*.gts
	hfdump -q --split-by size:20K -o 'z-%n.hfile' "$DATA"/*.gts.gz
	[ "$(ls z-*.hfile | wc -l)" -gt 3 ]
	for set in 'p-*.hfile' 's-*.gts' 'g-*.gts' 'l-*.gts'; do
		[ "$(hfadmin digest in.txt | cut -d' ' -f1)" = "$(cat $set | hfdump -q -t hfile $set | hfadmin digest - | cut -d' ' -f1)" ]
	done
	run hfdump --split-by series -o same.gts in.txt
	[ "$status" -eq 2 ]
	run hfdump --split-by nonsense -o 'x-%n.gts' in.txt
	[ "$status" -eq 2 ]
}

@test "the ledger adds up, as lines and as JSON" {
	printf '# c\n\n1// a{} 1\n1// a{} 2\n2// b{} x\n9// c{} 1\n5// d{} 1\n' > l.txt
	hfdump -q --json --max-errors 1 --exclude 'c{}' --end @5 -o l.gts l.txt 2> j.json
	jq -e '.schema == "gtstools.ledger/1" and .tool == "hfdump" and
		.lines == .data_lines + .blank + .comments + .rejected and
		.lines == 7 and .rejected == 1 and .blank == 1 and .comments == 1 and
		.points_in == .points_out + .folded + ([.dropped[]] | add) and
		.points_in == 4 and .points_out == 2 and .folded == 1 and .dropped.selector == 1 and
		.series == 2 and .first == 1 and .last == 5 and
		.inputs == [{"name": "l.txt", "form": "gts", "bytes": 55, "lines": 7}] and
		.outputs[0].name == "l.gts" and (.outputs[0].sha256 | length) == 64' j.json
	[ "$(jq -r '.outputs[0].sha256' j.json)" = "$(sha256sum l.gts | cut -d' ' -f1)" ]
	hfdump -q --json -o m.hfile in.txt 2> j.json
	[ "$(jq -r '.outputs[0].digest' j.json)" = "$(hfadmin digest m.hfile | cut -d' ' -f1)" ]
}

@test "a dry run reads and checks all and writes nothing" {
	hfdump -n -o x.hfile in.txt
	[ ! -e x.hfile ]
	[ ! -e x.info ]
	echo 'bad' >> in.txt
	run hfdump -n -o x.hfile in.txt
	[ "$status" -eq 3 ]
}

@test "a part of compressed data that is damaged or cut at its beginning is not passed over" {
	printf '1// a{} 1\n' > one.txt
	printf '2// a{} 2\n' > two.txt
	for c in gzip bzip2 xz zstd lz4; do
		command -v $c > /dev/null || continue
		$c -c < one.txt > one
		$c -c < two.txt > two
		: | $c -c > none
		cat one two none | hfdump -q -t gts | wc -l | grep -qx 2
		printf '\1' | cat one - <(tail -c +2 two) > damaged
		for n in 1 2 3 5; do head -c $n two | cat one - > cut.$n; done
		printf 'text of another kind' | cat none - > other
		for f in damaged cut.* other; do
			run hfdump -q -o out.hfile $f
			[ "$status" -eq 3 ] || { echo "$c $f: $status $output"; false; }
			[ ! -e out.hfile ]
		done
		# a tape fills up its last block
		[ $c = zstd ] || head -c 1024 /dev/zero | cat one - | hfdump -q -t gts | grep -q '^1'
	done
}

@test "a tar that is cut anywhere before its end is an error" {
	printf '1// a{} 1\n' > one.txt
	printf '2// a{} 2\n' > two.txt
	tar cf all.tar one.txt two.txt
	hfdump -q -t gts all.tar | wc -l | grep -qx 2
	for n in 512 1000 1024 1536 2000 2048; do
		head -c $n all.tar > cut.tar
		run hfdump -q -o out.hfile cut.tar
		[ "$status" -eq 3 ] || { echo "$n: $status $output"; false; }
		[ ! -e out.hfile ]
	done
	# behind its end comes another one, or nothing that is not zero
	tar cf other.tar two.txt
	for c in cat 'gzip -c' 'zstd -c'; do
		tar cf - one.txt | cat - other.tar all.tar | $c | hfdump -q -t gts --keep-order - | wc -l | grep -qx 4
	done
	echo garbage | cat all.tar - > behind.tar
	head -c 9000 /dev/urandom | cat all.tar - > more.tar
	for f in behind.tar more.tar; do
		run hfdump -q -o out.hfile $f
		[ "$status" -eq 3 ]
		[ ! -e out.hfile ]
	done
	for n in 2560 3072; do # of two blocks of zeros one does
		head -c $n all.tar | hfdump -q -t gts - | wc -l | grep -qx 2
	done
	gzip -c all.tar | hfdump -q -t gts - | wc -l | grep -qx 2
	gts-wrap --by-period YYYY --archid '%c' --tar w.tar one.txt two.txt
	gts-unwrap w.tar | hfadmin diff - all.tar
}

@test "rejects and reports never take the place of an input or of another output" {
	cp in.txt same.txt
	for side in --rejects --report; do
		for to in in.txt out.txt; do
			run hfdump -q --force $side $to -o out.txt -t gts in.txt
			[ "$status" -eq 2 ]
			cmp in.txt same.txt
			[ ! -e out.txt ]
		done
		run hfdump -q $side - -t gts in.txt
		[ "$status" -eq 2 ]
		hfdump -q $side - -t null in.txt
	done
	run hfdump -q --rejects out.txt --report out.txt -t gts in.txt
	[ "$status" -eq 2 ]
}

# Status and message of a command that writes lists beside an output which
# fails; neither list is there.
no_lists() { # STATUS COMMAND...
	run "${@:2}" --rejects rejects --report report
	[ "$status" -eq "$1" ] || { echo "$*: $status $output"; false; }
	[ ! -e rejects ]
	[ ! -e report ]
}

@test "rejects and reports of a run that fails at its end are not there" {
	printf '1// a{} 1\nbad\n1// a{} 2\n' > bad.txt
	cp bad.txt b.txt
	hfdump -q --no-companions --max-errors all -o one.hfile bad.txt
	hfdump -q --no-companions --max-errors all --prefer first -o two.hfile bad.txt
	no_lists 4 hfdump -q --max-errors all -o /dev/full -t gts bad.txt b.txt
	no_lists 4 hfdump -q --max-errors all -o /dev/full -t hfile bad.txt
	no_lists 4 gts-merge -q -o /dev/full one.hfile two.hfile
	no_lists 4 gts-wrap -q --max-errors all -o /dev/full bad.txt
	no_lists 4 gts-wrap -q --max-errors all --by-period YYYY --archid %c --tar /dev/full bad.txt
	no_lists 1 hfdump -q --max-errors all --fail-empty -s 'none{}' -o out.hfile bad.txt
	mkdir d
	: > d/a-1970
	no_lists 2 gts-wrap -q --max-errors all --by-period YYYY --archid %c --dir d bad.txt
	# somebody else takes the name while it runs
	mkfifo pipe
	hfdump -q --max-errors all --rejects rejects --report report -o out.gts pipe 2> said 3>&- &
	exec 4> pipe
	cat bad.txt >&4
	echo other > out.gts
	exec 4>&-
	status=0
	wait $! || status=$?
	[ "$status" -eq 2 ]
	grep -q 'out.gts: exists' said
	[ "$(cat out.gts)" = other ]
	[ ! -e rejects ]
	[ ! -e report ]
	# and where it ends well they are there, of several outputs too
	for c in 'hfdump -o ok.hfile' 'hfdump -t null' 'gts-wrap -o ok.txt' 'hfdump --split-by series:1 -o %n.gts' \
		'gts-wrap --by-period YYYY --archid %c --dir e' 'hfdump -n -o no.hfile'; do
		$c -q --max-errors all --rejects rejects --report report bad.txt
		[ -s rejects ] || { echo "$c"; false; }
		[ -s report ] || [[ "$c" = *-n* ]]
		rm -f rejects report
	done
	gts-merge -q --report report -o merged.hfile one.hfile two.hfile
	[ -s report ]
	[ -s merged.hfile ]
}

@test "rejects and reports of an upload that is refused, or interrupted, at its end are not there" {
	printf '1// a{} 1\nbad\n1// a{} 2\n' > bad.txt
	/usr/bin/python3 - > port 3>&- 4>&- <<-'END' &
	import http.server, time
	class Server(http.server.BaseHTTPRequestHandler):
	    def do_PUT(self):
	        self.rfile.read(int(self.headers["Content-Length"]))
	        if self.path == "/slow":
	            open("reached", "w").close()
	            time.sleep(20)
	        self.send_error(403)
	    def log_message(self, *args): pass
	s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
	s.daemon_threads = True
	print(s.server_port, flush=True)
	s.serve_forever()
	END
	server=$!
	for i in $(seq 100); do [ -s port ] && break; sleep 0.05; done
	url=http://127.0.0.1:$(cat port)
	no_lists 6 hfdump -q --max-errors all -t gts -o "$url/refused" bad.txt
	hfdump -q --max-errors all --rejects rejects --report report -t gts -o "$url/slow" bad.txt 3>&- 4>&- &
	pid=$!
	for i in $(seq 100); do [ -e reached ] && break; sleep 0.05; done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	kill $server
	[ "$status" -eq 143 ]
	[ ! -e rejects ]
	[ ! -e report ]
}

@test "lists, summaries and pictures never take the place of an HFile they are of" {
	hfdump -q --no-companions -o x.hfile in.txt
	cp x.hfile y.hfile
	ln -s x.hfile z
	for verb in 'index -o' 'index --group' 'overlap --svg'; do
		for to in x.hfile z; do
			run hfadmin $verb $to --force y.hfile x.hfile
			[ "$status" -eq 2 ]
			cmp x.hfile y.hfile
		done
		hfadmin $verb out --force x.hfile
		[ -s out ]
	done
}

@test "a verb goes on behind a file that cannot be read" {
	hfdump -q --no-companions -o x.hfile in.txt
	head -c 100 x.hfile > cut.hfile
	for v in info ls verify 'info --json' 'verify --data'; do
		run hfadmin $v nowhere.hfile in.txt cut.hfile x.hfile
		[ "$status" -eq 3 ] || { echo "$v: $status $output"; false; }
		[[ "$output" == *nowhere.hfile:*in.txt:*cut.hfile*x.hfile* || "$v" == ls ]]
		run hfadmin $v x.hfile nowhere.hfile
		[ "$status" -eq 4 ]
	done
	[ "$(hfadmin ls in.txt x.hfile 2> said || true)" = "$(hfadmin ls x.hfile)" ]
	run hfadmin digest nowhere.hfile x.hfile
	[ "$status" -eq 4 ]
	[ "${lines[1]}" = "$(hfadmin digest x.hfile)" ]
	{ hfadmin digest x.hfile; hfadmin digest x.hfile | sed 's/x.hfile/nowhere.hfile/'; } > list
	hfadmin digest x.hfile | tr 0-9 1-90 >> list
	run hfadmin digest -c list
	[ "$status" -eq 4 ]
	[ "${lines[1]}" = "x.hfile: OK" ]
	[ "${lines[2]}" = "nowhere.hfile: FAILED open or read" ]
	[ "${lines[3]}" = "x.hfile: FAILED" ]
	for v in splits 'index --force --json'; do
		hfadmin $v x.hfile > alone
		run bash -c "hfadmin $v nowhere.hfile x.hfile cut.hfile 2> said"
		[ "$status" -eq 3 ] || { echo "$v: $status $output"; false; }
		[ "$output" = "$(cat alone)" ]
		[ "$(grep -c . said)" -eq 2 ]
	done
	cp x.hfile y.hfile
	run hfadmin repack --in-place --preset max cut.hfile y.hfile
	[ "$status" -eq 3 ]
	[ "$(hfadmin info --json y.hfile | jq -r .preset)" = max ]
	hfadmin lint x.hfile > found || [ $? -eq 1 ]
	[ -s found ]
	run hfadmin lint x.hfile nowhere.hfile x.hfile
	[ "$status" -eq 4 ]
	[ "$(grep -c '^x.hfile: ' <<< "$output")" -eq $((2 * $(wc -l < found))) ]
	run bash -c 'hfadmin info x.hfile x.hfile x.hfile 2>&1 > /dev/full'
	[ "$status" -eq 4 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "--force is not kept from its work by what a killed run of the same number left" {
	echo old > out.gts
	bash -c 'echo stale > .gtstools-$$.tmp; echo stale > .gtstools-$$-0.tmp; exec hfdump -q --force -o out.gts in.txt'
	hfdump -t gts in.txt | cmp - out.gts
	[ "$(cat .gtstools-*-0.tmp)" = stale ]
}

@test "a pattern of outputs that is not understood is status 2" {
	for o in '%' '%n%' '%q' '%l' '%l{a' '%n%l{'; do
		run hfdump -q --split-by series -o "$o" in.txt
		[ "$status" -eq 2 ] || { echo "$o: $status $output"; false; }
	done
}

@test "progress is a line on standard error, only when it is wanted" {
	hfdump --progress=never -t null in.txt 2> said
	[ ! -s said ]
	"$BIN/bench/generate" 400000 100 > big.txt
	{ head -n 200000 big.txt; sleep 1.2; tail -n +200001 big.txt; } |
		hfdump --progress=always -@ 1 -t null 2> said
	grep -q 'points' said
	run hfdump --progress=sometimes -t null in.txt
	[ "$status" -eq 2 ]
}

@test "companions elsewhere, compressed, or none" {
	hfdump -q --companions other -o x.hfile in.txt
	[ -s other.info ]
	[ -s other.gts ]
	[ ! -e x.info ]
	hfdump -q --gzip-companions -o y.hfile in.txt
	gzip -t y.info.gz y.gts.gz
	hfadmin verify -q y.hfile
	run hfdump -q --companions nowhere/other -o w.hfile in.txt
	[ "$status" -eq 4 ]
	[[ "$output" == *"companions: nowhere/: No such file"* ]]
	[ ! -e w.hfile ]
	hfdump -q --no-companions -o z.hfile in.txt
	[ ! -e z.info ]
	[ ! -e z.gts ]
	cmp x.hfile z.hfile
}

@test "stale companions are told, names and tags edited by hand are no damage" {
	hfdump -q --tag one -o x.hfile in.txt
	hfadmin verify -q x.hfile
	sed -i "s/'one'/'two'/" x.info
	hfadmin verify -q x.hfile
	hfdump -q --force --no-companions -o x.hfile "$DATA/nab.gts.gz"
	run hfadmin verify x.hfile
	[ "$status" -eq 1 ]
	[[ "$output" == *'stale companion'* ]]
	hfadmin index --force x.hfile
	hfadmin verify -q x.hfile
}

@test "digests of parts, and of a list of files" {
	hfdump -q -o x.hfile in.txt
	hfadmin digest in.txt x.hfile > list
	[ "$(cut -d' ' -f1 list | sort -u | wc -l)" -eq 1 ]
	hfadmin digest -c list
	[ "$(hfadmin digest --by series x.hfile | wc -l)" -eq 4 ]
	[ "$(hfadmin digest --by period x.hfile | wc -l)" -eq 1 ]
	hfadmin digest --json --by series x.hfile | jq -se '[.[].points] | add == 11'
	sed -i 's/6000000/7000000/' in.txt
	run hfadmin digest -c list
	[ "$status" -eq 1 ]
	[[ "$output" == *'in.txt: FAILED'* ]]
	run hfadmin digest -c list x.hfile
	[ "$status" -eq 2 ]
	odd=$'a\nb\\n\r.hfile'	# as sha256sum has it
	cp x.hfile "$odd"
	hfadmin digest "$odd" > odd.list
	[ "$(sha256sum "$odd" | sed 's/^.[0-9a-f]*//')" = "$(sed 's/^.[0-9a-f:]*//' odd.list)" ]
	[ "$(hfadmin digest -c odd.list)" = "$(sed 's/^.[0-9a-f:]*  /\\/' odd.list): OK" ]
	hfadmin digest x.hfile | sed 's/:11/:1/' > short.list
	run hfadmin digest -c short.list
	[ "$status" -eq 1 ]
	for list in . /dev/null; do	# nothing to check is no success
		run hfadmin digest -c "$list"
		[ "$status" -ge 3 ]
	done
}

@test "--tmpdir reaches all that spills: TMPDIR need not be there" {
	awk 'BEGIN {
		srand(1)
		for (i = 0; i < 120000; i++) {
			s = ""
			for (k = 0; k < 20; k++)
				s = s sprintf("%08x", rand() * 4294967296)
			print "1// names{of=" s "} 1"
		}
	}' | hfdump -q -f gts --no-companions -o many.hfile -
	for verb in "hfadmin digest many.hfile" "hfadmin lint -q many.hfile" \
	    "hfadmin diff -q many.hfile many.hfile" \
	    "hfadmin repair -q -n many.hfile" "hfdump -q -t null -"; do
		run $verb --tmpdir "$DIR/nowhere" < many.hfile
		[ "$status" -eq 4 ]
		[[ "$output" == *"$DIR/nowhere: no temporary file"* ]]
		TMPDIR=$DIR/nowhere run $verb --tmpdir "$DIR" < many.hfile
		[ "$status" -le 1 ]
	done
}

@test "differences are counted by series, shown, and are status 1" {
	hfdump -q -o x.hfile in.txt
	sed 's/3000000\(.*\) 3.5/3000000\1 3.25/; /room.temp{room=b} 4/d; $a 7// new{} 1' in.txt > other.txt
	run hfadmin diff in.txt other.txt
	[ "$status" -eq 1 ]
	[[ "$output" == *'room.temp{'* ]]
	[[ "$output" == *'new{}'* ]]
	run hfadmin diff --json x.hfile other.txt
	[ "$status" -eq 1 ]
	jq -e '.same == false and .only_a == 1 and .only_b == 1 and .different == 1 and
		(.series | length) == 3 and ([.series[] | .different] | add) == 1' <<< "$output"
	run hfadmin diff --points 3 x.hfile other.txt
	[ "$status" -eq 1 ]
	[[ "$output" == *3.25* ]]
	run hfadmin diff --summary x.hfile other.txt
	[ "$status" -eq 1 ]
	sed 's/{kind=door}/{kind=gate}/' in.txt > attr.txt
	hfadmin diff in.txt attr.txt
	run hfadmin diff --strict in.txt attr.txt
	[ "$status" -eq 1 ]
}

@test "lists: sets, numbers of them, gaps, details" {
	hfdump -q -o x.hfile in.txt
	hfadmin ls --sets --json x.hfile | jq -e '.classes == ["room.open", "room.temp", "yard.note"] and
		(.labels.room == ["a", "b"]) and .attributes.kind == ["door"]'
	hfadmin ls --stats --json x.hfile | jq -e '.["gts.estimate"] == 4 and .["classes.estimate"] == 3 and
		.["per.class.estimate"]["room.temp"] == 2 and .["error.rate"] == 0'
	hfadmin ls --sets x.hfile | grep -q room.open
	hfadmin ls --stats x.hfile | grep -q '4'
	[ "$(hfadmin ls --gaps 1500ms x.hfile | wc -l)" -eq 2 ]
	[ "$(hfadmin ls -l x.hfile | awk -F'\t' '$1 ~ /room=b/ {print $2, $3, $4, $6}')" = '3 2000000 6000000 LONG' ]
	[ "$(hfadmin ls -s '~room.*{}' x.hfile | wc -l)" -eq 3 ]
}

@test "info: bytes by column, the summary of a store" {
	hfdump -q --tag t --attribute k=v -o x.hfile in.txt
	hfdump -q -o y.hfile "$DATA/nab.gts.gz"
	hfadmin info --streams x.hfile | grep -qi 'ticks'
	hfadmin info --json x.hfile | jq -e '.bytes > 0 and .unit == "us" and .tags == ["t"] and .attributes.k == "v"'
	hfadmin info --store x.hfile y.hfile | jq -e '.[0].infos.files == 2 and
		.[0].infos.fileorder == "MAXTS" and .[0].infos.overlap == false and
		.[0].infos.gts > 4 and (.[0].files | length) == 2'
	cp x.hfile z.hfile
	hfadmin info --store x.hfile y.hfile z.hfile | jq -e '.[0].infos.overlap == true'
}

@test "encrypted blocks want their key" {
	# five points of encoder.md 6, key of 16 zero bytes
	printf '0// secret{} ' > e.raw
	printf '\0\030\376\371\276\305\344\040\004\074\116\277\013\204\336\277\333\225\232\221\023\217\247\044\231\322' |
		base64 -w0 > b64
	awk 'BEGIN {
		from = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		to = ".0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
		getline s < "b64"
		sub(/=+$/, "", s)
		for (i = 1; i <= length(s); i++)
			printf "%s", substr(to, index(from, substr(s, i, 1)), 1)
		print ""
	}' >> e.raw
	run hfdump -t gts e.raw
	[ "$status" -eq 3 ]
	[[ "$output" == *key* ]]
	[ -z "$(hfdump -q -t gts --skip-encrypted e.raw)" ]
	printf '00000000000000000000000000000000\n' > key
	chmod 644 key
	run hfdump -t gts --key-file key e.raw
	[ "$status" -eq 2 ]
	chmod 600 key
	[ "$(hfdump -t gts --key-file key e.raw | wc -l)" -eq 5 ]
	printf '01000000000000000000000000000000\n' > key
	run hfdump -t gts --key-file key e.raw
	[ "$status" -eq 3 ]
}

@test "the time unit is recorded, taken from the file, and never contradicted" {
	hfdump -q --time-unit ms -o x.hfile in.txt
	[ "$(hfadmin info --json x.hfile | jq -r .unit)" = ms ]
	[ "$(hfdump -t gts -s 'room.temp{room=b}' --start 1970-01-01T01:06:40Z x.hfile | wc -l)" -eq 2 ]
	run hfdump --time-unit us -t gts x.hfile
	[ "$status" -eq 2 ]
	run hfdump -t gts x.hfile in.txt
	[ "$status" -eq 0 ]
}

@test "index tells what it wrote as JSON" {
	hfdump -q -o x.hfile in.txt
	hfadmin index --force --json x.hfile | jq -e '.file == "x.hfile" and .gts == "x.gts" and .info == "x.info" and
		(.digest | endswith(":11"))'
	hfadmin index --json --group all.info x.hfile | jq -e '.info == "all.info"'
	[ "$(hfadmin index --json -o - x.hfile | wc -l)" -eq 4 ]
}
