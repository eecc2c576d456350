/** A folder of this computer (Node), the address of a folder, a name at huggingface.co, a .zip, or files by path. */
export type ModelSource = string | URL | Blob | Record<string, Blob | ArrayBuffer | Uint8Array>;

export interface LoadOptions {
  /** The most threads; as many as the system gives if it is not set. In a page itself there is one. */
  threads?: number;
  /** Under Node on Linux the engine is an addon; 'wasm' is what browsers run. */
  engine?: 'addon' | 'wasm';
  /** Where names are looked up: 'https://huggingface.co/' or a mirror. */
  remote_host?: string;
  revision?: string;
}

export interface FilledMask { score: number; token: number; token_str: string; sequence: string }
export interface FilledBlanks { score: number; log_probability: number; tokens: number[]; token_strs: string[]; sequence: string }
export interface Label { label: string; score: number }
/** start and end are indices of the text, as slice() takes them. */
export interface Entity { entity?: string; entity_group?: string; score: number; index?: number; word: string; start: number; end: number }
export interface Answer { score: number; start: number; end: number; answer: string }
/** score is the sum of token_scores: the log probability of each token, given all others. */
export interface TextScore { score: number; perplexity: number; tokens: string[]; token_scores: number[] }
export interface Numbers { data: Float32Array; dims: number[] }
export interface Encoding {
  input_ids: number[]; token_type_ids: number[]; attention_mask: number[]; special_tokens_mask: number[];
  tokens: string[]; offsets: [number, number][];
}
export interface Vectors extends Numbers { type: 'float32'; size: number; tolist(): number[][] }
export type Text = string | { text: string; text_pair?: string };
export type Aggregation = 'none' | 'simple' | 'first' | 'average' | 'max';
export type Pooling = 'mean' | 'cls' | 'pooler';
export type StorageType = 'f32' | 'f16' | 'bf16';

export interface Probe { step: number; text: string; answers: { token_str: string; score: number }[]; expected?: string }
/** One update. probes: all answers so far, when there are new ones. */
export interface Step {
  step: number; total_steps: number; more: boolean; epoch: number; loss: number; grad_norm: number; learning_rate: number;
  tokens: number; probes?: Probe[];
}
export interface Report {
  ending: 'completed' | 'stopped_early' | 'interrupted';
  step: number; total_steps: number; epoch: number;
  training: { step: number; epoch: number; loss: number; grad_norm: number; learning_rate: number }[];
  evaluations: ({ step: number; epoch: number; loss: number } & Record<string, number>)[];
  probes: Probe[];
  guard?: { count: number; before: number; after: number; lost: { text: string; rank: number }[] };
  notes: string[];
}
export type Row = string | Record<string, unknown>;
/** Texts, rows with named columns, a File, or under Node the path of a file. */
export type Data = Iterable<Row> | File | string;
/** Names and defaults are those of mini_bert_train's flags. */
export interface TrainOptions {
  task?: 'mlm' | 'pretrain' | 'classify' | 'tag' | 'answer' | 'choose';
  epochs?: number; max_steps?: number; learning_rate?: number; batch_size?: number; batch_tokens?: number;
  accumulation_steps?: number; warmup_ratio?: number; warmup_steps?: number; weight_decay?: number;
  schedule?: string; layer_decay?: number; freeze_layers?: number; freeze_embeddings?: boolean; anchor?: number;
  max_grad_norm?: number; gradient_checkpointing?: boolean; mask_probability?: number; max_length?: number; seed?: number;
  precision?: 'f32' | 'bf16' | 'auto'; logging_steps?: number; eval_steps?: number; early_stopping_patience?: number;
  validation_split?: number; text_column?: string; pair_column?: string; label_column?: string; problem_type?: string;
  class_weights?: string; doc_stride?: number; pack?: boolean; mask_words?: string[]; ngram?: number;
  probes?: string[];
  validation?: Data;
  /** Questions whose right answers should not be forgotten. */
  guard?: { text: string; answer: string }[];
  /** Words that become single tokens. */
  add_words?: string[];
}
/** false ends the training; the model keeps what it has learned. */
export type OnStep = (step: Step) => unknown;

export declare class Model {
  private constructor();
  readonly info: {
    architecture: string; config: Record<string, unknown>; labels: string[]; mask_token: string; parameters: number;
    threads: number; notes: string[]; engine: 'addon' | 'wasm';
  };
  /** The most probable tokens for the [MASK] of a text; a text with several gives one list for each. */
  fillMask(text: string, options?: { top_k?: number; targets?: string | string[] }): Promise<FilledMask[] | FilledMask[][]>;
  fillMask(text: string[], options?: { top_k?: number; targets?: string | string[] }): Promise<(FilledMask[] | FilledMask[][])[]>;
  /** The best ways to fill all blanks of a text together. `[MASK]*` is a blank of unknown length. */
  fillJointly(text: string, options?: { top_k?: number; beam?: number; max_blank_length?: number }): Promise<FilledBlanks[]>;
  classify(text: Text, options?: { top_k?: number | null }): Promise<Label[]>;
  classify(texts: Text[], options?: { top_k?: number | null }): Promise<Label[][]>;
  tag(text: string, options?: { aggregation_strategy?: Aggregation }): Promise<Entity[]>;
  tag(texts: string[], options?: { aggregation_strategy?: Aggregation }): Promise<Entity[][]>;
  answer(question: string, context: string, options?: {
    top_k?: number; doc_stride?: number; max_answer_len?: number; handle_impossible_answer?: boolean;
  }): Promise<Answer[]>;
  choose(choices: string[], options?: { context?: string; question?: string }): Promise<Label[]>;
  score(text: string): Promise<TextScore>;
  score(texts: string[]): Promise<TextScore[]>;
  embed(texts: string | string[], options?: { pooling?: Pooling; normalize?: boolean; prompt_name?: string }): Promise<Numbers>;
  encode(text: string, options?: { text_pair?: string; add_special_tokens?: boolean }): Promise<Encoding>;
  decode(ids: Iterable<number>, options?: { skip_special_tokens?: boolean }): Promise<string>;
  train(data: Data, options?: TrainOptions, onStep?: OnStep): Promise<Report>;
  /** How many texts of the data would be learned, and what is left out. */
  readTexts(data: Data): Promise<{ texts: number; notes: string[] }>;
  inspect(text: string): Promise<{
    tokens: string[]; ids: number[]; heads: number; hidden: number;
    word: Numbers; token_type: Numbers; position: Numbers; embeddings: Numbers;
    layers: { attention: Numbers; attended: Numbers; fed_forward: Numbers }[];
    answers: { token_str: string; score: number }[][];
  }>;
  lossGradient(text: string, token: number, target: string): Promise<{
    loss: number; tokens: number[];
    parameters: { path: string; gradient_norm: number; value_norm: number; strongest: number; value: number; gradient: number }[];
  }>;
  /** The folder as transformers and the programs of mini_bert load it. */
  files(options?: { save_type?: StorageType }): Promise<Record<string, Uint8Array>>;
  /** Writes the folder. Node only. */
  save(folder: string, options?: { save_type?: StorageType }): Promise<void>;
  dispose(): void;
}

export declare function load(source: ModelSource | Promise<ModelSource>, options?: LoadOptions): Promise<Model>;

type Asked<Question, Options, One, Many> = {
  (text: Question, options?: Options): Promise<One>;
  (texts: Question[], options?: Options): Promise<Many>;
  readonly task: string; readonly model: Model; dispose(): void;
};
export declare function pipeline(task: 'fill-mask', model: ModelSource | Model, options?: LoadOptions):
  Promise<Asked<string, { top_k?: number; targets?: string | string[] }, FilledMask[], FilledMask[][]>>;
export declare function pipeline(task: 'text-classification' | 'sentiment-analysis', model: ModelSource | Model, options?: LoadOptions):
  Promise<Asked<Text, { top_k?: number | null }, Label[], Label[] | Label[][]>>;
export declare function pipeline(task: 'token-classification' | 'ner', model: ModelSource | Model, options?: LoadOptions):
  Promise<Asked<string, { aggregation_strategy?: Aggregation; ignore_labels?: string[] }, Entity[], Entity[][]>>;
export declare function pipeline(task: 'feature-extraction' | 'embeddings', model: ModelSource | Model, options?: LoadOptions):
  Promise<Asked<string, { pooling?: Pooling; normalize?: boolean }, Vectors, Vectors>>;
export declare function pipeline(task: 'question-answering', model: ModelSource | Model, options?: LoadOptions):
  Promise<{
    (question: string, context: string, options?: {
      top_k?: number; doc_stride?: number; max_answer_len?: number; handle_impossible_answer?: boolean;
    }): Promise<Answer | Answer[]>;
    readonly task: string; readonly model: Model; dispose(): void;
  }>;
export declare function pipeline(task: 'multiple-choice', model: ModelSource | Model, options?: LoadOptions):
  Promise<{
    (choices: string[], options?: { context?: string; question?: string }): Promise<Label[]>;
    readonly task: string; readonly model: Model; dispose(): void;
  }>;

export declare function finetune(model: Model | { readonly model: Model }, texts: Data, options?: TrainOptions, onStep?: OnStep): Promise<Report>;

/** A .zip of files, stored without compression; and the files of a .zip. */
export declare function zip(files: Record<string, Uint8Array | ArrayBuffer>): Blob;
export declare function unzip(archive: Blob, wanted?: (path: string) => boolean): Promise<Record<string, Blob>>;
