import {inNode} from './node.js';

// What a person can do about an exception of the browser, in one line.
export function reason(error) {
  const message = error?.message ?? String(error);
  if (/memory|allocation/i.test(message)) {
    return `out of memory: this model needs more than this ${inNode ? 'system' : 'browser'} gives; ` +
      'close other pages, or take a smaller model';
  }
  return message;
}
