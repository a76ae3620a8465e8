#!/bin/bash
# usage: s3-big.sh [stream | series]...
# What is promised of large objects, against versitygw on loopback, as TAP:
# stream: GIB (5) of a stream are put and come back the same, with at most
# 128 MiB of memory each; series: out of an HFile of more than 1 GB (COPIES,
# 11, of 240 series of 52,000 numbers that look like nothing, in ten days) a day
# of a series is read with the requests that are promised, which the proxy
# counts.  Both by default; minutes each.  BIN: build folder, SRC:
# tree; TMPDIR (/var/tmp) needs twice the stream, and extended attributes.
set -u
BIN=$(realpath "${BIN:-.}") SRC=$(realpath "${SRC:-.}")
export BIN SRC PATH="$BIN:$PATH"
unset "${!AWS_@}" CURL_CA_BUNDLE
export no_proxy='127.0.0.1,localhost'
. "$SRC/tests/integration/s3.bash"
lacks=$(s3_missing s3put s3get versitygw python3 openssl)
[ -z "$lacks" ] || { echo "1..0 # SKIP $lacks"; exit 0; }
bytes=$((${GIB:-5} << 30)) copies=${COPIES:-11}
export TMPDIR=${TMPDIR:-/var/tmp}
s3_start || exit 1
trap s3_stop EXIT
cd "$S3_DIR" || exit 1
mkdir -p data/bkt
export AWS_ENDPOINT_URL=$SERVER
tests=0 failed=0

check() { # NAME COMMAND...
	local name=$1
	shift
	tests=$((tests + 1))
	"$@" && echo "ok $tests - $name" && return
	echo "not ok $tests - $name"
	failed=1
	return 1
}

# Runs it; its peak of memory in MiB goes to a file.
measured() { # FILE COMMAND...
	python3 -c 'import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
open(sys.argv[1], "w").write("%d\n" % (used.ru_maxrss >> 10))
sys.exit(os.waitstatus_to_exitcode(status))' "$@"
}

within() { # FILE
	echo "# peak $(cat "$1") MiB"
	[ "$(cat "$1")" -le 128 ]
}

stream() {
	local free
	free=$(df --output=avail -B1 . | tail -n 1)
	[ "$free" -gt $((2 * bytes)) ] || { echo "# SKIPPED: stream: $TMPDIR has no room for twice $bytes bytes"; return; }
	check "a stream of $bytes bytes is put" eval 'bytes $bytes 7 | measured put s3put s3://bkt/stream'
	check 'within 128 MiB' within put
	check 'it has all of them' test "$(stat -c %s data/bkt/stream)" = "$bytes"
	check 'it comes back the same' eval 'measured get s3get s3://bkt/stream | cmp - <(bytes $bytes 7)'
	check 'within 128 MiB' within get
	rm -f data/bkt/stream
}

# One copy as text; the others differ in a label.
points() {
	bytes 99840000 9 | od -An -v -t d8 -w8 |
		awk '{printf "%d// load{host=h%d} %s\n", 1600000000000000 + NR * 69230, NR % 240, $1}'
}

large() {
	points | hfdump -q --no-companions --preset fast -o copy.0.hfile || return 1
	for ((i = 1; i < copies; i++)); do
		hfdump -q --no-companions --preset fast --app "copy$i" -o "copy.$i.hfile" copy.0.hfile || return 1
	done
	gts-merge -q --no-companions --preset fast -o data/bkt/large.hfile copy.*.hfile && rm copy.*.hfile
}

series() {
	local file=data/bkt/large.hfile
	check "an HFile of $copies times 12,480,000 points is made" large || return
	echo "# $(stat -c %s $file) bytes"
	export AWS_ENDPOINT_URL=$PROXY
	hfadmin ls s3://bkt/large.hfile | head -n 1 > one
	faults
	check 'hfadmin info is one request' eval 'hfadmin info s3://bkt/large.hfile > got && [ "$(grep -c . requests)" -eq 1 ]'
	faults
	check 'a day of a series is read' eval 'hfdump -t gts --series-file one --period 20200914 s3://bkt/large.hfile > got && [ -s got ]'
	check 'with the requests that are promised' day_reads
	sed 's/^/# /' requests
	export AWS_ENDPOINT_URL=$SERVER
	check 'it is what the file has' eval 'hfdump -t gts --series-file one --period 20200914 $file | cmp - got && [ -s got ]'
}

[ $# -gt 0 ] || set -- stream series
for part; do
	case $part in
	stream | series) $part ;;
	*) echo "usage: s3-big.sh [stream | series]..." >&2; exit 2 ;;
	esac
done
echo "1..$tests"
exit $failed
