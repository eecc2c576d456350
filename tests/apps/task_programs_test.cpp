// Every task besides masked words, from the flags of mini_bert_train to the answers of mini_bert_predict.
#include <nlohmann/json.hpp>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace task_programs_test {

class Workshop : public ProgramFolder {
 public:
  // Runs mini_bert_train and returns what it printed.
  std::string train(const std::string& flags) const {
    const Outcome outcome = run("mini_bert_train --model model --output out --learning-rate 0.01 " + flags);
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
    return outcome.out;
  }
  // The lines of JSON that mini_bert_predict answers with.
  std::vector<json> predict(const std::string& flags) const {
    return json_lines(run("mini_bert_predict " + flags + " --json"));
  }
  json config() const { return json::parse(read_file(path() / "out/config.json")); }
  json last_evaluation() const {
    return json::parse(read_file(path() / "out/trainer_state.json")).at("log_history").back();
  }
};

TEST_CASE("classify: trained, reported, asked", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "train.csv",
             "label,text\n山水,大山水\n人物,诸葛亮\n山水,水天\n人物,诸葛涛\n山水,山天地\n人物,孔明\n");
  const std::string shown =
      shop.train("--task classify --train train.csv --validation train.csv --epochs 40 --batch-size 3");
  for (const char* part : {"2 labels: 人物, 山水", "new, random weights", "classifier.weight", "accuracy", "f1_macro",
                           "mini_bert_predict classify --model out"}) {
    CHECK_THAT(shown, ContainsSubstring(part));
  }
  CHECK(shop.config().at("architectures") == json{"BertForSequenceClassification"});
  CHECK(shop.config().at("id2label") == json{{"0", "人物"}, {"1", "山水"}});
  CHECK(shop.config().at("problem_type") == "single_label_classification");
  CHECK(shop.last_evaluation().at("eval_accuracy") == 1);
  const std::string report = read_file(shop.path() / "out/report.html");
  for (const char* part : {"Confusion matrix", "accuracy", "人物", "山水"}) CHECK_THAT(report, ContainsSubstring(part));
  CHECK(report.find("erplexity") == std::string::npos);

  const auto answers = shop.predict("classify --model out 诸葛亮 大山水");
  REQUIRE(answers.size() == 2);
  CHECK(answers[0][0].at("label") == "人物");
  CHECK(answers[1][0].at("label") == "山水");
  CHECK(answers[0][0].at("score").get<double>() + answers[0][1].at("score").get<double>() == Approx(1));
  CHECK(shop.predict("classify --model out --top-k 1 诸葛亮")[0].size() == 1);
  CHECK_THAT(shop.run("printf '诸葛亮\\n\\n大山水\\n' | mini_bert_predict classify --model out --top-k 1").out,
             ContainsSubstring("诸葛亮\n") && ContainsSubstring("%  人物\n") && ContainsSubstring("%  山水\n"));
  CHECK(shop.predict("classify --model out --file train.csv --top-k 1").size() == 6);

  // A classifier goes on with its own labels and head.
  const std::string again = shop.run(
                                    "mini_bert_train --model out --output more --task classify --train train.csv "
                                    "--max-steps 1")
                                .out;
  CHECK(again.find("random weights") == std::string::npos);
}

TEST_CASE("classify: several labels, and numbers", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "several.jsonl",
             "{\"text\": \"大山水\", \"labels\": [\"山\", \"水\"]}\n{\"text\": \"天地\", \"labels\": []}\n");
  shop.train(
      "--task classify --problem-type multi_label_classification --train several.jsonl --validation "
      "several.jsonl --epochs 60");
  CHECK(shop.last_evaluation().at("eval_f1_micro") == 1);
  const auto several = shop.predict("classify --model out 大山水");
  CHECK(several[0][0].at("score").get<double>() > 0.5);
  CHECK(several[0][1].at("score").get<double>() > 0.5);

  write_file(shop.path() / "numbers.tsv", "text\tlabel\n大\t3.5\n小\t-1\n大大\t3\n");
  shop.train(
      "--overwrite --task classify --problem-type regression --train numbers.tsv --validation numbers.tsv "
      "--epochs 100");
  CHECK(shop.last_evaluation().at("eval_pearson") > 0.9);
  CHECK(shop.predict("classify --model out 大")[0][0].at("score").get<double>() > 2);
  CHECK(shop.config().at("id2label").size() == 1);
}

TEST_CASE("tag: trained on columns, asked with offsets", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "train.bio",
             "诸 B-PER\n葛 I-PER\n亮 I-PER\n字 O\n孔 B-PER\n明 I-PER\n\n三 O\n国 O\n人 O\n物 O\n诸 B-PER\n葛 I-PER\n涛 "
             "I-PER\n");
  const std::string shown =
      shop.train("--task tag --train train.bio --validation train.bio --epochs 60 --batch-size 1");
  CHECK_THAT(shown, ContainsSubstring("3 labels: B-PER, I-PER, O") && ContainsSubstring("precision"));
  CHECK(shop.last_evaluation().at("eval_f1") == 1);
  CHECK(shop.config().at("architectures") == json{"BertForTokenClassification"});
  const auto spans = shop.predict("tag --model out '诸葛亮字孔明'");
  REQUIRE(spans[0].size() == 2);
  CHECK(spans[0][0].at("entity_group") == "PER");
  CHECK(spans[0][0].at("word") == "诸 葛 亮");
  CHECK(spans[0][0].at("start") == 0);
  CHECK(spans[0][0].at("end") == 3);
  CHECK(spans[0][1].at("start") == 4);
  const auto tokens = shop.predict("tag --model out --aggregation none '诸葛亮字孔明'");
  REQUIRE(tokens[0].size() == 5);
  CHECK(tokens[0][0].at("entity") == "B-PER");
  CHECK(tokens[0][4].at("index") == 6);
}

TEST_CASE("answer: trained on SQuAD, asked about a text", "[apps]") {
  const Workshop shop;
  const auto question = [](const char* id, const char* answer, int start) {
    return json{{"id", id}, {"question", "是"}, {"answers", {{{"text", answer}, {"answer_start", start}}}}};
  };
  const json data = {
      {"data",
       {{{"paragraphs",
          {{{"context", "诸葛亮字孔明"}, {"qas", {question("1", "孔明", 4)}}},
           {{"context", "三国的人物诸葛涛字子澜。天地日月山水"}, {"qas", {question("2", "子澜", 9)}}}}}}}}};
  write_file(shop.path() / "train.json", data.dump());
  shop.train("--task answer --train train.json --validation train.json --epochs 80 --doc-stride 4 --max-length 16");
  CHECK(shop.last_evaluation().at("eval_exact_match") == 1);
  CHECK(shop.config().at("architectures") == json{"BertForQuestionAnswering"});
  const auto answers = shop.predict("answer --model out --top-k 1 --question 是 --context 诸葛亮字孔明");
  CHECK(answers[0].at("answer") == "孔明");
  CHECK(answers[0].at("start") == 4);
  CHECK(answers[0].at("end") == 6);
}

TEST_CASE("check: says what there is to know, trains nothing, writes nothing", "[apps]") {
  const Workshop shop;
  write_file(
      shop.path() / "train.csv",
      "label,text\n山水,大山水\n人物,诸葛亮龘\n山水,水天\n山水,大山水\n人物,犇龘龘\n山水,三国的人物诸葛涛字子澜\n");
  write_file(shop.path() / "validation.csv", "label,text\n山水,水天\n");
  const auto files = [&] { return std::distance(fs::recursive_directory_iterator(shop.path()), {}); };
  shop.run("true");  // what the test itself captures
  const auto before = files();
  const std::string command =
      "mini_bert_train --check --model model --task classify --train train.csv --validation validation.csv "
      "--max-length 8 --epochs 4 --batch-size 2 ";
  const Outcome shown = shop.run(command);
  INFO(shown.out << shown.err);
  REQUIRE(shown.exit_code == 0);
  CHECK(files() == before);
  for (const char* part :
       {"6 texts", "memory", "an update", "4 the shortest", "8 the longest", "龘        3 times, first in line 3",
        "line 5 is the same as line 2", "line 2 of the validation is the same as training line 4",
        "山水            4           1    66.7 %",
        "1 of 6 training texts are cut: the longest has 13 tokens, --max-length reads 8",
        "label 人物 does not occur in the validation data", "1 of 1 validation texts are training texts too"}) {
    CHECK_THAT(shown.out, ContainsSubstring(part));
  }
  const Outcome outcome = shop.run(command + "--json");
  REQUIRE(outcome.exit_code == 0);
  const json check = json::parse(outcome.out);
  CHECK(check.at("training").at("lengths").at("max") == 8);
  CHECK(check.at("training").at("longest_text") == 13);
  CHECK(check.at("training").at("unknown")[0] == json{{"text", "龘"}, {"count", 3}, {"line", 3}});
  CHECK(check.at("training").at("repeats") == json{{{"line", 5}, {"first_line", 2}}});
  CHECK(check.at("in_both") == json{{{"line", 2}, {"training_line", 4}}});
  CHECK(check.at("labels")[1] == json{{"label", "山水"}, {"training", 4}, {"validation", 1}});
  CHECK(check.at("updates") == 12);
  CHECK(check.at("seconds_per_update").get<double>() > 0);
  CHECK(check.at("memory_bytes").get<double>() > 0);
  CHECK(check.at("warnings").size() >= 5);
}

TEST_CASE("classes may weigh differently, layers stay frozen, the best is found by a metric", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "train.csv", "label,text\n山水,大山水\n人物,诸葛亮\n山水,水天\n山水,山天地\n");
  const std::string shown = shop.train(
      "--task classify --train train.csv --validation train.csv --epochs 4 --class-weights balanced --layer-decay 0.9 "
      "--freeze-layers 1 --load-best --metric-for-best-model eval_accuracy --greater-is-better true");
  CHECK_THAT(shown, ContainsSubstring("of them stay as they are: the embeddings and 1 layers"));
  const json state = json::parse(read_file(shop.path() / "out/trainer_state.json"));
  const json& identity = state.at("identity");
  CHECK(identity.at("layer_decay") == "0.9");
  CHECK(identity.at("freeze_layers") == "1");
  CHECK(identity.at("best_metric") == "eval_accuracy");
  CHECK(identity.at("greater_is_better") == "true");
  CHECK(identity.at("class_weights") == "2/0.6666667");
  double best = 0;
  for (const json& row : state.at("log_history")) {
    if (row.contains("eval_accuracy")) best = std::max(best, row.at("eval_accuracy").get<double>());
  }
  CHECK(state.at("best_metric") == best);
}

TEST_CASE("embed and score need nothing but the encoder and the masked words", "[apps]") {
  const Workshop shop;
  const auto vectors = shop.predict("embed --model model --normalize 诸葛亮 诸葛亮 天");
  REQUIRE(vectors.size() == 3);
  CHECK(vectors[0].size() == 16);
  double length = 0, cosine = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    length += std::pow(vectors[0][i].get<double>(), 2);
    cosine += vectors[0][i].get<double>() * vectors[1][i].get<double>();
  }
  CHECK(length == Approx(1).epsilon(1e-5));
  CHECK(cosine == Approx(1).epsilon(1e-5));
  CHECK(vectors[0] != vectors[2]);

  const auto scores = shop.predict("score --model model 诸葛亮");
  REQUIRE(scores.size() == 1);
  CHECK(scores[0].at("tokens") == 3);
  double sum = 0;
  for (const json& score : scores[0].at("token_scores")) sum += score.get<double>();
  CHECK(scores[0].at("score").get<double>() == Approx(sum));
  CHECK(scores[0].at("perplexity").get<double>() == Approx(std::exp(-sum / 3)));
}

}  // namespace task_programs_test
