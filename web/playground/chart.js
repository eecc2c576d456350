// The curve of the loss, as SVG that grows while the model learns.
import {element} from './dom.js';
import {text} from './strings.js';

const width = 640, height = 220, left = 44, bottom = 24, top = 8, right = 8;

// About `count` round numbers between two numbers.
function ticks(from, to, count) {
  const rough = (to - from) / count || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const found = [];
  for (let value = Math.ceil(from / step) * step; value <= to + step / 1e6; value += step) found.push(value);
  return found;
}

// points: [{step, loss}]; steps: where the axis ends.
export function lossCurve(points, steps) {
  const losses = points.map(({loss}) => loss);
  const high = Math.max(...losses), low = Math.min(0, ...losses);
  const x = (step) => left + (width - left - right) * step / steps;
  const y = (loss) => top + (height - top - bottom) * (high - loss) / (high - low || 1);
  const path = points.map(({step, loss}, i) => `${i ? 'L' : 'M'}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join('');
  const label = text('curve', {first: losses[0].toFixed(2), last: losses.at(-1).toFixed(2)});
  return element('svg:svg', {class: 'curve', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label},
    ...ticks(low, high, 4).flatMap((loss) => [
      element('svg:line', {class: 'grid', x1: left, x2: width - right, y1: y(loss), y2: y(loss)}),
      element('svg:text', {x: left - 6, y: y(loss) + 4, 'text-anchor': 'end'}, String(+loss.toFixed(3))),
    ]),
    ...ticks(0, steps, 6).map((step) =>
      element('svg:text', {x: x(step), y: height - 6, 'text-anchor': 'middle'}, String(step))),
    element('svg:path', {class: 'line', d: path}));
}
