#include "mini_bert/bert/data/labelled_texts.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/number.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/column_reader.h"
#include "mini_bert/bert/data/label_lists.h"

namespace mini_bert {
namespace {

std::optional<double> finite_number(const std::string& text) {
  const std::optional<double> value = number_from<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// What SNLI, OCNLI and others write where their annotators disagree.
constexpr const char* no_label = "-";

// Turns records into labelled texts.
class LabelReader {
 public:
  LabelReader(std::string path, const LabelOptions& options, const LabelledFile* training)
      : path_(std::move(path)), several_(options.several), numbers_(options.numbers) {
    if (training == nullptr || options.is_training || training->has_vectors || numbers_) return;
    // The model keeps its labels if they include those of the training file.
    const auto is_known = [&](const std::string& label) {
      return std::ranges::find(options.known_labels, label) != options.known_labels.end();
    };
    allowed_ = std::ranges::all_of(training->labels, is_known) ? options.known_labels : training->labels;
  }

  LabelledText read(const Record& record, const TextColumns& columns) const {
    require(record.has_columns, "{}: line {}: a bare text, expected columns or keys with a text and its label", path_,
            record.line);
    LabelledText result{text_of(record, columns.text, "text_column"), {}, {}, record.line};
    if (is_blank(result.text)) return result;
    if (!columns.pair.empty()) result.pair = text_of(record, columns.pair, "text_pair_column");
    result.labels = labels_of(column(record, columns.label, "label_column"), record.line);
    if (is_undecided(result)) return result;
    for (const std::string& label : result.labels) check(label, record.line);
    return result;
  }

  // Whether the label is "-" and no label of the model.
  bool is_undecided(const LabelledText& text) const {
    return !several_ && !numbers_ && !allowed_.empty() && text.labels == std::vector<std::string>{no_label} &&
           std::ranges::find(allowed_, no_label) == allowed_.end();
  }

 private:
  void check(const std::string& label, std::size_t line) const {
    require(!numbers_ || finite_number(label).has_value(),
            "{}: line {}: label {} is not a number, which regression learns", path_, line, in_quotes(label));
    require(allowed_.empty() || std::ranges::find(allowed_, label) != allowed_.end(),
            "{}: line {}: label {} is none of the {} labels of the model", path_, line, in_quotes(label),
            allowed_.size());
  }

  const Field& column(const Record& record, const std::string& name, const char* argument) const {
    const Field* field = record.find(name);
    require(field != nullptr, "{}: line {}: no column {} (columns: {}); name another with `{}`", path_, record.line,
            in_quotes(name), record.column_names(), argument);
    return *field;
  }

  std::string text_of(const Record& record, const std::string& name, const char* argument) const {
    const Field& field = column(record, name, argument);
    if (!field.is_text && field.value == "null") return {};
    require(field.is_text, "{}: line {}: column {} is {}, expected a text; put it in quotes or name another column",
            path_, record.line, in_quotes(name), field.value.substr(0, 40));
    return field.value;
  }

  std::vector<std::string> labels_of(const Field& field, std::size_t line) const {
    const std::string place = fmt::format("{}: line {}", path_, line);
    if (several_) return read_label_list(field, place);
    const std::string label = trimmed(field.value);
    const bool is_structured = !field.is_text && (label.starts_with('[') || label.starts_with('{'));
    require(!label.empty() && !is_structured && (field.is_text || label != "null"),
            "{}: the label, column {}, is {}, expected a text or a number; give the text a label", place,
            in_quotes(field.name), label.empty() ? "empty" : label.substr(0, 40));
    return {label};
  }

  std::string path_;
  bool several_, numbers_;
  std::vector<std::string> allowed_;  // the labels of the model; empty: any
};

// Replaces vectors of zeros and ones by the names of their labels. A vector of another length is a bad row.
void name_vectors(const std::string& path, const std::vector<std::string>& names, LabelledFile& file) {
  std::vector<LabelledText> texts;
  for (LabelledText& text : file.texts) {
    if (is_label_vector(text.labels) && text.labels.size() == names.size()) {
      text.labels = labels_of_vector(text.labels, names);
      texts.push_back(std::move(text));
    } else {
      file.dropped.add_bad(
          Error(fmt::format("{}: line {}: {} labels, expected a vector of {} zeros and ones as in the training file",
                            path, text.line, text.labels.size(), names.size())));
    }
  }
  file.texts = std::move(texts);
  file.labels = names;
  file.has_vectors = true;
}

// If few texts of a training file have the label "-", it is no label of its own.
void drop_undecided(LabelledFile& file) {
  constexpr std::size_t one_in = 20;
  const auto is_undecided = [](const LabelledText& text) { return text.labels.front() == no_label; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(file.texts, is_undecided));
  if (count == 0 || count * one_in > file.texts.size()) return;
  std::erase_if(file.texts, [&](const LabelledText& text) {
    if (is_undecided(text)) file.dropped.add_undecided(text.line);
    return is_undecided(text);
  });
}

std::vector<std::string> names_for(std::size_t count, const std::vector<std::string>& known) {
  if (known.size() == count) return known;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("LABEL_{}", i));
  return names;
}

void decide_vectors(const std::string& path, const LabelOptions& options, const LabelledFile* training,
                    LabelledFile& file) {
  if (training != nullptr) {
    if (training->has_vectors) name_vectors(path, training->labels, file);
    return;
  }
  const auto is_like_the_first = [&](const LabelledText& text) {
    return is_label_vector(text.labels) && text.labels.size() == file.texts.front().labels.size();
  };
  if (!options.several || file.texts.empty() || !std::ranges::all_of(file.texts, is_like_the_first)) return;
  name_vectors(path, names_for(file.texts.front().labels.size(), options.known_labels), file);
}

}  // namespace

LabelledFile read_labelled_texts(const DataSource& source, const LabelOptions& options, const LabelledFile* training) {
  LabelledFile file;
  const LabelReader reader(source.name(), options, training);
  const ColumnRequest request{
      .text = options.text, .pair = options.pair, .label = options.label, .takes_pair = true, .takes_label = true};
  const BadRecordSink count_bad = [&](const Error& error, std::size_t /*line*/) { file.dropped.add_bad(error); };
  const RowSink read = [&](Record& record, const TextColumns& columns) {
    try {
      LabelledText text = reader.read(record, columns);
      if (is_blank(text.text)) return file.dropped.add_blank(record.line);
      if (reader.is_undecided(text)) return file.dropped.add_undecided(record.line);
      file.texts.push_back(std::move(text));
    } catch (const Error& error) {
      file.dropped.add_bad(error);
    }
  };
  const auto decided = training == nullptr ? std::nullopt : std::optional(training->columns);
  file.columns = read_rows(source, request, decided, read, count_bad);
  if (!options.several && !options.numbers) drop_undecided(file);
  decide_vectors(source.name(), options, training, file);
  file.dropped.check(file.texts.size());
  require(!file.texts.empty(), "{}: no text in it; add at least one with its label", source.name());
  if (!file.has_vectors) file.labels = distinct_labels(file.texts);
  return file;
}

std::vector<std::string> distinct_labels(const std::vector<LabelledText>& texts) {
  std::vector<std::string> labels;
  for (const LabelledText& text : texts) labels.insert(labels.end(), text.labels.begin(), text.labels.end());
  return sorted_labels(std::move(labels));
}

std::vector<std::string> sorted_labels(std::vector<std::string> labels) {
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  if (std::ranges::all_of(labels, [](const std::string& label) { return finite_number(label).has_value(); })) {
    std::ranges::stable_sort(labels, {}, [](const std::string& label) { return *finite_number(label); });
  }
  return labels;
}

ClassificationSet make_classification_set(const std::vector<LabelledText>& texts, const Tokenizer& tokenizer,
                                          const BertConfig& config, Index max_length, const std::string& path) {
  ClassificationSet set;
  const auto id_of = [&](const std::string& label, std::size_t line) {
    const auto found = std::ranges::find(config.labels, label);
    require(found != config.labels.end(), "{}: line {}: label {} is none of the {} labels of the model", path, line,
            in_quotes(label), config.labels.size());
    return static_cast<std::size_t>(found - config.labels.begin());
  };
  for (const LabelledText& text : texts) {
    add_text(text.text, text.pair, tokenizer, max_length, set.data, text.line);
    std::vector<double> target;
    switch (config.problem()) {
      case ProblemType::single_label_classification:
        target = {static_cast<double>(id_of(text.labels.at(0), text.line))};
        break;
      case ProblemType::multi_label_classification:
        target.assign(config.labels.size(), 0);
        for (const std::string& label : text.labels) target[id_of(label, text.line)] = 1;
        break;
      case ProblemType::regression: {
        const auto number = finite_number(text.labels.at(0));
        require(number.has_value(), "{}: line {}: label {} is not a number, which regression learns", path, text.line,
                in_quotes(text.labels[0]));
        target = {*number};
        break;
      }
    }
    set.targets.push_back(std::move(target));
  }
  return set;
}

std::vector<Index> label_counts(const ClassificationSet& set, ProblemType problem, Index labels) {
  std::vector<Index> counts(static_cast<std::size_t>(labels));
  for (const std::vector<double>& target : set.targets) {
    if (problem == ProblemType::single_label_classification) {
      ++counts.at(static_cast<std::size_t>(target[0]));
      continue;
    }
    for (std::size_t label = 0; label < counts.size(); ++label) counts[label] += target.at(label) > 0.5;
  }
  return counts;
}

}  // namespace mini_bert
