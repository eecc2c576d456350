// The worker: loads the engine, keeps one model, and answers client.js. A run is one update after another; between two
// updates the worker listens, so it can be stopped and asked.
import {loadEngine} from './engine.js';

const shipped = ['config.json', 'vocab.txt', 'tokenizer_config.json', 'model.safetensors'];
const engine = loadEngine();
let opened = null;  // how to open the model again
let stopping = false;
let run = null;

// Fetched once, then kept by the browser. A site that changes the model changes the name of the cache.
async function cached(url) {
  const store = await globalThis.caches?.open('mini-bert-1').catch(() => null);
  const kept = await store?.match(url);
  if (kept) return kept.blob();
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  store?.put(url, response.clone()).catch(() => {});
  return response.blob();
}

async function open(name, files) {
  const {call, mount} = await engine;
  mount('/model', files);
  run = null;
  const facts = call('open', {folder: '/model', name, guard: '/shipped/guard-zh.jsonl'});
  opened = {name, files};
  return facts;
}

// Lets messages in that wait.
const pause = () => new Promise((resolve) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = resolve;
  channel.port2.postMessage(null);
});

async function advanceToEnd() {
  const {call} = await engine;
  stopping = false;
  const begin = performance.now();
  let tokens = 0, seconds = 0;
  for (;;) {
    const state = call('advance', {});
    seconds = (performance.now() - begin) / 1000;
    tokens += state.tokens;
    run.step = state.step;
    postMessage({event: 'step', step: state.step, of: state.steps, loss: state.loss, tokensPerSecond: tokens / seconds,
      secondsLeft: seconds / (state.step - run.begin) * (state.steps - state.step)});
    if (state.probes) postMessage({event: 'probes', probes: state.probes});
    if (!state.more) return {stopped: false, seconds: run.seconds + seconds, guard: state.guard};
    await pause();
    if (stopping) break;
  }
  run.seconds += seconds;
  run.begin = run.step;
  return {stopped: true, step: run.step};
}

// A file of texts goes where the engine can read it.
async function withFile({file, ...options}) {
  if (!file) return options;
  const {write} = await engine;
  return {...options, file: write(`/texts/${file.name}`, new Uint8Array(file.bytes))};
}

const operations = {
  async openShipped() {
    const {write} = await engine;
    const files = {};
    await Promise.all(shipped.map(async (name) => { files[name] = await cached(`model/${name}`); }));
    write('/shipped/guard-zh.jsonl', new Uint8Array(await (await cached('model/guard-zh.jsonl')).arrayBuffer()));
    return open('mini-bert-zh', files);
  },
  open: ({name, files}) => open(name, files),
  forget: () => open(opened.name, opened.files),
  sample: async () => JSON.parse(await (await cached('model/train.json')).text()),
  fill: async (options) => (await engine).call('fill', options),
  inspect: async (options) => (await engine).call('inspect', options),
  pull: async (options) => (await engine).call('pull', options),
  readTexts: async (options) => (await engine).call('read', await withFile(options)),
  async teach({probes, ...options}) {
    const {call} = await engine;
    const lines = probes.map(({text, expected}) => expected ? `${text}=${expected}` : text);
    call('teach', {...await withFile(options), probes: lines});
    run = {step: 0, begin: 0, seconds: 0};
    return advanceToEnd();
  },
  goOn: () => advanceToEnd(),
  stop() { stopping = true; },
  async files() {
    const {call, readFolder} = await engine;
    call('save', {folder: '/saved'});
    return readFolder('/saved');
  },
};

onmessage = async ({data: {id, operation, options}}) => {
  try {
    postMessage({id, result: await operations[operation](options)});
  } catch (error) {
    postMessage({id, error: error.message ?? String(error)});
  }
};
