// Whole programs on folders with a damaged file: each ends with exit code 0, or with 1 and one line on stderr, and
// soon. Each run is a child process of this one, which calls the program's main(), so thousands take minutes even with
// sanitizers. MINI_BERT_MUTATIONS says how many (2,000; a long run takes 50,000, and every
// length of small files).
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/apps/program_testing.h"
#include "tests/fuzz/mutator.h"
#include "tests/soak.h"

// CMake compiles each program with its main() under these names.
int mini_bert_predict_main(int argc, char** argv);
int mini_bert_tokenize_main(int argc, char** argv);
int mini_bert_train_main(int argc, char** argv);
int mini_bert_vocab_main(int argc, char** argv);

using namespace mini_bert;
using namespace mini_bert::testing;

namespace mutated_folders_test {

using Main = int (*)(int, char**);
using Words = std::vector<std::string>;

// Calls `work` in a child process inside `folder`. Returns its exit code, or −signal.
template <class Work>
int in_child(const fs::path& folder, const Work& work) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const int out = ::open((folder / "stdout.txt").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int err = ::open((folder / "stderr.txt").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int in = ::open("/dev/null", O_RDONLY);
    if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0 || ::chdir(folder.c_str()) != 0) ::_exit(99);
    ::setenv("HF_HUB_OFFLINE", "1", 1);
    ::alarm(60);
    const int code = work();
    std::fflush(nullptr);
    ::_exit(code);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct Command {
  Main main;
  Words words;
};

int exit_code_of(const fs::path& folder, const Command& command) {
  return in_child(folder, [&] {
    Words words = command.words;
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    return command.main(static_cast<int>(words.size()), arguments.data());
  });
}

const Command predict_score{mini_bert_predict_main, {"mini_bert_predict", "score", "--model", "model", "三国"}};
// Without --pooling it says first how it makes vectors, and an error would be its second line.
const Command predict_embed{mini_bert_predict_main,
                            {"mini_bert_predict", "embed", "--model", "model", "--pooling", "mean", "三国"}};
const Command predict_file{mini_bert_predict_main,
                           {"mini_bert_predict", "score", "--model", "model", "--json", "--file", "t.jsonl"}};
const Command tokenize{mini_bert_tokenize_main, {"mini_bert_tokenize", "--model", "model", "t.txt"}};
const Command train{mini_bert_train_main,
                    {"mini_bert_train", "--model", "model", "--train", "t.jsonl", "--output", "new", "--max-steps", "1",
                     "--threads", "1"}};
const Command classify{mini_bert_train_main,
                       {"mini_bert_train", "--task", "classify", "--model", "model", "--train", "t.csv", "--output",
                        "new", "--max-steps", "1", "--threads", "1"}};
const Command resume{mini_bert_train_main, {"mini_bert_train", "--resume", "--output", "out", "--threads", "1"}};
const Command vocabulary{mini_bert_vocab_main, {"mini_bert_vocab", "--size", "50", "--output", "v", "t.txt"}};

// A file of the folder and the commands that read it.
struct Target {
  const char* file;
  std::vector<Command> commands;
};
const std::vector<Target> targets = {
    {"model/config.json", {predict_score, tokenize, train}},
    {"model/vocab.txt", {predict_score, tokenize, train}},
    {"model/tokenizer_config.json", {tokenize, predict_score}},
    {"model/model.safetensors", {predict_score, train, predict_embed}},
    {"t.txt", {tokenize, vocabulary}},
    {"t.jsonl", {train, predict_file}},
    {"t.csv", {classify}},
    {"out/arguments.json", {resume}},
    {"out/checkpoint-1/trainer_state.json", {resume}},
    {"out/checkpoint-1/model.safetensors", {resume}},
    {"out/checkpoint-1/optimizer.safetensors", {resume}},
    {"out/checkpoint-1/config.json", {resume}},
};

// A folder with a model, data, and a run that was interrupted after one of its two updates.
class SoundFolder {
 public:
  SoundFolder() {
    // In children, because threads of this process would not be in its later children.
    REQUIRE(in_child(path(), [&] {
              write_tiny_model(path() / "model");
              write_file(path() / "t.txt", "三国人物\n诸葛亮\n");
              write_file(path() / "t.jsonl",
                         "{\"text\": \"三国人物\"}\n{\"text\": \"诸葛亮字孔明\", \"mask\": [[0, 1]]}\n");
              write_file(path() / "t.csv", "text,label\n三国,好\n人物,坏\n诸葛,好\n亮,坏\n");
              return 0;
            }) == 0);
    Command first = train;
    for (std::string& word : first.words) {
      if (word == "new") word = "out";
      if (word == "1") word = "2";
    }
    first.words.insert(first.words.end(), {"--save-steps", "1"});
    REQUIRE(exit_code_of(path(), first) == 0);
    fs::remove_all(path() / "out/checkpoint-2");
  }
  const fs::path& path() const { return folder_.path(); }

  // Runs a command on the folder with these bytes in place of a file, and puts everything back.
  void check(const std::string& file, const std::string& bytes, const Command& command) const {
    const std::string sound = read_file(path() / file);
    const bool is_resume = command.words[1] == "--resume";
    if (is_resume) fs::copy(path() / "out", path() / "kept", fs::copy_options::recursive);
    write_file(path() / file, bytes);
    const int code = exit_code_of(path(), command);
    const std::string err = read_file(path() / "stderr.txt");
    INFO(command.words[0] << " " << command.words[1] << " on " << file << ", exit code " << code << ": " << err);
    INFO("bytes: " << bytes.substr(0, 3000));
    CHECK((code == 0 || code == 1));
    const bool is_tokenize = command.main == mini_bert_tokenize_main;  // it has a line for each text that is bad
    if (code == 1) CHECK((std::ranges::count(err, '\n') == 1 || is_tokenize));
    if (code == 1) CHECK(err.starts_with(command.words[0] + ": "));
    CHECK(err.find("Sanitizer") == err.npos);
    CHECK(err.find("runtime error") == err.npos);
    if (is_resume) {
      fs::remove_all(path() / "out");
      fs::rename(path() / "kept", path() / "out");
    } else {
      write_file(path() / file, sound);
    }
    for (const char* made : {"new", "v"}) fs::remove_all(path() / made);
  }

 private:
  TemporaryFolder folder_;
};

TEST_CASE("mutated folders: the sound folder works") {
  const SoundFolder folder;
  for (const Target& target : targets) {
    CAPTURE(target.file);
    REQUIRE(fs::exists(folder.path() / target.file));
    for (const Command& command : target.commands) {
      if (command.words[1] == "--resume") continue;
      CHECK(exit_code_of(folder.path(), command) == 0);
      for (const char* made : {"new", "v"}) fs::remove_all(folder.path() / made);
    }
  }
  CHECK(exit_code_of(folder.path(), resume) == 0);
}

TEST_CASE("mutated folders: a file cut off anywhere") {
  const SoundFolder folder;
  for (const Target& target : targets) {
    const std::string bytes = read_file(folder.path() / target.file);
    const std::size_t step = std::getenv("MINI_BERT_MUTATIONS") == nullptr ? bytes.size() / 60 + 1
                             : bytes.size() > 5000                         ? bytes.size() / 500 + 1
                                                                           : 1;
    for (std::size_t length = 0; length < bytes.size(); length += step) {
      folder.check(target.file, bytes.substr(0, length), target.commands.front());
    }
  }
}

TEST_CASE("mutated folders: a file with changed bytes") {
  const SoundFolder folder;
  const char* const asked = std::getenv("MINI_BERT_MUTATIONS");
  const int count = asked == nullptr ? 2000 : std::atoi(asked);
  fuzz::Mutator mutator(test::soak_seed(13));
  for (int i = 0; i < count; ++i) {
    const Target& target = targets[static_cast<std::size_t>(i) % targets.size()];
    const std::string bytes = mutator.mutate(read_file(folder.path() / target.file));
    folder.check(target.file, bytes, target.commands[mutator.below(target.commands.size())]);
  }
}

}  // namespace mutated_folders_test
