// Opens the built page in Chromium, prints what it says, and what the browser had to download to be able to compute.
import {chromium} from 'playwright-core';
import {preview} from 'vite';
import {gzipSync} from 'node:zlib';

const server = await preview({preview: {port: 0, host: '127.0.0.1'}});
const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});
const page = await browser.newPage();
const sizes = {};
page.on('response', async (response) => {
  const path = new URL(response.url()).pathname;
  if (!/\.(js|mjs|wasm)$/.test(path) || !response.ok()) return;
  const side = /ort/.test(path) ? 'onnxruntime-web' : /mini_bert/.test(path) ? 'mini-bert, engine' : path;
  sizes[side] = (sizes[side] ?? 0) + gzipSync(await response.body(), {level: 9}).length;
});
await page.goto(server.resolvedUrls.local[0]);
await page.waitForFunction(() => /done|failed/.test(document.querySelector('pre').textContent), undefined, {timeout: 900000});
console.log((await page.textContent('pre')).trim());
for (const [side, size] of Object.entries(sizes)) console.log(`${side}: ${(size / 1000).toFixed(0)} kB of code, gzipped`);
await browser.close();
await server.close();
