# template render instance: the unit, the script that installs it, and an EC2 instance that runs the script.
. "$(dirname "$0")/../lib.sh"
run 0 template init
run 0 template render instance -o out
for file in install.sh user-data.sh sign-language.service sign-language-instance.template.json; do golden out/$file instance/$file.golden; done # a .sh here would be a test
out_has "--stack-name sign-language-instance --template-file sign-language-instance.template.json --capabilities CAPABILITY_IAM"
out_has "aws ssm put-parameter --region eu-west-1 --type SecureString --tier Intelligent-Tiering --name /sign-language/token --value file://token"
err_has "deploy.yaml: instance.runtime.digest is the all-zero one of the example"
run 0 template validate out --fail-on warning
jq -r '.Resources | to_entries[] | select(.value.Type == "AWS::EC2::Instance") | .value.Properties.UserData["Fn::Base64"]' \
  out/sign-language-instance.template.json | cmp - <(cat out/user-data.sh; echo) || fail "the template has other user data"
if command -v shellcheck > /dev/null; then shellcheck out/*.sh || fail "shellcheck"; fi
sed '/  type: c7i.large/d' deploy.yaml > own.yaml
run 0 template render instance -f own.yaml -o own
[ "$(ls own)" = "install.sh
sign-language.service" ] || fail "a machine of one's own has more files"

# The script really installs: a runtime and a model with the digests of deploy.yaml, and nothing else.
mkdir -p bundle/bin parts root
printf '#!/bin/sh\necho started "$@"\n' > bundle/bin/launch
chmod 755 bundle/bin/launch
tar -czf parts/runtime.tar.gz -C bundle .
echo model > parts/model
spec_of_parts() {
  sed "/^model:/,/digest/s#sha256:0*#sha256:$(sha256sum parts/model | cut -c-64)#
    /^  runtime:/,/digest/s#sha256:0*#sha256:$(sha256sum parts/runtime.tar.gz | cut -c-64)#" deploy.yaml > real.yaml
}
install() { # ARGUMENTS...
  DESTDIR=$PWD/root sh real/install.sh "$@" > "$OUT" 2> "$ERR"
}
spec_of_parts
run 0 template render instance -f real.yaml -o real
install parts/runtime.tar.gz parts/model || fail "install.sh"
install parts/runtime.tar.gz parts/model || fail "install.sh, again"
cmp real/sign-language.service root/etc/systemd/system/sign-language.service || fail "another unit"
[ "$(ls root/opt/mlopsctl/sign-language | wc -l)" = 2 ] || fail "something stays: $(ls root/opt/mlopsctl/sign-language)"
start=$(sed -n 's/^ExecStart="\([^"]*\)".*/\1/p' real/sign-language.service)
[ "$("root$start" x)" = "started x" ] || fail "the unit starts something else"
cmp parts/model "root$(sed -n 's/^ExecStart=.*"--model" "\([^"]*\)".*/\1/p' real/sign-language.service)" || fail "another model"
# Other bytes: refused, and what is there stays.
echo more >> parts/model
install parts/runtime.tar.gz parts/model && fail "another model was installed"
err_has "model: these are not the bytes of deploy.yaml; nothing was installed"
[ "$(find root -type f | wc -l)" = 3 ] || fail "$(find root -type f)"
# Another version beside it.
spec_of_parts
run 0 template render instance -f real.yaml -o real --overwrite
install parts/runtime.tar.gz parts/model || fail "install.sh of another version"
grep -q "$(sha256sum parts/model | cut -c-12)" root/etc/systemd/system/sign-language.service || fail "the old model"

# On EC2: secrets and files come from the cloud; a new role is waited for.
mkdir fake
cat > fake/aws << 'END'
#!/bin/sh
[ -e "$FAKE/asked" ] || { touch "$FAKE/asked"; echo "no keys yet" >&2; exit 255; }
echo "$*" >> "$FAKE/log"
case "$*" in
*get-parameter*) for last; do :; done; echo "secret of $last" ;;
*runtime.tar.gz*) for last; do :; done; cp parts/runtime.tar.gz "$last" ;;
*model*) for last; do :; done; cp parts/model "$last" ;;
esac
END
printf '#!/bin/sh\n' > fake/sleep
chmod +x fake/*
rm -r root
FAKE=$PWD/fake PATH=$PWD/fake:$PATH DESTDIR=$PWD/root sh real/user-data.sh > "$OUT" 2> "$ERR" || fail "user-data.sh"
[ "$(cat root/etc/mlopsctl/sign-language/token)" = "secret of /sign-language/token" ] || fail "no token"
[ "$(stat -c %a root/etc/mlopsctl/sign-language root/etc/mlopsctl/sign-language/tls-key.pem | tr '\n' ' ')" = "700 600 " ] || fail "others can read the key"
[ "$(stat -c %a root/etc/systemd/system/sign-language.service)" = 644 ] || fail "the unit's mode"
grep -q -- "s3 cp --only-show-errors s3://my-artifacts/mlopsctl/runtime.tar.gz --region eu-west-1 " fake/log || fail "$(cat fake/log)"

# systemd's own judges.
if command -v systemd-analyze > /dev/null; then
  mkdir -p unit
  sed "s#\"/opt/#\"$PWD/root/opt/#" real/sign-language.service > unit/sign-language.service
  systemd-analyze verify ./unit/sign-language.service > "$OUT" 2> "$ERR" || fail "systemd-analyze verify"
  grep -F sign-language.service "$ERR" && fail "systemd complains"
  systemd-analyze security --offline=true --threshold=15 ./unit/sign-language.service > "$OUT" 2> "$ERR" || fail "exposed: $(tail -n 1 "$OUT")"
fi

refused() { # TEXT
  run 1 template render instance -f new.yaml -o never
  err_has "$1"
  [ ! -e never ] || fail "something was written"
}
sed 's#203.0.113.0/24#0.0.0.0/0#' deploy.yaml > new.yaml
refused "instance.allow_from: '0.0.0.0/0' is open to the world, or to much of it; name the networks whose machines ask"
sed '/allow_from: \[203/d' deploy.yaml > new.yaml
refused "instance.allow_from: is missing: nobody could reach the service"
sed 's/port: 8443/port: 443/' deploy.yaml > new.yaml
refused "instance.port: 443 is outside 1024 to 65535"
sed 's/  port: 8443/  prot: 8443/' deploy.yaml > new.yaml
refused "unknown key 'prot' in instance, did you mean 'port'?"
sed '/^model:/,/digest/d' deploy.yaml > new.yaml
refused "'model' is missing, which instance needs"
