// A model and its tokenizer: load, ask, train, look inside, save.
import {dataOf, indicesIn} from './data.js';
import {Engine, possibleThreads} from './engine.js';
import {nodeModule} from './node.js';
import {sourceOf} from './source.js';

// The model that `source` names: a folder of this computer (Node), the address of a folder, a name at huggingface.co, a
// .zip, or {path: Blob | bytes}; or a promise of one. threads: as many as possible, unless it says fewer.
// engine: 'wasm' does without the addon.
export async function load(source, {threads = Infinity, engine: kind, ...options} = {}) {
  // The engine and the files arrive at the same time.
  const files = Promise.resolve(source).then((known) => sourceOf(known, options));
  const [found, made] = await Promise.allSettled([files, makeEngine(threads, kind)]);
  if (made.status === 'rejected') throw made.reason;
  const model = new Model(made.value);
  try {
    if (found.status === 'rejected') throw found.reason;
    await model.open(found.value);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

async function makeEngine(threads, kind) {
  return Engine.make({threads: Math.max(1, Math.min(threads, await possibleThreads())), engine: kind});
}

// Lets other work in, for example the message that stops a training.
const breathe = () => new Promise((resolve) => {
  const {port1, port2} = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
});

const listOf = (texts) => (Array.isArray(texts) ? texts : [texts]);
const firstOrAll = (texts, results) => (Array.isArray(texts) ? results : results[0]);

export class Model {
  #engine;
  #training = false;

  constructor(engine) {
    this.#engine = engine;
  }

  // Facts: architecture, config, labels, mask_token, parameters, threads, notes, engine. A training may change them.
  get info() {
    return {...this.#engine.call('describe'), engine: this.#engine.kind};
  }

  // Reads another model in place of this one: {folder} or {files}.
  async open(source) {
    await this.#engine.open(source);
  }

  // The most probable tokens for the [MASK] of a text, best first; a text with several gives one list for each.
  async fillMask(text, {top_k = 5, targets = []} = {}) {
    if (Array.isArray(text)) return Promise.all(text.map((one) => this.fillMask(one, {top_k, targets})));
    const blanks = this.#engine.call('fill_mask', {text, top_k, targets: listOf(targets)});
    return blanks.length === 1 ? blanks[0] : blanks;
  }

  // The best ways to fill all blanks of a text together. [MASK]* is a blank of unknown length.
  async fillJointly(text, options = {}) {
    return this.#engine.call('fill_jointly', {text, ...options});
  }

  // The labels of a text, or of each text of a list, best first. A pair is {text, text_pair}.
  async classify(texts, {top_k = 1} = {}) {
    const pairs = listOf(texts).map((text) => (typeof text === 'string' ? text : [text.text, text.text_pair ?? '']));
    const lists = this.#engine.call('classify', {texts: pairs}).map((labels) => labels.slice(0, top_k ?? undefined));
    return firstOrAll(texts, lists);
  }

  // The entities of a text, or of each text of a list.
  async tag(texts, {aggregation_strategy = 'simple'} = {}) {
    const all = listOf(texts);
    const lists = this.#engine.call('tag', {texts: all, aggregation_strategy});
    return firstOrAll(texts, lists.map((spans, i) => withIndices(spans, all[i])));
  }

  // The parts of a context that answer a question, best first.
  async answer(question, context, options = {}) {
    return withIndices(this.#engine.call('answer', {question, context, ...options}), context);
  }

  // Which of several answers is right: all, with their probabilities, best first.
  async choose(choices, {context = '', question = ''} = {}) {
    return this.#engine.call('choose', {choices, context, question});
  }

  // How probable a text is for a masked language model.
  async score(texts) {
    return firstOrAll(texts, this.#engine.call('score', {texts: listOf(texts)}));
  }

  // The vectors of texts: {data: Float32Array, dims: [texts, numbers]}.
  async embed(texts, options = {}) {
    return this.#engine.call('embed', {texts: listOf(texts), ...options});
  }

  // The tokens of a text: input_ids, token_type_ids, attention_mask, tokens, offsets, …
  async encode(text, {text_pair, add_special_tokens = true} = {}) {
    const encoding = this.#engine.call('encode', {text, text_pair, add_special_tokens});
    const index = [indicesIn(text), indicesIn(text_pair ?? '')];
    encoding.offsets = encoding.offsets.map(([begin, end], i) => [begin, end].map(index[encoding.token_type_ids[i] ? 1 : 0]));
    return encoding;
  }

  async decode(ids, {skip_special_tokens = false} = {}) {
    return this.#engine.call('decode', {ids: Array.from(ids, Number), skip_special_tokens});
  }

  // Trains the model, starting from its present weights. data: texts, rows with named columns, a File, or under Node the
  // path of a file. onStep hears of every update and may be async; the training waits for it, and false ends it. The
  // model keeps what it has learned. Other options have the names and defaults of mini_bert_train's flags. guard, rows
  // {text, answer}, tells what was forgotten.
  async train(data, {validation, guard, add_words: words, ...options} = {}, onStep) {
    if (this.#training) throw new Error('this model is being trained already');
    this.#training = true;
    try {
      const lists = {};
      if (guard) lists.guard = this.#engine.write('guard.jsonl', guard.map((row) => JSON.stringify(row)).join('\n'));
      if (words) lists.add_words = this.#engine.write('words.txt', words.join('\n'));
      this.#engine.call('start_training', {data: await dataOf(data, 'the training data') ?? null,
        validation: await dataOf(validation, 'the validation data'), arguments: {...options, ...lists}});
      return await this.#updates(onStep);
    } catch (error) {
      this.#engine.abandonTraining();
      throw error;
    } finally {
      this.#training = false;
    }
  }

  async #updates(onStep) {
    for (;;) {
      const step = this.#engine.call('advance');
      if (await onStep?.(step) === false || !step.more) return this.#engine.call('end_training');
      await breathe();
    }
  }

  // How many texts there are in data that train() would learn, and what is left out.
  async readTexts(data) {
    return this.#engine.call('read', {data: await dataOf(data, 'the data')});
  }

  // Every step of a masked language model, with its numbers (mini_bert/bert/predict/inspect.h).
  async inspect(text) {
    return this.#engine.call('inspect', {text});
  }

  // The loss of the word `target` at a token, and the size of its gradient at every token and parameter.
  async lossGradient(text, token, target) {
    return this.#engine.call('loss_gradient', {text, token, target});
  }

  // The folder of the model, as transformers and the programs load it: {name: Uint8Array}. save_type: f32, f16 or bf16.
  async files({save_type = 'f32'} = {}) {
    return this.#engine.files(save_type);
  }

  // Writes the folder. Node only.
  async save(folder, {save_type = 'f32'} = {}) {
    const {mkdir} = await nodeModule('fs/promises');
    await mkdir(folder, {recursive: true});
    this.#engine.saveTo(folder, save_type);
  }

  // Frees the memory. The model cannot be used afterwards.
  dispose() {
    this.#engine.dispose();
  }
}

function withIndices(spans, text) {
  const index = indicesIn(text);
  return spans.map((span) => ({...span, start: index(span.start), end: index(span.end)}));
}
