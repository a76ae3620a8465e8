#!/bin/bash
# usage: threads.sh RUNS DUMP...   in the build folder
# Text to HFile and HFile to text: millions of lines a second of one thread, and
# how many times faster two are, of so many times that two programs of one thread
# at once are faster than one behind the other: what the machine has; medians of
# RUNS in turns (in brackets best against best).  PROGRAM: another hfdump
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
middle() { sort -n "$tmp/$1" | awk '{t[NR] = $1} END {print t[int((NR + 1) / 2)], t[1]}'; }

for dump; do
	"$program" -q --no-companions --force -o "$tmp/x.hfile" "$dump"
	for _ in $(seq "$runs"); do
		for n in 1 2; do took in$n "$program" -q -@ $n --force -o "$tmp/y.hfile" "$dump"; done
		for n in 1 2; do took out$n "$program" -q -@ $n -t gts "$tmp/x.hfile"; done
		took inpair pair "$tmp/y.hfile" "$tmp/z.hfile" "$program" -q -@ 1 --force "$dump"
		took outpair pair /dev/null /dev/null "$program" -q -@ 1 -t gts "$tmp/x.hfile"
	done
	echo "$(basename "$dump") $(wc -l < "$dump") $(middle in1) $(middle in2) $(middle inpair)" \
		"$(middle out1) $(middle out2) $(middle outpair)" |
		awk 'function gain(i) {return sprintf("x %.2f of %.2f (%.2f of %.2f)", $i / $(i + 2),
				2 * $i / $(i + 4), $(i + 1) / $(i + 3), 2 * $(i + 1) / $(i + 5))}
			{printf "%-20s in %5.1f  %s   out %5.1f  %s\n", $1, $2 / $3, gain(3), $2 / $9, gain(9)}'
	rm "$tmp"/in[12p]* "$tmp"/out[12p]*
done
