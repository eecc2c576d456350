// Numbers as colours: rows of a vector, and the attention of one head.
import {element} from './dom.js';
import {percent, text} from './strings.js';

// Blue is negative, orange is positive; `limit` has the full colour.
function colour(value, limit) {
  const strength = Math.min(1, Math.abs(value) / limit) ** 0.7;
  return `rgb(${value < 0 ? '35 104 168' : '201 96 12'} / ${(100 * strength).toFixed(0)}%)`;
}

// The first `count` numbers of a vector, a cell each, on one canvas.
export function strip(values, count, limit) {
  const canvas = element('canvas', {class: 'strip', width: count, height: 1, 'aria-hidden': 'true'});
  const context = canvas.getContext('2d');
  for (let i = 0; i < count; ++i) {
    context.fillStyle = colour(values[i], limit);
    context.fillRect(i, 0, 1, 1);
  }
  return canvas;
}

// p: the probabilities of one head, row by row. `point(row, column)` is told where the reader points.
export function attentionMap(tokens, p, point) {
  const size = 24, count = tokens.length, left = 64, top = 64, right = 24;
  const cells = [];
  for (let i = 0; i < count; ++i) {
    for (let j = 0; j < count; ++j) {
      const label = text('attendsTo', {from: tokens[i], to: tokens[j], percent: percent(p[i * count + j])});
      cells.push(element('svg:rect', {
        x: left + j * size, y: top + i * size, width: size - 1, height: size - 1, 'data-row': i,
        fill: `rgb(35 104 168 / ${(100 * Math.sqrt(p[i * count + j])).toFixed(0)}%)`,
        onpointerenter: () => point(i, j), onclick: () => point(i, j)}, element('svg:title', {}, label)));
    }
  }
  return element('svg:svg', {class: 'attention', viewBox: `0 0 ${left + count * size + right} ${top + count * size}`,
    width: left + count * size + right, role: 'img', 'aria-label': text('attention')},
  ...tokens.map((token, i) => element('svg:text', {x: left - 6, y: top + i * size + 16, 'text-anchor': 'end'}, token)),
  ...tokens.map((token, j) => element('svg:text', {transform: `translate(${left + j * size + 16} ${top - 6}) rotate(-60)`}, token)),
  ...cells);
}
