// What the programs do where the files of a model, or the files and the flags, do not agree.
#include <functional>

#include "tests/apps/program_testing.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace {

// A folder with a model and a file of texts for it.
struct Settings : ProgramFolder {
  Settings() { write_file(path() / "texts.txt", "三国人物诸葛亮\n\n大山有小水\n"); }

  void edit_json(const std::string& file, const std::function<void(json&)>& change) const {
    json content = json::parse(read_file(path() / file));
    change(content);
    write_file(path() / file, content.dump());
  }
  // The model gets a tokenizer.json without a post-processor.
  void take_frame_away() const {
    TokenizerOptions options;
    options.adds_special_tokens = false;
    const Tokenizer bare(Vocabulary::read(path() / "model/vocab.txt"), options);
    write_file(path() / "model/tokenizer.json", *bare.json_text());
    write_file(path() / "model/tokenizer_config.json", bare.config_text());
  }
  Outcome train(const std::string& flags) const {
    return run("mini_bert_train --model model --train texts.txt --output out --max-steps 1 " + flags);
  }
};

}  // namespace

TEST_CASE("settings: a vocabulary shorter than the table is used, and a note says so", "[apps]") {
  const Settings folder;
  std::string vocabulary = read_file(folder.path() / "model/vocab.txt");
  vocabulary.resize(vocabulary.size() - std::string("云\n").size());
  write_file(folder.path() / "model/vocab.txt", vocabulary);
  const std::string note = "model: the vocabulary has 36 tokens, config.json says vocab_size 37; if a line is missing";
  const Outcome answer = folder.run("mini_bert_predict fill-mask --model model --json --top-k 99 '三[MASK]'");
  CHECK(json_lines(answer).at(0).size() == 36);
  CHECK_THAT(answer.err, ContainsSubstring(note));
  const Outcome trained = folder.train("");
  INFO(trained.err);
  CHECK(trained.exit_code == 0);
  CHECK_THAT(trained.out, ContainsSubstring("the vocabulary has 36 tokens, config.json says vocab_size 37"));
}

TEST_CASE("settings: --max-length may exceed model_max_length, which the trained model then states", "[apps]") {
  const Settings folder;
  folder.edit_json("model/tokenizer_config.json", [](json& config) { config["model_max_length"] = 6; });
  const auto said = [&] {
    return json::parse(read_file(folder.path() / "out/tokenizer_config.json"))["model_max_length"];
  };
  const std::string cut = "2 texts were longer than the model reads",
                    raised = "is above model_max_length 6 of the tokenizer";
  const Outcome as_said = folder.train("");
  CHECK_THAT(as_said.out, ContainsSubstring(cut) && !ContainsSubstring(raised));
  CHECK(said() == 6);
  const Outcome longer = folder.train("--max-length 20 --overwrite");
  INFO(longer.err);
  CHECK_THAT(longer.out, !ContainsSubstring(cut) && ContainsSubstring("--max-length 20 " + raised));
  CHECK(said() == 20);
  const Outcome shorter = folder.train("--max-length 5 --overwrite");
  CHECK_THAT(shorter.out, ContainsSubstring(cut) && !ContainsSubstring(raised));
  CHECK(said() == 6);
}

TEST_CASE("settings: a tokenizer that puts no [CLS] and [SEP] around a text", "[apps]") {
  const Settings folder;
  folder.take_frame_away();
  CHECK_THAT(folder.train("--task pretrain").err,
             ContainsSubstring("model: post_processor adds no [CLS] and [SEP]") && ContainsSubstring("task mlm"));
  // 7 + 5 tokens are two blocks of six; with [CLS] and [SEP] around each, they would be three.
  const Outcome packed = folder.train("--pack --max-length 6");
  INFO(packed.err);
  CHECK_THAT(packed.out, ContainsSubstring("texts.txt: 2 texts, 12 tokens"));
}

TEST_CASE("settings: tokens that the model has no rows for harm only the texts that have one; training gives rows",
          "[apps]") {
  const Settings folder;
  folder.edit_json("model/tokenizer_config.json", [](json& config) {
    config["added_tokens_decoder"]["37"] = {{"content", "诸葛涛"}};
    config["extra_special_tokens"] = {"<x>"};
  });
  const std::string note = "tokens that the model has no vectors for were added to the tokenizer: 诸葛涛, <x>";
  const std::string fill = "mini_bert_predict fill-mask --model ";
  const Outcome answers = folder.run("printf '三[MASK]\\n诸葛涛[MASK]\\n国[MASK]\\n' | " + fill + "model --json");
  CHECK_THAT(answers.err, ContainsSubstring(note));
  const std::vector<json> lines = json_lines(answers);
  REQUIRE(lines.size() == 3);
  CHECK((lines[0].is_array() && lines[2].is_array()));
  CHECK_THAT(lines[1].at("error").get<std::string>(), ContainsSubstring("has the token '诸葛涛'"));
  CHECK(folder.run(fill + "model --joint --targets '<x>' '三[MASK]'").exit_code == 1);

  write_file(folder.path() / "texts.txt", "三国人物诸葛涛\n<x>大山有小水\n");
  const Outcome trained = folder.train("");
  INFO(trained.err);
  CHECK_THAT(trained.out, ContainsSubstring(note + "; each now begins with the mean of its pieces"));
  CHECK(json::parse(read_file(folder.path() / "out/config.json"))["vocab_size"] == 39);
  const Outcome after = folder.run(fill + "out --json --top-k 99 '诸葛涛[MASK]'");
  CHECK(json_lines(after).at(0).size() == 39);
  CHECK(after.err.empty());
}

// The note about such tokens would be a line in front of the error.
TEST_CASE("settings: a special token that the model has no row for is one line", "[apps]") {
  const Settings folder;
  const std::string sound = read_file(folder.path() / "model/tokenizer_config.json");
  for (const std::string role : {"cls_token", "sep_token", "mask_token"}) {
    CAPTURE(role);
    folder.edit_json("model/tokenizer_config.json", [&](json& config) { config[role] = "[OWN]\n"; });
    const std::string line =
        "mini_bert_predict: the tokenizer's " + role +
        " is '[OWN]\\x0a', which was added to it, but the model has no vector for it; name another " +
        "one in tokenizer_config.json, or train the model further: that gives it one\n";
    for (const char* task : {"score 三国", "fill-mask '三[MASK]'"}) {
      const Outcome asked = folder.run(std::string("mini_bert_predict ") + task + " --model model");
      CHECK(asked.exit_code == 1);
      CHECK(asked.err == line);
    }
    const Outcome vector = folder.run("mini_bert_predict embed --model model --pooling mean 三国");
    CHECK(vector.exit_code == (role == "mask_token" ? 0 : 1));  // a vector needs no [MASK]
    CHECK_THAT(vector.err,
               ContainsSubstring(role == "mask_token" ? "were added to the tokenizer: [OWN]\\x0a\n" : line));
    CHECK(folder.train("--overwrite").exit_code == 0);
    CHECK(folder.run("mini_bert_predict score --model out 三国").exit_code == 0);
    write_file(folder.path() / "model/tokenizer_config.json", sound);
  }
}

TEST_CASE("settings: a head for labels without names knows the labels 0, 1, …", "[apps]") {
  const Settings folder;
  const auto train = [&](const std::string& model, const std::string& labels, const std::string& output) {
    write_file(folder.path() / "texts.csv", "text,label\n三国," + labels.substr(0, 1) + "\n山水," + labels.substr(1) +
                                                "\n人物," + labels.substr(0, 1) + "\n");
    const Outcome outcome = folder.run("mini_bert_train --task classify --train texts.csv --max-steps 1 --model " +
                                       model + " --output " + output);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome.out;
  };
  const auto is_new = ContainsSubstring("new, random weights: classifier.weight");
  CHECK_THAT(train("model", "ab", "first"),
             ContainsSubstring("new, random weights: ") && ContainsSubstring("classifier"));
  CHECK_THAT(train("first", "01", "numbers"), is_new);
  folder.edit_json("first/config.json", [](json& config) { config.erase("id2label"); });
  CHECK_THAT(train("first", "01", "kept"), !is_new && ContainsSubstring("2 labels: 0, 1"));
  CHECK_THAT(train("first", "12", "shifted"), is_new);
  CHECK_THAT(train("first", "cd", "named"), is_new);
}

TEST_CASE("settings: mini_bert_tokenize names what is wrong in a line of JSON", "[apps]") {
  const Settings folder;
  write_file(folder.path() / "lines.json", "\"三\"\n[\"三\", \"国\"]\n[\"三\"]\n5\n[\"三\", 5]\n{\n[1, 2, 3]\n");
  const Outcome outcome = folder.run("mini_bert_tokenize --model model --from-json lines.json");
  CHECK(outcome.exit_code == 1);
  for (const char* message :
       {"line 3: the text is an array, expected one text or a list of two", "line 4: the text is 5, expected a text",
        "line 5: the text: element 2 is 5, expected a text", "line 6: the text: not JSON",
        "line 7: the text is an array"}) {
    CHECK_THAT(outcome.err, ContainsSubstring(message));
  }
  const std::vector<json> answers =
      json_lines(folder.run("mini_bert_tokenize --json --model model --from-json lines.json"));
  CHECK(answers.size() == 7);
  CHECK(answers.at(1).at("ids") == json({2, 7, 3, 8, 3}));
  CHECK_THAT(answers.at(4).at("error").get<std::string>(), ContainsSubstring("element 2"));
}
