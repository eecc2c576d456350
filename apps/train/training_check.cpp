#include "apps/train/training_check.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "apps/console/data_files.h"
#include "apps/console/download_console.h"
#include "apps/console/terminal.h"
#include "apps/console/text_format.h"
#include "apps/tasks/tasks.h"
#include "apps/train/check_warnings.h"
#include "apps/train/memory_check.h"
#include "apps/train/read_inputs.h"
#include "apps/train/run_directory.h"
#include "apps/train/training_console.h"
#include "apps/train/training_facts.h"
#include "mini_bert/bert/data/data_check.h"
#include "mini_bert/bert/training/trainer.h"
#include "mini_bert/pipelines/line_places.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

// The console shows the first of many; the JSON has the full list.
constexpr std::size_t most_shown = 20;

// Seconds per update, the median of three, because another program may disturb one of them. One earlier update is not
// counted: it fills the allocator.
double seconds_per_update(const TrainOptions& options, const TrainingInputs& inputs) {
  TrainingObserver nobody;
  Trainer trainer(*inputs.objective, *inputs.tokenizer, options.training, options.output, nobody);
  const std::vector<double> seconds = trainer.rehearse(4);
  std::vector<double> settled(seconds.begin() + (seconds.size() > 1 ? 1 : 0), seconds.end());
  const auto middle = settled.begin() + std::ssize(settled) / 2;
  std::ranges::nth_element(settled, middle);
  return *middle;
}

void show_lengths(const Lengths& lengths, const char* which) {
  TrainingConsole::fact("lengths",
                        fmt::format("{}, in tokens: {} the shortest, {} the median, {} for 90 %, {} the longest", which,
                                    lengths.shortest, lengths.median, lengths.nine_in_ten, lengths.longest));
  constexpr std::size_t most_columns = 40, before = 40;  // of the bar, and of what stands before it
  const std::size_t columns = terminal_width(STDOUT_FILENO).value_or(before + most_columns);
  const auto width = static_cast<Index>(std::clamp<std::size_t>(columns - before, 0, most_columns));
  const Index most = std::ranges::max_element(lengths.histogram, {}, &LengthBin::count)->count;
  for (const LengthBin& bin : lengths.histogram) {
    const std::string bar(static_cast<std::size_t>((bin.count * width + most - 1) / most), '#');
    TrainingConsole::fact("", fmt::format("{:>5} to {:>4}  {:>9}  {}", bin.from, bin.to, format_count(bin.count), bar));
  }
}

void show_first_texts(const ReadingNotes& notes) {
  for (const std::string& text : notes.first_texts) {
    TrainingConsole::fact(&text == &notes.first_texts.front() ? "first texts" : "", text);
  }
}

// Questions are numbered through all files.
LinePlaces places_in(const std::vector<std::string>& files, const TrainingTask& task) {
  return LinePlaces(task.entry.ends_with("line") ? files : std::vector<std::string>());
}

// How messages name an entry by its line or number: "line 5", "line 5 of b.txt", "question 7".
using PlaceOf = std::function<std::string(std::size_t)>;
PlaceOf place_in(const std::vector<std::string>& files, const TrainingTask& task) {
  return [places = places_in(files, task), entry = task.entry](std::size_t line) { return places.place(entry, line); };
}

void show_unknown(const std::vector<UnknownText>& unknown, const char* which, const PlaceOf& place) {
  for (std::size_t i = 0; i < std::min(unknown.size(), most_shown); ++i) {
    const auto& [text, count, line] = unknown[i];
    TrainingConsole::fact(i == 0 ? "[UNK]" : "", fmt::format("{}  {}{}{}", pad_right(text, 8), counted(count, "time"),
                                                             line > 0 ? ", first in " + place(line) : "",
                                                             i == 0 ? fmt::format(" ({})", which) : ""));
  }
  if (unknown.size() > most_shown) {
    TrainingConsole::fact("", fmt::format("and {} more", unknown.size() - most_shown));
  }
}

void show_repeats(const std::vector<Repeat>& repeats, const char* label, const PlaceOf& place, const char* like,
                  const PlaceOf& first_place) {
  for (std::size_t i = 0; i < std::min(repeats.size(), most_shown); ++i) {
    TrainingConsole::fact(i == 0 ? label : "",
                          fmt::format("{} {} {}", place(repeats[i].line), like, first_place(repeats[i].first_line)));
  }
  if (repeats.size() > most_shown) {
    TrainingConsole::fact("", fmt::format("and {} more", repeats.size() - most_shown));
  }
}

// The share refers to the training examples. A text with several labels counts once for each.
void show_labels(const LabelTable& table, bool validates) {
  if (table.labels.empty()) return;
  std::size_t width = 5;
  for (const std::string& label : table.labels) width = std::max(width, display_width(label));
  const Index all = std::accumulate(table.training.begin(), table.training.end(), Index{0});
  const auto row = [&](std::string_view label, const std::string& training, const std::string& validation,
                       const std::string& share) {
    return fmt::format("{}  {:>10}{}  {:>8}", pad_right(label, width), training,
                       validates ? fmt::format("  {:>10}", validation) : "", share);
  };
  TrainingConsole::fact("labels", row("label", "training", "validation", "share"));
  for (std::size_t i = 0; i < table.labels.size(); ++i) {
    TrainingConsole::fact(
        "", row(table.labels[i], format_count(table.training[i]), format_count(table.validation[i]),
                format_percent(static_cast<double>(table.training[i]) / static_cast<double>(std::max<Index>(all, 1)))));
  }
}

// Adds {"line": 5}, and with several files {"file": "b.txt", "line": 2}. `which` stands before both keys.
void add_place(Json& row, const std::string& which, std::size_t line, const LinePlaces& places) {
  const LinePlaces::Place place = places.find(line);
  if (!place.file.empty()) row[which + "file"] = place.file;
  row[which + "line"] = place.line;
}

Json to_json(const std::vector<Repeat>& repeats, const LinePlaces& places, const std::string& first,
             const LinePlaces& first_places) {
  Json rows = Json::array();
  for (const Repeat& repeat : repeats) {
    Json row = Json::object();
    add_place(row, "", repeat.line, places);
    add_place(row, first, repeat.first_line, first_places);
    rows.push_back(std::move(row));
  }
  return rows;
}

Json to_json(const Dataset& data, const DataCheck& check, const std::vector<std::string>& files,
             const LinePlaces& places) {
  Json histogram = Json::array(), unknown = Json::array();
  for (const LengthBin& bin : check.lengths.histogram) {
    histogram.push_back({{"from", bin.from}, {"to", bin.to}, {"count", bin.count}});
  }
  for (const UnknownText& entry : check.unknown) {
    Json row = {{"text", entry.text}, {"count", entry.count}};
    add_place(row, "", entry.line, places);
    unknown.push_back(std::move(row));
  }
  return {{"files", files},
          {"texts", data.texts},
          {"sequences", data.sequences.size()},
          {"tokens", data.tokens},
          {"truncated", data.truncated},
          {"longest_text", data.longest},
          {"lengths",
           {{"min", check.lengths.shortest},
            {"median", check.lengths.median},
            {"p90", check.lengths.nine_in_ten},
            {"max", check.lengths.longest},
            {"histogram", histogram}}},
          {"unknown_tokens", data.unknown},
          {"unknown", unknown},
          {"repeats", to_json(check.repeats, places, "first_", places)}};
}

Json labels_json(const LabelTable& table) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < table.labels.size(); ++i) {
    rows.push_back({{"label", table.labels[i]}, {"training", table.training[i]}, {"validation", table.validation[i]}});
  }
  return rows;
}

}  // namespace

void check_training(const TrainOptions& options) {
  if (options.threads > 0) set_num_threads(static_cast<int>(options.threads));
  std::optional<RunDirectory> directory;
  if (!options.output.empty()) {
    directory.emplace(options.output, options.overwrite ? IfRunExists::overwrite : IfRunExists::refuse);
  }
  if (!options.model.empty()) bring_model(options.model);
  require_data_files(options.train_files);
  require_data_files(options.validation_files);
  const TrainingTask& task = training_task(options.task);
  TrainingInputs inputs = read_inputs(options);
  const std::size_t memory = require_memory(options, inputs);
  if (directory) directory->require_room(model_bytes(options, inputs));
  inputs.weights.read();
  const Objective& objective = *inputs.objective;
  const Plan plan = Sampler(objective.lengths(), options.training).plan();
  const DataCheck training = check_data(objective.training()), validation = check_data(objective.validation());
  const std::vector<Repeat> in_both = texts_in_both(objective.training(), objective.validation());
  const LabelTable labels = objective.label_table();
  const std::vector<std::string> warnings = check_warnings(options, objective, training, validation, in_both);
  const Facts facts = training_facts(options, inputs, plan, memory);
  const double seconds = seconds_per_update(options, inputs);
  const double whole = seconds * static_cast<double>(plan.total_steps);

  // A split of --validation-split has lines of the training files.
  const bool is_split = options.validation_files.empty();
  const std::vector<std::string>& validation_files = is_split ? options.train_files : options.validation_files;
  if (options.json) {
    const LinePlaces in_training = places_in(options.train_files, task),
                     in_validation = places_in(validation_files, task);
    Json json = {{"training", to_json(objective.training(), training, options.train_files, in_training)}};
    if (objective.validates()) {
      json["validation"] = to_json(objective.validation(), validation, validation_files, in_validation);
      json["in_both"] = to_json(in_both, in_validation, "training_", in_training);
    }
    if (!labels.labels.empty()) json["labels"] = labels_json(labels);
    json["precision"] = options.training.precision == Precision::mixed ? "bf16" : "f32";
    const TextColumns& columns = inputs.reading.columns;
    json["columns"] = {{"text", columns.text}, {"pair", columns.pair}, {"label", columns.label}};
    json["first_texts"] = inputs.reading.first_texts;
    json["rows_left_out"] = inputs.reading.facts;
    json["updates"] = plan.total_steps;
    json["seconds_per_update"] = seconds;
    json["seconds"] = whole;
    json["memory_bytes"] = memory;
    json["warnings"] = warnings;
    print_out("{}\n", json.dump(2));
    return;
  }
  for (const auto& [label, text] : facts) TrainingConsole::fact(label, text);
  TrainingConsole::fact(
      "time", fmt::format("about {} ({:.2g} s an update; validations come on top)", format_duration(whole), seconds));
  show_first_texts(inputs.reading);
  show_lengths(training.lengths, "training");
  if (objective.validates()) show_lengths(validation.lengths, "validation");
  show_labels(labels, objective.validates());
  const PlaceOf in_training = place_in(options.train_files, task), in_validation = place_in(validation_files, task);
  show_unknown(training.unknown, "training", in_training);
  show_unknown(validation.unknown, "validation", in_validation);
  show_repeats(training.repeats, "repeated", in_training, "is the same as", in_training);
  show_repeats(in_both, "in both", in_validation, "of the validation is the same as training", in_training);
  for (const std::string& warning : warnings) TrainingConsole::fact("warning", warning);
  if (warnings.empty()) TrainingConsole::fact("warning", "none");
}

}  // namespace mini_bert
