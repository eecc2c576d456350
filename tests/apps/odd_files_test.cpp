// Paths that lead to anything but a readable file or folder: each program says so in one line, soon, and names the
// path.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

// What stands at a path in place of a file.
enum class Odd { link_loop, pipe, folder, device, part_of_path_is_file, long_name };
constexpr Odd all_odd[] = {Odd::link_loop, Odd::pipe, Odd::folder, Odd::device, Odd::part_of_path_is_file,
                           Odd::long_name};

// Puts it there, instead of what was there. Returns the path, which differs from `path` where a name is what is odd.
fs::path put(Odd odd, const fs::path& path) {
  fs::remove_all(path);
  switch (odd) {
    case Odd::link_loop:
      fs::create_symlink(path.filename(), path);
      return path;
    case Odd::pipe:
      REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
      return path;
    case Odd::folder:
      fs::create_directory(path);
      return path;
    case Odd::device:
      fs::create_symlink("/dev/zero", path);
      return path;
    case Odd::part_of_path_is_file:
      write_file(path, "x");
      return path / ("below" + path.extension().string());
    default:
      return path.parent_path() / (std::string(300, 'x') + path.extension().string());
  }
}

// Takes from this process, and from the programs that it starts, what lets root read every file. Returns whether that
// worked. Other users cannot anyway.
bool become_ordinary() {
  if (::geteuid() != 0) return true;
#if defined(__linux__)
  // Root's programs begin with what is in the bounding set or inheritable.
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, sets) != 0) return false;
  for (const unsigned capability : {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH}) {
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return false;
    sets[0].inheritable &= ~(1u << capability);
  }
  return ::syscall(SYS_capset, &header, sets) == 0;
#else
  return false;
#endif
}

// run(), without root's right to read everything.
Outcome run_as_ordinary(const fs::path& folder, const std::string& command) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(become_ordinary() ? run(folder, command).exit_code : 99);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder / "stdout.txt"),
          read_file(folder / "stderr.txt")};
}

// `named`: what the line must name, the path or a part of it.
void check_told(const fs::path& folder, const std::string& command, const std::string& named,
                Outcome (*start)(const fs::path&, const std::string&) = run) {
  const Outcome outcome = start(folder, "timeout 60 " + command);
  INFO(command << "\n" << outcome.out << outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK_THAT(outcome.err, ContainsSubstring(named));
  CHECK_THAT(outcome.err, !ContainsSubstring("filesystem error"));
  CHECK_THAT(outcome.err, !ContainsSubstring("terminate"));
}

std::string replaced(std::string command, const std::string& path) {
  return command.replace(command.find('@'), 1, path);
}

}  // namespace

TEST_CASE("odd files: where a flag names one", "[apps][odd_files]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物\n诸葛亮\n");
  for (const Odd odd : all_odd) {
    for (const std::string command :
         {"mini_bert_train --model @ --train t.txt --output o --max-steps 1",
          "mini_bert_train --config @.json --vocab model/vocab.txt --train t.txt --output o",
          "mini_bert_train --config model/config.json --vocab @.txt --train t.txt --output o",
          "mini_bert_train --model model --train @.txt --output o --max-steps 1",
          "mini_bert_train --model model --train @.jsonl --output o --max-steps 1",
          "mini_bert_train --model model --train t.txt --validation @.csv --output o --max-steps 1",
          "mini_bert_train --model model --train t.txt --arguments @.json --output o --max-steps 1",
          "mini_bert_train --model model --train t.txt --output @ --check",
          "mini_bert_train --model model --train t.txt --output @ --max-steps 1", "mini_bert_train --resume --output @",
          "mini_bert_predict score --model @ 天", "mini_bert_predict score --model model --file @.txt",
          "mini_bert_tokenize --model @ t.txt", "mini_bert_tokenize --model model @.txt",
          "mini_bert_vocab --size 20 --output v @.txt", "mini_bert_vocab --size 20 --output @ t.txt"}) {
      const std::string extension =
          command.substr(command.find('@') + 1, command.find(' ', command.find('@')) - command.find('@') - 1);
      const bool is_output = command.find("--output @") != command.npos;
      const bool is_stream = command.ends_with("model @.txt") || command.ends_with("v @.txt");
      if (odd == Odd::folder && is_output) continue;  // an empty folder is what is wanted
      if (odd == Odd::pipe && is_stream && !command.starts_with("mini_bert_train")) continue;  // the case below
      if (odd == Odd::long_name && command.find("--model @") != command.npos) continue;        // its own case below
      const fs::path path = put(odd, folder.path() / ("odd" + extension));
      const std::string relative = fs::relative(path.parent_path(), folder.path()) / path.filename();
      check_told(folder.path(), replaced(command, relative.substr(0, relative.size() - extension.size())),
                 odd == Odd::part_of_path_is_file ? "odd" : path.filename().string());
      fs::remove_all(folder.path() / ("odd" + extension));
    }
  }
  check_told(folder.path(), "mini_bert_predict score --model " + std::string(300, 'x') + " 天",
             "the name is too long; choose a shorter one");
}

TEST_CASE("odd files: a text that is read once may come through a pipe", "[apps][odd_files]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物\n诸葛亮\n");
  const auto through_pipe = [&](const std::string& before, const std::string& after) {
    return run(folder.path(), "bash -c '" + before + " <(cat t.txt) " + after + "'");
  };
  const Outcome tokens = through_pipe("mini_bert_tokenize --model model", "");
  CHECK(tokens.exit_code == 0);
  CHECK(tokens.out == run(folder.path(), "mini_bert_tokenize --model model t.txt").out);
  CHECK(through_pipe("mini_bert_vocab --size 20 --output piped", "").exit_code == 0);
  REQUIRE(run(folder.path(), "mini_bert_vocab --size 20 --output read t.txt").exit_code == 0);
  CHECK(read_file(folder.path() / "piped/vocab.txt") == read_file(folder.path() / "read/vocab.txt"));
}

TEST_CASE("odd files: in the folder of a model", "[apps][odd_files]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物\n诸葛亮\n");
  for (const char* name : {"config.json", "model.safetensors", "vocab.txt", "tokenizer.json", "tokenizer_config.json",
                           "special_tokens_map.json", "added_tokens.json", "modules.json"}) {
    for (const Odd odd : {Odd::link_loop, Odd::pipe, Odd::folder, Odd::device}) {
      const fs::path model = folder.path() / "odd";
      fs::remove_all(model);
      fs::copy(folder.path() / "model", model);
      put(odd, model / name);
      const std::string embeds = name == std::string("modules.json") ? "embed" : "score";
      check_told(folder.path(), "mini_bert_predict " + embeds + " --model odd 天", name);
      if (embeds == "score") {
        check_told(folder.path(), "mini_bert_train --model odd --train t.txt --output o --max-steps 1", name);
      }
    }
  }
}

TEST_CASE("odd files: a folder that may not be searched, a file that may not be read", "[apps][odd_files]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物\n诸葛亮\n");
  fs::copy(folder.path() / "model", folder.path() / "locked");
  fs::copy(folder.path() / "t.txt", folder.path() / "locked.txt");
  fs::permissions(folder.path() / "locked", fs::perms(0));
  fs::permissions(folder.path() / "locked.txt", fs::perms(0));
  for (const std::string command :
       {"mini_bert_train --model locked --train t.txt --output o", "mini_bert_predict score --model locked 天",
        "mini_bert_tokenize --model locked t.txt", "mini_bert_tokenize --model model locked.txt",
        "mini_bert_vocab --size 20 --output v locked.txt", "mini_bert_vocab --size 20 --output locked/v t.txt",
        "mini_bert_train --model model --train locked.txt --output o",
        "mini_bert_train --model model --train t.txt --output locked --max-steps 1",
        "mini_bert_train --model model --train t.txt --output locked/o --max-steps 1",
        "mini_bert_train --model model --train t.txt --output locked/o --check",
        "mini_bert_train --resume --output locked",
        "mini_bert_train --model model --train t.txt --arguments locked/a.json --output o",
        "mini_bert_train --config model/config.json --vocab locked/vocab.txt --train t.txt --output o"}) {
    check_told(folder.path(), command, "locked", run_as_ordinary);
    CHECK_THAT(read_file(folder.path() / "stderr.txt"), ContainsSubstring("permission denied"));
  }
  fs::permissions(folder.path() / "locked", fs::perms(0755));
}

TEST_CASE("odd files: a folder that may be read and not written to", "[apps][odd_files]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物\n诸葛亮\n");
  REQUIRE(folder.run("mini_bert_train --model model --train t.txt --output readonly --max-steps 2 --save-steps 1")
              .exit_code == 0);
  fs::remove(folder.path() / "readonly/model.safetensors");
  fs::permissions(folder.path() / "readonly", fs::perms(0555));
  for (const std::string command :
       {"mini_bert_train --model model --train t.txt --output readonly/new --max-steps 1",
        "mini_bert_train --model model --train t.txt --output readonly --overwrite --max-steps 1",
        "mini_bert_train --resume --output readonly", "mini_bert_vocab --size 20 --output readonly/v t.txt"}) {
    check_told(folder.path(), command, "readonly", run_as_ordinary);
    CHECK_THAT(read_file(folder.path() / "stderr.txt"), ContainsSubstring("permission denied"));
  }
  fs::permissions(folder.path() / "readonly", fs::perms(0755));
  CHECK(fs::exists(folder.path() / "readonly/checkpoint-2/model.safetensors"));
}
