// mini-bert beside transformers.js on one thread in f32, in turns: one blank, and the vectors of 1,000 short texts.
// compare.sh runs it under Node and, bundled by Vite, in Chromium.
export async function compare({miniBert, transformers, ours, theirs, rounds = 9, texts = 1000, say = console.log}) {
  const question = '三国人物诸葛[MASK]是蜀国的丞相。';
  const characters = Array.from('今天天气很好我们去公园里看花人多不多他说北京是中国的首都水果店有苹果和香蕉');
  const short = Array.from({length: texts}, (_, i) =>
    Array.from({length: 6 + i % 9}, (_, j) => characters[(i * 7 + j * 11) % characters.length]).join(''));

  const fill = {
    'mini-bert': await miniBert.pipeline('fill-mask', ours, {threads: 1}),
    'transformers.js': await transformers.pipeline('fill-mask', theirs, {dtype: 'fp32', session_options: {intraOpNumThreads: 1, interOpNumThreads: 1}}),
  };
  const extract = {
    'mini-bert': await miniBert.pipeline('feature-extraction', fill['mini-bert'].model),
    'transformers.js': await transformers.pipeline('feature-extraction', theirs, {dtype: 'fp32', session_options: {intraOpNumThreads: 1, interOpNumThreads: 1}}),
  };

  // The same answers first.
  const [a, b] = await Promise.all(Object.values(fill).map((ask) => ask(question, {top_k: 5})));
  a.forEach((answer, i) => {
    if (answer.token_str !== b[i].token_str || Math.abs(answer.score - b[i].score) > 1e-4) throw new Error(`other answers: ${JSON.stringify([a, b])}`);
  });
  const vectors = await Promise.all(Object.values(extract).map((embed) => embed(short.slice(0, 8), {pooling: 'mean', normalize: true})));
  vectors[0].data.forEach((x, i) => {
    if (Math.abs(x - vectors[1].data[i]) > 1e-4) throw new Error(`other vectors: number ${i} is ${x} and ${vectors[1].data[i]}`);
  });
  say('the same answers within 1e-4, the same vectors within 1e-4');

  const median = (values) => values.sort((x, y) => x - y)[values.length >> 1];
  async function inTurns(what, sides, work) {
    const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
    for (let round = -1; round < rounds; ++round) {  // the first one warms up
      for (const [name, side] of Object.entries(sides)) {
        const begin = performance.now();
        await work(side);
        if (round >= 0) times[name].push(performance.now() - begin);
      }
    }
    const ours = median(times['mini-bert']), theirs = median(times['transformers.js']);
    say(`${what}: mini-bert ${ours.toFixed(2)} ms, transformers.js ${theirs.toFixed(2)} ms, ${(theirs / ours).toFixed(2)} x`);
    return {what, ours, theirs};
  }
  // transformers.js is given batches of 32, which is faster for it than one by one; mini-bert packs texts by itself.
  const batches = (embed) => async () => {
    for (let i = 0; i < short.length; i += 32) await embed(short.slice(i, i + 32), {pooling: 'mean', normalize: true});
  };
  const results = [await inTurns('fill-mask, 17 tokens', fill, (ask) => ask(question))];
  const all = {'mini-bert': () => extract['mini-bert'](short, {pooling: 'mean', normalize: true}), 'transformers.js': batches(extract['transformers.js'])};
  results.push(await inTurns(`${texts} short embeddings`, all, (run) => run()));
  return results;
}
