// 在 Node 里提问：让 mini_bert_predict 一直开着，一行问题换一行答案。
//   node docs/zh/code/ask.mjs out/cat '阿橙听见打[MASK]就躲起来。'
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [model, ...questions] = process.argv.slice(2);
const child = spawn('build/release/bin/mini_bert_predict', ['fill-mask', '--json', '--top-k', '2', '--model', model],
  { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

async function ask(text) {
  child.stdin.write(`${JSON.stringify(text)}\n`);
  const answer = JSON.parse((await lines.next()).value);
  if (answer.error) throw new Error(answer.error);
  return answer;
}

for (const question of questions) {
  for (const { token_str, score } of await ask(question)) console.log(token_str, `${(100 * score).toFixed(1)} %`);
}
child.stdin.end();
