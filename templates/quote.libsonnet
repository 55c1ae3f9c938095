// User text inside languages that would read more into it than it says: every word of deploy.yaml that stands in a
// script, a unit or a YAML text goes through here. Import it from your own template: import 'mlopsctl/quote.libsonnet'
// (What JSON and YAML documents hold is quoted by their writer; reading deploy.yaml refuses "${" and "{{".)
{
  // One word of sh or bash.
  shell(text):: std.native('quote_shell')(text),
  // A command line: words into a line that a shell reads back as the same words.
  command(words):: std.join(' ', [$.shell(w) for w in words]),

  // One value of a unit's setting.
  systemd(text):: std.native('quote_systemd')(text),
  // One word of ExecStart=, where '$' begins a variable as well.
  systemd_word(text):: std.native('quote_systemd_word')(text),

  // One scalar of a YAML document that is written as text: what JSON quotes, YAML 1.2 reads. 'no' stays a text.
  yaml(text):: std.native('quote_yaml')(text),
}
