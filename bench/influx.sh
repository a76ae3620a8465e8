#!/bin/bash
# usage: influx.sh LINES
# Prints the bytes that a real InfluxDB 1 keeps of a file of line protocol,
# once it has compacted all of it; or - and why on standard error.  Integers
# are written as floats: a field has one type there.  The server is started
# on loopback and ended here.  SRC: tree.
set -u
rig=${SRC:-.}/tests/rig
dir=$(mktemp -d)
trap '"$rig/stop.sh" "$dir"; rm -rf "$dir"' EXIT
absent() {
	echo "SKIPPED: influxd: $1" >&2
	echo -
	exit
}
command -v influxd > /dev/null || absent 'it is not installed'
read -r port rpc < <("$rig/free-ports.py" 2)
export INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION=1s
export INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION=1s
url=$("$rig/influxd-start.sh" "$dir" "$port" "$rpc") || absent 'it does not start'
curl -s --fail-with-body -o "$dir/said" "$url/query" --data-urlencode 'q=CREATE DATABASE b WITH DURATION INF SHARD DURATION 5200w' ||
	absent "$(cat "$dir/said")"
sed -E 's/([ ,][^ ,=]+=-?[0-9]+)i\b/\1/g' "$1" | split -l 50000 - "$dir/lines-"
for part in "$dir"/lines-*; do
	curl -s --fail-with-body -o "$dir/said" --data-binary "@$part" "$url/write?db=b" || absent "$(head -c 200 "$dir/said")"
	rm "$part"
done
# settled: nothing in the log, and the data the same for three looks
before=- same=0
for ((i = 0; i < 240 && same < 3; i++)); do
	sleep 1
	now="$(find "$dir/wal" -name '*.wal' -size +0 | wc -l) $(find "$dir/data" -name '*.tsm' -printf '%P %s\n' | sort)"
	[[ $now == "$before" && $now == 0\ * ]] && same=$((same + 1)) || same=0
	before=$now
done
[ "$same" = 3 ] || absent 'it does not settle'
find "$dir/data" -name '*.tsm' -printf '%s\n' | awk '{n += $1} END {print n}'
