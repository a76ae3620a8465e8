#!/bin/bash
# usage: radosgw-start.sh DIR PORT MONPORT [BUSYPORT [STSPORT]]
# Ceph's S3 gateway with one monitor and one OSD, all files under DIR, on
# 127.0.0.1, without root, systemd or keys of its own.  With BUSYPORT a second
# gateway that takes one request at a time, so that parallel ones are answered
# 503 SlowDown.  With STSPORT a third one whose STS gives session tokens to who
# assumes the role arn:aws:iam:::role/reader, which may only read.  Keys
# TESTKEY / TESTSECRET; bucket.localhost works.  Prints the
# endpoints.  Ends with: stop.sh DIR client.rgw client.busy client.sts osd.0 mon.a
set -eu
dir=$(realpath -m "$1") port=$2 monport=$3 busy=${4:-} sts=${5:-}
here=$(realpath "$(dirname "$0")")
for p in ceph-mon ceph-osd radosgw ceph monmaptool; do
	command -v $p > /dev/null || { echo "$p is missing (tests/rig/peers.sh)" >&2; exit 127; }
done
mkdir -p "$dir"/{mon,osd,rgw,log,run}
conf=$dir/ceph.conf fsid=$(cat /proc/sys/kernel/random/uuid)
gateway_conf() { # NAME PORT [APIS]
	cat <<- C
	[client.$1]
	rgw_data = $dir/rgw
	rgw_frontends = beast endpoint=127.0.0.1:$2
	rgw_thread_pool_size = 32
	rgw_dns_name = localhost
	rgw_crypt_require_ssl = false
	rgw_run_sync_thread = false
	rgw_enable_usage_log = false
	rgw_enable_apis = ${3:-s3, admin}
	rgw_gc_obj_min_wait = 5
	rgw_gc_processor_period = 5
	C
}
# the monmap and *_update_on_start lines: without them the OSD sometimes asks
# the monitor too early and ends with "wrong fsid"
cat > "$conf" << C
[global]
fsid = $fsid
mon_host = v1:127.0.0.1:$monport
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
pid_file = $dir/run/\$name.pid
log_file = $dir/log/\$name.log
crash_dir = $dir/log
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
setuser_match_path =
[mon]
mon_data = $dir/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 2
[osd]
monmap = $dir/monmap
osd_data = $dir/osd
osd_objectstore = bluestore
osd_class_update_on_start = false
osd_crush_update_on_start = false
bluestore_block_size = 42949672960
bluestore_block_db_create = false
bluestore_block_wal_create = false
osd_memory_target = 939524096
bdev_enable_discard = false
osd_op_num_shards = 2
C
gateway_conf rgw "$port" >> "$conf"
if [ -n "$busy" ]; then
	gateway_conf busy "$busy" >> "$conf"
	echo 'rgw_max_concurrent_requests = 1' >> "$conf"
fi
if [ -n "$sts" ]; then
	gateway_conf sts "$sts" 's3, sts, admin' >> "$conf"
	printf 'rgw_s3_auth_use_sts = true\nrgw_sts_key = 0123456789abcdef\n' >> "$conf"
fi
admin() {
	radosgw-admin -c "$conf" -n client.rgw --admin-socket= "$@"
}
make_user() {
	timeout 60 radosgw-admin -c "$conf" -n client.rgw --admin-socket= user create \
		--uid=test --display-name=test --access-key=TESTKEY --secret-key=TESTSECRET
}
{
	monmaptool --create --fsid "$fsid" --addv a "[v1:127.0.0.1:$monport]" "$dir/monmap" --set-min-mon-release pacific
	ceph-mon -c "$conf" --mkfs -i a --monmap "$dir/monmap"
	ceph-mon -c "$conf" -i a
	uuid=$(cat /proc/sys/kernel/random/uuid)
	ceph -c "$conf" --connect-timeout 20 osd new "$uuid"
	ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$uuid"
	ceph -c "$conf" osd crush add osd.0 1.0 root=default host=h0
	ceph-osd -c "$conf" -i 0
	radosgw -c "$conf" -n client.rgw
	# now and then, on a busy machine, the first OSD never serves: again
	make_user || {
		"$here/stop.sh" "$dir" osd.0
		ceph-osd -c "$conf" -i 0
		make_user
	}
	[ -z "$busy" ] || radosgw -c "$conf" -n client.busy
	if [ -n "$sts" ]; then
		admin role create --role-name=reader --path=/ --assume-role-policy-doc='{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/test"]},"Action":["sts:AssumeRole"]}]}'
		admin role-policy put --role-name=reader --policy-name=read --policy-doc='{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::*"}]}'
		radosgw -c "$conf" -n client.sts
	fi
} > "$dir/log/start.log" 2>&1 || { tail -n 5 "$dir/log/start.log" >&2; exit 1; }
for n in "rgw:$port" ${busy:+"busy:$busy"} ${sts:+"sts:$sts"}; do
	for ((i = 0; i < 200; i++)); do
		[ ! -s "$dir/run/client.${n%:*}.pid" ] || break
		sleep .05
	done
	"$here/wait-http.sh" "http://127.0.0.1:${n#*:}/" "$dir/run/client.${n%:*}.pid"
	echo "http://127.0.0.1:${n#*:}"
done
