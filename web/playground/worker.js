// The worker: keeps one model, and answers client.js. Between two updates of a training it listens, so the training can
// be stopped, and the model asked.
import {load} from './mini-bert/index.js';

let model;  // of mini-bert
let source;  // what it was loaded from: {name, files}
let opened;  // ends the first wait of
let ready = new Promise((resolve) => { opened = resolve; });  // which resolves when the last opening has ended
let training = null;

// Fetched once, then kept by the browser under an address that changes with the file.
async function shippedFiles() {
  const store = await globalThis.caches?.open('mini-bert').catch(() => null);
  const checksums = await (await fetch('model/checksums.json', {cache: 'no-cache'})).json();
  const addresses = Object.fromEntries(Object.entries(checksums).map(([name, sum]) => [name, `model/${name}?${sum}`]));
  const known = new Set(Object.values(addresses).map((address) => new URL(address, location).href));
  for (const kept of await store?.keys() ?? []) if (!known.has(kept.url)) store.delete(kept);
  const files = Object.entries(addresses).map(async ([name, address]) => {
    const kept = await store?.match(address);
    if (kept) return [name, await kept.blob()];
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
    store?.put(address, response.clone()).catch(() => {});
    return [name, await response.blob()];
  });
  return Object.fromEntries(await Promise.all(files));
}
const shipped = shippedFiles();

// `files` may be a promise. When another model cannot be read, the last one comes back.
async function open({name, files}) {
  try {
    if (model) await model.open({files: await files});
    else model = await load(files);
  } catch (error) {
    if (source) await model.open({files: source.files});
    throw error;
  }
  source = {name, files: await files};
  const {config, parameters, threads, notes, architecture} = model.info;
  return {name, parameters, threads, notes, architecture, layers: config.num_hidden_layers, hidden: config.hidden_size,
    vocabulary: config.vocab_size};
}

// The questions of everyday language that this model's vocabulary can answer.
async function guardRows() {
  const rows = (await (await shipped)['guard-zh.jsonl'].text()).trim().split('\n').map((line) => JSON.parse(line));
  const fits = await Promise.all(rows.map(async ({text, answer}) => {
    const {tokens} = await model.encode(answer, {add_special_tokens: false});
    return !tokens.includes('[UNK]') && tokens.length === text.split('[MASK]').length - 1;
  }));
  const kept = rows.filter((_, i) => fits[i]);
  return kept.length ? kept : undefined;
}

class Training {
  #ended;
  #settle;
  #resume = null;
  #stopping = false;
  #step = 0;
  #seconds = 0;
  #tokens = 0;

  constructor(data, options) {
    this.#ended = this.#run(data, options);
  }

  async #run(data, options) {
    const {texts} = await model.readTexts(data);
    // What nobody knows about texts of one's own is how often they must be read. So it warms up, and ends gently.
    const report = await model.train(data, {...options, warmup_ratio: 0.1, weight_decay: 0.01,
      batch_size: Math.min(16, Math.max(1, Math.floor(texts / 8))),
      max_length: Math.min(128, model.info.config.max_position_embeddings), guard: await guardRows()},
    this.#hear.bind(this));
    return {stopped: false, seconds: this.#seconds, guard: report.guard};
  }

  #begin = performance.now();
  async #hear({step, total_steps: of, loss, tokens, probes}) {
    this.#seconds += (performance.now() - this.#begin) / 1000;
    this.#tokens += tokens;
    this.#step = step;
    postMessage({event: 'step', step, of, loss, tokensPerSecond: this.#tokens / this.#seconds,
      secondsLeft: this.#seconds / step * (of - step)});
    if (probes) postMessage({event: 'probes', probes});
    const goesOn = this.#stopping && step < of ? await this.#pause() : true;
    this.#begin = performance.now();
    return goesOn;
  }

  #pause() {
    this.#settle({stopped: true, step: this.#step});
    return new Promise((resolve) => { this.#resume = resolve; });
  }

  // Resolves when the training stops or ends.
  proceed() {
    this.#stopping = false;
    const stopped = new Promise((resolve) => { this.#settle = resolve; });
    this.#resume?.(true);
    this.#resume = null;
    return Promise.race([stopped, this.#ended]);
  }

  stop() {
    this.#stopping = true;
  }

  async giveUp() {
    this.#resume?.(false);
    await this.#ended.catch(() => {});
  }
}

const openings = {
  async openShipped() {
    await training?.giveUp();
    return open({name: 'mini-bert-zh', files: shipped.then(({'guard-zh.jsonl': guard, 'train.json': sample, ...files}) => files)});
  },
  async open(other) {
    await training?.giveUp();
    return open(other);
  },
  async forget() {
    await training?.giveUp();
    return open(source);
  },
};

const operations = {
  sample: async () => JSON.parse(await (await shipped)['train.json'].text()),
  fill: ({text, ...options}) => model.fillMask(text, options),
  fillJointly: ({text, ...options}) => model.fillJointly(text, options),
  inspect: ({text}) => model.inspect(text),
  lossGradient: ({text, token, target}) => model.lossGradient(text, token, target),
  readTexts: ({data}) => model.readTexts(data),
  teach({data, ...options}) {
    training = new Training(data, options);
    return training.proceed();
  },
  goOn: () => training.proceed(),
  stop: () => training.stop(),
  files: () => model.files(),
};

function run(operation, options) {
  if (operation in openings) {
    const opening = openings[operation](options);
    ready = opening.catch(() => {}).then(opened);
    return opening;
  }
  return ready.then(() => operations[operation](options));
}

onmessage = async ({data: {id, operation, options}}) => {
  try {
    postMessage({id, result: await run(operation, options)});
  } catch (error) {
    postMessage({id, error: error.message ?? String(error)});
  }
};
