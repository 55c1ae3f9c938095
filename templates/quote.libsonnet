// User text inside languages that would read more into it than it says: every word of deploy.yaml that stands in a
// script, a unit or a YAML text goes through here. Import it from your own template: import 'mlopsctl/quote.libsonnet'
// (What JSON and YAML documents hold is quoted by their writer; reading deploy.yaml refuses "${" and "{{".)
{
  local is_plain(c) =
    local n = std.codepoint(c);
    (n >= 48 && n <= 57) || (n >= 65 && n <= 90) || (n >= 97 && n <= 122) || std.member('_-./:@%+,', c),
  local is_plain_word(text) = text != '' && std.filter(function(c) !is_plain(c), std.stringChars(text)) == [],

  // One word of sh or bash: nothing is special between single quotes, so a single quote ends them, stands escaped, and
  // opens them again. (POSIX.1-2017, "Shell Command Language" 2.2.2)
  shell(text):: if is_plain_word(text) then text else "'" + std.strReplace(text, "'", "'\\''") + "'",
  // A command line: words into a line that a shell reads back as the same words.
  command(words):: std.join(' ', [$.shell(w) for w in words]),

  // One value of a unit's setting: C-style escapes, and '%' begins a specifier. (systemd.syntax(7), "Quoting";
  // systemd.unit(5), "Specifiers")
  local c_escaped(text) = std.foldl(
    function(t, e) std.strReplace(t, e[0], e[1]),
    [['\\', '\\\\'], ['"', '\\"'], ['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['%', '%%']],
    text
  ),
  systemd(text):: '"' + c_escaped(text) + '"',
  // One word of ExecStart=, where '$' begins a variable as well. (systemd.service(5), "Command lines")
  systemd_word(text):: $.systemd(std.strReplace(text, '$', '$$')),

  // One scalar of a YAML document that is written as text: what JSON quotes, YAML 1.2 reads. 'no' stays a text.
  yaml(text):: std.escapeStringJson(text),
}
