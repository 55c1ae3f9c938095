# The fan-out over Slurm, really run: a controller and two machines on this one, one of which goes down in the middle of a shard.
# Every shard is done once, and what is put together is what one machine makes, byte by byte, with the same score.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
for program in munged slurmctld slurmd; do
  command -v $program > "$OUT" && continue
  [ "${CI:-}" != true ] || fail "$program is not installed: scripts/setup.sh names its package"
  echo "SKIPPED: needs $program (Debian: munge, slurm-wlm)"
  exit 77
done
[ "$(id -u)" = 0 ] || { echo "SKIPPED: needs root, as Slurm's machines do"; exit 77; }
ulimit -n 1024 # munged and slurmd look at every descriptor that there may be

# A cluster of its own: keys, sockets, ports and folders are this test's.
mkdir -p munge state n1 n2 bin
chmod 700 munge
head -c 1024 /dev/urandom > munge/key
chmod 600 munge/key
read -r CONTROLLER N1 N2 < <(python3 -c 'import socket
sockets = [socket.socket() for _ in range(3)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])')
HOST=$(hostname -s)
cat > slurm.conf << END
ClusterName=test
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$CONTROLLER
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$WORK/munge/socket
CredType=cred/munge
StateSaveLocation=$WORK/state
SlurmdSpoolDir=$WORK/%n
SlurmctldPidFile=$WORK/slurmctld.pid
SlurmdPidFile=$WORK/%n.pid
SlurmctldLogFile=$WORK/slurmctld.log
SlurmdLogFile=$WORK/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
SlurmdTimeout=6
KillWait=1
MinJobAge=3600
ReturnToService=2
NodeName=n1 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$N1 CPUs=1 RealMemory=4096 State=UNKNOWN
NodeName=n2 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$N2 CPUs=1 RealMemory=4096 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$WORK/slurm.conf
# Nothing here uses cgroups, and slurmd only looks for them where it is to find out which there are: not in every container.
echo "CgroupPlugin=cgroup/v1" > cgroup.conf
RESULTS=$WORK # until there are some
# A machine goes down: its daemon, the step that watches over the job, and all of the job.
down() { # NAME PID
  local script
  kill -9 "$2"
  wait "$2" 2> /dev/null
  for script in $(pgrep -f "bash $WORK/$1/job"); do
    kill -9 "$(ps -o ppid= -p "$script" | tr -d ' ')"
    kill -9 -- "-$script"
  done
}
stop_cluster() {
  down n1 "$MACHINE1"
  down n2 "$MACHINE2"
  kill -9 "$CONTROL"
  tidy_up
}
until_true() { # SECONDS WHAT COMMAND...
  local end=$(($(date +%s) + $1)) what=$2
  shift 2
  until "$@" > "$OUT" 2> "$ERR"; do
    if [ "$(date +%s)" -gt "$end" ]; then
      tail -n 15 slurmctld.log n1.log n2.log "$RESULTS"/*.log
      fail "$what"
    fi
    sleep 0.2
  done
}
start munged --force --foreground --socket="$WORK/munge/socket" --key-file="$WORK/munge/key" --pid-file="$WORK/munge/pid" \
  --log-file="$WORK/munge/log" --seed-file="$WORK/munge/seed" > munge.log 2>&1
until_true 30 "munged" munge -S "$WORK/munge/socket" -n

# mlopsctl as the machines have it: it notes what is done where, one machine stays at work until it goes down, and one shard
# fails the first time.
export MLOPSCTL WORK
cat > bin/mlopsctl << 'END'
#!/usr/bin/env bash
if [ "$1" = infer ]; then
  echo "shard ${SLURM_ARRAY_TASK_ID:-} on ${SLURMD_NODENAME:-}" >> "$WORK/begun"
  if [ "$SLURMD_NODENAME" = n2 ]; then sleep 600; fi
  if [ "$SLURM_ARRAY_TASK_ID" = 4 ] && [ ! -e "$WORK/failed" ]; then
    touch "$WORK/failed"
    exit 1
  fi
fi
"$MLOPSCTL" "$@" || exit
[ "$1" != infer ] || echo "$SLURM_ARRAY_TASK_ID" >> "$WORK/finished"
END
chmod +x bin/mlopsctl
PATH=$WORK/bin:$PATH
start slurmctld -D > slurmctld.log 2>&1
CONTROL=$!
start slurmd -D -N n1 > n1.log 2>&1
MACHINE1=$!
start slurmd -D -N n2 > n2.log 2>&1
MACHINE2=$!
trap "stop_cluster 2> /dev/null" EXIT
both_idle() { [ "$(sinfo -h -t idle -o %D)" = 2 ]; }
until_true 60 "the machines do not come up" both_idle

# The work: a folder with a name that a shell would run, and a model that is there already.
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=10&seconds=6' -o frames
run 0 package model "$MLOPSCTL_SOURCE/examples/shapes/model" -o model.tar.gz
run 0 infer frames/labels.manifest --model model.tar.gz --threshold evaluate --no-timing --threads 1 -o whole.jsonl
run 0 bench score --truth frames/labels.manifest --predictions whole.jsonl --shards 1 --json
cp "$OUT" whole.score
NAME='results $(touch broken) `touch broken` it'"'"'s "%a" \U1F600'
hex=$(sha256sum model.tar.gz | cut -d' ' -f1)
jq -n --arg folder "$WORK/$NAME" --arg set "$WORK/frames/labels.manifest" --arg digest "sha256:$hex" '{
  schema: "mlopsctl.deploy/1", name: "shapes", model: {url: "s3://models/shapes/model.tar.gz", digest: $digest},
  fan_out: {shards: 5, engine: "slurm", input: $set, output: $folder, partition: "all", memory_mb: 512}}' > deploy.yaml
run 0 template render fan-out -o jobs
RESULTS=$WORK/$NAME/${hex:0:12}-of-5
mkdir -p "$RESULTS"
cp model.tar.gz "$RESULTS"
submit() { bash jobs/submit.sh > submit.out 2> "$ERR" || fail "submit.sh"; }
echo other > "$RESULTS/model.tar.gz"
bash jobs/submit.sh > "$OUT" 2> "$ERR" && fail "another model was taken"
err_has "and deploy.yaml names another"
cp model.tar.gz "$RESULTS"
submit

# n2 goes down while it works on a shard.
at_work() { grep -q 'on n2' begun; }
until_true 60 "n2 got no shard" at_work
down n2 "$MACHINE2"
SHARD=$(sed -n 's/shard \(.*\) on n2/\1/p' begun)
# What comes back to the queue waits two minutes there, which are not waited for.
hurry() {
  local id
  for id in $(squeue -h -r -t PD -o '%i %r' | sed -n 's/ BeginTime$//p'); do scontrol update "jobid=$id" starttime=now; done
  [ -e "$RESULTS/score.json" ]
}
until_true 240 "no score" hurry

[ "$(sort finished | tr '\n' ' ')" = "1 2 3 4 5 " ] || fail "finished: $(cat finished)"
[ "$(sort begun | uniq -c | awk '{print $1, $3, $5}' | tr '\n' ';')" = "$(
  for i in 1 2 3 4 5; do
    [ $i != 4 ] || echo "2 4 n1"
    [ $i = 4 ] || echo "1 $i n1"
    [ $i != "$SHARD" ] || echo "1 $i n2"
  done | sort -k2,2n -k3,3 | tr '\n' ';')" ] || fail "begun: $(cat begun)"
cmp whole.jsonl "$RESULTS/predictions.jsonl" || fail "one machine makes something else"
cmp whole.score "$RESULTS/score.json" || fail "another score"
[ ! -e broken ] && [ ! -e "$RESULTS/broken" ] || fail "a name was run"

# Run again, nothing is done again, and the same comes out.
submit
until_true 60 "no second score" test -e "$RESULTS/score.json"
[ "$(wc -l < finished)" = 5 ] || fail "a shard was done again"
cmp whole.score "$RESULTS/score.json" || fail "another score the second time"
