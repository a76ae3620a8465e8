#!/usr/bin/env bats
# The verbs that write files are killed, and run out of disk.  BIN: build
# folder, SRC: source tree, KILLS: how often each is killed (default 6).

setup() {
	DIR=$BATS_TEST_TMPDIR
	PATH=$BIN:$PATH
	cd "$DIR"
	hfdump -q -o a.hfile "$SRC"/tests/data/*.gts.gz
	hfdump -q -t fulltext a.hfile | sed 's/1$/2/' | gzip > b.gts.gz
	mkdir out
}

teardown() {
	! mountpoint -q "$DIR/full" || umount "$DIR/full"
}

# The verbs, one a line; %o: where the output goes.
verbs() {
	cat <<'END'
gts-merge -q --force -o %o/x.hfile a.hfile b.gts.gz
gts-merge -q --force -m 16M --report %o/x.jsonl -o %o/x.hfile a.hfile b.gts.gz a.hfile
gts-rangecompact -q --force -o %o/x.hfile a.hfile
hfadmin rangecompact -q --force --compact -o %o/x.hfile b.gts.gz
hfadmin filter -q --force --downsample count --bucket 1m -o %o/x.hfile a.hfile
hfadmin filter -q --force --set-label z=1 -o %o/x.hfile a.hfile
hfadmin split -q --force --by series:100 -o %o/x-%n.hfile a.hfile
hfadmin index --force --group %o/group.info a.hfile
hfadmin overlap --force --svg %o/x.svg a.hfile a.hfile
END
}

# Every file under a final name is whole: sound, or a text that ends.
whole() {
	for f in out/*; do
		[ -e "$f" ] || continue
		case $f in
		*.hfile) hfadmin verify -q --data "$f" ;;
		*.svg) [ "$(tail -c 7 "$f")" = "</svg>" ] ;;
		*.gts | *.info | *.jsonl) [ ! -s "$f" ] || [ "$(tail -c 1 "$f" | od -An -c | tr -d ' ')" = '\n' ] ;;
		*) false ;;
		esac || return 1
	done
}

@test "SIGKILL at any moment leaves no wrong file and no changed input" {
	sha256sum a.* b.* > sums
	verbs > list
	while read -r line; do
		cmd=${line//%o/out}
		for i in $(seq "${KILLS:-6}"); do
			$cmd 3>&- &
			pid=$!
			sleep "$(awk -v i=$RANDOM 'BEGIN { printf "%.3f", i % 200 / 1000 }')"
			kill -9 $pid 2> /dev/null || true
			wait $pid 2> /dev/null || true
			whole || { echo "$cmd"; ls -l out; false; }
			sha256sum --quiet -c sums
		done
	done < list
}

@test "a disk that fills is status 4 and leaves nothing" {
	mkdir full
	mount -t tmpfs -o size=40k none full 2> /dev/null || skip "cannot mount a small tmpfs here"
	sed -n '/index\|overlap/!p' <<< "$(verbs)" > list
	while read -r line; do
		cmd=${line//%o/full}
		# more than fits, and nothing dropped
		cmd=${cmd/--downsample count --bucket 1m /--set-attr y=1 }
		run $cmd
		[ "$status" -eq 4 ] || { echo "$cmd: $status: $output"; false; }
		[[ "$output" == *"No space left"* ]]
		case $cmd in
		*split*) rm -f full/x-* ;;
		esac
		[ -z "$(ls -A full)" ]
	done < list
}

@test "a full folder of temporary files is status 4 and leaves nothing" {
	mkdir full
	mount -t tmpfs -o size=40k none full 2> /dev/null || skip "cannot mount a small tmpfs here"
	# two inputs that have to be sorted and put into runs
	run gts-merge -q --tmpdir full -o out/x.hfile b.gts.gz a.hfile b.gts.gz
	[ "$status" -eq 4 ]
	[ -z "$(ls -A full)$(ls -A out)" ]
}
