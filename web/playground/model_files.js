// The files of a model that a person chose or dropped: {name, files}.
import {fromZip, ofOneFolder} from './mini-bert/lib/source.js';

const isZip = (file) => file.name.toLowerCase().endsWith('.zip');

async function ofArchive(file) {
  const {name, files} = await fromZip(file);
  return {name: name ?? file.name.replace(/\.zip$/i, ''), files};
}

function ofFiles(paths) {
  const {name, files} = ofOneFolder(paths);
  return {name: name || 'model', files};
}

export function fromFiles(list) {
  if (list.length === 1 && isZip(list[0])) return ofArchive(list[0]);
  return ofFiles(Object.fromEntries(Array.from(list, (file) => [file.webkitRelativePath || file.name, file])));
}

async function walk(entry, found) {
  if (entry.isFile) {
    found[entry.fullPath] = await new Promise((resolve, reject) => entry.file(resolve, reject));
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
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter(Boolean);
  if (entries.length === 1 && entries[0].isFile && isZip(entries[0])) return ofArchive(transfer.files[0]);
  const found = {};
  for (const entry of entries) await walk(entry, found);
  return ofFiles(found);
}
