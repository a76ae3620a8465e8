#!/bin/bash
# usage: peers.sh
# Installs, as root, the peers of tests/integration which are not here yet:
# Debian's packages, and versitygw through go where there is one.  What cannot
# be had is said, and is no failure: the suites that need it say so again.
set -u
packages="influxdb influxdb-client awscli s3cmd rclone radosgw ceph-mon ceph-osd
ceph-common python3-swift swift-proxy swift-account swift-container
swift-object faketime curl python3 openssl"
need=
for p in $packages; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2> /dev/null)" = installed ] || need="$need $p"
done
if [ -n "$need" ]; then
	# shellcheck disable=SC2086 # the words are wanted
	(apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $need) ||
		for p in $need; do
			DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$p" || echo "NOT INSTALLED: $p"
		done
fi
if ! "$(dirname "$0")/versitygw.sh" > /dev/null; then
	go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 || echo "NOT INSTALLED: versitygw (needs Go 1.25)"
fi
exit 0
