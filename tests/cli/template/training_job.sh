# template render training-job: the request that manifest validate gives, from deploy.yaml alone.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
run 0 template init
run 0 template render training-job -o job
out_has "job/training-job.json"
out_has "aws sagemaker create-training-job --region eu-west-1 --cli-input-json file://training-job.json"
err_has "with folder: DIR they are counted"
diff -u "$HERE/training-job/training-job.json" job/training-job.json || {
  [ -n "${UPDATE_GOLDEN:-}" ] && mkdir -p "$HERE/training-job" && cp job/training-job.json "$HERE/training-job/"
} || fail "another request"

# Of data sets that are here: counted, and the same bytes as the other command's.
mkdir -p sets/splits
for n in 1 2 3; do red_line "s3://b/t$n.png" "$MIDDLE"; done > sets/splits/train.manifest
red_line s3://b/v.png "$MIDDLE" > sets/splits/validation.manifest
sed 's/label_attribute: gesture/label_attribute: bb/; s/^  num_classes: .*/  folder: splits/; /^  num_training_samples/d; /^  label_width/d' deploy.yaml > sets/deploy.yaml
run 0 template render training-job -f sets/deploy.yaml -o counted
out_has "mlopsctl store cp sets/splits/train.manifest s3://my-sets/train.manifest"
run 0 manifest validate sets/splits --for sagemaker-object-detection -o job.json --job-name "$(jq -r .TrainingJobName counted/training-job.json)" \
  --training-image 685385470294.dkr.ecr.eu-west-1.amazonaws.com/object-detection:1 --role arn:aws:iam::123456789012:role/sagemaker-training \
  --s3-output s3://my-artifacts/mlopsctl/training --s3-prefix s3://my-sets --hyperparameter epochs=30 --hyperparameter learning_rate=0.001
cmp job.json counted/training-job.json || fail "two requests"
[ "$(jq -c '[.HyperParameters | .num_classes, .num_training_samples, .label_width]' job.json)" = '["1","3","7"]' ] || fail "figures"

# What the job would fail on is found here; nothing is written.
sed -i '2s/"bb/"cc/g' sets/splits/train.manifest
run 1 template render training-job -f sets/deploy.yaml -o never
err_has "train.manifest:2"
err_has "'mlopsctl manifest validate sets/splits --for sagemaker-object-detection' lists all"
rm -r sets/splits
run 1 template render training-job -f sets/deploy.yaml -o never
err_has "training.folder: 'sets/splits' is no folder"
sed '/^  num_classes/d' deploy.yaml > new.yaml
run 1 template render training-job -f new.yaml -o never
err_has "new.yaml: training.num_classes is missing; 'mlopsctl manifest validate DIR --for sagemaker-object-detection' counts it"
sed '/^training:/,/^tables:/{/^tables:/!d}' deploy.yaml > new.yaml
run 1 template render training-job -f new.yaml -o never
err_has "'training' is missing, which training-job needs"
[ ! -e never ] || fail "something was written"
