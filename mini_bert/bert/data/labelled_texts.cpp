#include "mini_bert/bert/data/labelled_texts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {
namespace {

std::optional<double> number_from(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_to, error] = std::from_chars(text.data(), end, value);
  const bool is_number = error == std::errc() && parsed_to == end && std::isfinite(value);
  return is_number ? std::optional(value) : std::nullopt;
}

// Reads the records of a file. The first record decides which columns are read.
class Reader {
 public:
  Reader(std::string path, const LabelColumns& columns, bool several)
      : path_(std::move(path)), columns_(columns), several_(several) {}

  LabelledText read(const Record& record) {
    if (!record.has_columns) return read_line(record);
    if (!decided_) decide(record);
    LabelledText result{text_of(record, columns_.text), {}, {}, record.line};
    if (!columns_.pair.empty()) result.pair = text_of(record, columns_.pair);
    result.labels = labels_of(column(record, columns_.label, "label_column"), record.line);
    return result;
  }

 private:
  void decide(const Record& record) {
    if (columns_.label.empty()) columns_.label = record.find("label") == nullptr ? "labels" : "label";
    if (columns_.text.empty()) {
      const auto is_text = [&](const Field& field) {
        return field.is_text && field.name != columns_.label && field.name != columns_.pair;
      };
      const auto first = std::ranges::find_if(record.fields, is_text);
      require(first != record.fields.end(),
              "{}: line {}: no column besides {} holds text (columns: {}); name it with `text_column`", path_,
              record.line, in_quotes(columns_.label), record.column_names());
      columns_.text = record.find("text") == nullptr ? first->name : "text";
    }
    decided_ = true;
  }

  const Field& column(const Record& record, const std::string& name, const char* argument) const {
    const Field* field = record.find(name);
    require(field != nullptr, "{}: line {}: no column {} (columns: {}); name another with `{}`", path_, record.line,
            in_quotes(name), record.column_names(), argument);
    return *field;
  }

  std::string text_of(const Record& record, const std::string& name) const {
    const Field& field = column(record, name, name == columns_.pair ? "text_pair_column" : "text_column");
    require(field.is_text, "{}: line {}: column {} is {}, expected a text; put it in quotes or name another column",
            path_, record.line, in_quotes(name), field.value.substr(0, 40));
    return field.value;
  }

  std::vector<std::string> labels_of(const Field& field, std::size_t line) const {
    std::vector<std::string> labels;
    if (several_ && field.value.starts_with('[') && !field.is_text) {
      for (const nlohmann::json& entry : parse_json(field.value, path_)) {
        labels.push_back(entry.is_string() ? entry.get<std::string>() : entry.dump());
      }
    } else if (several_) {
      for (std::size_t begin = 0; begin < field.value.size();) {
        const std::size_t end = std::min(field.value.find(',', begin), field.value.size());
        labels.push_back(field.value.substr(begin, end - begin));
        begin = end + 1;
      }
    } else {
      require(!field.value.empty() && !field.value.starts_with('[') && !field.value.starts_with('{') &&
                  (field.is_text || field.value != "null"),
              "{}: line {}: the label, column {}, is {}, expected a text or a number; give the text a label", path_,
              line, in_quotes(field.name), field.value.empty() ? "empty" : field.value.substr(0, 40));
      labels.push_back(field.value);
    }
    return labels;
  }

  // Reads a line of a .txt file: a text, a tab and its label.
  LabelledText read_line(const Record& record) const {
    const std::string& line = record.fields[0].value;
    if (is_blank(line)) return {};
    const std::size_t tab = line.rfind('\t');
    require(tab != std::string::npos, "{}: line {}: no tab in it, expected a text, a tab and its label", path_,
            record.line);
    return {line.substr(0, tab), {}, labels_of({"label", line.substr(tab + 1), true}, record.line), record.line};
  }

  std::string path_;
  LabelColumns columns_;
  bool several_;
  bool decided_ = false;
};

}  // namespace

std::vector<LabelledText> read_labelled_texts(const std::filesystem::path& path, const LabelColumns& columns,
                                              bool several) {
  std::vector<LabelledText> texts;
  Reader reader(path.string(), columns, several);
  read_records(path, [&](Record& record) {
    LabelledText text = reader.read(record);
    if (!is_blank(text.text)) texts.push_back(std::move(text));
  });
  require(!texts.empty(), "{}: no text in it; add at least one with its label", path.string());
  return texts;
}

std::vector<std::string> distinct_labels(const std::vector<LabelledText>& texts) {
  std::set<std::string> distinct;
  for (const LabelledText& text : texts) distinct.insert(text.labels.begin(), text.labels.end());
  std::vector<std::string> labels(distinct.begin(), distinct.end());
  if (std::ranges::all_of(labels, [](const std::string& label) { return number_from(label).has_value(); })) {
    std::ranges::stable_sort(labels, {}, [](const std::string& label) { return *number_from(label); });
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
        const auto number = number_from(text.labels.at(0));
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
