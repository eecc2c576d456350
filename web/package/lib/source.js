// Where a model comes from: a folder of this computer (Node), an address, a name at huggingface.co, files, or a .zip.
import {inNode, nodeModule} from './node.js';
import {unzip} from './zip.js';

const required = ['config.json'];
const optional = ['vocab.txt', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json',
  'modules.json', 'sentence_bert_config.json', 'config_sentence_transformers.json', '1_Pooling/config.json'];
const weights = ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin', 'pytorch_model.bin.index.json'];
const parts = /\.(safetensors|bin)$/;
const wanted = (path) => required.concat(optional, weights).some((name) => path === name || path.endsWith(`/${name}`)) || parts.test(path);

const isName = (model) => /^[\w.-]+\/[\w.-]+$/.test(model);

async function isFolder(path) {
  if (!inNode) return false;
  const {stat} = await nodeModule('fs/promises');
  return stat(path).then((found) => found.isDirectory(), () => false);
}

// A file at an address; undefined when there is none. Hosts of single-page sites then answer with their page.
async function fetchFile(url, fetcher) {
  let response;
  try {
    response = await fetcher(url);
  } catch (error) {
    throw new Error(`${url} cannot be reached: ${error.cause?.message ?? error.message}`, {cause: error});
  }
  if (response.status === 404 || response.headers.get('content-type')?.startsWith('text/html')) return undefined;
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status} ${response.statusText}`);
  return response.blob();
}

async function fetchWeights(base, fetcher) {
  for (const name of weights) {
    const file = await fetchFile(base + name, fetcher);
    if (!file) continue;
    const files = {[name]: file};
    if (name.endsWith('.index.json')) {
      const {weight_map: map} = JSON.parse(await file.text());
      for (const part of new Set(Object.values(map))) files[part] = await fetchFile(base + part, fetcher);
    }
    return files;
  }
  throw new Error(`${base} has no weights: expected ${weights.join(' or ')}`);
}

// base: an address that ends with /. fetcher: what fetches, for example from a cache.
export async function fromAddress(base, fetcher = fetch) {
  const config = await fetchFile(`${base}config.json`, fetcher);
  if (!config) throw new Error(`${base} has no config.json: expected the folder of a BERT`);
  const files = {'config.json': config};
  await Promise.all(optional.map(async (name) => {
    const file = await fetchFile(base + name, fetcher);
    if (file) files[name] = file;
  }));
  return {files: Object.assign(files, await fetchWeights(base, fetcher))};
}

// paths: {path: Blob | bytes}. They may lie in a folder with others: the model is where config.json is, the outermost one.
export function ofOneFolder(paths) {
  const configs = Object.keys(paths).filter((path) => path.split('/').at(-1) === 'config.json');
  if (!configs.length) throw new Error('there is no config.json: expected the folder of a BERT');
  const outermost = configs.sort((a, b) => a.split('/').length - b.split('/').length)[0];
  const folder = outermost.slice(0, -'config.json'.length);
  const inside = Object.entries(paths).filter(([path]) => path.startsWith(folder) && wanted(path));
  return {
    name: folder.split('/').at(-2),
    files: Object.fromEntries(inside.map(([path, data]) => [path.slice(folder.length), data])),
  };
}

export const fromZip = async (blob) => ofOneFolder(await unzip(blob, wanted));

// What load() takes, as {folder} or {files}.
export async function sourceOf(model, {remote_host: host = 'https://huggingface.co/', revision = 'main'} = {}) {
  if (model instanceof URL) return sourceOf(model.href);
  if (typeof Blob !== 'undefined' && model instanceof Blob) return fromZip(model);
  if (typeof model === 'object' && model !== null) return ofOneFolder(model);
  if (typeof model !== 'string') throw new TypeError(`a model is a folder, an address, a name, a .zip or files, not ${typeof model}`);
  if (/^(https?|blob|file):/.test(model)) {
    if (model.startsWith('file:') && inNode) return {folder: (await nodeModule('url')).fileURLToPath(model)};
    return fromAddress(model.endsWith('/') ? model : `${model}/`);
  }
  if (await isFolder(model)) return {folder: model};
  if (isName(model)) return fromAddress(`${host.replace(/\/?$/, '/')}${model}/resolve/${revision}/`);
  if (inNode) throw new Error(`${model}: there is no such folder`);
  return fromAddress(new URL(model.endsWith('/') ? model : `${model}/`, globalThis.location.href).href);
}
