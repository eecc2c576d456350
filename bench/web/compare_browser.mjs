// Opens the built page in Chromium, prints what it says, and what the browser had to download to be able to compute.
import {chromium} from 'playwright-core';
import {preview} from 'vite';
import {gzipSync} from 'node:zlib';

const server = await preview({preview: {port: 0, host: '127.0.0.1'}});
const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});
const page = await browser.newPage();
const code = new Set();
page.on('response', (response) => response.ok() && /\.(js|mjs|wasm)$/.test(new URL(response.url()).pathname) && code.add(response.url()));
await page.goto(server.resolvedUrls.local[0]);
await page.waitForFunction(() => /done|failed/.test(document.querySelector('pre').textContent), undefined, {timeout: 900000});
console.log((await page.textContent('pre')).trim());
// Asked for again: the browser does not keep large answers for its inspector.
const sizes = {};
for (const address of code) {
  const path = new URL(address).pathname, bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  const side = /ort/.test(path) ? 'onnxruntime-web' : /mini_bert/.test(path) ? 'mini-bert, engine' : path;
  sizes[side] = (sizes[side] ?? 0) + gzipSync(bytes, {level: 9}).length;
}
for (const [side, size] of Object.entries(sizes)) console.log(`${side}: ${(size / 1000).toFixed(0)} kB of code, gzipped`);
await browser.close();
await server.close();
