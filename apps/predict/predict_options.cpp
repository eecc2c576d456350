#include "apps/predict/predict_options.h"

#include "apps/tasks/tasks.h"

namespace mini_bert {

void declare_flags(CommandLine& line, PredictOptions& o) {
  line.choice("task", o.task, prediction_task_names(), "what to ask").required();
  line.texts("text", o.texts, "texts to ask about; none given: those of --file, or lines of standard input");
  line.section("Model");
  line.model("--model,--model-name-or-path,-m", o.model, "the model: its folder, or its name at huggingface.co")
      .required();
  line.number<std::int64_t>("--threads", o.threads, 0, 1024, "number of threads; 0: one for each processor");
  line.choice(
      "--precision", o.precision, {"auto", "f32", "bf16", "int8"},
      "what weights and activations are multiplied as; auto: bf16 if the CPU multiplies it, otherwise f32; int8 "
      "is faster and less exact");
  line.section("Texts");
  line.texts("--file,-f", o.files, "file with texts: .txt, .json, .jsonl, .csv, .tsv; repeatable").repeatable();
  line.text("--text-column", o.text_column, "which column or key of --file holds the text");
  line.toggle("--pairs", o.pairs, "classify: each text is two, with a tab between them");
  line.text("--question,-q", o.question, prediction_tasks_with("question") + "the question to ask about --context");
  line.text("--context,-c", o.context, prediction_tasks_with("context") + "the text that the question is about");
  line.number<std::int64_t>("--doc-stride", o.doc_stride, 0, 1'000'000,
                            "answer: a long text is read in windows; how many tokens neighbours share");
  line.section("Answers");
  line.number<std::int64_t>("--top-k,-k", o.top_k, 1, 1'000'000,
                            "fill-mask, classify, answer: number of answers per text or blank");
  line.text("--targets", o.targets, "fill-mask: choose among these words only, separated by , ， or 、");
  line.toggle("--joint", o.joint,
              prediction_tasks_with("joint") + "fill all blanks of a text together, best combinations first");
  line.number<std::int64_t>("--beam", o.beam, 1, 10'000,
                            "fill-mask: how many combinations --joint keeps after every token");
  line.number<std::int64_t>("--max-blank-length", o.max_blank_length, 1, 64,
                            "fill-mask: the most tokens that a [MASK]* stands for");
  line.choice("--aggregation,--aggregation-strategy", o.aggregation, {"none", "simple", "first", "average", "max"},
              "tag: how labels of tokens become entities");
  line.choice("--pooling", o.pooling, {"mean", "cls", "pooler"},
              "embed: how vectors of tokens become one; not given: as modules.json says, without it mean");
  line.text("--prompt-name", o.prompt_name,
            "embed: which prompt of the model goes before each text; not given: the model's default, if it has one");
  line.toggle("--normalize", o.normalize, "embed: scale vectors to length 1");
  line.toggle("--may-be-absent,--handle-impossible-answer", o.may_be_absent,
              "answer: \"\" may be the answer, where the text does not say");
  line.toggle("--json", o.json, "print one line of JSON per text, with the fields of transformers' pipelines");
}

}  // namespace mini_bert
