#include "apps/tasks/tasks.h"

#include <algorithm>

#include "apps/console/command_line.h"
#include "mini_bert/base/error.h"

namespace mini_bert {

// Each function is defined in the file with its name. A new task needs a new file, a declaration here and a line in the
// table.
Task mlm_task();
Task pretrain_task();
Task fill_mask_task();
Task classify_task();
Task tag_task();
Task answer_task();
Task choose_task();
Task embed_task();
Task score_task();

namespace {

const std::vector<Task>& table() {
  static const std::vector<Task> tasks = {mlm_task(),    pretrain_task(), fill_mask_task(), classify_task(), tag_task(),
                                          answer_task(), choose_task(),   embed_task(),     score_task()};
  return tasks;
}

// The training half, or the prediction half, of each task that has it. A program uses one of the halves.
template <class Half>
std::vector<const Half*> halves(std::optional<Half> Task::*half) {
  std::vector<const Half*> found;
  for (const Task& task : table()) {
    if (task.*half) found.push_back(&*(task.*half));
  }
  return found;
}

template <class Half>
std::vector<std::string> names(const std::vector<const Half*>& tasks) {
  std::vector<std::string> result;
  for (const Half* task : tasks) result.push_back(task->name);
  return result;
}

template <class Half>
const Half& named(const std::string& name, const std::vector<const Half*>& tasks) {
  const auto found = std::ranges::find(tasks, name, &Half::name);
  require(found != tasks.end(), "there is no task {}", name);
  return **found;
}

template <class Half>
std::string help(const std::vector<const Half*>& tasks, const std::string& between) {
  std::string text;
  for (const Half* task : tasks) text += (text.empty() ? "" : between) + task->name + ": " + task->help;
  return text;
}

template <class Half>
const TaskFlag* find_flag(const Half& task, const std::string& flag) {
  const auto found = std::ranges::find(task.flags, flag, &TaskFlag::name);
  return found == task.flags.end() ? nullptr : &*found;
}

// The tasks that accept a flag. An empty list: every task accepts it.
template <class Half>
std::vector<const Half*> tasks_with(const std::string& flag, const std::vector<const Half*>& tasks) {
  std::vector<const Half*> found;
  for (const Half* task : tasks) {
    if (find_flag(*task, flag) != nullptr) found.push_back(task);
  }
  return found;
}

// Joins words with commas: "mlm", "mlm or pretrain", "classify, tag or answer".
std::string joined(const std::vector<std::string>& words, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? last : ", ") + words[i];
  return text;
}

template <class Half>
std::string prefix(const std::string& flag, const std::vector<const Half*>& tasks) {
  return joined(names(tasks_with(flag, tasks)), ", ") + ": ";
}

template <class Half>
void check(const Half& task, const std::vector<std::string>& changed, const std::vector<const Half*>& tasks,
           const char* before_names) {
  for (const std::string& flag : changed) {
    const std::vector<const Half*> with = tasks_with(flag, tasks);
    if (with.empty() || find_flag(task, flag) != nullptr) continue;
    const std::string& reason = find_flag(*with.front(), flag)->reason;
    throw UsageError(fmt::format("--{} goes with {}{}{}{}", flag, before_names, joined(names(with), " or "),
                                 reason.empty() ? "" : ": ", reason));
  }
}

}  // namespace

std::vector<std::string> training_task_names() {
  return names(halves(&Task::training));
}

std::vector<std::string> prediction_task_names() {
  return names(halves(&Task::prediction));
}

const TrainingTask& training_task(const std::string& name) {
  return named(name, halves(&Task::training));
}

const PredictionTask& prediction_task(const std::string& name) {
  return named(name, halves(&Task::prediction));
}

std::string training_tasks_help() {
  return help(halves(&Task::training), "; ");
}

std::string prediction_tasks_help() {
  return help(halves(&Task::prediction), " ");
}

std::string training_tasks_with(const std::string& flag) {
  return prefix(flag, halves(&Task::training));
}

std::string prediction_tasks_with(const std::string& flag) {
  return prefix(flag, halves(&Task::prediction));
}

void check_flags(const TrainingTask& task, const std::vector<std::string>& changed) {
  check(task, changed, halves(&Task::training), "--task ");
}

void check_flags(const PredictionTask& task, const std::vector<std::string>& changed) {
  check(task, changed, halves(&Task::prediction), "");
}

}  // namespace mini_bert
