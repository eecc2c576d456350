// Data for training: texts, rows with named columns, or the content of a file. All go through the readers of the programs.
import {nodeModule} from './node.js';

const formats = ['.txt', '.json', '.jsonl', '.ndjson', '.csv', '.tsv', '.conll', '.bio', '.bmes', '.conllu'];

const extensionOf = (name) => /\.[^./\\]*$/.exec(name)?.[0].toLowerCase() ?? '';

async function readPath(path) {
  const {readFile} = await nodeModule('fs/promises');
  return {name: path, extension: extensionOf(path), text: await readFile(path, 'utf8')};
}

// what: for messages, 'the training data'. Line N of the result is the Nth row.
export async function dataOf(data, what) {
  if (data === undefined || data === null) return undefined;
  if (typeof data === 'string') {
    if (formats.includes(extensionOf(data))) return readPath(data);
    throw new TypeError(`${what} is the text "${data.slice(0, 40)}"; expected a list of texts or rows, or a file`);
  }
  if (typeof File !== 'undefined' && data instanceof File) {
    return {name: data.name, extension: extensionOf(data.name), text: await data.text()};
  }
  if (typeof data[Symbol.iterator] !== 'function') throw new TypeError(`${what}: expected a list of texts or rows, or a file`);
  const lines = Array.from(data, (row, i) => {
    if (typeof row !== 'string' && (typeof row !== 'object' || row === null)) {
      throw new TypeError(`${what}: row ${i + 1} is ${row === null ? 'null' : `a ${typeof row}`}, expected a text or an object`);
    }
    return JSON.stringify(row);
  });
  return {name: what, extension: '.jsonl', text: lines.join('\n')};
}

// Places in a text that are counted in characters (code points) become indices of a string of JavaScript (UTF-16).
export function indicesIn(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (place) => place;
  const indices = [];
  let index = 0;
  for (const character of text) {
    indices.push(index);
    index += character.length;
  }
  indices.push(index);
  return (place) => indices[place];
}
