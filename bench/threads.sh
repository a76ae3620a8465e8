#!/bin/bash
# usage: threads.sh RUNS DUMP...   in the build folder
# Text to HFile and HFile to text: millions of lines a second of one thread, how
# many times faster two threads are, how many times faster two programs of one
# thread at once are than one behind the other, which is what the machine has at
# that time, and what the first is where that is 2, as on two whole processors;
# medians of RUNS in turns.  PROGRAM: another hfdump
# (./hfdump), to compare.  BENCH_DIR: where the files are (default /dev/shm,
# where no disk is measured, if it has room).  Memory that the host of a virtual
# machine took back is fetched before each run: who touches it first pays for it.
set -eu
runs=$1 program=${PROGRAM:-./hfdump}
shift
if [ -z "${BENCH_DIR:-}" ]; then
	BENCH_DIR=${TMPDIR:-/tmp}
	[ "$(df --output=avail -m /dev/shm | tail -n 1)" -lt 1024 ] || BENCH_DIR=/dev/shm
fi
tmp=$(mktemp -d "$BENCH_DIR/threads.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
warm="import mmap
m = mmap.mmap(-1, 256 << 20)
for i in range(0, len(m), 4096): m[i] = 1"
took() { # NAME COMMAND...
	local name=$1 from to
	shift
	python3 -IS -c "$warm"
	from=$EPOCHREALTIME
	"$@" > /dev/null
	to=$EPOCHREALTIME
	echo $((${to/./} - ${from/./})) >> "$tmp/$name"
}
pair() { # OUT OUT COMMAND...
	local one=$1 other=$2
	shift 2
	"$@" -o "$one" & "$@" -o "$other"
	wait
}
middle() { sort -n "$tmp/$1" | awk '{t[NR] = $1} END {print t[int((NR + 1) / 2)]}'; }

form='%-18s %6.3g %8.3g %9.3g %8.3g %8.3g %8.3g %9.3g %8.3g\n'
printf '%-18s %6s %8s %9s %8s %8s %8s %9s %8s\n' '' in threads programs whole out threads programs whole
for dump; do
	"$program" -q --no-companions --force -o "$tmp/x.hfile" "$dump"
	for _ in $(seq "$runs"); do
		for n in 1 2; do took in$n "$program" -q -@ $n --force -o "$tmp/y.hfile" "$dump"; done
		for n in 1 2; do took out$n "$program" -q -@ $n -t gts "$tmp/x.hfile"; done
		took inpair pair "$tmp/y.hfile" "$tmp/z.hfile" "$program" -q -@ 1 --force "$dump"
		took outpair pair /dev/null /dev/null "$program" -q -@ 1 -t gts "$tmp/x.hfile"
	done
	echo "$(basename "$dump" .txt) $(wc -l < "$dump") $(middle in1) $(middle in2) $(middle inpair)" \
		"$(middle out1) $(middle out2) $(middle outpair)" |
		awk -v form="$form" 'function gain(i) {return $i / $(i + 1)} function has(i) {return 2 * $i / $(i + 2)}
			{printf form, $1, $2 / $3, gain(3), has(3), 2 * gain(3) / has(3),
				$2 / $6, gain(6), has(6), 2 * gain(6) / has(6)}'
	rm "$tmp"/in[12p]* "$tmp"/out[12p]*
done
