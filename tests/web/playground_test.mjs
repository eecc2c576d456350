// Uses the page as a person does, in a real Chromium without a window. Needs playwright-core.
//
//   node playground_test.mjs SITE [SCREENSHOTS]     playground_test.sh runs it; MODES=one-thread and CASE=learns choose
// some; with ROUNDS=7 the page is opened seven times, and the time to its first answer is a median
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {extname, join, normalize} from 'node:path';
import {tmpdir} from 'node:os';
import {chromium} from 'playwright-core';

const [site, screenshots] = process.argv.slice(2);
const types = {'.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm', '.txt': 'text/plain; charset=utf-8'};

// A page gets threads when its host sends two headers, or else through its service worker. Without both there is one.
const modes = {
  headers: {isolated: true, serviceWorkers: 'block'},
  'service-worker': {isolated: false, serviceWorkers: 'allow'},
  'one-thread': {isolated: false, serviceWorkers: 'block'},
};
let mode;

// A static host; `isolated` sends the two headers.
function serve(isolated) {
  const server = createServer((request, response) => {
    const path = join(site, normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)).replace(/\/$/, '/index.html'));
    let data;
    try {
      data = readFileSync(path);
    } catch {
      response.writeHead(404).end();
      return;
    }
    const headers = {'Content-Type': types[extname(path)] ?? 'application/octet-stream'};
    if (isolated) Object.assign(headers, {'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp'});
    response.writeHead(200, headers).end(data);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close()})));
}

const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});
const cases = [];
const test = (name, run) => cases.push({name, run});

async function open(server, {width = 1200, language = 'en', dark = false, hash = '', before} = {}) {
  const context = await browser.newContext({viewport: {width, height: 900}, locale: language === 'zh' ? 'zh-CN' : 'en-US',
    colorScheme: dark ? 'dark' : 'light', acceptDownloads: true, serviceWorkers: mode.serviceWorkers});
  const page = await context.newPage();
  if (before) await page.addInitScript(before);
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  await page.goto(server.address + hash);
  return page;
}

async function shoot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, {recursive: true});
  await page.screenshot({path: join(screenshots, `${name}.png`), fullPage: true});
}

const first = (page, panel) => page.locator(`#${panel} .bars tr th`).first();

// Seconds from the beginning of the navigation to the first answer. Runs inside the page.
function noteFirstAnswer() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('#ask .bars tr th')) return;
    globalThis.firstAnswer = performance.now() / 1000;
    observer.disconnect();
  }).observe(document, {childList: true, subtree: true});
}

test('the first answer is 亮, and says how long it took', async (server) => {
  const seconds = [];
  let page;
  for (let round = 0; round < Number(process.env.ROUNDS ?? 1); ++round) {
    await page?.context().close();
    page = await open(server, {before: noteFirstAnswer});
    await first(page, 'ask').waitFor();
    assert.equal(await first(page, 'ask').textContent(), '亮');
    seconds.push(await page.evaluate(() => globalThis.firstAnswer));
  }
  seconds.sort((a, b) => a - b);
  console.log(`    first answer after ${seconds[seconds.length >> 1].toFixed(2)} s (${seconds.map((s) => s.toFixed(2)).join(', ')})`);
  await page.fill('#question', '诸葛亮字[MASK][MASK]，是蜀国的丞相。');
  await page.locator('#ask .texts li').first().waitFor();
  await page.fill('#question', '没有空');
  await page.getByText('no [MASK]').waitFor();
  assert.deepEqual(page.errors, []);
});

test('it learns 涛, can be stopped, goes on, and forgets again', async (server) => {
  const page = await open(server, {hash: '#teach'});
  await page.locator('#teach #lines').waitFor();
  await page.waitForFunction(() => document.querySelector('#lines').value.includes('诸葛涛'));
  const begin = Date.now();
  await page.getByRole('button', {name: 'Start', exact: true}).click();
  await page.locator('#teach svg.curve').waitFor();
  await page.getByRole('button', {name: 'Stop'}).click();
  await page.getByRole('button', {name: 'Go on'}).click();
  const now = page.locator('#teach .pair').first().locator('.bars').nth(1).locator('th').first();
  await now.getByText('涛').waitFor({timeout: 240000});
  const learned = (Date.now() - begin) / 1000;
  await page.getByText('Finished after').waitFor({timeout: 240000});
  console.log(`    涛 first after ${learned.toFixed(1)} s, all epochs after ${((Date.now() - begin) / 1000).toFixed(1)} s: ` +
    await page.locator('#teach .note').filter({hasText: 'tokens'}).last().textContent());
  assert.equal(await now.textContent(), '涛');
  await shoot(page, 'teach-en-1200');
  await page.click('#tab-ask');
  await page.waitForFunction(() => document.querySelector('#ask .bars th')?.textContent === '涛');
  await page.click('#tab-keep');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', {name: 'Download the model'}).click();
  const path = join(tmpdir(), `mini-bert-${process.pid}.zip`);
  await (await waiting).saveAs(path);
  assert.ok(statSync(path).size > 1e6);
  await page.click('#tab-teach');
  await page.getByRole('button', {name: 'Forget all'}).click();
  await page.click('#tab-ask');
  await page.waitForFunction(() => document.querySelector('#ask .bars th')?.textContent === '亮');
  await page.click('#tab-keep');
  await page.locator('#keep input[accept=".zip"]').setInputFiles(path);
  await page.click('#tab-ask');
  await page.waitForFunction(() => document.querySelector('#ask .bars th')?.textContent === '涛');
  assert.deepEqual(page.errors, []);
});

test('a file with mistakes gets one line', async (server) => {
  const page = await open(server, {hash: '#teach'});
  const file = join(tmpdir(), `broken-${process.pid}.json`);
  writeFileSync(file, '["一", 2');
  await page.locator('#teach input[type=file]').setInputFiles(file);
  await page.getByText('broken-').waitFor();
  assert.deepEqual(page.errors, []);
});

test('a look inside: every step, forward and backward', async (server) => {
  const page = await open(server, {hash: '#inside'});
  await page.locator('#inside svg.attention rect').first().waitFor();
  await page.locator('#inside svg.attention rect').nth(9).hover();
  await page.locator('#inside').getByText('takes').first().waitFor();
  await page.getByText('loss = ').waitFor();
  await page.fill('#target', '涛');
  await page.locator('#target').blur();
  await page.waitForFunction(() => document.querySelector('#target').value === '涛');
  for (const link of await page.locator('#inside .links a').all()) {
    const answer = await page.request.get(new URL(await link.getAttribute('href'), server.address).href);
    assert.equal(answer.status(), 200, await link.getAttribute('href'));
  }
  assert.deepEqual(page.errors, []);
});

test('a reload in the middle, and two tabs', async (server) => {
  const page = await open(server, {hash: '#teach'});
  await page.waitForFunction(() => document.querySelector('#lines')?.value.includes('诸葛涛'));
  await page.getByRole('button', {name: 'Start', exact: true}).click();
  await page.locator('#teach svg.curve').waitFor();
  const other = await page.context().newPage();
  await other.goto(`${server.address}#ask`);
  await first(other, 'ask').waitFor();
  assert.equal(await first(other, 'ask').textContent(), '亮');
  await page.reload();
  await page.locator('#model span').first().waitFor();
  await page.click('#tab-ask');
  await first(page, 'ask').waitFor();
  assert.equal(await first(page, 'ask').textContent(), '亮');
  assert.deepEqual(page.errors, []);
});

test('keyboard: tabs, and no control without a name', async (server) => {
  const page = await open(server);
  await first(page, 'ask').waitFor();
  await page.focus('#tab-ask');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-teach');
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input:not([hidden]), textarea, select')]
    .filter((e) => !e.textContent.trim() && !e.labels?.length && !e.getAttribute('aria-label')).map((e) => e.outerHTML));
  assert.deepEqual(nameless, []);
});

test('both languages, wide and narrow: nothing sticks out', async (server) => {
  for (const language of ['en', 'zh']) {
    for (const width of [1200, 400]) {
      for (const panel of ['ask', 'teach', 'keep', 'inside']) {
        const page = await open(server, {width, language, dark: width === 400, hash: `#${panel}`});
        await page.locator('#model span').first().waitFor();
        await page.locator(panel === 'inside' ? '#inside .amounts' : panel === 'ask' ? '#ask .bars' : `#${panel} h2`).first().waitFor();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${panel} ${language} ${width}: ${wide} pixels stick out`);
        await shoot(page, `${panel}-${language}-${width}`);
        await page.context().close();
      }
    }
  }
});

let failed = 0;
for (const name of process.env.MODES?.split(',') ?? Object.keys(modes)) {
  mode = modes[name];
  const server = await serve(mode.isolated);
  for (const {name: what, run} of cases.filter(({name: what}) => what.includes(process.env.CASE ?? ''))) {
    try {
      await run(server);
      console.log(`ok     ${name}: ${what}`);
    } catch (error) {
      ++failed;
      console.log(`FAILED ${name}: ${what}\n${error.stack}`);
    }
    for (const context of browser.contexts()) await context.close();
  }
  server.close();
}
await browser.close();
console.log(failed ? `${failed} failed` : 'all passed');
process.exit(failed ? 1 : 0);
