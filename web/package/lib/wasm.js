// The engine in WebAssembly, with files of its own.
function importEngine(threads) {
  return threads > 1 ? import('../engine/mini_bert_threads.js') : import('../engine/mini_bert.js');
}

export async function makeWasm(threads) {
  const {default: make} = await importEngine(threads);
  const module = await make({threads});
  module._mini_bert_set_threads(threads);
  const pipeline = module._mini_bert_new(), {FS, NODEFS, WORKERFS} = module;
  for (const folder of ['/input', '/saved']) FS.mkdir(folder);
  let mounted = false;

  async function mount({folder, files}) {
    if (mounted) FS.unmount('/model');
    else FS.mkdir('/model');
    mounted = true;
    if (folder !== undefined) {
      FS.mount(NODEFS, {root: folder}, '/model');
    } else if (typeof FileReaderSync !== 'undefined') {  // a worker reads files where they lie
      const blobs = Object.entries(files).map(([name, data]) => ({name, data: data instanceof Blob ? data : new Blob([data])}));
      FS.mount(WORKERFS, {blobs}, '/model');
    } else {
      FS.mount(FS.filesystems.MEMFS, {}, '/model');
      for (const [name, data] of Object.entries(files)) {
        const path = `/model/${name}`, bytes = data instanceof Blob ? await data.arrayBuffer() : data;
        FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
        FS.writeFile(path, new Uint8Array(bytes), {canOwn: true});
      }
    }
    return '/model';
  }

  return {
    kind: 'wasm',
    call: (operation, options) => module.ccall('mini_bert_call', 'string', ['number', 'string', 'string'], [pipeline, operation, options]),
    // Copied: the memory of the engine moves when it grows.
    array(i) {
      const begin = module._mini_bert_array(pipeline, i) / 4;
      return module.HEAPF32.slice(begin, begin + module._mini_bert_array_size(pipeline, i));
    },
    mount,
    write(name, text) {
      FS.writeFile(`/input/${name}`, text);
      return `/input/${name}`;
    },
    readSaved(save) {
      save('/saved');
      const names = FS.readdir('/saved').filter((name) => name !== '.' && name !== '..');
      return Object.fromEntries(names.map((name) => {
        const bytes = FS.readFile(`/saved/${name}`);
        FS.unlink(`/saved/${name}`);
        return [name, bytes];
      }));
    },
    withFolder(folder, save) {
      if (!FS.analyzePath('/target').exists) FS.mkdir('/target');
      FS.mount(NODEFS, {root: folder}, '/target');
      try {
        save('/target');
      } finally {
        FS.unmount('/target');
      }
    },
    dispose() {
      module._mini_bert_delete(pipeline);
      module.PThread?.terminateAllThreads();
    },
  };
}
