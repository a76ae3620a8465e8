#!/bin/bash
# usage: stop.sh DIR [NAME...]
# Ends the servers which a start script of this folder left in
# DIR/run/NAME.pid (without NAME all of them): SIGTERM, after 20 s SIGKILL.
# A pid is signalled only while its process belongs to DIR (its command line
# or its working directory names it).
dir=$(realpath -m "$1")
shift
if [ $# -eq 0 ]; then
	for f in "$dir"/run/*.pid; do
		[ ! -e "$f" ] || set -- "$@" "$(basename "$f" .pid)"
	done
fi
ours() { # a gone process, a zombie, a pid used again by another: not ours
	grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status" || return 1
	tr '\0' ' ' 2> /dev/null < "/proc/$1/cmdline" | grep -qF -- "$dir" ||
		[[ $(readlink "/proc/$1/cwd")/ == "$dir"/* ]]
}
for name; do
	pid=$(cat "$dir/run/$name.pid" 2> /dev/null) || continue
	if ours "$pid"; then
		kill "$pid" 2> /dev/null
		for ((i = 0; i < 400; i++)); do
			ours "$pid" || break
			sleep .05
		done
		if ours "$pid"; then
			echo "$name: killed after 20 s" >&2
			kill -9 "$pid"
		fi
	fi
	rm -f "$dir/run/$name.pid"
done
exit 0
