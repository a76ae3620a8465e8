#!/bin/bash
# usage: wait-http.sh URL PIDFILE
# Waits, up to 20 s, until URL answers or the process of PIDFILE is gone.
url=$1 pid=$(cat "$2")
for ((i = 0; i < 400; i++)); do
	curl -ks -o /dev/null --max-time 5 "$url" && exit 0
	grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" || break
	sleep .05
done
echo "no answer on $url" >&2
exit 1
