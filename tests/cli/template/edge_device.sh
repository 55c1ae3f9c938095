# device.sh of edge-group, really run: with what it calls in the place of the cloud, Java and the user data base.
. "$(dirname "$0")/../lib.sh"
for tool in zip unzip; do command -v $tool > "$OUT" || { echo "SKIPPED: needs $tool"; exit 77; }; done
run 0 template init
sed "s|linux/amd64, camera: /dev/v4l/by-id/usb-cam|linux/amd64, camera: /dev/test-camera|" deploy.yaml > edge.yaml
run 0 template render edge-group -f edge.yaml -o edge
golden edge/device.sh edge-group/device.sh.golden # a .sh here would be a test

mkdir -p fake root/dev nucleus/lib
touch root/dev/test-camera nucleus/lib/Greengrass.jar
(cd nucleus && zip -q ../nucleus.zip lib/Greengrass.jar)
export LOG=$WORK/log
for name in groupadd useradd usermod chgrp; do printf '#!/bin/sh\necho "%s $*" >> "$LOG"\n' $name > fake/$name; done
printf '#!/bin/sh\nexit 2\n' > fake/getent
printf '#!/bin/sh\necho 0\n' > fake/id
printf '#!/bin/sh\necho x86_64\n' > fake/uname
cat > fake/aws << 'END'
#!/bin/sh
echo "aws $*" >> "$LOG"
case "$*" in *list-thing-principals*) printf 'arn:aws:iot:eu-west-1:123456789012:cert/a\tarn:aws:iot:eu-west-1:123456789012:cert/b\n' ;; esac
END
cat > fake/java << 'END'
#!/bin/sh
echo "java $*" >> "$LOG"
folder=${1#-Droot=}
[ -e "${4:?the jar}" ] || exit 1
mkdir -p "$folder/alts/current"
touch "$folder/thingCert.crt" "$folder/privKey.key" "$folder/rootCA.pem"
END
printf '#!/bin/sh\necho "jar verified."\n' > fake/jarsigner
chmod +x fake/*
device() { PATH=$WORK/fake:$PATH DESTDIR=$WORK/root sh edge/device.sh "$@" > "$OUT" 2> "$ERR"; }

device front-desk nucleus.zip || fail "device.sh"
out_has "front-desk is a device of sign-language"
for line in "groupadd --system ggc_group" "useradd --system --create-home --gid ggc_group ggc_user" \
  "usermod --append --groups $(stat -c %G root/dev/test-camera) ggc_user" \
  "--aws-region eu-west-1 --thing-name front-desk --thing-group-name sign-language --tes-role-alias-name sign-language-token-exchange --component-default-user ggc_user:ggc_group --provision true --setup-system-service true" \
  "aws iot attach-policy --region eu-west-1 --policy-name front-desk-mlopsctl --target arn:aws:iot:eu-west-1:123456789012:cert/a" \
  "aws iot attach-policy --region eu-west-1 --policy-name front-desk-mlopsctl --target arn:aws:iot:eu-west-1:123456789012:cert/b" \
  "chgrp ggc_group $WORK/root/greengrass/v2/privKey.key"; do
  grep -qF -- "$line" log || fail "not done: $line"
done
[ "$(stat -c %a root/greengrass/v2/privKey.key)" = 640 ] || fail "the key is for more than its group"
# Again: the nucleus stays as it is, the rest is done once more.
device front-desk nucleus.zip || fail "device.sh, again"
[ "$(grep -c ^java log)" = 1 ] || fail "the nucleus was installed twice"

refused() { # TEXT ARGUMENTS...
  local text=$1
  shift
  if device "$@"; then fail "device.sh $* was done"; fi
  err_has "device.sh: $text"
}
refused "NAME is front-desk or back-door, as in deploy.yaml"
refused "NAME is front-desk or back-door, as in deploy.yaml" side-door
refused "deploy.yaml says that back-door is aarch64; this is x86_64" back-door
rm root/dev/test-camera
refused "/dev/test-camera is not there: is the camera plugged in?" front-desk
touch root/dev/test-camera
rm -r root/greengrass
printf '#!/bin/sh\necho "jar is unsigned."\n' > fake/jarsigner
refused "the nucleus is not as its makers signed it" front-desk nucleus.zip
printf '#!/bin/sh\necho 1000\n' > fake/id
refused "wants root: sudo -E sh device.sh front-desk" front-desk
