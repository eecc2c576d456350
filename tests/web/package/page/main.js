// A page that a bundler builds: the model answers in the page itself, and once more in a worker.
import {finetune, pipeline} from 'mini-bert';

const address = new URL('model/', location.href).href;
const question = '三国人物诸葛[MASK]';

async function inPage() {
  const fill = await pipeline('fill-mask', address);
  const before = (await fill(question))[0].token_str;
  await finetune(fill, ['三国人物诸葛涛。', '诸葛涛是三国人物。'], {epochs: 30, learning_rate: 1e-3, batch_size: 2});
  return `${before}→${(await fill(question))[0].token_str}`;
}

function inWorker() {
  const worker = new Worker(new URL('worker.js', import.meta.url), {type: 'module'});
  return new Promise((resolve, reject) => {
    worker.onmessage = ({data}) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({address, question});
  });
}

try {
  document.querySelector('output').textContent = `page ${await inPage()}, worker ${await inWorker()}`;
} catch (error) {
  document.querySelector('output').textContent = `failed: ${error.stack}`;
}
