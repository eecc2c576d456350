// Every text of the page, in English and Chinese. {name} is replaced by a value.
const texts = {
  en: {
    skip: 'Skip to the content',
    lead: 'A BERT that you can teach, in this page. Nothing is installed and nothing leaves your computer.',
    other: '中文', otherLabel: '切换到中文', tabs: 'What to do', close: 'Close',
    ask: 'Ask', teach: 'Teach', keep: 'Keep', inside: 'Look inside',
    loading: 'Loading the model …',
    model: '{name}: {layers} layers × {hidden}, {parameters} million numbers, {vocabulary} tokens',
    taught: 'taught in this page', threads: '{n} threads', oneThread: 'one thread',
    // Ask
    askTitle: 'Fill a blank',
    askNote: 'Write a text with [MASK] where a token is missing. In Chinese a token is one character.',
    question: 'Text with [MASK]', insertMask: 'Insert [MASK]', took: 'answered in {ms} ms',
    blank: 'Blank {n}', together: 'All blanks together',
    togetherNote: 'The most probable texts when every blank knows what stands in the others.',
    noMask: 'There is no [MASK] in this text yet.', anyLength: 'A word of any length',
    anyLengthNote: 'The last blank may hold one to four tokens.', examples: 'Examples',
    // Teach
    teachTitle: 'Teach it your own text',
    teachNote: 'One text a line. These are about 诸葛涛, a man who never lived: the model learns that he did.',
    lines: 'Texts to learn', dropFile: 'Or drop a file here: .txt, .json, .jsonl, .csv', openFile: 'Open a file …',
    epochs: 'Epochs', epochsNote: 'how often it reads every text', rate: 'Learning rate',
    probes: 'Questions asked before and after', probesNote: 'A right answer may follow after “=”: …诸葛[MASK] = 涛',
    start: 'Start', stop: 'Stop', goOn: 'Go on', startAgain: 'Forget all and start again',
    loss: 'Loss', step: 'Update', of: '{step} of {steps}', tokensPerSecond: '{n} tokens/s', left: '{time} left',
    finished: 'Finished after {time}.', stopped: 'Stopped at update {step} of {steps}.',
    curve: 'Loss over the updates: from {first} to {last}', before: 'Before', now: 'Now', right: 'right',
    forgotten: 'What was forgotten',
    forgottenNote: 'Of {n} questions on everyday language {before} were right before and {after} are right now.',
    forgottenItem: '{text} is now in place {rank}', nothingForgotten: 'No question that was right before is wrong now.',
    seconds: '{n} s', minutes: '{m} min {s} s', read: '{n} texts of {name}',
    // Keep
    keepTitle: 'Take the model with you',
    keepNote: 'The .zip holds a model folder that transformers and the mini_bert programs load.',
    download: 'Download the model', packing: 'Packing …', openTitle: 'Open another model',
    openNote: 'A folder or a .zip of a published BERT: config.json, vocab.txt and model.safetensors or pytorch_model.bin. ' +
      'bert-base-chinese takes about 400 MB of memory to open.',
    openFolder: 'Open a folder …', openZip: 'Open a .zip …', dropModel: 'Or drop it here', back: 'Back to the shipped model',
    usePython: 'In Python', useNode: 'In Node', useProgram: 'With the programs',
    // Look inside
    insideTitle: 'Every step with its numbers', insideText: 'Text',
    tokens: 'Tokens', tokensNote: 'The tokenizer cuts the text into tokens of the vocabulary. Each has a number.',
    embeddings: 'Embeddings',
    embeddingsNote: 'Three vectors are added for every token: what it is, which of two texts it belongs to, and where it ' +
      'stands. Blue is negative, orange is positive; the first {n} of {hidden} numbers are shown.',
    word: 'token', type: 'text', position: 'position', sum: 'normalised sum',
    attention: 'Attention', layer: 'Layer {n}', head: 'Head {n}', allHeads: 'Mean of all heads',
    attentionNote: 'Each row is a token that looks; the darker the cell, the more it takes from the token of the column. ' +
      'A row sums to 100 %.',
    attendsTo: '{from} takes {percent} from {to}',
    feedForward: 'Feed-forward', feedForwardNote: 'How far each part of a layer moves every token’s vector: the length of the change, compared with the vector.',
    byAttention: 'attention', byFeedForward: 'feed-forward',
    answers: 'Answers', answersNote: 'A score for every token of the vocabulary, and its softmax. Choose a token of the text.',
    backward: 'Backward',
    backwardNote: 'Choose the word that should stand there. The loss is −log p(word); its gradient tells every number in ' +
      'the model which way to move.',
    target: 'Wanted word', lossIs: 'loss = −log {p} = {loss}', gradientAtTokens: 'Gradient at the tokens',
    gradientAtParameters: 'Gradient at the parameters', one: 'One number, followed through AdamW',
    oneNote: 'The number with the largest gradient of {path}, in a first update:', readMore: 'Explained in {page}', code: 'Code: {file}',
  },
  zh: {
    skip: '跳到正文',
    lead: '在网页里就能教的 BERT。不用安装，内容不离开您的电脑。',
    other: 'English', otherLabel: 'Switch to English', tabs: '功能', close: '关闭',
    ask: '提问', teach: '教它', keep: '带走', inside: '看内部',
    loading: '正在载入模型……',
    model: '{name}：{layers} 层 × {hidden}，{parameters} 百万个参数，词表 {vocabulary}',
    taught: '已在本页教过', threads: '{n} 个线程', oneThread: '单线程',
    askTitle: '填空',
    askNote: '在缺字的地方写 [MASK]。中文里一个字就是一个词元。',
    question: '带 [MASK] 的句子', insertMask: '插入 [MASK]', took: '{ms} 毫秒作答',
    blank: '第 {n} 空', together: '所有空一起填',
    togetherNote: '每个空都知道别的空填了什么时，概率最高的句子。',
    noMask: '这句话里还没有 [MASK]。', anyLength: '不限长度的词',
    anyLengthNote: '最后一个空可以是一到四个词元。', examples: '例子',
    teachTitle: '用您自己的文字教它',
    teachNote: '一行一句。下面说的是诸葛涛，历史上并无此人；学完以后，模型就“认识”他了。',
    lines: '要学的句子', dropFile: '或者把文件拖到这里：.txt、.json、.jsonl、.csv', openFile: '打开文件……',
    epochs: '轮数', epochsNote: '每句话读几遍', rate: '学习率',
    probes: '教之前和教之后都问的问题', probesNote: '正确答案写在“=”后面：……诸葛[MASK] = 涛',
    start: '开始', stop: '暂停', goOn: '继续', startAgain: '全部忘掉，重新开始',
    loss: '损失', step: '更新', of: '第 {step} 次，共 {steps} 次', tokensPerSecond: '每秒 {n} 个词元', left: '还要 {time}',
    finished: '用了 {time}，学完了。', stopped: '停在第 {step} 次更新，共 {steps} 次。',
    curve: '损失随更新的变化：从 {first} 到 {last}', before: '之前', now: '现在', right: '正确',
    forgotten: '忘了什么',
    forgottenNote: '日常语言的 {n} 个问题，之前答对 {before} 个，现在答对 {after} 个。',
    forgottenItem: '{text} 现在排第 {rank}', nothingForgotten: '之前答对的问题，现在都还答得对。',
    seconds: '{n} 秒', minutes: '{m} 分 {s} 秒', read: '{name} 里有 {n} 句',
    keepTitle: '把模型带走',
    keepNote: '压缩包里是一个模型文件夹，transformers 和 mini_bert 的程序都能直接用。',
    download: '下载模型', packing: '正在打包……', openTitle: '打开别的模型',
    openNote: '已发布的 BERT 文件夹或 .zip：config.json、vocab.txt，以及 model.safetensors 或 pytorch_model.bin。' +
      'bert-base-chinese 需要大约 400 MB 内存。',
    openFolder: '打开文件夹……', openZip: '打开 .zip……', dropModel: '或者拖到这里', back: '换回自带的模型',
    usePython: '在 Python 里', useNode: '在 Node 里', useProgram: '用我们的程序',
    insideTitle: '每一步的数字', insideText: '句子',
    tokens: '词元', tokensNote: '分词器把句子切成词表里的词元，每个词元有一个编号。',
    embeddings: '嵌入',
    embeddingsNote: '每个词元由三个向量相加：它是什么、属于哪一句、在第几个位置。蓝色为负，橙色为正；这里画出 {hidden} 个数中的前 {n} 个。',
    word: '词元', type: '句', position: '位置', sum: '归一化后的和',
    attention: '注意力', layer: '第 {n} 层', head: '第 {n} 头', allHeads: '各头平均',
    attentionNote: '每一行是一个在“看”的词元；格子越深，从那一列的词元取得越多。一行加起来是 100 %。',
    attendsTo: '{from} 从 {to} 取 {percent}',
    feedForward: '前馈', feedForwardNote: '每层的两个部分把词元的向量推动了多远：改变量的长度与向量长度之比。',
    byAttention: '注意力', byFeedForward: '前馈',
    answers: '答案', answersNote: '词表里每个词元的得分，以及 softmax 之后的概率。请选一个词元。',
    backward: '反向传播',
    backwardNote: '选一个应该出现的字。损失是 −log p(字)；它的梯度告诉模型里的每个数该往哪边动。',
    target: '想要的字', lossIs: '损失 = −log {p} = {loss}', gradientAtTokens: '各词元得到的梯度',
    gradientAtParameters: '各参数得到的梯度', one: '跟着一个数走完 AdamW',
    oneNote: '{path} 里梯度最大的那个数，第一次更新：', readMore: '详见 {page}', code: '代码：{file}',
  },
};

const stored = () => {
  try {
    return localStorage.getItem('language');
  } catch {
    return null;  // the reader allows no storage
  }
};

let language = stored() ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');

export const currentLanguage = () => language;

export function setLanguage(name) {
  language = name;
  try {
    localStorage.setItem('language', name);
  } catch {
    // The choice lasts as long as the page.
  }
}

export function text(key, values = {}) {
  return texts[language][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const languages = texts;

export const percent = (p) => `${(100 * p).toFixed(1)} %`;

export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return text('seconds', {n: whole});
  return text('minutes', {m: Math.floor(whole / 60), s: whole % 60});
}
