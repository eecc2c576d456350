// The engine as an addon of Node, which computes with the instructions of the CPU. Files that a caller has in memory are
// written to a folder of the system's temporary ones.
import {inNode, nodeModule} from './node.js';

// Undefined where the package has no addon for the system, or the system is too old for it: the engine in WebAssembly
// then does the same.
async function loadAddon() {
  const {createRequire} = await nodeModule('module');
  try {
    return createRequire(import.meta.url)(`../engine/mini_bert.${process.platform}-${process.arch}.node`);
  } catch {
    return undefined;
  }
}

export async function makeAddon(threads) {
  const addon = inNode ? await loadAddon() : undefined;
  if (!addon) return undefined;
  const [fs, os, path] = await Promise.all(['fs', 'os', 'path'].map(nodeModule));
  addon.setThreads(threads);
  let pipeline = addon.make();
  let temporary;

  function inTemporary(...parts) {
    if (!temporary) {
      temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-bert-'));
      process.once('exit', remove);
    }
    return path.join(temporary, ...parts);
  }
  function remove() {
    if (temporary) fs.rmSync(temporary, {recursive: true, force: true});
    temporary = undefined;
  }
  const write = (file, data) => {
    fs.mkdirSync(path.dirname(file), {recursive: true});
    fs.writeFileSync(file, data);
    return file;
  };

  return {
    kind: 'addon',
    call: (operation, options) => addon.call(pipeline, operation, options),
    array: (i) => addon.array(pipeline, i),
    async mount({folder, files}) {
      if (folder !== undefined) return folder;
      fs.rmSync(inTemporary('model'), {recursive: true, force: true});
      for (const [name, data] of Object.entries(files)) {
        write(inTemporary('model', name), new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : data));
      }
      return inTemporary('model');
    },
    write: (name, text) => write(inTemporary('input', name), text),
    readSaved(save) {
      const folder = inTemporary('saved');
      save(folder);
      const files = fs.readdirSync(folder).map((name) => [name, new Uint8Array(fs.readFileSync(path.join(folder, name)))]);
      fs.rmSync(folder, {recursive: true});
      return Object.fromEntries(files);
    },
    withFolder: (folder, save) => save(folder),
    dispose() {
      pipeline = undefined;  // freed with the next collection of garbage
      process.removeListener('exit', remove);
      remove();
    },
  };
}
