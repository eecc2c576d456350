#pragma once

#include <string>
#include <vector>

#include "apps/tasks/task.h"

// The table of all tasks. Everything that differs between tasks stands in their entries; no other file compares names
// of tasks.
namespace mini_bert {

// The names in the order of the table, which is the order in --help.
std::vector<std::string> training_task_names();
std::vector<std::string> prediction_task_names();

// The task of that name, which must be one of the above.
const TrainingTask& training_task(const std::string& name);
const PredictionTask& prediction_task(const std::string& name);

// "mlm: guess masked words; pretrain: …": every task with its clause.
std::string training_tasks_help();
std::string prediction_tasks_help();

// "classify, tag: ": the tasks that a flag goes with, to begin its help text with. The flag is named without dashes.
std::string training_tasks_with(const std::string& flag);
std::string prediction_tasks_with(const std::string& flag);

// Throws UsageError for a flag that goes with other tasks than this one: "--pack goes with --task mlm: it joins texts".
// `changed` are the flags whose values are not the defaults (CommandLine::changed).
void check_flags(const TrainingTask& task, const std::vector<std::string>& changed);
void check_flags(const PredictionTask& task, const std::vector<std::string>& changed);

}  // namespace mini_bert
