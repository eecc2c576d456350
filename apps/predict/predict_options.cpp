#include "apps/predict/predict_options.h"

#include "apps/predict/predict_tasks.h"

namespace mini_bert {

void declare_flags(CommandLine& line, PredictOptions& o) {
  line.choice("task", o.task, predict_tasks, "what to ask").required();
  line.texts("text", o.texts, "texts; none: those of --file, or lines of standard input");
  line.section("Model");
  line.text("--model,--model-name-or-path,-m", o.model, "model directory, or name of a model at huggingface.co")
      .required();
  line.number<std::int64_t>("--threads", o.threads, 0, 1024, "0: all processors");
  line.section("Texts");
  line.text("--file,-f", o.file, "file with texts: .txt, .json, .jsonl, .csv, .tsv");
  line.text("--text-column", o.text_column, "which column or key of --file holds the text");
  line.toggle("--pairs", o.pairs, "classify: a tab divides a text into the two of a pair");
  line.text("--question,-q", o.question, "answer: what to ask, about --context");
  line.text("--context,-c", o.context, "answer: the text that is to be asked");
  line.number<std::int64_t>("--doc-stride", o.doc_stride, 0, 1'000'000,
                            "answer: tokens that neighbouring windows of a long text share");
  line.section("Answers");
  line.number<std::int64_t>("--top-k,-k", o.top_k, 1, 1'000'000,
                            "fill-mask, classify, answer: answers per text or blank");
  line.text("--targets", o.targets, "fill-mask: only these words, separated by , ， or 、");
  line.toggle("--joint", o.joint, "fill-mask: all blanks of a text together, best combinations first");
  line.number<std::int64_t>("--beam", o.beam, 1, 10'000,
                            "fill-mask: combinations that --joint keeps after every token");
  line.number<std::int64_t>("--max-blank-length", o.max_blank_length, 1, 64,
                            "fill-mask: tokens that a [MASK]* stands for at most");
  line.choice("--aggregation,--aggregation-strategy", o.aggregation, {"none", "simple", "first", "average", "max"},
              "tag: how tokens become entities");
  line.choice("--pooling", o.pooling, {"mean", "cls", "pooler"},
              "embed: how tokens become a vector; not given: as modules.json says, else mean");
  line.toggle("--normalize", o.normalize, "embed: vectors of length 1");
  line.toggle("--may-be-absent,--handle-impossible-answer", o.may_be_absent,
              "answer: \"\" where the text does not say");
  line.toggle("--json", o.json, "one line of JSON per text, with the fields of transformers' pipelines");
}

}  // namespace mini_bert
