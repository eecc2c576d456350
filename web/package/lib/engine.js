// The library, compiled to WebAssembly. Every engine has a memory of its own, with one model in it.
import {inNode, nodeModule} from './node.js';
import {reason} from './reason.js';

// Threads need memory that they share, which a browser gives to a page that is cross-origin isolated. A page itself may
// not wait for a thread, only a worker may.
export async function possibleThreads() {
  if (inNode) return (await nodeModule('os')).availableParallelism();
  const isWorker = typeof WorkerGlobalScope !== 'undefined';
  return globalThis.crossOriginIsolated && isWorker ? navigator.hardwareConcurrency : 1;
}

function importEngine(threads) {
  return threads > 1 ? import('../engine/mini_bert_threads.js') : import('../engine/mini_bert.js');
}

export class Engine {
  // threads: at most possibleThreads().
  static async make({threads = 1} = {}) {
    const {default: make} = await importEngine(threads);
    const module = await make({threads});
    module._mini_bert_set_threads(threads);
    module.FS.mkdir('/input');
    return new Engine(module);
  }

  #module;
  #pipeline;
  #mounted = false;

  constructor(module) {
    this.#module = module;
    this.#pipeline = module._mini_bert_new();
  }

  // Runs an operation of mini_bert/pipelines/json_pipeline.h. Throws Error with its one line.
  call(operation, options = {}) {
    const answer = this.#guarded(() => this.#module.ccall('mini_bert_call', 'string', ['number', 'string', 'string'],
      [this.#pipeline, operation, JSON.stringify(options)]));
    const {result, error} = JSON.parse(answer);
    if (error !== undefined) throw new Error(error);
    return this.#withArrays(result);
  }

  // A fault of the engine leaves no C++ exception behind, but a trap: its memory is used no longer.
  #guarded(work) {
    if (!this.#module) throw new Error('this model was disposed of');
    try {
      return work();
    } catch (error) {
      this.#module = null;
      throw new Error(reason(error), {cause: error});
    }
  }

  // Replaces {array: 3, shape} by {data, dims}. The numbers are copied: the memory of the engine moves when it grows.
  #withArrays(value) {
    if (Array.isArray(value)) return value.map((inner) => this.#withArrays(inner));
    if (value === null || typeof value !== 'object') return value;
    if (!('array' in value)) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#withArrays(inner)]));
    }
    const begin = this.#module._mini_bert_array(this.#pipeline, value.array) / 4;
    const data = this.#module.HEAPF32.slice(begin, begin + this.#module._mini_bert_array_size(this.#pipeline, value.array));
    return {data, dims: value.shape};
  }

  // Makes files readable as /model. source: {folder: 'path'} under Node, or {files: {name: Blob | bytes}}.
  async mount({folder, files}) {
    const {FS, NODEFS, WORKERFS} = this.#module;
    if (this.#mounted) FS.unmount('/model');
    else FS.mkdir('/model');
    this.#mounted = true;
    if (folder !== undefined) {
      FS.mount(NODEFS, {root: folder}, '/model');
    } else if (typeof FileReaderSync !== 'undefined') {  // a worker reads files where they lie
      const blobs = Object.entries(files).map(([name, data]) => ({name, data: data instanceof Blob ? data : new Blob([data])}));
      FS.mount(WORKERFS, {blobs}, '/model');
    } else {
      FS.mount(FS.filesystems.MEMFS, {}, '/model');
      for (const [name, data] of Object.entries(files)) {
        FS.mkdirTree(`/model/${name}`.replace(/\/[^/]*$/, ''));
        const bytes = data instanceof Blob ? await data.arrayBuffer() : data;
        FS.writeFile(`/model/${name}`, new Uint8Array(bytes), {canOwn: true});
      }
    }
  }

  // Puts a text where the engine reads files, and returns its path there.
  write(name, text) {
    this.#module.FS.writeFile(`/input/${name}`, text);
    return `/input/${name}`;
  }

  // The files of the model: {name: Uint8Array}.
  files(type) {
    const {FS} = this.#module;
    this.call('save', {folder: '/saved', save_type: type});
    const names = FS.readdir('/saved').filter((name) => !name.startsWith('.'));
    return Object.fromEntries(names.map((name) => {
      const bytes = FS.readFile(`/saved/${name}`);
      FS.unlink(`/saved/${name}`);
      return [name, bytes];
    }));
  }

  // Writes the files of the model to a folder of the computer. Node only.
  saveTo(folder, type) {
    const {FS, NODEFS} = this.#module;
    if (!FS.analyzePath('/target').exists) FS.mkdir('/target');
    FS.mount(NODEFS, {root: folder}, '/target');
    try {
      this.call('save', {folder: '/target', save_type: type});
    } finally {
      FS.unmount('/target');
    }
  }

  dispose() {
    if (!this.#module) return;
    this.#module._mini_bert_delete(this.#pipeline);
    this.#module.PThread?.terminateAllThreads();
    this.#module = null;
  }
}
