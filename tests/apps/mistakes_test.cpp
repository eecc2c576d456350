// Mistakes that people make at a shell: each gets one line that names what is wrong and what to do.
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

struct Mistake {
  const char* command;
  const char* told;
};

void check_told(const ProgramFolder& folder, const Mistake& mistake) {
  const Outcome outcome = folder.run(mistake.command);
  INFO(mistake.command << "\n" << outcome.out << outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK_THAT(outcome.err, ContainsSubstring(mistake.told));
}

}  // namespace

TEST_CASE("mistakes: files and folders", "[apps][mistakes]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物\n诸葛亮\n");
  fs::create_directories(folder.path() / "empty");
  fs::create_directories(folder.path() / "models");
  fs::rename(folder.path() / "model", folder.path() / "models/tiny");
  fs::create_directory_symlink("models/tiny", folder.path() / "model");
  for (const Mistake& mistake : std::vector<Mistake>{
           {"mini_bert_train --model model/model.safetensors --train t.txt --output o",
            "model/model.safetensors: this is a file; --model takes the folder that holds it, model"},
           {"mini_bert_predict score --model empty 天",
            "empty: there is no model in this folder, which has no config.json"},
           {"mini_bert_train --model models --train t.txt --output o", "no config.json; did you mean models/tiny?"},
           {"mini_bert_train --model model --train empty --output o",
            "empty: this is a folder; name the files in it, empty/*.txt"},
           {"mini_bert_train --model model --train '*.csv' --output o", "only without quotes around it"},
           {"mini_bert_train --model model --train t.txt --output ./models/tiny/ --overwrite",
            "is the folder of --model, which would be lost; choose another"},
           {"mini_bert_train --model model --train t.txt --output t.txt", "must be a directory, this is a file"},
           {"mini_bert_train --resume --output nothing", "nothing: there is no run to resume here"},
           {"mini_bert_predict score --model model --file empty", "empty: this is a folder"},
           {"mini_bert_predict score --model model t.txt", "'t.txt' is a file; write --file t.txt to read it"},
           {"mini_bert_vocab --size 50 --output v empty", "empty: this is a folder"},
           {"mini_bert_vocab --size 50 --output t.txt t.txt", "t.txt: --output must be a directory, this is a file"},
           {"mini_bert_vocab --size 50 --output models/tiny t.txt",
            "models/tiny: this folder holds a model, whose vocabulary would be lost; choose another --output"},
           {"mini_bert_vocab --size 50 --output t.txt/v t.txt", "t.txt/v: cannot be made: "},
           {"mini_bert_train --model model --train tt.txt --output o",
            "tt.txt: there is no such file; did you mean t.txt?"},
           {"mini_bert_train --model model --train nothing/like.it --output o",
            "nothing/like.it: there is no such file; check the path"},
           {"mini_bert_predict score --model model --file - < t.txt", "-: standard input is not read as a file"},
           {"mini_bert_vocab --size 50 --output v", "files is missing; --help begins with examples"},
           {"mini_bert_predict score 天", "--model is missing; --help begins with examples"},
           {"mini_bert_predict 天", "the task is '天'; expected one of fill-mask|"},
           {"mini_bert_tokenize --model model 三国", "三国: there is no such file; a text goes to standard input"}}) {
    check_told(folder, mistake);
  }
  CHECK(folder.run("echo 三 | mini_bert_tokenize --model model").exit_code == 0);
}

TEST_CASE("mistakes: values", "[apps][mistakes]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物\n诸葛亮\n");
  const std::string run = "mini_bert_train --model model --train t.txt --output o ";
  for (const Mistake& mistake :
       std::vector<Mistake>{{"--epochs three", "--epochs is 'three'; expected a number from 0 up"},
                            {"--batch-size 0", "--batch-size is '0'; expected a whole number from 1 up"},
                            {"--learning-rate 1e30", "--learning-rate is '1e30'; expected a number in 0..1000000000"},
                            {"--max-length 2", "--max-length must leave room for a token"},
                            {"--learning-rate 0,001", "with a point and no comma in it"},
                            {"--learning-rate", "--learning-rate needs a value after it"},
                            {"--validation-split 20", "expected a number in 0..0.9"},
                            {"--task classification", "did you mean classify?"},
                            {"--lr-scheduler liner", "did you mean linear?"},
                            {"--pack t.txt", "'t.txt' stands alone; a flag belongs before it"},
                            {"--probe 三国", "write [MASK] where the blank is"}}) {
    check_told(folder, {(run + mistake.command).c_str(), mistake.told});
  }
}
