// Keeps one mini_bert_predict as a child process and asks it 1,000 questions, bad ones among them.
//   node examples/predict_child.mjs build/release/bin/mini_bert_predict models/mini-bert-zh
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [program, model] = process.argv.slice(2);
const child = spawn(program, ['fill-mask', '--json', '--top-k', '1', '--model', model], { stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = [];  // one entry for each line that was sent: one line out for every line in, in order
createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()(JSON.parse(line)));
const ask = (line) => new Promise((resolve) => {
  waiting.push(resolve);
  child.stdin.write(Buffer.concat([Buffer.from(line), Buffer.from('\n')]));
});

const questions = [
  (id) => [JSON.stringify({ id, text: '诸葛亮字孔[MASK]' }), (a) => a.id === id && a.result[0].token_str === '明'],
  () => ['刘备字玄[MASK]', (a) => a[0].token_str === '德'],
  (id) => [JSON.stringify({ id, text: '没有空' }), (a) => a.id === id && a.error.includes('[MASK]')],
  () => ['', (a) => a.error.includes('empty')],
  () => [[0xff, 0xfe], (a) => a.error.includes('UTF-8')],
  () => ['{"text": ', (a) => a.error.includes('JSON')],
];
const right = await Promise.all(Array.from({ length: 1000 }, async (_, id) => {
  const [line, isRight] = questions[id % questions.length](id);
  return isRight(await ask(line));
}));
child.stdin.end();
console.log(`${right.filter(Boolean).length} of ${right.length} requests got their own answer`);
if (right.includes(false)) process.exitCode = 1;
