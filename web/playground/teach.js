// Teach: texts in, a run with its curve and its questions, stop, go on and start again.
import {bars} from './bars.js';
import {lossCurve} from './chart.js';
import {call, listen} from './client.js';
import {element, fill} from './dom.js';
import {duration, text} from './strings.js';

const linesOf = (value) => value.split('\n').map((line) => line.trim()).filter(Boolean);

// What each question was answered first, and what it is answered now.
function beforeAndNow(probes) {
  return [...new Set(probes.map(({text: question}) => question))].map((question) => {
    const rows = probes.filter((row) => row.text === question);
    return {question, expected: rows[0].expected, before: rows[0].answers, now: rows.at(-1).answers};
  });
}

export function makeTeach(page) {
  const settings = {lines: '', probes: '三国人物诸葛[MASK] = 涛\n诸葛亮字孔[MASK] = 明\n今天天气很[MASK]。 = 好', epochs: 20, rate: 0.001};
  let file = null, points = [], steps = 1, state = 'idle', probes = null, guard = null, told = '';
  const curve = element('div'), asked = element('div', {class: 'probes'}), kept = element('div');
  const status = element('p', {role: 'status', 'aria-live': 'polite'}), progress = element('p', {class: 'note'});
  const buttons = element('div', {class: 'row'});
  const field = (name, properties) => element(properties.rows ? 'textarea' : 'input',
    {id: name, ...properties, onchange: (event) => { settings[name] = event.target.value; }});

  call('sample').then((lines) => {
    settings.lines ||= lines.join('\n');
    const box = document.getElementById('lines');
    if (box && !box.value) box.value = settings.lines;
  }, page.problem);

  function showButtons() {
    const button = (key, action, primary) => element('button', {type: 'button', class: primary ? 'primary' : '', onclick: action}, text(key));
    fill(buttons,
      state === 'idle' ? button('start', start, true) : null,
      state === 'running' ? button('stop', () => call('stop').catch(page.problem), true) : null,
      state === 'stopped' ? button('goOn', () => run('goOn'), true) : null,
      state !== 'running' && points.length ? button('startAgain', startAgain) : null);
  }

  function showRun() {
    fill(status, told);
    fill(curve, points.length ? lossCurve(points, steps) : null);
    fill(asked, ...beforeAndNow(probes ?? []).map(({question, expected, before, now}) => element('div', {class: 'card'},
      element('h3', {lang: 'zh-Hans'}, question),
      element('div', {class: 'pair'},
        element('div', {}, element('h4', {}, text('before')), bars(before, {right: expected})),
        element('div', {}, element('h4', {}, text('now')), bars(now, {right: expected}))))));
    fill(kept, guard ? element('div', {class: 'card'}, element('h3', {}, text('forgotten')),
      element('p', {}, text('forgottenNote', {n: guard.count, before: guard.before, after: guard.after})),
      guard.lost.length
        ? element('ul', {lang: 'zh-Hans'}, ...guard.lost.map((lost) => element('li', {}, text('forgottenItem', lost))))
        : element('p', {class: 'note'}, text('nothingForgotten'))) : null);
    showButtons();
  }

  listen('step', ({step, loss, tokensPerSecond, secondsLeft, of}) => {
    points.push({step, loss});
    steps = of;
    fill(progress, [text('of', {step, steps}), `${text('loss')} ${loss.toFixed(3)}`,
      text('tokensPerSecond', {n: Math.round(tokensPerSecond).toLocaleString()}),
      text('left', {time: duration(secondsLeft)})].join(' · '));
    if (step % 4 === 0 || step === of) fill(curve, lossCurve(points, steps));
  });
  listen('probes', (event) => { probes = event.probes; showRun(); });

  async function run(operation, options = {}) {
    state = 'running';
    told = '';
    showRun();
    try {
      const result = await call(operation, options);
      state = result.stopped ? 'stopped' : 'idle';
      guard = result.guard ?? guard;
      told = result.stopped ? text('stopped', {step: result.step, steps}) : text('finished', {time: duration(result.seconds)});
      page.changed({taught: true});
    } catch (error) {
      state = 'idle';
      told = error.message;
    }
    showRun();
  }

  function start() {
    points = [];
    probes = guard = null;
    // "…诸葛[MASK] = 涛" is a question and its right answer.
    run('teach', {
      data: file ?? linesOf(settings.lines), epochs: Number(settings.epochs), learning_rate: Number(settings.rate),
      probes: linesOf(settings.probes).map((line) => line.replace(/\s*=\s*/, '=')),
    });
  }

  async function startAgain() {
    await call('forget').catch(page.problem);
    points = [];
    probes = guard = null;
    told = '';
    state = 'idle';
    page.changed({taught: false});
    showRun();
  }

  async function takeFile(chosen) {
    if (!chosen) return;
    file = chosen;
    try {
      const {texts, notes} = await call('readTexts', {data: file});
      told = [text('read', {n: texts, name: chosen.name}), ...notes].join(' ');
    } catch (error) {
      file = null;
      told = error.message;
    }
    showRun();
  }

  return {
    draw() {
      const chooser = element('input', {type: 'file', accept: '.txt,.json,.jsonl,.csv,.tsv', hidden: true,
        onchange: (event) => takeFile(event.target.files[0])});
      const lines = field('lines', {rows: 8, lang: 'zh-Hans', spellcheck: 'false'});
      lines.value = settings.lines;
      lines.addEventListener('input', () => { file = null; });
      const questions = field('probes', {rows: 3, lang: 'zh-Hans', spellcheck: 'false'});
      questions.value = settings.probes;
      showRun();
      return [
        element('h2', {}, text('teachTitle')), element('p', {class: 'note'}, text('teachNote')),
        element('div', {class: 'drop', ondragover: (event) => event.preventDefault(),
          ondrop: (event) => { event.preventDefault(); takeFile(event.dataTransfer.files[0]); }},
        element('label', {for: 'lines'}, text('lines')), lines,
        element('div', {class: 'row'}, element('span', {class: 'note'}, text('dropFile')),
          element('button', {type: 'button', class: 'quiet', onclick: () => chooser.click()}, text('openFile')), chooser)),
        element('div', {class: 'row'},
          element('label', {title: text('epochsNote')}, text('epochs'), field('epochs', {type: 'number', min: 1, max: 1000, value: settings.epochs})),
          element('label', {}, text('rate'), field('rate', {type: 'number', min: 0, max: 1, step: 'any', value: settings.rate}))),
        element('label', {for: 'probes'}, text('probes')), element('p', {class: 'note'}, text('probesNote')), questions,
        buttons, status, progress, curve, asked, kept,
      ];
    },
  };
}
