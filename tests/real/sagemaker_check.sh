# manifest validate --for on the real Ground Truth jobs.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/gt-bees
bees=$SHARED/data/real/gt-bees
run 0 manifest validate "$bees/job-bax-bees.train.manifest" --validation "$bees/job-bax-bees.validation.manifest" --for sagemaker-object-detection --images "$bees/images" --json
json '[.ok,.training_data.num_training_samples,.training_data.AttributeNames[1]]' '[true,55,"bax-bees"]'
golden=$SHARED/data/golden/groundtruth
run 0 manifest validate "$golden/blue-box-large-job-public.output.manifest" --validation "$golden/blue-box-small-job-public.output.manifest" --for sagemaker-object-detection
json '[.HyperParameters.num_training_samples,.HyperParameters.num_classes]' '["624","1"]'
err_has "train: 36 images have no box"
# two jobs that call their label differently
run 3 manifest validate "$bees/job-bees-500.manifest" --validation "$bees/job-bax-bees.validation.manifest" --for sagemaker-object-detection
err_has "the job takes one name for all lines"
# a picture that is WebP in spite of its name
mkdir odd
cp "$SHARED/data/real/odd-images/webp-bytes.jpg" odd/x.jpg
head -n 1 "$golden/blue-box-small-job-public.output.manifest" | jq -c '."source-ref" = "s3://b/x.jpg"' > one.manifest
run 3 manifest validate one.manifest --validation one.manifest --for sagemaker-object-detection --uri-map s3://b=odd
err_has "is WebP by its content"
