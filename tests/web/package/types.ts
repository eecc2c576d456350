// Compiled, never run: what the declarations allow, and what they refuse.
import { finetune, load, pipeline, zip, type FilledMask, type Report } from 'mini-bert';

const fill = await pipeline('fill-mask', 'models/mini-bert-zh', { threads: 1 });
const answers: FilledMask[] = await fill('a [MASK]', { top_k: 3 });
const lists: FilledMask[][] = await fill(['a [MASK]']);
const labels = await (await pipeline('text-classification', fill.model))({ text: 'a', text_pair: 'b' });
const label: string = labels[0]!.label;
const vectors = await (await pipeline('feature-extraction', new URL('https://example.org/model/')))(['a'], { pooling: 'cls' });
const numbers: Float32Array = vectors.data;
const report: Report = await finetune(fill, ['a'], { epochs: 3, seed: 1 }, ({ step }) => step < 3);
const model = await load(new Blob());
const archive: Blob = zip(await model.files({ save_type: 'bf16' }));
const entity = (await model.tag('a'))[0]?.word;

// @ts-expect-error there is no such task
await pipeline('sing', model);
// @ts-expect-error a text where a list is expected
await model.train(['a'], { probes: 'a' });
// @ts-expect-error no such pooling
await model.embed('a', { pooling: 'max' });

export { answers, archive, entity, label, lists, numbers, report };
