# manifest validate --fix and --for.
. "$(dirname "$0")/../lib.sh"
line() { # ref box...: a Ground Truth line of 64x48 pixels, classes by id from the map
  local ref=$1 boxes
  shift
  boxes=$(IFS=,; echo "$*")
  printf '{"source-ref":"%s","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[%s]},"bb-metadata":{"objects":[],"class-map":{"0":"dog","1":"cat"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"labeling-job/x"}}\n' "$ref" "$boxes"
}
box() { printf '{"class_id":%s,"left":%s,"top":%s,"width":%s,"height":%s}' "$@"; }

# --fix
{
  line s3://b/a.jpg "$(box 0 60 10 10 10)" "$(box 1 5 5 10 10)" "$(box 1 5 5 10 10)"
  line s3://b/b.jpg "$(box 0 1 1 0 5)"
  line s3://b/b.jpg "$(box 0 1 1 0 5)"
} > bad.manifest
run 3 manifest validate bad.manifest
out_has "--fix -o OUT mends"
run 0 manifest validate bad.manifest --fix -o good.manifest
out_has "mended: box-outside-image: 1 (cut at the edge, left out if nothing is inside)"
out_has "mended: duplicate-box: 1"
out_has "mended: box-without-area: 2"
out_has "mended: duplicate-source-ref: 1"
out_has "good.manifest: 2 images, 2 objects"
[ "$(jq -c -s '[.[].bb.annotations[] | [.left,.top,.width,.height]]' good.manifest)" = '[[60,10,4,10],[5,5,10,10]]' ] || fail "$(cat good.manifest)"
run 0 manifest validate good.manifest
run 0 manifest validate good.manifest --fix -o same.manifest
out_has "there was nothing to mend"
cmp good.manifest same.manifest || fail "mending what is good changed it"
run 0 manifest validate bad.manifest --fix -o good.manifest --overwrite --json
json '[.ok,.images_written,.fixed["duplicate-box"]]' '[true,2,1]'
# what only a person can mend stops it
{ cat bad.manifest; echo 'not json'; } > worse.manifest
run 3 manifest validate worse.manifest --fix -o none.manifest
err_has "some records have no sensible mending, nothing was written"
[ ! -e none.manifest ] || fail "written in spite of a bad record"
run 0 manifest validate worse.manifest --fix -o rest.manifest --discard-bad
run 2 manifest validate bad.manifest --fix
err_has "--fix needs -o"
run 2 manifest validate bad.manifest -o x
err_has "nothing to write"
run 2 manifest validate bad.manifest --fix -o bad.manifest
err_has "already exists"

# --for sagemaker-object-detection
for n in 1 2 3; do line s3://b/t$n.jpg "$(box 0 1 1 9 9)" "$(box 1 20 20 9 9)"; done > train.manifest
line s3://b/v.jpg "$(box 1 1 1 9 9)" > validation.manifest
run 0 manifest validate train.manifest --validation validation.manifest --for sagemaker-object-detection --s3-prefix s3://sets/x --hyperparameter epochs=10
json '[.HyperParameters.num_classes,.HyperParameters.num_training_samples,.HyperParameters.label_width,.HyperParameters.mini_batch_size,.HyperParameters.epochs]' '["2","3","12","3","10"]'
json '[.InputDataConfig[].DataSource.S3DataSource | [.S3Uri,.AttributeNames]]' '[["s3://sets/x/train.manifest",["source-ref","bb"]],["s3://sets/x/validation.manifest",["source-ref","bb"]]]'
err_has "not in the request yet: RoleArn (--role)"
run 0 manifest validate . --for sagemaker-object-detection -o job.json --role arn:aws:iam::123456789012:role/r --s3-output s3://b/o --s3-prefix s3://b/p --training-image registry/object-detection:1
out_has "job.json: 2 classes, 3 images to train and 1 to validate, label_width 12"
! grep -q "not in the request" "$ERR" || fail "something is missing in a complete request"
jq -e '.RoleArn == "arn:aws:iam::123456789012:role/r" and .AlgorithmSpecification.TrainingInputMode == "Pipe"' job.json >/dev/null || fail "job.json"
run 0 manifest validate . --for sagemaker-object-detection --json
json '[.ok,.training_data.label_width,.training_job.TrainingJobName]' '[true,12,"object-detection"]'
run 2 manifest validate train.manifest --for sagemaker-object-detection
err_has "--validation is missing"
run 2 manifest validate train.manifest --for sagemaker
err_has "did you mean 'sagemaker-object-detection'"
run 2 manifest validate . --for sagemaker-object-detection --hyperparameter epoch=3
err_has "'epoch' is unknown, did you mean 'epochs'?"
run 2 manifest validate . --for sagemaker-object-detection --hyperparameter num_classes=3
err_has "follows from the data"
run 2 manifest validate . --for sagemaker-object-detection --job-name a_b
err_has "'a_b' is no name of a training job"
# what a GPU would have failed on
sed '2s/"bb/"cc/g' train.manifest > renamed.manifest
run 3 manifest validate renamed.manifest --validation validation.manifest --for sagemaker-object-detection
err_has "renamed.manifest:2: the label is called 'cc' here and 'bb' in renamed.manifest:1"
err_has "the training job would fail on this data"
out_lacks "TrainingJobName"
sed 's/"class_id":1/"class_id":2/; s/"1":"cat"/"2":"cat"/' train.manifest > gap.manifest
run 3 manifest validate gap.manifest --validation gap.manifest --for sagemaker-object-detection
err_has "class ids go from 0 to 2"
{ cat train.manifest; echo '{"source-ref":"s3://b/u.jpg"}'; } > unlabelled.manifest
run 3 manifest validate unlabelled.manifest --validation validation.manifest --for sagemaker-object-detection -o never.json
err_has "unlabelled.manifest:4: 's3://b/u.jpg' is not labelled"
[ ! -e never.json ] || fail "a request for a job that would fail"
{ cat train.manifest; echo '{"source-ref":'; } > broken.manifest
run 3 manifest validate broken.manifest --validation validation.manifest --for sagemaker-object-detection
err_has "1 lines cannot be read"
sed 's#s3://b/##' train.manifest > local.manifest
run 3 manifest validate local.manifest --validation validation.manifest --for sagemaker-object-detection
err_has "'t1.jpg' is not in S3"
run 0 manifest validate train.manifest --validation train.manifest --for sagemaker-object-detection
err_has "3 images are in train as well"
run 0 manifest convert train.manifest coco.json
run 1 manifest validate coco.json --validation validation.manifest --for sagemaker-object-detection
err_has "coco.json: is coco, and the job reads augmented manifests"
# pictures that the algorithm cannot read
mkdir pictures
printf 'P5 1 1 255 x' > pictures/t1.jpg
run 3 manifest validate . --for sagemaker-object-detection --uri-map s3://b=pictures
err_has "'s3://b/t2.jpg' was not found"
err_has "'s3://b/t1.jpg' cannot be read"
run 2 manifest validate . --for sagemaker-object-detection --uri-map pictures
err_has "'pictures' is not URI=DIR"
