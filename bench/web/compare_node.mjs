// node compare_node.mjs MODEL ONNX_FOLDER
import {resolve, dirname, basename} from 'node:path';
import * as miniBert from 'mini-bert';
import * as transformers from '@huggingface/transformers';
import {compare} from './compare.mjs';

const [ours, theirs] = process.argv.slice(2).map((path) => resolve(path));
transformers.env.localModelPath = dirname(theirs);
transformers.env.allowRemoteModels = false;
await compare({miniBert, transformers, ours, theirs: basename(theirs)});
