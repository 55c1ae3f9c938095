# Where defaults come from: the environment, ./mlops.yaml, the user's file; and what a project's file may not set.
. "$(dirname "$0")/../lib.sh"
MLOPSCTL_DOCTOR_COLOR=pink run 2 doctor
err_has "MLOPSCTL_DOCTOR_COLOR: --color: 'pink' is unknown"
printf 'doctor:\n  colour: never\n' > mlops.yaml
run 2 doctor
err_has "mlops.yaml:2: unknown key 'colour', did you mean 'color'?"
printf 'config: {trust: {json: true}}\n' > mlops.yaml
run 0 config trust
json .schema mlopsctl.config.trust/1
rm mlops.yaml
mkdir -p .config/mlopsctl
printf 'config: {trust: {json: true}}\n' > .config/mlopsctl/config.yaml
printf 'capture: {fps: 5}\n' > other.yaml
run 0 config trust other.yaml
json .path other.yaml
