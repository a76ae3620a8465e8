#!/bin/bash
# usage: s3.sh [MEBIBYTES [RUNS]]
# s3put and s3get beside aws-cli, rclone and plain curl, in one run, against
# versitygw on loopback: RUNS rounds (5) of all of them, each in another order,
# since what the server takes depends on what came before; medians; ratio
# to the best of the others, CPU seconds for a GB of the client and of the
# server, peak RSS, and what falls short of 0.95, 1.2 and 0.5 s, 128 MiB.
# "as here" only tells: on the machine that these limits of CPU come from aws-cli
# took 3.2 s/GB to put a pipe and 1.7 to get to one; what they would be in this run.
# Like stands beside like: where the hash of what is sent is signed and checked
# (as aws-cli and rclone do over http), and where none is (curl; s3put then has
# the server check a CRC-64 instead).  kernel-alone is the least that any program
# can take: one connection, read and send, or receive and write, nothing looked at.
# Memory that the host of a virtual machine took back is fetched before each run:
# else who happens to touch it first pays 1.7 s/GB for that.
# BIN: build folder, SRC: tree; PEERS: folder with venv/bin/aws and bin/rclone
# (default: build/bench/s3-peers, where they are installed if they can be, else
# those of the machine); BENCH_DIR: where all files are (default /dev/shm, where
# no disk is measured, if it has room); DISK_DIR (/var/tmp): a folder on a disk for
# get-disk, where the others' files are synced as s3get's are.
set -u
mib=${1:-256} runs=${2:-5}
BIN=$(realpath "${BIN:-.}") SRC=$(realpath "${SRC:-.}")
PEERS=$(realpath -m "${PEERS:-$BIN/bench/s3-peers}")
export BIN SRC PATH="$BIN:$PATH"
unset "${!AWS_@}" CURL_CA_BUNDLE
. "$SRC/tests/integration/s3.bash"
lacks=$(s3_missing s3put s3get versitygw python3 openssl curl)
[ -z "$lacks" ] || { echo "s3.sh: $lacks" >&2; exit 1; }
if [ -z "${BENCH_DIR:-}" ]; then
	BENCH_DIR=${TMPDIR:-/var/tmp}
	[ "$(df --output=avail -m /dev/shm | tail -n 1)" -lt $((8 * mib)) ] || BENCH_DIR=/dev/shm
fi
TMPDIR=$BENCH_DIR s3_start || exit 1
disk=$(mktemp -d "${DISK_DIR:-/var/tmp}/s3.XXXXXX")
export disk
trap 's3_stop; rm -rf "$disk"' EXIT

aws=$PEERS/venv/bin/aws rclone=$PEERS/bin/rclone
[ -x "$aws" ] || { python3 -m venv "$PEERS/venv" && "$PEERS/venv/bin/pip" -q install awscli; } > /dev/null 2>&1
[ -x "$rclone" ] || GOBIN=$PEERS/bin go install github.com/rclone/rclone@v1.76.0 > /dev/null 2>&1
[ -x "$aws" ] || aws=$(command -v aws) || echo "s3.sh: no aws-cli here" >&2
[ -x "$rclone" ] || rclone=$(command -v rclone) || echo "s3.sh: no rclone here" >&2

cd "$S3_DIR" || exit 1
export AWS_ENDPOINT_URL=$SERVER
export RCLONE_CONFIG=/dev/null RCLONE_S3_PROVIDER=Other RCLONE_S3_ENDPOINT=$SERVER
export RCLONE_S3_ACCESS_KEY_ID=TESTKEY RCLONE_S3_SECRET_ACCESS_KEY=TESTSECRET
s3put --make-bucket s3://bkt/made < /dev/null
bytes $((mib << 20)) 1 > big
s3put big s3://bkt/k
put=$(s3put --presign=86400 s3://bkt/put) get=$(s3get --presign=86400 s3://bkt/k)
export put get

cat > floor <<- 'P'
import os, socket, sys
what, url, name = sys.argv[1:]
host, path = url.split("://")[1].split("/", 1)
at, port = host.split(":")
s = socket.create_connection((at, int(port)))
size = os.path.getsize(name) if what == "put" else 0
s.sendall(("%s /%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n" % (what.upper(), path, host, size)).encode())
b = memoryview(bytearray(256 << 10))
if what == "put":
    with open(name, "rb", 0) as f:
        while n := f.readinto(b):
            s.sendall(b[:n])
    sys.exit(b" 200 " not in s.recv(100))
head = b""
while b"\r\n\r\n" not in head:
    head += s.recv(4096)
head, rest = head.split(b"\r\n\r\n", 1)
left = int(head.lower().split(b"content-length:")[1].split()[0]) - len(rest)
f = os.open(name, os.O_CREAT | os.O_WRONLY, 0o666)
if name != "/dev/null":
    os.posix_fallocate(f, 0, len(rest) + left)
os.write(f, rest)
while left:
    n = 0
    while n < len(b) and n < left:
        n += s.recv_into(b[n:], min(len(b), left) - n)
    left -= os.write(f, b[:n])
P
row() { # WHAT CLIENT COMMAND
	case $2 in
	aws) [ -n "$aws" ] || return ;;
	rclone) [ -n "$rclone" ] || return ;;
	esac
	printf '%s\t%s\t%s\n' "$@" >> rows
}
aws="$aws --endpoint-url $SERVER"
crc='--no-payload-signing --checksum-algorithm crc64nvme'
row put s3put 's3put big s3://bkt/put'
row put aws "$aws s3 cp --quiet big s3://bkt/put"
row put rclone "$rclone -q --ignore-times copyto big :s3:bkt/put"
row put-unsigned s3put "s3put $crc big s3://bkt/put"
row put-unsigned s3put-no-crc 's3put --no-payload-signing big s3://bkt/put'
row put-unsigned s3put-one-PUT "s3put $crc --multipart-threshold 5G big s3://bkt/put"
row put-unsigned curl-one-PUT 'curl -sf -T big "$put"'
row put-unsigned kernel-alone 'python3 -IS floor put "$put" big'
row put-pipe s3put 's3put s3://bkt/put < <(cat big)'
row put-pipe aws "cat big | $aws s3 cp --quiet - s3://bkt/put"
row put-pipe s3put-unsigned "s3put $crc s3://bkt/put < <(cat big)"
row put-pipe rclone "cat big | $rclone -q rcat :s3:bkt/put"
row get s3get 's3get -o got s3://bkt/k'
row get aws "$aws s3 cp --quiet s3://bkt/k got"
row get rclone "$rclone -q --ignore-times copyto :s3:bkt/k got"
row get curl-one-GET 'curl -sf -o got "$get"'
row get kernel-alone 'python3 -IS floor get "$get" got'
row get-disk s3get 's3get -o "$disk/got" s3://bkt/k'
row get-disk aws "$aws s3 cp --quiet s3://bkt/k $disk/got && sync $disk/got"
row get-disk rclone "$rclone -q --ignore-times copyto :s3:bkt/k $disk/got && sync $disk/got"
row get-disk curl-one-GET 'curl -sf -o "$disk/got" "$get" && sync "$disk/got"'
row get-pipe s3get 's3get s3://bkt/k'
row get-pipe aws "$aws s3 cp --quiet s3://bkt/k -"
row get-pipe rclone "$rclone -q cat :s3:bkt/k"
row get-pipe curl-one-GET 'curl -sf "$get"'
row get-pipe kernel-alone 'python3 -IS floor get "$get" /dev/null'

echo "versitygw on loopback, files in $BENCH_DIR, $mib MiB, medians of $runs, $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
python3 - "$runs" "$mib" <<- 'P'
import os, random, statistics, subprocess, sys, time
runs, gb = int(sys.argv[1]), int(sys.argv[2]) * 1048576 / 1e9
rows = [line.rstrip("\n").split("\t") for line in open("rows")]
took = {tuple(r): [] for r in rows}
target = {"get": "got", "get-disk": os.environ["disk"] + "/got"}
warm = "import mmap; m = mmap.mmap(-1, %d)\nfor i in range(0, len(m), 4096): m[i] = 1" % (int(sys.argv[2]) << 21)
server, ticks = int(open("run/versitygw.pid").read()), os.sysconf("SC_CLK_TCK")
def served():
    with open("/proc/%d/stat" % server) as f:
        return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) / ticks
for _ in range(runs):
    for r in random.sample(rows, len(rows)):
        for name in target.values():
            if os.path.exists(name):
                os.unlink(name)
        subprocess.run([sys.executable, "-IS", "-c", warm], check=True)
        before, begun = served(), time.monotonic()
        child = subprocess.Popen(["bash", "-c", "set -o pipefail; " + r[2]], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        if status:
            sys.exit("failed: %s %s: %s" % tuple(r))
        took[tuple(r)].append((time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
                               served() - before))
        if r[0] in target and os.path.getsize(target[r[0]]) != gb * 1e9:
            sys.exit("%s: another size" % r[1])
def median(r, i):
    return statistics.median(t[i] for t in took[tuple(r)])
most, there = {"put": 1.2, "get": 0.5}, {"put": 3.2, "get": 1.7}
def as_here(what):
    aws = [r for r in rows if r[:2] == [what + "-pipe", "aws"]]
    return "%.2f" % (most[what] * median(aws[0], 1) / gb / there[what]) if aws else ""
print("%-12s %-14s %8s %8s %9s %8s %10s %8s" %
      ("what", "client", "MB/s", "of best", "CPU s/GB", "as here", "of server", "RSS MiB"))
for r in rows:
    best = min(median(o, 0) for o in rows if o[0] == r[0] and not o[1].startswith(("s3", "kernel")))
    ratio, cpu, rss = best / median(r, 0), median(r, 1) / gb, max(t[2] for t in took[tuple(r)])
    short = []
    if r[1].startswith("s3"):
        short = ["rate"] * (ratio < 0.95) + ["CPU"] * (cpu > most[r[0][:3]]) + ["RSS"] * (rss > 128)
    print("%-12s %-14s %8.0f %8.2f %9.2f %8s %10.2f %8.0f %s" %
          (r[0], r[1], gb * 1000 / median(r, 0), ratio, cpu,
           as_here(r[0][:3]) if r[1].startswith("s3") else "", median(r, 3) / gb, rss,
           "short: " + ", ".join(short) if short else ""))
P
cmp big data/bkt/k && cmp big data/bkt/put
