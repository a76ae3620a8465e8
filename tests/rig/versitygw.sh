#!/bin/bash
# usage: versitygw.sh - prints where the program versitygw is; status 1: nowhere
for f in "${VERSITYGW:-}" "$(command -v versitygw)" "$(go env GOPATH 2> /dev/null)/bin/versitygw" "$HOME/go/bin/versitygw"; do
	if [ -n "$f" ] && [ -x "$f" ]; then
		echo "$f"
		exit 0
	fi
done
exit 1
