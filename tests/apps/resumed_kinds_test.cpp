// Every kind of run, stopped after an update and resumed by the command that a person types, ends with the bits of one
// that was not stopped. tests/bert/training/trainer_checkpoints_test.cpp stops at every update.
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace resumed_kinds_test {

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

  // Stops the run after its third update of six and resumes it.
  void check(const std::string& flags) const {
    INFO(flags);
    fs::remove_all(path() / "out");
    fs::remove_all(path() / "again");
    const Outcome unbroken =
        run("mini_bert_train --output out --threads 1 --max-steps 6 --batch-size 2 --save-steps 3 --logging-steps 2 "
            "--learning-rate 0.01 " +
            flags);
    INFO(unbroken.out << unbroken.err);
    REQUIRE(unbroken.exit_code == 0);
    const Outcome resumed = run(
        "cp -r out again && rm -r again/checkpoint-[4-6] again/model.safetensors again/config.json && mini_bert_train "
        "--resume --output again");
    INFO(resumed.out << resumed.err);
    REQUIRE(resumed.exit_code == 0);
    CHECK_THAT(resumed.out, ContainsSubstring("again/checkpoint-3 after 3 updates"));
    for (const char* file : {"model.safetensors", "config.json", "trainer_state.json",
                             "checkpoint-6/optimizer.safetensors", "checkpoint-6/checksums.json"}) {
      INFO(file);
      CHECK(read_file(path() / "again" / file) == read_file(path() / "out" / file));
    }
  }
};

TEST_CASE("resumed kinds: masked words, with each group of flags that changes what is computed", "[apps][kinds]") {
  const AllData data;
  const std::string model = "--model model --train t.txt ", validated = model + "--validation v.txt --eval-steps 2 ";
  for (const std::string& flags : {
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
       }) {
    data.check(flags);
  }
  fs::remove_all(data.path() / "out");
}

TEST_CASE("resumed kinds: the other tasks", "[apps][kinds]") {
  const AllData data;
  for (const char* flags :
       {"--task pretrain --train t.txt", "--task classify --train one.csv --validation one.csv --load-best",
        "--task classify --train one.csv --class-weights balanced",
        "--task classify --problem-type multi_label_classification --train several.jsonl",
        "--task classify --problem-type regression --train numbers.tsv", "--task tag --train tags.bio",
        "--task answer --train squad.json --doc-stride 2 --max-length 12", "--task choose --train swag.csv"}) {
    data.check(std::string("--model model ") + flags);
  }
}

TEST_CASE("resumed kinds: a budget of tokens instead of a number of texts", "[apps][kinds]") {
  const AllData data;
  const std::string flags =
      "mini_bert_train --model model --train t.txt --threads 1 --max-steps 4 --save-steps 2 --batch-tokens 20 ";
  REQUIRE(data.run(flags + "--output out").exit_code == 0);
  REQUIRE(data.run("cp -r out again && rm -r again/checkpoint-4 && mini_bert_train --resume --output again "
                   "--threads 3")
              .exit_code == 0);
  CHECK(read_file(data.path() / "again/model.safetensors") == read_file(data.path() / "out/model.safetensors"));
}

}  // namespace resumed_kinds_test
