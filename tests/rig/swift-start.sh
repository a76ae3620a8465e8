#!/bin/bash
# usage: swift-start.sh DIR PORT ACCOUNTPORT CONTAINERPORT OBJECTPORT
# OpenStack Swift with its s3api, all files under DIR, on 127.0.0.1, without
# root, rsync or memcached.  Key test:tester, secret testing, region us-east-1.
# Prints the endpoint.  DIR needs extended attributes.  Ends with: stop.sh DIR
set -eu
dir=$(realpath -m "$1") port=$2
here=$(realpath "$(dirname "$0")")
declare -A at=([account]=$3 [container]=$4 [object]=$5 [proxy]=$port)
for p in swift-ring-builder swift-{proxy,account,container,object}-server; do
	command -v $p > /dev/null || { echo "$p is missing (tests/rig/peers.sh)" >&2; exit 127; }
done
mkdir -p "$dir"/{etc,node/d1,run,log}
cd "$dir/etc"
cat > swift.conf << C
[swift-hash]
swift_hash_path_suffix = s
swift_hash_path_prefix = p
[storage-policy:0]
name = gold
default = yes
[swift-constraints]
max_header_size = 16384
C
for t in account container object; do
	swift-ring-builder $t.builder create 4 1 1
	swift-ring-builder $t.builder add "r1z1-127.0.0.1:${at[$t]}/d1" 1
	swift-ring-builder $t.builder rebalance || [ $? -eq 1 ] # 1: a warning
	cat > $t-server.conf <<- C
	[DEFAULT]
	devices = $dir/node
	mount_check = false
	bind_ip = 127.0.0.1
	bind_port = ${at[$t]}
	workers = 1
	user = $(id -un)
	swift_dir = $dir/etc
	log_level = WARNING
	log_address = /dev/null
	[pipeline:main]
	pipeline = $t-server
	[app:$t-server]
	use = egg:swift#$t
	C
done > "$dir/log/rings.log" 2>&1
{
	cat <<- C
	[DEFAULT]
	bind_ip = 127.0.0.1
	bind_port = $port
	workers = 1
	user = $(id -un)
	swift_dir = $dir/etc
	log_level = WARNING
	[pipeline:main]
	pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
	[app:proxy-server]
	use = egg:swift#proxy
	allow_account_management = true
	account_autocreate = true
	[filter:s3api]
	use = egg:swift#s3api
	location = us-east-1
	check_bucket_owner = false
	storage_domain = localhost
	[filter:tempauth]
	use = egg:swift#tempauth
	user_test_tester = testing .admin
	[filter:cache]
	use = egg:swift#memcache
	memcache_servers = 127.0.0.1:1
	C
	for f in catch_errors gatekeeper healthcheck listing_formats bulk copy slo dlo versioned_writes symlink; do
		printf '[filter:%s]\nuse = egg:swift#%s\n' $f $f
	done
} > proxy-server.conf
# The storage servers first: a proxy that meets one which does not listen yet
# leaves it alone for a minute and answers 503.
for s in account container object proxy; do
	setsid swift-$s-server "$dir/etc/$s-server.conf" > "$dir/log/$s.log" 2>&1 < /dev/null &
	echo $! > "$dir/run/$s.pid"
	"$here/wait-http.sh" "http://127.0.0.1:${at[$s]}/healthcheck" "$dir/run/$s.pid" || { tail -n 5 "$dir/log/$s.log" >&2; exit 1; }
done
echo "http://127.0.0.1:$port"
