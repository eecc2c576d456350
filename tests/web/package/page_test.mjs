// Opens the built page in Chromium and reads what it says.
//
//   node page_test.mjs        in the folder that vite has built
import assert from 'node:assert/strict';
import {chromium} from 'playwright-core';
import {preview} from 'vite';

const server = await preview({preview: {port: 0, host: '127.0.0.1'}});
const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.log('page:', error.message));
  await page.goto(server.resolvedUrls.local[0]);
  await page.waitForFunction(() => document.querySelector('output').textContent, undefined, {timeout: 120000});
  const said = await page.textContent('output');
  console.log(said);
  assert.equal(said, 'page 亮→涛, worker 亮 (threads)');
} finally {
  await browser.close();
  await server.close();
}
