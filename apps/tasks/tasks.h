#pragma once

#include <string>
#include <vector>

#include "apps/tasks/task.h"

// The table of all tasks. All differences between tasks are in their entries; no other file compares the names of
// tasks.
namespace mini_bert {

// The names in the order of the table and of --help.
std::vector<std::string> training_task_names();
std::vector<std::string> prediction_task_names();

// The training task with this name, which must be in the table.
const TrainingTask& training_task(const std::string& name);
const PredictionTask& prediction_task(const std::string& name);

// The help text of all tasks: "mlm: guess masked words; pretrain: …".
std::string training_tasks_help();
std::string prediction_tasks_help();

// The tasks that accept a flag, as the beginning of the flag's help text: "classify, tag: ". `flag` has no dashes.
std::string training_tasks_with(const std::string& flag);
std::string prediction_tasks_with(const std::string& flag);

// Throws UsageError for a flag that only other tasks accept: "--pack goes with --task mlm: it joins texts". `changed`
// are the flags whose values are not the defaults (CommandLine::changed).
void check_flags(const TrainingTask& task, const std::vector<std::string>& changed);
void check_flags(const PredictionTask& task, const std::vector<std::string>& changed);

}  // namespace mini_bert
