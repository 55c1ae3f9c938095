#!/usr/bin/env bash
# rgw.sh start DIR   a Ceph object store on loopback with everything in memory, below DIR; prints "http://127.0.0.1:PORT".
# rgw.sh stop DIR    ends what start began, by its pids.
# rgw.sh secret      prints the secret key of every user that start makes
# Users: 'tester' (may do all) and 'reader' (no buckets of its own); access key id = name. Exit 77 where Ceph is not installed.
set -eu
SECRET=CANARYsecret/0123456789+abcdefghijklmnop
verb=${1:-}
dir=${2:-}
case $verb in
  start) ;;
  stop)
    for pid in $(cat "$dir"/*.pid 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
    exit 0
    ;;
  secret) echo "$SECRET"; exit 0 ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac
for program in ceph ceph-mon ceph-osd radosgw radosgw-admin monmaptool; do
  command -v "$program" >/dev/null || { echo "SKIPPED: needs Ceph ($program is not here): tests/run.sh installs it" >&2; exit 77; }
done
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
mkdir -p "$dir/mon" "$dir/osd"
dir=$(cd "$dir" && pwd)
fsid=$(cat /proc/sys/kernel/random/uuid)
mon=$(free_port)
port=$(free_port)
cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon_host = v2:127.0.0.1:$mon
public_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_max_pg_per_osd = 1000
mon_allow_pool_size_one = true
mon_data_avail_crit = 1
mon_data_avail_warn = 2
osd_objectstore = memstore
memstore_device_bytes = 2147483648
ms_bind_msgr1 = false
ms_mon_client_mode = crc
run_dir = $dir
admin_socket = $dir/\$name.asok
pid_file =
log_file = $dir/\$name.log
log_to_file = true
log_to_stderr = false
mon_cluster_log_file = $dir/cluster.log
debug_ms = 0
debug_osd = 0
debug_mon = 0
debug_rgw = 0
rgw_dns_name = localhost
rgw_enable_usage_log = false
rgw_thread_pool_size = 64
rgw_lifecycle_work_time = 00:00-00:01
mon_data = $dir/mon
osd_data = $dir/osd
rgw_data = $dir/rgw
rgw_frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
CONF
export CEPH_CONF=$dir/ceph.conf
daemon() { # NAME COMMAND...
  local name=$1
  shift
  "$@" -f -c "$CEPH_CONF" >"$dir/$name.out" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon]" "$dir/monmap" >/dev/null
ceph-mon -c "$CEPH_CONF" --mkfs -i a --monmap "$dir/monmap" >/dev/null
daemon mon ceph-mon -i a
timeout 60 ceph -c "$CEPH_CONF" osd new "$(cat /proc/sys/kernel/random/uuid)" 0 >/dev/null 2>&1 ||
  { echo "ceph-mon did not start: see $dir/mon.out" >&2; exit 1; }
ceph-osd -c "$CEPH_CONF" --mkfs -i 0 --osd-uuid "$(ceph -c "$CEPH_CONF" osd dump -f json 2>/dev/null | jq -r '.osds[0].uuid')" >/dev/null 2>&1
daemon osd ceph-osd -i 0
for name in tester reader; do
  timeout 120 radosgw-admin -c "$CEPH_CONF" user create --uid "$name" --display-name "$name" --access-key "$name" --secret-key "$SECRET" >/dev/null 2>&1 ||
    { echo "the object store did not start: see $dir" >&2; exit 1; }
done
daemon rgw radosgw -n client.rgw
for _ in $(seq 300); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "http://127.0.0.1:$port"
    exit 0
  fi
  sleep 0.1
done
echo "radosgw did not start: see $dir/rgw.out" >&2
exit 1
