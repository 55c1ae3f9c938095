# template list: each kind, and what it needs.
. "$(dirname "$0")/../lib.sh"
run 0 template list
out_has "benchmark-table"
out_has "cloud-function"
out_has "edge-group"
run 0 template list --json
json .schema mlopsctl.template.list/1
json '[.templates[].kind] | tostring' '["benchmark-table","cloud-function","edge-group","fan-out","instance","pipeline","training-job"]'
json '.templates[] | select(.kind == "edge-group") | .needs | index("retention_days") != null' true
json '.templates[] | select(.kind == "cloud-function") | .flags | tostring' '["--no-iam"]'
run 2 template list extra
