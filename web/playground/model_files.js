// The files of a model, from a folder, a .zip, or what was dropped on the page.
import {unzip} from './zip.js';

const wanted = (name) => /(^|\/)(config\.json|vocab\.txt|tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|.*\.safetensors|.*\.index\.json|pytorch_model.*\.bin)$/.test(name);
const base = (name) => name.split('/').at(-1);

// A folder may hold others: the model is where config.json is, the outermost one.
function ofOneFolder(files) {
  const configs = Object.keys(files).filter((name) => base(name) === 'config.json');
  if (!configs.length) throw new Error('there is no config.json: this is no model folder');
  const outermost = configs.sort((a, b) => a.split('/').length - b.split('/').length)[0];
  const folder = outermost.slice(0, -'config.json'.length);
  const found = Object.entries(files).filter(([name]) => name.startsWith(folder) && !name.slice(folder.length).includes('/'));
  return {name: folder.split('/').at(-2) ?? 'model', files: Object.fromEntries(found.map(([name, data]) => [base(name), data]))};
}

export async function fromZip(blob) {
  const model = ofOneFolder(await unzip(blob, wanted));
  if (model.name === 'model' && blob.name) model.name = blob.name.replace(/\.zip$/i, '');
  return model;
}

export async function fromFiles(list) {
  const files = {};
  for (const file of list) {
    const name = file.webkitRelativePath || file.name;
    if (wanted(name)) files[name] = await file.arrayBuffer();
  }
  return ofOneFolder(files);
}

async function walk(entry, found) {
  if (entry.isFile) {
    if (!wanted(entry.fullPath)) return;
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found[entry.fullPath] = await file.arrayBuffer();
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await walk(inner, found);
  }
}

export async function fromDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  if (entries.length === 1 && entries[0].isFile && entries[0].name.toLowerCase().endsWith('.zip')) {
    return fromZip(transfer.files[0]);
  }
  const found = {};
  for (const entry of entries) await walk(entry, found);
  return ofOneFolder(found);
}
