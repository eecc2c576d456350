// What comes with the programs is found from wherever the programs are, and from any folder.
#include "tests/apps/program_testing.h"

namespace mini_bert::testing {
namespace {

// An installation: bin/ with one program, and share/mini_bert/ or the layout of the repository beside it.
void install_program(const fs::path& prefix, const std::string& program) {
  fs::create_directories(prefix / "bin");
  fs::copy_file(fs::path(MINI_BERT_BIN_DIR) / program, prefix / "bin" / program);
}

Outcome tokenize_elsewhere(const TemporaryFolder& folder, const std::string& model) {
  fs::create_directories(folder.path() / "elsewhere");
  return run(folder.path(), "cd elsewhere && echo 诸葛 | ../prefix/bin/mini_bert_tokenize --plain --model " + model);
}

}  // namespace

TEST_CASE("a model that comes with the programs is found by its name", "[apps]") {
  const std::string place = GENERATE("prefix/share/mini_bert/models/tiny", "prefix/models/tiny");
  const TemporaryFolder folder;
  install_program(folder.path() / "prefix", "mini_bert_tokenize");
  write_tiny_model(folder.path() / place);
  for (const char* name : {"tiny", "models/tiny"}) {
    CAPTURE(place, name);
    const Outcome outcome = tokenize_elsewhere(folder, name);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.find("诸") != std::string::npos);
  }
  CHECK(tokenize_elsewhere(folder, "other").exit_code == 1);
  CHECK(tokenize_elsewhere(folder, "models/other").exit_code == 1);
}

TEST_CASE("a folder of the user goes before a model that comes with the programs", "[apps]") {
  const TemporaryFolder folder;
  install_program(folder.path() / "prefix", "mini_bert_tokenize");
  write_tiny_model(folder.path() / "prefix/share/mini_bert/models/tiny");
  write_file(folder.path() / "elsewhere/tiny/vocab.txt", "nothing");
  const Outcome outcome = tokenize_elsewhere(folder, "tiny");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("tiny") != std::string::npos);
}

TEST_CASE("the default guard is found in an installation", "[apps]") {
  const TemporaryFolder folder;
  install_program(folder.path() / "prefix", "mini_bert_train");
  write_tiny_model(folder.path() / "model");
  write_file(folder.path() / "train.txt", "三国人物\n");
  const std::string command =
      "prefix/bin/mini_bert_train --model model --train train.txt --output out --epochs 1 --guard default";
  CHECK(
      run(folder.path(), command).err.find("there is no data/guard-zh.jsonl or share/mini_bert/data/guard-zh.jsonl") !=
      std::string::npos);
  write_file(folder.path() / "prefix/share/mini_bert/data/guard-zh.jsonl",
             R"({"text": "三国人[MASK]", "answer": "物"})");
  const Outcome outcome = run(folder.path(), command);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
}

}  // namespace mini_bert::testing
