// Every flag of transformers' scripts: obeyed, idle with a line, or refused with a reason; and the table of the
// documentation, which says the same.
#include "apps/train/transformers_flags.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "apps/train/train_options.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace transformers_flags_test {

struct Listed {
  std::string name, value;  // `value`: the default of transformers
};

// tests/golden/transformers_flags.txt: a name and its default, with a tab between them.
std::vector<Listed> listed() {
  std::ifstream file(MINI_BERT_SOURCE_DIR "/tests/golden/transformers_flags.txt");
  std::vector<Listed> flags;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    flags.push_back({line.substr(0, line.find('\t')), line.substr(line.find('\t') + 1)});
  }
  return flags;
}

TrainOptions parsed(std::vector<std::string> more) {
  std::vector<std::string> all = {"--model", "m", "--train", "t.txt", "--output", "o"};
  all.insert(all.end(), more.begin(), more.end());
  return complete_options(all);
}

std::string error_of(const std::vector<std::string>& more) {
  try {
    parsed(more);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

// Some value that is not the default.
std::string other_value(const Listed& flag) {
  if (flag.value == "False") return "True";
  if (flag.value == "True") return "False";
  return "7";
}

TEST_CASE("flags of transformers: each is obeyed, idle with one line, or refused with a reason", "[apps]") {
  const std::vector<Listed> flags = listed();
  REQUIRE(flags.size() > 150);
  std::map<Treatment, int> counts;
  for (const Listed& flag : flags) {
    INFO(flag.name);
    const auto found = std::ranges::find(transformers_flags(), flag.name, &TransformersFlag::name);
    REQUIRE(found != transformers_flags().end());
    ++counts[found->treatment];
    const std::string given = "--" + flag.name;
    if (found->treatment == Treatment::obeyed) {
      CHECK(idle_or_refused(flag.name) == nullptr);
      CHECK(error_of({given, "no such value"}).find("unknown flag") == std::string::npos);
    } else if (found->treatment == Treatment::idle) {
      const TrainOptions options = parsed({given, other_value(flag)});
      REQUIRE(options.notes.size() == 1);
      CHECK(options.notes[0] == given + " does nothing here: " + found->reason);
      CHECK(is_harmless(*found, flag.value));
    } else {
      CHECK(error_of({given, other_value(flag)}) == given + " is not supported: " + found->reason);
      if (flag.name != "task_name") CHECK(error_of({given, flag.value}).empty());
    }
  }
  CHECK(counts[Treatment::obeyed] > 40);
  CHECK(counts[Treatment::idle] > 60);
  CHECK(counts[Treatment::refused] > 25);
}

TEST_CASE("flags of transformers: the page lists each under its treatment", "[apps]") {
  const std::string page = read_file(MINI_BERT_SOURCE_DIR "/docs/compatibility.md");
  const std::size_t begin = page.find("## Flags of transformers' scripts");
  REQUIRE(begin != std::string::npos);
  std::map<std::string, std::string> documented;  // name → treatment
  std::istringstream section(page.substr(begin + 3, page.find("\n## ", begin + 3) - begin - 3));
  const std::map<std::string, Treatment> treatments = {
      {"obeyed", Treatment::obeyed}, {"idle", Treatment::idle}, {"refused", Treatment::refused}};
  for (std::string line; std::getline(section, line);) {
    for (const auto& [word, treatment] : treatments) {
      const std::string start = "| " + word + " | ";
      if (!line.starts_with(start)) continue;
      const std::string names = line.substr(start.size(), line.find(" | ", start.size()) - start.size());
      for (std::size_t at = names.find('`'); at != std::string::npos; at = names.find('`', at + 1)) {
        const std::size_t end = names.find('`', at + 1);
        const std::string name = names.substr(at + 1, end - at - 1);
        CHECK(documented.emplace(name, word).second);
        at = end;
      }
    }
  }
  std::map<std::string, std::string> in_code;
  for (const TransformersFlag& flag : transformers_flags()) {
    for (const auto& [word, treatment] : treatments) {
      if (flag.treatment == treatment) CHECK(in_code.emplace(flag.name, word).second);
    }
  }
  CHECK(documented == in_code);
}

TEST_CASE("flags of transformers: values in their spelling", "[apps]") {
  CHECK(parsed({"--warmup_steps", "0.1"}).training.warmup_ratio == 0.1);
  CHECK_FALSE(parsed({"--warmup_steps", "0.1"}).training.warmup_steps.has_value());
  CHECK(parsed({"--warmup_steps", "7"}).training.warmup_steps == 7);
  CHECK(parsed({"--logging_steps", "0.25", "--eval_steps", "0.5", "--save_steps", "0.1"}).training.save_share == 0.1);
  CHECK_THAT(error_of({"--warmup_steps", "1.5"}), ContainsSubstring("or a share of all updates below 1"));
  CHECK(parsed({"--do_train", "True", "--do_eval", "False", "--overwrite_output_dir", "True"}).overwrite);
  CHECK_FALSE(parsed({"--overwrite_output_dir", "False"}).overwrite);
  CHECK_FALSE(parsed({"--max_steps", "-1"}).training.max_steps.has_value());
  CHECK_THAT(error_of({"--max_steps", "0"}), ContainsSubstring("--max-steps is '0'"));
  CHECK(parsed({"--bf16"}).training.precision == Precision::mixed);
  CHECK(parsed({"--bf16", "False", "--precision", "f32"}).training.precision == Precision::full);
  CHECK_THAT(error_of({"--bf16", "--precision", "f32"}), ContainsSubstring("exclude each other"));
  CHECK(parsed({"--validation_split_percentage", "20"}).validation_split == 0.2);
  CHECK(parsed({"--validation_split_percentage", "5", "--validation_file", "v.txt"}).validation_split == 0);
  CHECK(parsed({"--max_train_samples", "5"}).most_training == 5);
  CHECK(parsed({"--report_to", "wandb", "tensorboard", "--seed", "3"}).training.seed == 3);
  CHECK(parsed({"--no_use_fast_tokenizer"}).notes.size() == 1);
  CHECK(parsed({"--logging_strategy", "epoch"}).training.log == Every::epoch);
  const TrainOptions schedule =
      parsed({"--lr_scheduler_type", "cosine_with_min_lr", "--lr_scheduler_kwargs", R"({"min_lr_rate": 0.1})"});
  CHECK(schedule.training.schedule == Schedule::cosine_with_min_lr);
  CHECK(schedule.training.schedule_options.min_lr_rate == 0.1);
  CHECK_THAT(error_of({"--lr_scheduler_type", "cosine_with_min_lr"}), ContainsSubstring("--lr-scheduler-kwargs"));
  CHECK_THAT(error_of({"--lr_scheduler_type", "polynomial", "--lr_scheduler_kwargs", R"({"num_cycles": 2})"}),
             ContainsSubstring("polynomial has no setting \"num_cycles\"; it has lr_end, power"));
  CHECK_THAT(error_of({"--lr_scheduler_kwargs", "3"}), ContainsSubstring("expected a JSON object"));
  CHECK_THAT(error_of({"--lr_scheduler_type", "greedy"}), ContainsSubstring("expected one of"));
  CHECK_THAT(error_of({"--task_name", "ner"}), ContainsSubstring("--task_name ner needs --task tag"));
  CHECK(error_of({"--task_name", "ner", "--task", "tag"}).empty());
  CHECK(error_of({"--optim", "adamw_torch"}).empty());
}

TEST_CASE("flags of transformers: a copied command trains, and says what does nothing", "[apps]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n");
  const Outcome outcome = folder.run(
      "mini_bert_train --model_name_or_path model --train_file t.txt --validation_file t.txt "
      "--per_device_train_batch_size 8 --per_device_eval_batch_size 8 --do_train --do_eval --output_dir out "
      "--fp16 True --max_steps 2");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.err, ContainsSubstring("--per_device_eval_batch_size does nothing here: ") &&
                              ContainsSubstring("--do_train does nothing here: ") &&
                              ContainsSubstring("--fp16 does nothing here: "));
  CHECK(std::ranges::count(outcome.err, '\n') == 4);
  CHECK(fs::exists(folder.path() / "out/model.safetensors"));

  const std::string fewer = folder
                                .run(
                                    "mini_bert_train --check --model model --train t.txt --validation t.txt "
                                    "--max_train_samples 2 --max_eval_samples 1")
                                .out;
  CHECK_THAT(fewer, ContainsSubstring("training    t.txt: 2 texts") && ContainsSubstring("validation  t.txt: 1 text,"));
}

TEST_CASE("flags of transformers: all TrainingArguments as a JSON file", "[apps]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n");
  write_file(folder.path() / "arguments.json", read_file(MINI_BERT_SOURCE_DIR "/tests/golden/training_arguments.json"));
  const Outcome outcome =
      folder.run("mini_bert_train --arguments arguments.json --model model --train t.txt --output out --max_steps 2");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());  // everything has the value that it has anyway
}

}  // namespace transformers_flags_test
