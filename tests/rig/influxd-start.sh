#!/bin/bash
# usage: influxd-start.sh DIR PORT RPCPORT
# InfluxDB 1 of Debian (apt influxdb) with all its files under DIR, on
# 127.0.0.1 alone. Prints the endpoint. Ends with: stop.sh DIR
set -eu
dir=$(realpath -m "$1") port=$2 rpc=$3
here=$(realpath "$(dirname "$0")")
command -v influxd > /dev/null || { echo "influxd is missing: apt-get install influxdb" >&2; exit 127; }
mkdir -p "$dir"/{meta,data,wal,run,log}
cat > "$dir/influxd.conf" << C
reporting-disabled = true
bind-address = "127.0.0.1:$rpc"
[meta]
dir = "$dir/meta"
[data]
dir = "$dir/data"
wal-dir = "$dir/wal"
query-log-enabled = false
max-values-per-tag = 0
[http]
bind-address = "127.0.0.1:$port"
log-enabled = false
[monitor]
store-enabled = false
[logging]
level = "error"
C
cd "$dir"
setsid influxd -config "$dir/influxd.conf" > "$dir/log/influxd.log" 2>&1 < /dev/null &
echo $! > "$dir/run/influxd.pid"
"$here/wait-http.sh" "http://127.0.0.1:$port/ping" "$dir/run/influxd.pid" || { tail -n 5 "$dir/log/influxd.log" >&2; exit 1; }
echo "http://127.0.0.1:$port"
