#!/bin/bash
# usage: run.sh [SUITE...]
# Runs the suites of this folder (default: all; NAME.bats, NAME.sh) against
# real servers, which they start on loopback, and prints their TAP and last
# "N passed, N failed, N skipped".  A suite whose peer is not there says
# which and why, and counts as one skipped.  BIN: build folder, SRC: tree.
# tests/rig/peers.sh installs the peers.
set -u
BIN=$(realpath "${BIN:-.}") SRC=$(realpath "${SRC:-.}")
here=$SRC/tests/integration
passed=0 failed=0 skipped=0
work=$(mktemp -d "${TMPDIR:-/var/tmp}/gtstools-integration.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
export BIN SRC PATH="$BIN:$PATH"
# what a machine sets for its own clients is not for ours on loopback
unset "${!AWS_@}" "${!S3_@}" CURL_CA_BUNDLE SSL_CERT_FILE
export no_proxy='127.0.0.1,localhost,.localhost'

# Adds up the TAP of a suite; one that stops before its plan has failed.
count() { # SUITE STATUS
	local ok bad plan skip
	skip=$(grep -cE '^ok [^#]*# (SKIP|skip)' "$work/tap")
	ok=$(($(grep -c '^ok' "$work/tap") - skip))
	bad=$(grep -c '^not ok' "$work/tap")
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$work/tap" | tail -n 1)
	if [ "$plan" = 0 ]; then
		skip=$((skip + 1))
		echo "SKIP: $1: $(sed -n 's/^1\.\.0 # SKIP *//p' "$work/tap")"
	elif [ $((ok + bad + skip)) != "${plan:-none}" ] || { [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
		bad=$((bad + 1))
		echo "FAILED: $1: ended with status $2 after $((ok + bad - 1)) of ${plan:-an unknown number of} tests"
		tail -n 20 "$work/said" | sed 's/^/# /'
	fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

cd "$here" || exit 1
shopt -s nullglob
[ $# -gt 0 ] || set -- *.bats *.sh
for suite; do
	[ "$suite" != run.sh ] || continue
	echo "== $suite"
	from=$SECONDS
	case $suite in
	*.bats) timeout 900 bats --tap "$suite" > "$work/tap" 2> "$work/said" < /dev/null ;;
	*) TMPDIR=$work timeout 900 bash "./$suite" > "$work/tap" 2> "$work/said" < /dev/null ;;
	esac
	status=$?
	grep -v '^1\.\.0' "$work/tap"
	count "$suite" $status
	echo "== $suite: $((SECONDS - from)) s"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
