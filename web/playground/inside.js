// Look inside: what the model computes for a text, forward and backward, with its numbers.
import {bars} from './bars.js';
import {call} from './client.js';
import {element, fill, later} from './dom.js';
import {attentionMap, strip} from './heat.js';
import {percent, text} from './strings.js';

const source = 'read/';  // the pages and files, copied beside the page as plain text
const shownNumbers = 64;

// Where a step is explained, and where its code is.
const pages = {
  tokens: ['docs/tokenizer.md', 'mini_bert/tokenizer/tokenizer.h'],
  embeddings: ['docs/layer_norm.md', 'mini_bert/bert/model/embeddings.cpp'],
  attention: ['docs/attention.md', 'mini_bert/nn/self_attention.cpp'],
  feedForward: ['docs/gelu.md', 'mini_bert/bert/model/encoder.cpp'],
  answers: ['docs/softmax_cross_entropy.md', 'mini_bert/bert/model/mlm_head.cpp'],
  backward: ['docs/tape.md', 'mini_bert/autograd/tape.h'],
  one: ['docs/adamw.md', 'mini_bert/nn/adamw.h'],
};

function title(key) {
  const [page, file] = pages[key];
  return [element('h3', {}, text(key)), element('p', {class: 'links'},
    element('a', {href: `${source}${page}.txt`}, text('readMore', {page})),
    element('a', {href: `${source}${file}.txt`}, text('code', {file})))];
}

const norm = (values) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
const largest = (values) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const number = (x) => x === 0 ? '0' : Math.abs(x) < 1e-3 || Math.abs(x) >= 1e4 ? x.toExponential(3) : x.toPrecision(4);

// A table with a bar for each row: [[name, value]], the bars relative to the largest value.
function amounts(rows) {
  const most = largest(rows.map(([, value]) => value)) || 1;
  return element('table', {class: 'bars amounts'}, element('tbody', {}, ...rows.map(([name, value]) => element('tr', {},
    element('th', {scope: 'row'}, name),
    element('td', {class: 'bar'}, element('span', {style: `width:${(100 * value / most).toFixed(1)}%`})),
    element('td', {class: 'number'}, number(value))))));
}

export function makeInside(page) {
  let question = '三国人物诸葛[MASK]是蜀国的丞相。', seen = null, layer = 0, head = -1, chosen = -1, target = '', asked = 0;
  let stale = true;
  const forward = element('div'), answers = element('div'), backward = element('div');
  const input = element('textarea', {id: 'inside-text', rows: 2, spellcheck: 'false', lang: 'zh-Hans'});

  async function look() {
    question = input.value;
    const mine = ++asked;
    if (!page.model || document.getElementById('inside').hidden) {
      stale = true;
      return;
    }
    stale = false;
    try {
      const result = await call('inspect', {text: question});
      if (mine !== asked) return;
      seen = result;
      layer = Math.min(layer, seen.layers.length - 1);
      const blank = seen.tokens.indexOf('[MASK]');
      if (chosen < 0 || chosen >= seen.tokens.length || blank >= 0) chosen = Math.max(blank, 0);
      target = target || seen.answers[chosen][0].token_str;
      show();
    } catch (error) {
      if (mine === asked) fill(forward, element('p', {class: 'wrong'}, error.message));
    }
  }

  const row = (values, t) => values.subarray(t * seen.hidden, (t + 1) * seen.hidden);

  function embeddingTable() {
    const {tokens, hidden} = seen, count = Math.min(shownNumbers, hidden);
    const columns = [['word', seen.word.data], ['type', seen.token_type.data], ['position', seen.position.data], ['sum', seen.embeddings.data]];
    const limits = columns.map(([, values]) => largest(values) || 1);
    return element('div', {class: 'wide'}, element('table', {class: 'strips'},
      element('thead', {}, element('tr', {}, element('th'), ...columns.map(([key]) => element('th', {scope: 'col'}, text(key))))),
      element('tbody', {}, ...tokens.map((token, t) => element('tr', {}, element('th', {scope: 'row'}, token),
        ...columns.map(([, values], c) => element('td', {}, strip(row(values, t), count, limits[c]))))))));
  }

  function attentionView() {
    const {tokens, heads} = seen, all = seen.layers[layer].attention.data, size = tokens.length ** 2;
    const p = head < 0
      ? Float32Array.from({length: size}, (_, i) => Array.from({length: heads}, (_, n) => all[n * size + i]).reduce((a, b) => a + b) / heads)
      : all.subarray(head * size, (head + 1) * size);
    const says = element('p', {class: 'note', 'aria-live': 'polite'}, '\u00a0');
    const choice = (label, options, value, change) => element('label', {}, label,
      element('select', {onchange: (event) => { change(Number(event.target.value)); show(); }},
        ...options.map(([id, name]) => element('option', {value: id, selected: id === value}, name))));
    return [
      element('div', {class: 'row'},
        choice('', seen.layers.map((_, i) => [i, text('layer', {n: i + 1})]), layer, (value) => { layer = value; }),
        choice('', [[-1, text('allHeads')], ...Array.from({length: heads}, (_, i) => [i, text('head', {n: i + 1})])], head, (value) => { head = value; })),
      element('div', {class: 'wide'}, attentionMap(tokens, p, (i, j) =>
        fill(says, text('attendsTo', {from: tokens[i], to: tokens[j], percent: percent(p[i * tokens.length + j])})))),
      says,
    ];
  }

  // ‖after − before‖/‖before‖ of every token, for the two parts of every layer.
  function movements() {
    const moved = (before, after, t) => {
      const from = row(before, t), to = row(after, t);
      return norm(to.map((x, i) => x - from[i])) / norm(from);
    };
    return element('div', {class: 'wide'}, element('table', {class: 'numbers'},
      element('thead', {}, element('tr', {}, element('th'), ...seen.layers.map((_, i) => element('th', {scope: 'col', colspan: 2}, text('layer', {n: i + 1})))),
        element('tr', {}, element('th'), ...seen.layers.flatMap(() => [element('th', {scope: 'col'}, text('byAttention')), element('th', {scope: 'col'}, text('byFeedForward'))]))),
      element('tbody', {}, ...seen.tokens.map((token, t) => element('tr', {}, element('th', {scope: 'row'}, token),
        ...seen.layers.flatMap(({attended, fed_forward: fedForward}, i) => {
          const before = i ? seen.layers[i - 1].fed_forward.data : seen.embeddings.data;
          return [moved(before, attended.data, t), moved(attended.data, fedForward.data, t)].map((x) => element('td', {class: 'number'}, percent(x)));
        }))))));
  }

  function tokenButtons() {
    return element('div', {class: 'tokens', role: 'group', 'aria-label': text('tokens')}, ...seen.tokens.map((token, t) =>
      element('button', {type: 'button', 'aria-pressed': String(t === chosen), onclick: () => { chosen = t; target = ''; show(); }},
        element('span', {}, token), element('small', {}, String(seen.ids[t])))));
  }

  function show() {
    const {hidden} = seen;
    fill(forward, ...title('tokens'), element('p', {class: 'note'}, text('tokensNote')), tokenButtons(),
      ...title('embeddings'), element('p', {class: 'note'}, text('embeddingsNote', {n: Math.min(shownNumbers, hidden), hidden})), embeddingTable(),
      ...title('attention'), element('p', {class: 'note'}, text('attentionNote')), ...attentionView(),
      ...title('feedForward'), element('p', {class: 'note'}, text('feedForwardNote')), movements());
    fill(answers, ...title('answers'), element('p', {class: 'note'}, text('answersNote')), tokenButtons(), bars(seen.answers[chosen]));
    showBackward();
  }

  async function showBackward() {
    target ||= seen.answers[chosen][0].token_str;
    const wanted = element('input', {id: 'target', value: target, lang: 'zh-Hans', size: 6,
      onchange: () => { target = wanted.value.trim(); showBackward(); }});
    const mine = asked;
    let result;
    try {
      result = await call('lossGradient', {text: question, token: chosen, target});
    } catch (error) {
      result = {error};
    }
    if (mine !== asked) return;
    fill(backward, ...title('backward'), element('p', {class: 'note'}, text('backwardNote')),
      element('div', {class: 'row'}, element('label', {for: 'target'}, text('target')), wanted,
        ...seen.answers[chosen].slice(0, 4).map(({token_str: word}) => element('button', {type: 'button', class: 'quiet', onclick: () => { target = word; showBackward(); }}, word))),
      ...(result.error ? [element('p', {class: 'wrong'}, result.error.message)] : gradientViews(result)));
  }

  function gradientViews({loss, tokens, parameters}) {
    const strongest = [...parameters].sort((a, b) => b.gradient_norm - a.gradient_norm);
    return [
      element('p', {}, text('lossIs', {p: percent(Math.exp(-loss)), loss: loss.toFixed(3)})),
      element('h4', {}, text('gradientAtTokens')), amounts(tokens.map((value, t) => [seen.tokens[t], value])),
      element('h4', {}, text('gradientAtParameters')),
      amounts(strongest.slice(0, 12).map(({path, gradient_norm: size}) => [path, size])),
      ...title('one'), ...firstUpdate(strongest[0]),
    ];
  }

  // AdamW's first update of one number: m and v begin at 0. Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2.
  function firstUpdate({path, value, gradient}) {
    const rate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.01;
    const m = (1 - beta1) * gradient, v = (1 - beta2) * gradient ** 2;
    const mean = m / (1 - beta1), square = v / (1 - beta2);
    const after = value - rate * (mean / (Math.sqrt(square) + epsilon) + decay * value);
    const steps = [
      ['w', value], ['g = ∂loss/∂w', gradient], ['m = 0.9·0 + 0.1·g', m], ['v = 0.999·0 + 0.001·g²', v],
      ['m̂ = m / (1 − 0.9)', mean], ['v̂ = v / (1 − 0.999)', square],
      ['w − 0.001·(m̂/(√v̂ + 10⁻⁸) + 0.01·w)', after],
    ];
    return [element('p', {class: 'note'}, text('oneNote', {path})), element('table', {class: 'numbers'},
      element('tbody', {}, ...steps.map(([name, x]) => element('tr', {}, element('th', {scope: 'row'}, name),
        element('td', {class: 'number'}, number(x))))))];
  }

  input.addEventListener('input', later(150, () => { target = ''; look(); }));

  return {
    draw() {
      input.value = question;
      if (seen) show();
      return [element('h2', {}, text('insideTitle')), element('label', {for: 'inside-text'}, text('insideText')), input, forward, answers, backward];
    },
    shown: () => stale && look(),
    changed: look,
  };
}
