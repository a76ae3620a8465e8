#!/bin/bash
# usage: s3.sh [MEBIBYTES [RUNS]]
# s3put and s3get beside aws-cli, rclone and plain curl, in one run, against
# versitygw on loopback: medians of RUNS (5), ratio to the best of the others,
# CPU seconds for a GB, peak RSS.  BIN: build folder, SRC: tree.
set -u
mib=${1:-256} runs=${2:-5}
BIN=$(realpath "${BIN:-.}") SRC=$(realpath "${SRC:-.}")
export BIN SRC PATH="$BIN:$PATH"
unset "${!AWS_@}" CURL_CA_BUNDLE
. "$SRC/tests/integration/s3.bash"
lacks=$(s3_missing s3put s3get versitygw python3 openssl curl)
[ -z "$lacks" ] || { echo "s3.sh: $lacks" >&2; exit 1; }
s3_start || exit 1
trap s3_stop EXIT
cd "$S3_DIR" || exit 1
export AWS_ENDPOINT_URL=$SERVER
aws="$(command -v /usr/bin/aws || command -v aws) --endpoint-url $SERVER"
export RCLONE_CONFIG=/dev/null RCLONE_S3_PROVIDER=Other RCLONE_S3_ENDPOINT=$SERVER
export RCLONE_S3_ACCESS_KEY_ID=TESTKEY RCLONE_S3_SECRET_ACCESS_KEY=TESTSECRET
s3put --make-bucket s3://bkt/made < /dev/null
bytes $((mib << 20)) 1 > big

# The median of some runs: seconds, CPU seconds, peak RSS in MiB.
measure() { # COMMAND
	python3 - "$runs" "$1" <<- 'P'
	import os, resource, subprocess, sys, time
	took = []
	for _ in range(int(sys.argv[1])):
	    begun = time.monotonic()
	    child = subprocess.Popen(["bash", "-c", "set -o pipefail; " + sys.argv[2]],
	                             stdout=subprocess.DEVNULL)
	    _, status, used = os.wait4(child.pid, 0)
	    took.append((time.monotonic() - begun, used.ru_utime + used.ru_stime,
	                 used.ru_maxrss / 1024))
	    if status:
	        print("failed failed failed")
	        sys.exit()
	took.sort()
	print("%.3f %.3f %.0f" % took[len(took) // 2])
	P
}

row() { # WHAT CLIENT COMMAND
	local s c r
	read -r s c r < <(measure "$3")
	[ "$s" != failed ] || { echo "$1 $2 failed: $3"; return; }
	echo "$1 $2 $s $c $r" >> rows
}

table() {
	awk -v mib="$mib" '
		{ n++; what[n] = $1; name[n] = $2; s[n] = $3; c[n] = $4; r[n] = $5
		  if ($2 !~ /^s3/ && (!($1 in best) || $3 < best[$1])) best[$1] = $3 }
		END {
			gb = mib * 1048576 / 1e9
			printf "%-10s %-22s %8s %10s %10s %8s\n", "what", "client", "MB/s", "of best", "CPU s/GB", "RSS MiB"
			for (i = 1; i <= n; i++)
				printf "%-10s %-22s %8.0f %10.2f %10.2f %8d\n", what[i], name[i], gb * 1000 / s[i], best[what[i]] / s[i], c[i] / gb, r[i]
		}' rows
}

echo "versitygw on loopback, $mib MiB, median of $runs, $(nproc) cores"
row put s3put 's3put big s3://bkt/k'
row put aws "$aws s3 cp --quiet big s3://bkt/k"
! command -v rclone > /dev/null || row put rclone 'rclone -q --ignore-times copyto big :s3:bkt/k'
row put curl-one-PUT 'curl -sf -T big "$(s3put --presign=600 s3://bkt/k)"'
row put-pipe s3put 's3put s3://bkt/k < <(cat big)'
row put-pipe aws "cat big | $aws s3 cp --quiet - s3://bkt/k"
! command -v rclone > /dev/null || row put-pipe rclone 'cat big | rclone -q rcat :s3:bkt/k'
row get s3get 's3get --force -o got s3://bkt/k'
row get aws "$aws s3 cp --quiet s3://bkt/k got-aws"
! command -v rclone > /dev/null || row get rclone 'rclone -q --ignore-times copyto :s3:bkt/k got-rclone'
row get curl-one-GET 'curl -sf -o got-curl "$(s3get --presign=600 s3://bkt/k)"'
row get-pipe s3get 's3get s3://bkt/k'
row get-pipe aws "$aws s3 cp --quiet s3://bkt/k -"
! command -v rclone > /dev/null || row get-pipe rclone 'rclone -q cat :s3:bkt/k'
row get-pipe curl-one-GET 'curl -sf "$(s3get --presign=600 s3://bkt/k)"'
table
cmp big got && cmp big data/bkt/k
