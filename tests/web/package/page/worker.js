import {load} from 'mini-bert';

onmessage = async ({data: {address, question}}) => {
  const model = await load(address);
  const [answer] = await model.fillMask(question);
  postMessage(`${answer.token_str} (${model.info.threads > 1 ? 'threads' : 'one thread'})`);
};
