#!/bin/bash
# Line protocol: a real influxd and hfdump see the same points (influx.py).
set -u
rig=$SRC/tests/rig
for p in influxd python3 curl; do
	command -v $p > /dev/null || { echo "1..0 # SKIP $p is missing (tests/rig/peers.sh)"; exit 0; }
done
dir=$(mktemp -d)
trap '"$rig/stop.sh" "$dir"; rm -rf "$dir"' EXIT
read -r port rpc < <("$rig/free-ports.py" 2)
url=$("$rig/influxd-start.sh" "$dir" "$port" "$rpc") || exit 1
python3 "$SRC/tests/integration/influx.py" "$url" "$BIN/hfdump" "$SRC/man/hfdump.1"
