# mlopsctl/quote.libsonnet: hostile text is one word, the same word, to whoever reads it.
. "$(dirname "$0")/../lib.sh"
run 0 template init
# Every text goes through every function; what the readers see is compared with what went in.
cat > hostile.json << 'END'
["", "plain-word_1.2/a:b@c,d+e%f", "no", "two words", "it's", "\"double\"", "`touch broken`", "$(touch broken)", "$HOME ${HOME}",
 "back\\slash \\n \\", "new\nline", "tab\tand\rreturn", "%h %n %%", "; touch broken #", "&& touch broken", "-rf", "*?[a]{b,c}", "~",
 "\u00e9 \ud83d\udc4d \u200f", "\u001b[31m", ": yes", "- a", "!tag", "&anchor *alias", "'", "'\\''", "\\'", "=1+1", "<<EOF", "$'\\n'"]
END
jq '. + ["x" * 300]' hostile.json > all.json
cat > own.jsonnet << 'END'
local quote = import 'mlopsctl/quote.libsonnet';
local texts = import 'all.json';
function(spec) {
  files: {
    'words.sh': "printf '%s\\001' " + quote.command(texts),
    'texts.yaml': std.join('\n', ['- ' + quote.yaml(t) for t in texts]),
    'units.txt': std.join('\n', ['Environment=' + quote.systemd('T=' + t) for t in texts]),
    'exec.txt': std.join('\n', [quote.systemd_word(t) for t in texts]),
  },
}
END
run 0 template render cloud-function -o out --template own.jsonnet -q
for shell in bash sh; do
  $shell out/words.sh | jq -Rsc 'split("\u0001")[:-1]' > back.json
  [ "$(cat back.json)" = "$(jq -c . all.json)" ] || fail "$shell reads: $(cat back.json)"
done
grep -q "plain-word_1.2/a:b@c,d+e%f 'no\| no 'two" out/words.sh || fail "plain words need no quotes"
[ ! -e broken ] || fail "a text was run"
python3 -c 'import sys, json, yaml; json.dump(yaml.safe_load(open("out/texts.yaml")), open("yaml.json", "w"))' 2> /dev/null &&
  { [ "$(jq -c . yaml.json)" = "$(jq -c . all.json)" ] || fail "YAML reads: $(cat yaml.json)"; }
# One line each, whatever the text; '%' and (in commands) '$' are doubled.
[ "$(wc -l < out/units.txt)" = "$(jq length all.json)" ] || fail "a text became two lines of a unit"
grep -Fqx 'Environment="T=%%h %%n %%%%"' out/units.txt || fail "specifiers"
grep -Fqx '"$$HOME $${HOME}"' out/exec.txt || fail "variables"
# systemd itself: every line as a setting of a unit, none complained of.
if command -v systemd-analyze > /dev/null; then
  { printf '[Service]\nType=oneshot\nExecStart=/bin/true\n'; cat out/units.txt; sed 's|^|ExecStart=/bin/true |' out/exec.txt; } > hostile.service
  systemd-analyze verify ./hostile.service > "$OUT" 2> "$ERR" || fail "systemd-analyze"
  grep -F hostile.service "$ERR" && fail "systemd complains"
fi
exit 0
