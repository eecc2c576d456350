// Answers as a table with a bar for each probability.
import {element} from './dom.js';
import {percent, text} from './strings.js';

// `right`: the word that is marked as the right answer.
export function bars(answers, {right} = {}) {
  return element('table', {class: 'bars'}, element('tbody', {}, ...answers.map(({token_str: token, score}) => {
    const marked = right !== undefined && token === right;
    return element('tr', marked ? {class: 'right'} : {},
      element('th', {scope: 'row'}, token),
      element('td', {class: 'bar'}, element('span', {style: `width:${(100 * score).toFixed(2)}%`})),
      element('td', {class: 'number'}, percent(score), marked ? element('span', {class: 'badge'}, text('right')) : null));
  })));
}
