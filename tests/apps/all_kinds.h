#pragma once

#include "tests/apps/program_testing.h"

// Data for every task, and the flags of every kind of run.
namespace mini_bert::testing {

class AllData : public ProgramFolder {
 public:
  AllData() {
    const auto put = [&](const char* name, const std::string& content) { write_file(path() / name, content); };
    put("t.txt", "三国人物诸葛涛\n诸葛涛字子澜\n诸葛亮字孔明\n\n诸葛涛是蜀国的相\n天地日月\n山水风云\n");
    put("v.txt", "蜀相诸葛涛\n诸葛亮是蜀国的相\n");
    put("words.txt", "诸葛\n人物\n");
    put("guard.jsonl", "{\"text\": \"天地日[MASK]\", \"answer\": \"月\"}\n");
    put("one.csv", "label,text\n山水,大山水\n人物,诸葛亮\n山水,水天\n人物,诸葛涛\n山水,山天地\n人物,孔明\n");
    put("several.jsonl",
        "{\"text\": \"大山水\", \"labels\": [\"山\", \"水\"]}\n{\"text\": \"天地\", \"labels\": []}\n");
    put("numbers.tsv", "text\tlabel\n大\t3.5\n小\t-1\n大大\t3\n");
    put("tags.bio", "诸 B-PER\n葛 I-PER\n亮 I-PER\n字 O\n\n三 O\n国 O\n人 O\n\n诸 B-PER\n葛 I-PER\n涛 I-PER\n");
    put("squad.json", R"({"data": [{"paragraphs": [{"context": "诸葛亮字孔明", "qas": [)"
                      R"({"id": "1", "question": "字", "answers": [{"text": "孔明", "answer_start": 4}]},)"
                      R"({"id": "2", "question": "人物", "answers": [{"text": "诸葛亮", "answer_start": 0}]}]}]}]})");
    put("swag.csv",
        "sent1,sent2,ending0,ending1,ending2,label\n诸葛亮,字,孔明,子澜,山水,0\n诸葛涛,字,孔明,子澜,天地,1\n");
  }
};

// Each group of flags that changes what a run computes.
inline std::vector<std::string> kinds_of_masking() {
  const std::string model = "--model model --train t.txt ", validated = model + "--validation v.txt --eval-steps 2 ";
  return {
      model,
      validated + "--probe '天地日[MASK]=月' --guard guard.jsonl",
      validated + "--load-best --metric-for-best-model perplexity --early-stopping-patience 9",
      model + "--validation-split 0.3 --save-total-limit 2 --seed 7",
      model + "--gradient-accumulation-steps 2 --max-grad-norm 0 --weight-decay 0.1",
      model + "--pack --max-length 8 --mask-probability 0.4",
      model + "--whole-words words.txt --ngram 2 --mask-words 诸葛,天 --mask-words 月",
      model + "--lr-scheduler cosine_with_restarts --lr-scheduler-kwargs '{\"num_cycles\": 2}' --warmup-steps 2",
      model + "--lr-scheduler polynomial --warmup-ratio 0.3 --adam-no-bias-correction --adam-beta1 0.8",
      model + "--freeze-layers 1 --layer-decay 0.8 --anchor 0.5",
      model + "--precision bf16 --gradient-checkpointing --save-dtype bf16",
      std::string("--config model/config.json --vocab model/vocab.txt --train t.txt --precision f32"),
      model + "--add-words words.txt",
  };
}

inline std::vector<std::string> kinds_of_other_tasks() {
  std::vector<std::string> kinds;
  for (const char* flags :
       {"--task pretrain --train t.txt", "--task classify --train one.csv --validation one.csv --load-best",
        "--task classify --train one.csv --class-weights balanced",
        "--task classify --problem-type multi_label_classification --train several.jsonl",
        "--task classify --problem-type regression --train numbers.tsv", "--task tag --train tags.bio",
        "--task answer --train squad.json --doc-stride 2 --max-length 12", "--task choose --train swag.csv"}) {
    kinds.push_back(std::string("--model model ") + flags);
  }
  return kinds;
}

}  // namespace mini_bert::testing
