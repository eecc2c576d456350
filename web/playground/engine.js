// Loads the engine, compiled to WebAssembly: with threads where the page may share memory (it is cross-origin isolated),
// else without. Used by the worker alone.
export async function loadEngine() {
  const threads = globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  const {default: make} = await import(threads > 1 ? './engine/mini_bert_threads.js' : './engine/mini_bert.js');
  const module = await make();
  module._mini_bert_set_threads(threads);
  const {FS} = module;
  for (const folder of ['/shipped', '/texts', '/saved']) FS.mkdir(folder);

  // Replaces {array: 3, shape} by the numbers. They are copied: the memory of the engine moves when it grows.
  function withArrays(value) {
    if (Array.isArray(value)) return value.map(withArrays);
    if (value === null || typeof value !== 'object') return value;
    if (!('array' in value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withArrays(inner)]));
    const begin = module._mini_bert_array(value.array) / 4;
    return module.HEAPF32.slice(begin, begin + module._mini_bert_array_size(value.array));
  }

  return {
    call(operation, options) {
      const answer = JSON.parse(module.ccall('mini_bert_call', 'string', ['string', 'string'], [operation, JSON.stringify(options)]));
      if ('error' in answer) throw new Error(answer.error);
      return withArrays(answer.result);
    },
    write(path, bytes) {
      FS.writeFile(path, bytes);
      return path;
    },
    // The files are read where they lie, without a copy in the engine's memory.
    mount(folder, files) {
      if (FS.analyzePath(folder).exists) FS.unmount(folder);
      else FS.mkdir(folder);
      const blobs = Object.entries(files).map(([name, data]) => ({name, data: data instanceof Blob ? data : new Blob([data])}));
      FS.mount(module.WORKERFS, {blobs}, folder);
    },
    readFolder(folder) {
      const names = FS.readdir(folder).filter((name) => !name.startsWith('.'));
      return Object.fromEntries(names.map((name) => {
        const bytes = FS.readFile(`${folder}/${name}`);
        FS.unlink(`${folder}/${name}`);
        return [name, bytes.buffer];
      }));
    },
  };
}
