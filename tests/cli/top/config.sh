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
# a name that is no command's is told, with its line
printf 'doctor: {color: never}\nmanifest: {convrt: {to: coco}}\ncaptre: {fps: 5}\n' > mlops.yaml
run 0 doctor
err_has "mlops.yaml:2: no command is named 'convrt', did you mean 'convert'?; its settings are not used"
err_has "mlops.yaml:3: no command is named 'captre', did you mean 'capture'?; its settings are not used"
# a project that was not accepted may not replace files
printf 'doctor: {overwrite: true}\n' > mlops.yaml
run 2 doctor
err_has "mlops.yaml:1: 'overwrite' may not be set by a project's file; look at the file, then accept it with 'mlopsctl config trust mlops.yaml'"
run 0 config trust
run 0 doctor
printf 'doctor: {overwrite: true} # another file\n' > mlops.yaml
run 2 doctor
run 1 config trust none.yaml
err_has "none.yaml: no such file"
# a home that cannot be looked into holds no settings: the rule in a container that runs as another user
rm -f mlops.yaml
touch a-file # to look behind a file is an error too, also for root
XDG_CONFIG_HOME=$WORK/a-file run 0 doctor
printf 'doctor: {color: never}\n' > mlops.yaml
XDG_CONFIG_HOME=$WORK/a-file run 0 doctor
XDG_CONFIG_HOME=$WORK/a-file run 1 config trust
err_has "a-file/mlopsctl: cannot create: Not a directory; set HOME or XDG_CONFIG_HOME"
rm mlops.yaml
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null && setpriv --reuid 65534 --clear-groups test -x "$MLOPSCTL"; then
  mkdir -m 700 closed
  chmod 755 "$WORK"
  XDG_CONFIG_HOME=$WORK/closed setpriv --reuid 65534 --clear-groups "$MLOPSCTL" formats >"$WORK/closed.out" 2>&1 ||
    fail "a closed home: $(cat "$WORK/closed.out")"
fi
