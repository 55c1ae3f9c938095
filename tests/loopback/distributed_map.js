// distributed_map.js events DEFINITION MANIFEST: what the map makes of each line, an event a line.
// distributed_map.js results DEFINITION REPLIES: the lines that its result writer writes (FLATTEN, JSONL) of these replies.
// The expressions are evaluated as Step Functions does: by JSONata, with $states.
const fs = require('fs');
const jsonata = require('jsonata');

async function evaluated(value, states) {
  if (typeof value === 'string' && value.startsWith('{%'))
    return jsonata(value.slice(2, -2)).evaluate({}, {states});
  if (value === null || typeof value !== 'object') return value;
  const out = {};
  for (const [key, member] of Object.entries(value)) out[key] = await evaluated(member, states);
  return out;
}

async function main([what, definition, input]) {
  const map = JSON.parse(fs.readFileSync(definition)).States.Pictures;
  for (const line of fs.readFileSync(input, 'utf8').trim().split('\n')) {
    const item = JSON.parse(line);
    const answer = what === 'events'
      ? await evaluated(map.ItemSelector, {context: {Map: {Item: {Value: item}}}})
      : await evaluated(map.ItemProcessor.States.Look.Output, {result: {Payload: item}});
    for (const one of [answer].flat()) console.log(JSON.stringify(one));
  }
}
main(process.argv.slice(2));
