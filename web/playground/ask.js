// Ask: a text with blanks, and the answers while one types.
import {bars} from './bars.js';
import {call} from './client.js';
import {element, fill, later} from './dom.js';
import {percent, text} from './strings.js';

const mask = '[MASK]';
const examples = ['三国人物诸葛[MASK]', '今天天气很[MASK]。', '北京是中国的首[MASK]。', '诸葛亮字[MASK][MASK]，是蜀国的丞相。'];

export function makeAsk(page) {
  let question = examples[0], anyLength = false, asked = 0;
  const answers = element('div', {'aria-live': 'polite'});
  const input = element('textarea', {id: 'question', rows: 2, spellcheck: 'false', lang: 'zh-Hans'});

  async function ask() {
    question = input.value;
    if (!page.model) return;
    if (!question.includes(mask)) return fill(answers, element('p', {class: 'note'}, text('noMask')));
    const mine = ++asked, begin = performance.now();
    try {
      const answers = await call('fill', {text: question, top_k: 8});
      const blanks = Array.isArray(answers[0]) ? answers : [answers];
      // The last blank may have any length.
      const text = anyLength ? question.replace(/\[MASK\](?!.*\[MASK\])/s, '[MASK]*') : question;
      const together = anyLength || blanks.length > 1 ? await call('fillJointly', {text, top_k: 8}) : null;
      if (mine === asked) show(blanks, together, performance.now() - begin);  // else a newer question is on its way
    } catch (error) {
      if (mine === asked) fill(answers, element('p', {class: 'wrong'}, error.message));
    }
  }

  function show(blanks, together, milliseconds) {
    const several = blanks.length > 1;
    fill(answers,
      element('div', {class: 'blanks'}, ...blanks.map((blank, i) => element('div', {class: 'card'},
        several ? element('h3', {}, text('blank', {n: i + 1})) : null, bars(blank)))),
      together ? element('div', {class: 'card'}, element('h3', {}, text('together')),
        element('p', {class: 'note'}, text('togetherNote')),
        element('ol', {class: 'texts'}, ...together.map(({token_strs: tokens, score}) =>
          element('li', {}, filled(tokens), ' ', element('span', {class: 'number'}, percent(score)))))) : null,
      element('p', {class: 'note'}, text('took', {ms: milliseconds.toFixed(milliseconds < 10 ? 1 : 0)})));
  }

  // The question with its blanks filled; the last one takes all tokens that are left.
  function filled(tokens) {
    const parts = question.split(mask), shown = element('span', {lang: 'zh-Hans'});
    for (const [i, part] of parts.entries()) {
      shown.append(part);
      if (i + 1 === parts.length) break;
      const word = i + 2 === parts.length ? tokens.slice(i).join('') : tokens[i];
      shown.append(element('mark', {}, word.replaceAll('##', '')));
    }
    return shown;
  }

  function insertMask() {
    input.setRangeText(mask, input.selectionStart, input.selectionEnd, 'end');
    input.focus();
    ask();
  }

  input.addEventListener('input', later(60, ask));

  return {
    draw() {
      input.value = question;
      const open = element('input', {type: 'checkbox', checked: anyLength,
        onchange: () => { anyLength = open.checked; ask(); }});
      const parts = [
        element('h2', {}, text('askTitle')),
        element('p', {class: 'note'}, text('askNote')),
        element('label', {for: 'question'}, text('question')),
        input,
        element('div', {class: 'row'},
          element('button', {type: 'button', onclick: insertMask}, text('insertMask')),
          element('label', {class: 'check', title: text('anyLengthNote')}, open, text('anyLength'))),
        element('div', {class: 'row'}, element('span', {class: 'note'}, text('examples')),
          ...examples.map((example) => element('button', {type: 'button', class: 'quiet', lang: 'zh-Hans',
            onclick: () => { input.value = example; ask(); }}, example))),
        answers,
      ];
      ask();
      return parts;
    },
    changed: ask,
  };
}
