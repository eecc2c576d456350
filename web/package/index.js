// BERT for Node, browsers and workers: ask a model, teach it, look inside, keep it.
export {load, Model} from './lib/model.js';
export {finetune, pipeline} from './lib/pipeline.js';
export {unzip, zip} from './lib/zip.js';
