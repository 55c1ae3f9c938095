# The program as a whole: overview, groups, unknown words, options in the wrong place, errors as documents.
. "$(dirname "$0")/../lib.sh"
run 0 --help
out_has "Usage: mlopsctl COMMAND"
run 2
err_has "Usage: mlopsctl COMMAND"
run 0 --version
out_has "mlopsctl "
run 2 docter
err_has "unknown command 'docter', did you mean 'doctor'?"
run 2 --json doctor
err_has "stands before the command"
run 2 doctor --jsno
err_has "unknown option '--jsno', did you mean '--json'?"
run 2 doctor --jobs many
err_has "--jobs: 'many' is not a whole number"
run 2 doctor extra
err_has "'extra' is one argument too many"
run 2 completion --json
json .schema mlopsctl.error/1
json .exit_code 2
run 0 help completion
out_has "Usage: mlopsctl completion SHELL [options]"
for command in $("$MLOPSCTL" --help | sed -n 's/^  \([a-z-]*\( [a-z-]*\)\?\)  .*/\1/p' | tr ' ' '+'); do
  # shellcheck disable=SC2046 # two words on purpose
  run 0 $(echo "$command" | tr '+' ' ') --help
  out_has "Common options:"
  out_has "Examples:"
done
