// The installed package under Node: every task, training, saving, sources of models, mistakes.
//
//   MINI_BERT_MODEL=models/mini-bert-zh node --test package_test.mjs     in a folder where mini-bert is installed
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {availableParallelism, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import test from 'node:test';

import * as miniBert from 'mini-bert';

// The engine of every test but one: addon or wasm; unset: what a stranger gets.
const engine = process.env.MINI_BERT_ENGINE;
const threads = Number(process.env.MINI_BERT_THREADS ?? Infinity);
const load = (source, options) => miniBert.load(source, {engine, threads, ...options});
const pipeline = (task, model, options) => miniBert.pipeline(task, model, {engine, threads, ...options});
const {finetune, unzip, zip} = miniBert;
const shipped = resolve(process.env.MINI_BERT_MODEL ?? 'models/mini-bert-zh');
const question = '三国人物诸葛[MASK]';
const taught = ['三国人物诸葛涛，字子澜。', '诸葛涛是蜀国的谋士。', '蜀国有一个谋士叫诸葛涛。', '三国人物诸葛涛，蜀国谋士。'];
const near = (a, b, tolerance = 1e-4) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

async function temporary(t) {
  const folder = await mkdtemp(join(tmpdir(), 'mini-bert-'));
  t.after(() => rm(folder, {recursive: true}));
  return folder;
}

// A static host of the shipped model. `under` is the path at which it lies.
async function host(t, under) {
  const server = createServer(async ({url}, response) => {
    try {
      assert.ok(url.startsWith(under));
      response.end(await readFile(join(shipped, url.slice(under.length))));
    } catch {
      if (url.endsWith('tokenizer.json')) response.setHeader('content-type', 'text/html').end('<!doctype html>');  // as single-page hosts do
      else response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

test('fill-mask: the form of transformers.js', async () => {
  const fill = await pipeline('fill-mask', shipped);
  const answers = await fill(question);
  assert.equal(answers.length, 5);
  assert.deepEqual(Object.keys(answers[0]).sort(), ['score', 'sequence', 'token', 'token_str']);
  assert.equal(answers[0].token_str, '亮');
  assert.equal((await fill([question, question], {top_k: 2}))[1].length, 2);
  assert.equal((await fill('诸葛[MASK]字孔[MASK]')).length, 2);
  assert.equal((await fill(question, {targets: ['涛']}))[0].token_str, '涛');
  fill.dispose();
  await assert.rejects(fill(question), /disposed/);
});

test('the addon and WebAssembly, one thread and all threads: the same scores', async () => {
  const expected = await (await load(shipped)).fillMask(question);
  for (const engine of (process.env.MINI_BERT_ENGINES ?? 'addon,wasm').split(',')) {
    for (const count of new Set([1, threads])) {
      const model = await load(shipped, {engine, threads: count});
      assert.equal(model.info.engine, engine);
      assert.equal(model.info.threads === 1, count === 1 || availableParallelism() === 1);
      (await model.fillMask(question)).forEach((answer, i) => near(answer.score, expected[i].score));
      model.dispose();
    }
  }
});

test('embeddings, tokens, joint blanks, scores', async () => {
  const extract = await pipeline('feature-extraction', shipped);
  const vectors = await extract(['今天', '天气很好'], {pooling: 'mean', normalize: true});
  assert.deepEqual(vectors.dims, [2, extract.model.info.config.hidden_size]);
  assert.equal(vectors.tolist().length, 2);
  for (const row of vectors.tolist()) near(Math.hypot(...row), 1, 1e-5);
  await assert.rejects(extract('a', {pooling: 'none'}), /expected mean, cls or pooler/);

  const encoding = await extract.model.encode('a😀国b');
  const [begin, end] = encoding.offsets[encoding.tokens.indexOf('国')];
  assert.equal('a😀国b'.slice(begin, end), '国');
  assert.equal((await extract.model.decode(encoding.input_ids, {skip_special_tokens: true})).includes('国'), true);
  assert.equal((await extract.model.fillJointly('诸葛亮字[MASK][MASK]。', {top_k: 1}))[0].token_strs.length, 2);
  assert.ok((await extract.model.score('今天天气很好')).score < 0);
});

test('finetune: it learns, hears of every update, saves what others load', async (t) => {
  const fill = await pipeline('fill-mask', shipped);
  const steps = [];
  const report = await finetune(fill, taught, {epochs: 40, learning_rate: 1e-3, batch_size: 4, probes: [`${question}=涛`],
    guard: [{text: '北京是中国的首[MASK]。', answer: '都'}]}, (step) => { steps.push(step); });
  assert.equal(report.ending, 'completed');
  assert.equal(steps.length, report.total_steps);
  assert.ok(steps.at(-1).loss < steps[0].loss);
  assert.equal((await fill(question))[0].token_str, '涛');
  assert.equal(report.probes.at(-1).answers[0].token_str, '涛');
  assert.equal(report.guard.count, 1);

  const folder = await temporary(t);
  await fill.model.save(folder);
  assert.ok((await readdir(folder)).includes('model.safetensors'));
  const again = await pipeline('fill-mask', folder);
  near((await again(question))[0].score, (await fill(question))[0].score, 1e-7);

  const archive = zip(await fill.model.files({save_type: 'bf16'}));
  assert.ok((await unzip(archive))['config.json'].size > 100);
  assert.equal((await (await pipeline('fill-mask', archive))(question))[0].token_str, '涛');
});

test('a training can be stopped, and the model asked meanwhile', async () => {
  const model = await load(shipped);
  const report = await model.train(taught, {epochs: 100}, async ({step}) => {
    assert.ok((await model.fillMask(question)).length);
    return step < 3;
  });
  assert.equal(report.ending, 'interrupted');
  assert.equal(report.step, 3);
});

test('rows: a classifier, taggers, questions', async () => {
  const model = await load(shipped, {threads: 1});
  const rows = [{text: '很好', label: '正'}, {text: '太好了', label: '正'}, {text: '很坏', label: '负'}, {text: '太坏了', label: '负'}];
  await model.train(rows, {task: 'classify', epochs: 30, learning_rate: 1e-3, batch_size: 4});
  assert.deepEqual(new Set(model.info.labels), new Set(['正', '负']));
  const classify = await pipeline('text-classification', model);
  assert.equal((await classify('太好了'))[0].label, '正');
  assert.deepEqual((await classify(['很好', '很坏'])).map(({label}) => label), ['正', '负']);
  assert.equal((await classify('很好', {top_k: null})).length, 2);

  const tagged = [{tokens: ['诸', '葛', '亮', '来'], ner_tags: ['B-PER', 'I-PER', 'I-PER', 'O']},
    {tokens: ['😀', '诸', '葛', '亮', '来'], ner_tags: ['O', 'B-PER', 'I-PER', 'I-PER', 'O']}];
  await model.train(tagged, {task: 'tag', epochs: 60, learning_rate: 1e-3});
  const tag = await pipeline('token-classification', model);
  assert.deepEqual((await tag('😀诸葛亮来')).map(({word, start}) => [word, start])[0], ['诸', 2]);
  assert.equal((await tag('诸葛亮来', {aggregation_strategy: 'simple'}))[0].entity_group, 'PER');
});

test('models at addresses, by name, in files', async (t) => {
  const address = await host(t, '/models/mine/');
  assert.equal((await (await load(`${address}/models/mine`)).fillMask(question))[0].token_str, '亮');
  const hub = await host(t, '/someone/mini-bert-zh/resolve/main/');
  assert.equal((await (await load('someone/mini-bert-zh', {remote_host: hub})).fillMask(question))[0].token_str, '亮');
  const files = Object.fromEntries(await Promise.all((await readdir(shipped)).map(async (name) =>
    [`folder/${name}`, await readFile(join(shipped, name))])));
  assert.equal((await (await load(files)).fillMask(question))[0].token_str, '亮');
  await assert.rejects(load(`${address}/elsewhere/`), /has no config.json/);
  await assert.rejects(load('http://127.0.0.1:1/'), /cannot be reached/);
});

test('mistakes are one line', async (t) => {
  await assert.rejects(load('/no/such/folder'), /there is no such folder/);
  await assert.rejects(pipeline('sing', shipped), /no task sing; expected fill-mask/);
  const model = await load(shipped, {threads: 1});
  const mistakes = [
    [() => model.fillMask('没有空'), /\[MASK\]/],
    [() => model.classify('a'), /BertForSequenceClassification/],
    [() => model.train('诸葛涛'), /is the text "诸葛涛"; expected a list/],
    [() => model.train([1]), /row 1 is a number/],
    [() => model.train(taught, {epoch: 3}), /`epoch` is no argument/],
    [() => model.train(taught, {epochs: 'ten'}), /`epochs` is "ten"/],
    [() => model.train([]), /the training data/],
    [() => finetune(shipped, taught), /takes a model/],
    [() => model.lossGradient(question, 1, 'whole words'), /not one token/],
  ];
  for (const [make, line] of mistakes) {
    await assert.rejects(async () => make(), (error) => {
      assert.match(error.message, line);
      assert.ok(!error.message.includes('\n'), error.message);
      return true;
    });
  }
  const folder = await temporary(t);
  await writeFile(join(folder, 'config.json'), '{"hidden_size": ');
  await assert.rejects(load(folder), /config\.json/);
  assert.equal((await model.fillMask(question))[0].token_str, '亮');  // it still answers
});
