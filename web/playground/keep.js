// Keep: the model as a .zip, and other models into the page.
import {call} from './client.js';
import {element, fill, save} from './dom.js';
import {fromDrop, fromFiles} from './model_files.js';
import {text} from './strings.js';
import {zip} from './mini-bert/lib/zip.js';

// How others load the downloaded folder: [what it is called, a program].
const programs = [
  ['usePython', (folder) => `from transformers import pipeline
fill = pipeline("fill-mask", "${folder}")
print(fill("三国人物诸葛[MASK]")[0]["token_str"])`],
  ['useNode', (folder) => `import {pipeline} from 'mini-bert';
const fill = await pipeline('fill-mask', '${folder}');
console.log((await fill('三国人物诸葛[MASK]'))[0].token_str);`],
  ['useProgram', (folder) => `mini_bert_predict fill-mask --model ${folder} '三国人物诸葛[MASK]'`],
];

export function makeKeep(page) {
  const folder = () => `${page.model?.name ?? 'model'}${page.taught ? '-taught' : ''}`;
  const uses = element('div');
  const showUses = () => fill(uses, ...programs.flatMap(([key, program]) =>
    [element('h3', {}, text(key)), element('pre', {}, element('code', {}, program(folder())))]));

  async function download({target: button}) {
    button.disabled = true;
    button.textContent = text('packing');
    try {
      const files = await call('files');
      const inFolder = Object.fromEntries(Object.entries(files).map(([name, data]) => [`${folder()}/${name}`, data]));
      save(zip(inFolder), `${folder()}.zip`);
    } catch (error) {
      page.problem(error);
    }
    button.textContent = text('download');
    button.disabled = false;
  }

  async function open(read) {
    try {
      const {name, files} = await read();
      const model = await call('open', {name, files});
      page.changed({model, taught: false});
    } catch (error) {
      page.problem(error);
    }
  }

  const chooser = (properties, read) => element('input', {type: 'file', hidden: true, ...properties,
    onchange: ({target}) => target.files.length && open(() => read(target.files))});

  return {
    draw() {
      showUses();
      const folders = chooser({webkitdirectory: true}, fromFiles);
      const zips = chooser({accept: '.zip'}, fromFiles);
      const button = (key, action) => element('button', {type: 'button', onclick: action}, text(key));
      return [
        element('h2', {}, text('keepTitle')), element('p', {class: 'note'}, text('keepNote')),
        element('div', {class: 'row'}, element('button', {type: 'button', class: 'primary', onclick: download}, text('download'))),
        uses,
        element('h2', {}, text('openTitle')), element('p', {class: 'note'}, text('openNote')),
        element('div', {class: 'drop row', ondragover: (event) => event.preventDefault(),
          ondrop: (event) => { event.preventDefault(); open(() => fromDrop(event.dataTransfer)); }},
        button('openFolder', () => folders.click()), button('openZip', () => zips.click()),
        element('span', {class: 'note'}, text('dropModel')), folders, zips),
        element('div', {class: 'row'}, button('back', () =>
          call('openShipped').then((model) => page.changed({model, taught: false}), page.problem))),
      ];
    },
    changed: showUses,
  };
}
