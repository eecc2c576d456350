// Talks to the worker in which the model lives, so that the page never waits. Every request is answered by one message
// with its number; between them come events, for example after every update of a training run.
const worker = new Worker(new URL('worker.js', import.meta.url), {type: 'module'});
const waiting = new Map();
const listeners = new Map();
let last = 0;

worker.onmessage = ({data}) => {
  if (data.event) {
    listeners.get(data.event)?.(data);
    return;
  }
  const {resolve, reject} = waiting.get(data.id);
  waiting.delete(data.id);
  if ('error' in data) reject(new Error(data.error));
  else resolve(data.result);
};

// A worker that cannot start answers nothing.
worker.onerror = (event) => {
  for (const {reject} of waiting.values()) reject(new Error(event.message || 'the worker did not start'));
  waiting.clear();
};

export function call(operation, options = {}) {
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, {resolve, reject});
    worker.postMessage({id, operation, options});
  });
}

export const listen = (event, listener) => listeners.set(event, listener);
