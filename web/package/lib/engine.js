// The library: compiled to WebAssembly, or as an addon of Node where the package has one for this system. Every engine
// holds one model.
import {makeAddon} from './addon.js';
import {inNode, nodeModule} from './node.js';
import {reason} from './reason.js';
import {makeWasm} from './wasm.js';

// Threads need memory that they share, which a browser gives to a page that is cross-origin isolated. A page itself may
// not wait for a thread, only a worker may.
export async function possibleThreads() {
  if (inNode) {
    const os = await nodeModule('os');
    return os.availableParallelism?.() ?? os.cpus().length;
  }
  const isWorker = typeof WorkerGlobalScope !== 'undefined';
  return globalThis.crossOriginIsolated && isWorker ? navigator.hardwareConcurrency : 1;
}

export class Engine {
  // threads: at most possibleThreads(). engine: 'addon' or 'wasm'; without it, the addon where there is one.
  static async make({threads = 1, engine} = {}) {
    const addon = engine === 'wasm' ? undefined : await makeAddon(threads);
    if (engine === 'addon' && !addon) throw new Error('this package has no addon for this system');
    return new Engine(addon ?? await makeWasm(threads));
  }

  // What wasm.js and addon.js make.
  #backend;

  constructor(backend) {
    this.#backend = backend;
  }

  get kind() {
    return this.#alive.kind;
  }

  get #alive() {
    if (!this.#backend) throw new Error('this model was disposed of');
    return this.#backend;
  }

  // Runs an operation of mini_bert/pipelines/json_pipeline.h. Throws Error with its one line.
  call(operation, options = {}) {
    const backend = this.#alive;
    let answer;
    try {
      answer = backend.call(operation, JSON.stringify(options));
    } catch (error) {  // a trap: the memory of the engine is used no longer
      this.#backend = null;
      throw new Error(reason(error), {cause: error});
    }
    const {result, error} = JSON.parse(answer);
    if (error !== undefined) throw new Error(error);
    return this.#withArrays(result);
  }

  // Replaces {array: 3, shape} by {data, dims}.
  #withArrays(value) {
    if (Array.isArray(value)) return value.map((inner) => this.#withArrays(inner));
    if (value === null || typeof value !== 'object') return value;
    if ('array' in value) return {data: this.#backend.array(value.array), dims: value.shape};
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#withArrays(inner)]));
  }

  // Frees a training that an error has ended.
  abandonTraining() {
    if (this.#backend) this.call('abandon_training');
  }

  // Opens a model: {folder: 'path'} under Node, or {files: {path: Blob | bytes}}.
  async open(source) {
    this.call('open', {folder: await this.#alive.mount(source)});
  }

  // Puts a text where the engine reads files, and returns its path there.
  write(name, text) {
    return this.#alive.write(name, text);
  }

  // The files of the model: {name: Uint8Array}.
  files(type) {
    return this.#alive.readSaved((folder) => this.call('save', {folder, save_type: type}));
  }

  // Writes the files of the model to a folder of the computer. Node only.
  saveTo(folder, type) {
    this.#alive.withFolder(folder, (path) => this.call('save', {folder: path, save_type: type}));
  }

  dispose() {
    this.#backend?.dispose();
    this.#backend = null;
  }
}
