import * as miniBert from 'mini-bert';
import * as transformers from '@huggingface/transformers';
import {compare} from '../compare.mjs';

const {env} = transformers;
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/onnx/';
env.useBrowserCache = false;
env.backends.onnx.wasm.numThreads = 1;
env.backends.onnx.wasm.wasmPaths = '/ort/';
const say = (line) => { document.querySelector('pre').textContent += `${line}\n`; };
try {
  await compare({miniBert, transformers, ours: new URL('/model/', location.href).href, theirs: 'mini-bert-zh', say});
  say('done');
} catch (error) {
  say(`failed: ${error.stack}`);
}
