# completion: the bash script completes commands, verbs, options and choices; all three shells get one.
. "$(dirname "$0")/../lib.sh"
run 0 completion fish
out_has "complete -c mlopsctl"
run 0 completion zsh
out_has "#compdef mlopsctl"
run 2 completion powershell
err_has "'powershell' is unknown"
run 0 completion bash
# shellcheck disable=SC1090 # made just now
source "$OUT"
complete_words() { # WORDS...: the last one is being typed
  COMP_WORDS=(mlopsctl "$@")
  COMP_CWORD=$#
  COMPREPLY=()
  _mlopsctl
  printf '%s\n' "${COMPREPLY[@]}"
}
complete_words man | grep -qx manifest || fail "commands are not completed"
complete_words manifest merge | grep -qx merge-detections || fail "verbs are not completed"
complete_words manifest convert --loss | grep -qx -- --loss-report || fail "options are not completed"
complete_words capture --resu | grep -qx -- --resume || fail "options of a command without a group are not completed"
complete_words bench score --protocol v | tr '\n' ' ' | grep -q 'voc11 voc\|voc voc11' || fail "choices are not completed"
touch some-file.manifest
complete_words manifest stats some | grep -qx some-file.manifest || fail "files are not completed"
