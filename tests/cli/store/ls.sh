# store ls of a folder, and what it says without a network.
. "$(dirname "$0")/../lib.sh"
no_cloud
mkdir -p d/sub
printf abc > d/b
printf '%2048s' '' > d/sub/a
touch -d 2026-01-02T03:04:05Z d/b d/sub/a
run 0 store ls d
[ "$(cat "$OUT")" = '2026-01-02T03:04:05Z             3  b
                                    sub/' ] || fail "other lines"
run 0 store ls d --recursive --human
out_has "2026-01-02T03:04:05Z       2.0 KiB  sub/a"
run 0 store ls d --json
json . '{"schema":"mlopsctl.store.ls/1","url":"d","folders":[{"name":"sub/"}],"objects":[{"name":"b","size_bytes":3,"modified":"2026-01-02T03:04:05Z"}],"bytes":3}'
run 0 store ls d/b
out_has "  b"
run 1 store ls d/none
err_has "d/none: there is no such object or folder"
run 2 store ls s3://sets
err_has "no AWS region is set; give --region"
run 1 store ls s3://sets --region eu-west-1
err_has "no AWS credentials"
export AWS_ACCESS_KEY_ID=AKIDCANARY AWS_SECRET_ACCESS_KEY=CANARYsecret
run 1 store ls --endpoint-url http://127.0.0.1:9
err_has "http://127.0.0.1:9: "
run 2 store ls s3://sets --region eu-west-1 --endpoint-url http://192.0.2.1:9
err_has "is another machine, and not encrypted"
run 2 store ls s3://a/b --region eu-west-1
err_has "'a' is no name of a bucket; give s3://BUCKET/KEY"
run 2 store ls s3://user:CANARY@host/x --region eu-west-1
err_has "is no name of a bucket"
! grep -q CANARYsecret "$OUT" "$ERR" || fail "a secret was printed"
# A cloned project may not send the user's keys elsewhere.
printf 'store:\n  ls: {endpoint-url: "http://127.0.0.1:9"}\n' > mlops.yaml
run 2 store ls s3://sets
err_has "'endpoint-url' may not be set by a project's file"
