// Reads and writes .zip archives. APPNOTE.TXT 6.3.10, PKWARE. Files are stored without compression when written: weights
// hardly shrink. Sizes are below 4 GiB.
const crcTable = Uint32Array.from({length: 256}, (_, n) => {
  for (let bit = 0; bit < 8; ++bit) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

// A header of little-endian numbers: [[bytes, value], …].
function numbers(fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0)), view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

// files: {name: Uint8Array or ArrayBuffer}. Names are UTF-8 (flag 11); the date is the first that DOS knows.
export function zip(files) {
  const parts = [], central = [];
  let offset = 0, directory = 0;
  for (const [name, buffer] of Object.entries(files)) {
    const bytes = new Uint8Array(buffer), spelled = new TextEncoder().encode(name);
    const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, crc32(bytes)], [4, bytes.length],
      [4, bytes.length], [2, spelled.length], [2, 0]];
    const local = numbers([[4, 0x04034b50], ...common]);
    const entry = numbers([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]);
    parts.push(local, spelled, bytes);
    central.push(entry, spelled);
    offset += local.length + spelled.length + bytes.length;
    directory += entry.length + spelled.length;
  }
  const count = Object.keys(files).length;
  const end = numbers([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, directory], [4, offset], [2, 0]]);
  return new Blob([...parts, ...central, end], {type: 'application/zip'});
}

function inflated(blob) {
  return new Response(blob.stream().pipeThrough(new DecompressionStream('deflate-raw'))).blob();
}

// {name: Blob} of a Blob. `wanted(name)` says which files are read; one that is stored as it is stays where it lies.
export async function unzip(blob, wanted = () => true) {
  const tail = new DataView(await blob.slice(Math.max(0, blob.size - 65557)).arrayBuffer());
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) --at;
  if (at < 0) throw new Error('this file is no .zip archive');
  const count = tail.getUint16(at + 10, true), begin = tail.getUint32(at + 16, true);
  const directory = new DataView(await blob.slice(begin, begin + tail.getUint32(at + 12, true)).arrayBuffer());
  const files = {};
  for (let i = 0, entry = 0; i < count; ++i) {
    const method = directory.getUint16(entry + 10, true), size = directory.getUint32(entry + 20, true);
    const nameLength = directory.getUint16(entry + 28, true), offset = directory.getUint32(entry + 42, true);
    const name = new TextDecoder().decode(new Uint8Array(directory.buffer, entry + 46, nameLength));
    entry += 46 + nameLength + directory.getUint16(entry + 30, true) + directory.getUint16(entry + 32, true);
    if (name.endsWith('/') || !wanted(name)) continue;
    if (method !== 0 && method !== 8) throw new Error(`${name} is compressed by another method than deflate`);
    if (offset === 0xffffffff || size === 0xffffffff) throw new Error(`${name} is in an archive of over 4 GB`);
    const local = new DataView(await blob.slice(offset, offset + 30).arrayBuffer());
    const data = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    const stored = blob.slice(data, data + size);
    files[name] = method === 8 ? await inflated(stored) : stored;
  }
  return files;
}
