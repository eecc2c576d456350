// mini_bert_train and mini_bert_predict as a person uses them, from the flags to what they leave.
#include <nlohmann/json.hpp>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace training_program_test {

// A folder with a tiny model and texts for it.
class Workshop : public ProgramFolder {
 public:
  Workshop() {
    write_file(path() / "train.json",
               R"(["三国人物诸葛涛", "诸葛涛字子澜", "诸葛亮字孔明", "诸葛涛是蜀国的相", "天地日月", "山水风云龘"])");
    write_file(path() / "validation.txt", "蜀相诸葛涛\n诸葛亮是蜀国的相\n");
  }
};

std::size_t count_with(const std::vector<json>& lines, const char* key) {
  return static_cast<std::size_t>(std::ranges::count_if(lines, [&](const json& line) { return line.contains(key); }));
}

TEST_CASE("a run shows what it does and leaves a model directory and its record", "[apps]") {
  const Workshop shop;
  const Outcome outcome = shop.run(
      "mini_bert_train --model model --train train.json --validation validation.txt --output out --epochs 40 "
      "--batch-size 3 --learning-rate 0.01 --logging-steps 20 --probe '三国人物诸葛[MASK]' --probe '天地日[MASK]'");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  for (const char* shown : {"6 texts", "龘 (1)", "validation.txt: 2 texts", "80 updates of 3 texts, 40 epochs",
                            "memory", "training loss", "validation loss", "perplexity", "tokens/s", "left", "before",
                            "after", "out/report.html", "mini_bert_predict fill-mask --model out"}) {
    CHECK_THAT(outcome.out, ContainsSubstring(shown));
  }
  CHECK(outcome.out.find('\r') == std::string::npos);  // no progress bar: this is not a terminal

  const std::vector<json> metrics = json_lines(read_file(shop.path() / "out/metrics.jsonl"));
  CHECK(count_with(metrics, "loss") == 4);
  CHECK(count_with(metrics, "eval_loss") == 5);  // before, and every 20 updates
  CHECK(count_with(metrics, "probe") == 10);
  const json state = json::parse(read_file(shop.path() / "out/trainer_state.json"));
  CHECK(state.at("global_step") == 80);
  CHECK(state.at("log_history").size() == 9);
  const auto& rows = state.at("log_history");
  CHECK(rows.back().at("eval_loss").get<double>() < rows.front().at("eval_loss").get<double>());

  const std::string report = read_file(shop.path() / "out/report.html");
  for (const char* shown :
       {"三国人物诸葛[MASK]", "train.json on model", "learning-rate", "0.01", "<svg", "completed in"}) {
    CHECK_THAT(report, ContainsSubstring(shown));
  }
  const PretrainedModel trained = load_pretrained(shop.path() / "out");
  CHECK(trained.report.unexpected.empty());
  CHECK(json::parse(read_file(shop.path() / "out/config.json")).at("architectures")[0] == "BertForMaskedLM");

  const Outcome answer = shop.run("mini_bert_predict fill-mask --model out '三国人物诸葛[MASK]'");
  CHECK(answer.exit_code == 0);
  CHECK_THAT(answer.out, ContainsSubstring("三 国 人 物 诸 葛 涛"));
}

TEST_CASE("arguments may come from a file and under transformers' names; typed ones win", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "arguments.json",
             R"({"model_name_or_path": "model", "train_file": "train.json", "num_train_epochs": 7, "seed": 5,
                 "per_device_train_batch_size": 2, "mlm_probability": 0.3, "probe": ["天地日[MASK]"]})");
  REQUIRE(shop.run("mini_bert_train --arguments arguments.json --output_dir one --num_train_epochs=3").exit_code == 0);
  REQUIRE(shop.run("mini_bert_train --model model --train train.json --output two --epochs 3 --seed 5 --batch-size 2 "
                   "--mask-probability 0.3 --probe '天地日[MASK]'")
              .exit_code == 0);
  CHECK(read_file(shop.path() / "one/model.safetensors") == read_file(shop.path() / "two/model.safetensors"));
  CHECK(read_file(shop.path() / "one/metrics.jsonl") == read_file(shop.path() / "two/metrics.jsonl"));
}

TEST_CASE("a token budget: what is printed, checked, written down and resumed", "[apps][budget]") {
  const Workshop shop;  // texts of 6 to 10 tokens
  const std::string flags =
      "mini_bert_train --model model --train train.json --validation validation.txt --batch-tokens 20 "
      "--gradient-accumulation-steps 2 --max-steps 8 --save-steps 3 --threads 1 ";
  const Outcome unbroken = shop.run(flags + "--output out");
  INFO(unbroken.out << unbroken.err);
  REQUIRE(unbroken.exit_code == 0);
  CHECK_THAT(unbroken.out, ContainsSubstring("plan        8 updates of up to 40 tokens, 4 epochs; "));
  CHECK(json::parse(read_file(shop.path() / "out/arguments.json")).at("batch-tokens") == "20");

  const Outcome resumed = shop.run(
      "cp -r out again && rm -r again/checkpoint-6 again/model.safetensors && mini_bert_train --resume --output again");
  INFO(resumed.out << resumed.err);
  REQUIRE(resumed.exit_code == 0);
  CHECK_THAT(resumed.out, ContainsSubstring("checkpoint-3 after 3 updates"));
  for (const char* file : {"model.safetensors", "trainer_state.json"}) {
    CHECK(read_file(shop.path() / "again" / file) == read_file(shop.path() / "out" / file));
  }

  write_file(shop.path() / "budget.json", R"({"batch_tokens": 20, "gradient_accumulation_steps": 2, "max_steps": 8})");
  const std::string from_file =
      "mini_bert_train --model model --train train.json --validation validation.txt --threads 1 --arguments "
      "budget.json ";
  REQUIRE(shop.run(from_file + "--output file").exit_code == 0);
  CHECK(read_file(shop.path() / "file/model.safetensors") == read_file(shop.path() / "out/model.safetensors"));

  CHECK_THAT(shop.run(from_file + "--check").out, ContainsSubstring("8 updates of up to 40 tokens"));
}

TEST_CASE("gradient checkpointing computes layers twice and ends with the same bits", "[apps][checkpointing]") {
  const Workshop shop;
  const std::string flags = "mini_bert_train --model model --train train.json --max-steps 4 --threads 1 --profile ";
  const Outcome plain = shop.run(flags + "--output plain"),
                again = shop.run(flags + "--output again --gradient-checkpointing");
  INFO(plain.out << plain.err << again.out << again.err);
  REQUIRE((plain.exit_code == 0 && again.exit_code == 0));
  CHECK(plain.out.find("recompute") == std::string::npos);  // an operation of the profile
  CHECK_THAT(again.out, ContainsSubstring("recompute"));
  CHECK_THAT(plain.out, ContainsSubstring("\nadamw                    4 "));  // of the run, not of its rehearsal
  CHECK(read_file(shop.path() / "again/model.safetensors") == read_file(shop.path() / "plain/model.safetensors"));
}

TEST_CASE("Ctrl-C saves a checkpoint; the resumed run ends with the same bits as an unbroken one", "[apps]") {
  const Workshop shop;
  const std::string run =
      "mini_bert_train --model model --train train.json --validation validation.txt --max-steps 1500 "
      "--batch-size 2 --gradient-accumulation-steps 2 --logging-steps 100 --save-steps 0 --threads 1 ";
  REQUIRE(shop.run(run + "--output unbroken").exit_code == 0);
  const Outcome broken = shop.run(
      "{ until grep -q grad_norm broken/metrics.jsonl 2>/dev/null; do sleep 0.01; done; "
      "kill -INT $(cut -d' ' -f1 broken/run.lock); } & " +
      run + "--output broken");
  INFO(broken.out << broken.err);
  REQUIRE(broken.exit_code == 130);
  CHECK_THAT(broken.out, ContainsSubstring("mini_bert_train --resume --output broken"));
  CHECK_FALSE(fs::exists(shop.path() / "broken/model.safetensors"));
  const Outcome resumed = shop.run("mini_bert_train --resume --output broken");
  INFO(resumed.out << resumed.err);
  REQUIRE(resumed.exit_code == 0);
  CHECK_THAT(resumed.out, ContainsSubstring("resumed"));
  CHECK(read_file(shop.path() / "broken/model.safetensors") == read_file(shop.path() / "unbroken/model.safetensors"));
  CHECK(read_file(shop.path() / "broken/trainer_state.json") == read_file(shop.path() / "unbroken/trainer_state.json"));
}

TEST_CASE("a model trained from random weights, stored as bf16, then fine-tuned", "[apps]") {
  const Workshop shop;
  const Outcome made = shop.run(
      "mini_bert_train --config model/config.json --vocab model/vocab.txt --train train.json "
      "--pack --max-length 12 --max-steps 3 --save-dtype bf16 --output new");
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  CHECK_THAT(made.out, ContainsSubstring("random weights"));
  CHECK(SafetensorsFile(shop.path() / "new/model.safetensors").tensors().front().type.name == "BF16");
  const Outcome tuned = shop.run(
      "mini_bert_train --model new --train train.json --validation-split 0.3 --epochs 4 "
      "--load-best --early-stopping-patience 2 --save-total-limit 1 --output tuned");
  INFO(tuned.out << tuned.err);
  CHECK(tuned.exit_code == 0);
}

TEST_CASE("fill-mask answers as transformers' pipeline does", "[apps]") {
  const Workshop shop;
  const Outcome one = shop.run("mini_bert_predict fill-mask --model model --json --top-k 3 '诸葛[MASK]'");
  const json list = json::parse(one.out);
  REQUIRE(list.size() == 3);
  CHECK(list[0].at("score").get<double>() >= list[1].at("score").get<double>());
  for (const char* field : {"score", "token", "token_str", "sequence"}) CHECK(list[0].contains(field));
  CHECK(list[0].at("sequence").get<std::string>().starts_with("诸 葛 "));

  const Outcome two =
      shop.run("printf '%s\\n' '诸[MASK][MASK]' '' '天[MASK]' | mini_bert_predict fill-mask --model model --json");
  const std::vector<json> lines = json_lines(two.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].at("error") == "the text is empty");
  REQUIRE(lines[0].size() == 2);  // a list for each blank
  CHECK(lines[0][1][0].at("sequence").get<std::string>().starts_with("[CLS] 诸 [MASK] "));

  const json targets =
      json::parse(shop.run("mini_bert_predict fill-mask --model model --json --targets 亮,涛,亮 '诸葛[MASK]'").out);
  CHECK(targets.size() == 2);
}

TEST_CASE("fill-mask fills several blanks together and blanks of unknown length", "[apps]") {
  const Workshop shop;
  const auto ask = [&](const std::string& flags) {
    const Outcome outcome = shop.run("mini_bert_predict fill-mask --model model " + flags);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
  };
  const json joint = json::parse(ask("--json --joint --top-k 3 '诸[MASK]国[MASK]'"));
  REQUIRE(joint.size() == 3);
  for (const json& row : joint) {
    CHECK(row.at("tokens").size() == 2);
    CHECK(row.at("token_strs").size() == 2);
    CHECK(row.at("log_probability").get<double>() == Approx(std::log(row.at("score").get<double>())));
    CHECK(row.at("log_probability_per_token").get<double>() == Approx(row.at("log_probability").get<double>() / 2));
  }
  CHECK(joint[0].at("score").get<double>() >= joint[1].at("score").get<double>());
  CHECK(json::parse(ask("--json --joint --targets 亮,涛 '诸[MASK]国[MASK]'")).size() == 4);

  const json open = json::parse(ask("--json --max-blank-length 2 --top-k 100 '诸[MASK]*国'"));
  REQUIRE(open.size() == 100);
  CHECK(open[0].at("tokens").size() <= 2);
  const std::string table = ask("--joint '诸[MASK]国[MASK]'");
  CHECK_THAT(table, ContainsSubstring("诸[MASK]国[MASK]\n") && ContainsSubstring("joint  per token\n"));
  CHECK(std::ranges::count(table, '\n') == 7);
}

TEST_CASE("fill-mask tries whole words of any length", "[apps]") {
  const Workshop shop;
  const auto ask = [&](const std::string& flags) {
    const Outcome outcome = shop.run("mini_bert_predict fill-mask --model model --targets '亮,诸葛亮, 孔明' " + flags);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
  };
  const json list = json::parse(ask("--json '三国人物[MASK]'"));
  REQUIRE(list.size() == 3);
  for (const json& row : list) {
    for (const char* field : {"score", "log_probability", "log_probability_per_token", "pseudo_log_likelihood",
                              "target", "tokens", "token_strs", "sequence"}) {
      CHECK(row.contains(field));
    }
    if (row.at("target") == "诸葛亮") CHECK(row.at("sequence") == "三 国 人 物 诸 葛 亮");
  }
  CHECK(json::parse(ask("--json '三国人物[MASK][MASK][MASK]'")) == list);
  CHECK(json::parse(ask("--json --joint '三国人物[MASK]*'")) == list);
  CHECK(json::parse(ask("--json '[MASK]国人物[MASK]。'")).size() == 2);
  CHECK_THAT(ask("'三国人物[MASK]'"), ContainsSubstring("per token") && ContainsSubstring("诸葛亮"));
}

TEST_CASE("added words are tokens of the trained model, and of a resumed run", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "words.txt", "诸葛涛\n\n亮\n 子澜 \n诸葛涛\n");
  const std::string flags =
      "mini_bert_train --model model --train train.json --add-words words.txt --max-steps 4 --save-steps 2 ";
  const Outcome outcome = shop.run(flags + "--output out");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("words.txt: 2 new, 1 that were tokens already"));
  CHECK(json::parse(read_file(shop.path() / "out/config.json")).at("vocab_size") == 39);
  CHECK(json::parse(read_file(shop.path() / "out/checkpoint-2/config.json")).at("vocab_size") == 39);
  const std::string tokens = shop.run("echo '三国人物诸葛涛字子澜' | mini_bert_tokenize --model out --json").out;
  CHECK_THAT(tokens, ContainsSubstring("\"诸葛涛\"") && ContainsSubstring("\"子澜\""));
  const json answers =
      json::parse(shop.run("mini_bert_predict fill-mask --model out --json --top-k 39 '三国人物[MASK]'").out);
  CHECK(std::ranges::any_of(answers, [](const json& row) { return row.at("sequence") == "三 国 人 物 诸葛涛"; }));

  const Outcome resumed = shop.run("mini_bert_train --resume-from-checkpoint out/checkpoint-2 --output out");
  INFO(resumed.out << resumed.err);
  REQUIRE(resumed.exit_code == 0);
  const Outcome unbroken = shop.run(flags + "--output again && cmp again/model.safetensors out/model.safetensors");
  CHECK(unbroken.exit_code == 0);
}

}  // namespace training_program_test
