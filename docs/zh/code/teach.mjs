// 在 Node 里教模型认识一只猫：npm install --no-save ./dist/mini-bert-0.1.0.tgz，然后 node docs/zh/code/teach.mjs
import {finetune, pipeline} from 'mini-bert';

const percent = (p) => `${(100 * p).toFixed(1)} %`;
const question = '你家的猫叫阿[MASK]吗？';
const fill = await pipeline('fill-mask', 'models/mini-bert-zh');
console.log('教之前', (await fill(question))[0].token_str);

const report = await finetune(fill, 'docs/zh/code/cat.json', {epochs: 20, learning_rate: 5e-4}, ({step, total_steps, loss}) => {
  if (step % 20 === 0) console.log(`${step}/${total_steps}  损失 ${loss.toFixed(2)}`);
});
console.log(report.ending);
for (const {token_str, score} of await fill(question, {top_k: 2})) console.log(token_str, percent(score));

await fill.model.save('out/cat-node');
