'use strict';
const at = (id) => document.getElementById(id);
const canvas = at('picture');
let latest = 0; // a slow reply must not replace a newer picture's

// Far apart for neighbouring ids.
const colour = (id) => `hsl(${(id * 137.508) % 360} 85% 45%)`;

function say(text, isBad) {
  at('status').textContent = text;
  at('status').className = isBad ? 'bad' : '';
}

function drawBoxes(bitmap, boxes) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const pen = canvas.getContext('2d');
  pen.drawImage(bitmap, 0, 0);
  const unit = Math.max(bitmap.width, bitmap.height) / 400;
  pen.lineWidth = Math.max(1, unit);
  pen.font = `${Math.max(9, 9 * unit)}px system-ui, sans-serif`;
  pen.textBaseline = 'bottom';
  for (const box of [...boxes].reverse()) { // the best on top
    const text = `${box.label} ${box.score.toFixed(2)}`;
    pen.strokeStyle = pen.fillStyle = colour(box.class_id);
    pen.strokeRect(box.left, box.top, box.width, box.height);
    const height = Math.max(11, 11 * unit);
    const bottom = Math.max(height, box.top);
    const width = pen.measureText(text).width + 4 * unit;
    const left = Math.max(0, Math.min(box.left, bitmap.width - width));
    pen.fillRect(left, bottom - height, width, height);
    pen.fillStyle = '#fff';
    pen.fillText(text, left + 2 * unit, bottom);
  }
  at('invitation').hidden = true;
  canvas.hidden = false;
}

function cell(row, text) {
  const made = row.insertCell();
  made.textContent = text;
  return made;
}

function list(found) {
  const body = at('found').tBodies[0];
  body.textContent = '';
  for (const entry of found) {
    const row = body.insertRow();
    const patch = document.createElement('i');
    cell(row, entry.label).prepend(patch);
    patch.style.background = colour(entry.class_id);
    cell(row, entry.score.toFixed(3));
    cell(row, 'left' in entry ? `${Math.round(entry.width)} × ${Math.round(entry.height)} at ${Math.round(entry.left)}, ${Math.round(entry.top)}` : '');
  }
  at('found').hidden = found.length === 0;
}

async function show(file) {
  const mine = ++latest;
  say('…');
  list([]);
  at('times').textContent = '';
  try {
    const bitmap = await createImageBitmap(file, {imageOrientation: 'none'}); // boxes are in stored pixels
    const start = performance.now();
    const response = await fetch('page/predict', {method: 'POST', body: file});
    const total = performance.now() - start;
    const reply = await response.json();
    if (mine !== latest) return;
    drawBoxes(bitmap, reply.detections || []);
    if (!response.ok) return say(`${reply.error}${reply.hint ? '; ' + reply.hint : ''}`, true);
    const found = reply.detections || reply.classes || [];
    list(found);
    say(reply.embedding ? `an embedding of ${reply.embedding.length} numbers` : found.length ? `${found.length} found` : 'nothing found');
    const parts = Object.entries(reply.timing_ms || {}).map(([name, time]) => `${name} ${time.toFixed(1)}`);
    at('times').textContent = `${total.toFixed(1)} ms from here and back${parts.length ? '; in it ' + parts.join(', ') + ' ms' : ''}`;
  } catch (error) {
    if (mine === latest) say(error instanceof DOMException ? 'this is not a picture that the browser can show' : 'the service does not answer', true);
  }
}

const drop = at('drop');
for (const name of ['dragenter', 'dragover'])
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add('over'); });
for (const name of ['dragleave', 'drop'])
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.remove('over'); });
drop.addEventListener('drop', (event) => { if (event.dataTransfer.files.length) show(event.dataTransfer.files[0]); });
document.addEventListener('paste', (event) => { if (event.clipboardData.files.length) show(event.clipboardData.files[0]); });
at('file').addEventListener('change', (event) => { if (event.target.files.length) show(event.target.files[0]); });
