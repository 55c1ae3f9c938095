# manifest relabel and filter on the real jobs that used one class for all and kept what it is in a member of the line.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/golden/groundtruth
golden=$SHARED/data/golden/groundtruth
run 0 manifest join "$golden"/yellow-box-large-job-public.output.manifest "$golden"/blue-box-large-job-public.output.manifest -o all.manifest --on-conflict merge
run 0 manifest relabel all.manifest -o colours.manifest --from-field color
[ "$(jq -r '."bb-metadata"."class-map"[]' colours.manifest | sort -u | tr '\n' ' ')" = "blue yellow " ] || fail "$(jq -r '."bb-metadata"."class-map"[]' colours.manifest | sort | uniq -c)"
boxes() { jq -s "[.[] | $1 | .bb.annotations | length] | add" "$2"; }
[ "$(boxes . all.manifest)" = "$(boxes . colours.manifest)" ] || fail "boxes were lost"
run 0 manifest filter colours.manifest -o blue.manifest --where "class == 'blue'" --json
json .annotations_written "$(boxes 'select(.color == "blue")' all.manifest)"
job=$(head -n 1 "$golden/blue-box-large-job-public.output.manifest" | jq -r '."bb-metadata"."job-name"')
run 0 manifest filter all.manifest -o job.manifest --where "job_name == '$job'" --json
json '.images_written > 0' true
