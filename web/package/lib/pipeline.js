// pipeline() with the names and results of transformers.js, and finetune(), which it lacks.
import {load, Model} from './model.js';

// The shape of a tensor of transformers.js.
class Vectors {
  constructor({data, dims}) {
    Object.assign(this, {data, dims, type: 'float32', size: data.length});
  }
  tolist() {
    const width = this.dims[1];
    return Array.from({length: this.dims[0]}, (_, i) => Array.from(this.data.subarray(i * width, (i + 1) * width)));
  }
}

const tasks = {
  'fill-mask': (model) => (texts, options) => model.fillMask(texts, options),
  'text-classification': (model) => async (texts, {top_k = 1} = {}) => {
    const results = await model.classify(texts, {top_k});
    return Array.isArray(texts) && top_k === 1 ? results.map(([label]) => label) : results;
  },
  'token-classification': (model) => async (texts, {ignore_labels = ['O'], aggregation_strategy = 'none'} = {}) => {
    const kept = (spans) => spans.filter((span) => !ignore_labels.includes(span.entity ?? span.entity_group));
    const results = await model.tag(texts, {aggregation_strategy});
    return Array.isArray(texts) ? results.map(kept) : kept(results);
  },
  'question-answering': (model) => async (question, context, {top_k = 1, ...options} = {}) => {
    const answers = await model.answer(question, context, {top_k, ...options});
    return top_k === 1 ? answers[0] : answers;
  },
  'feature-extraction': (model) => async (texts, {pooling, normalize = false} = {}) => {
    if (pooling === 'none') throw new Error("pooling is 'none'; expected mean, cls or pooler: one vector for each text");
    return new Vectors(await model.embed(texts, {pooling, normalize}));
  },
  'multiple-choice': (model) => (choices, options) => model.choose(choices, options),
};
const otherNames = {'sentiment-analysis': 'text-classification', ner: 'token-classification', embeddings: 'feature-extraction'};

// A function that answers. `model` is what load() takes, or a Model.
export async function pipeline(task, model, options = {}) {
  const make = tasks[otherNames[task] ?? task];
  if (!make) throw new Error(`there is no task ${task}; expected ${Object.keys(tasks).join(', ')}`);
  const loaded = model instanceof Model ? model : await load(model, options);
  return Object.assign(make(loaded), {task, model: loaded, dispose: () => loaded.dispose()});
}

// Trains a Model, or that of a pipeline, and returns what the training reported. See Model.train.
export function finetune(model, texts, options = {}, onStep = undefined) {
  const trained = model instanceof Model ? model : model?.model;
  if (!(trained instanceof Model)) throw new TypeError('finetune() takes a model of load() or a pipeline');
  return trained.train(texts, options, onStep);
}
