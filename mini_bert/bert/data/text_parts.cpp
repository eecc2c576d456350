// Decides what stands between the tabs of a .txt file.
#include <algorithm>
#include <optional>

#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/column_content.h"
#include "mini_bert/bert/data/column_names.h"
#include "mini_bert/bert/data/text_columns.h"

namespace mini_bert {
namespace {

std::string part_name(std::size_t index) {
  return "part " + std::to_string(index + 1);
}

// The parts of each line, if all have the same number of tabs; if not, what stands before and behind the last tab.
std::vector<ColumnContent> contents_of_parts(std::span<const Record> sample) {
  const auto tabs_of = [](const Record& record) { return std::ranges::count(record.fields[0].value, '\t'); };
  const auto is_written = [](const Record& record) { return !is_blank(record.fields[0].value); };
  const auto first = std::ranges::find_if(sample, is_written);
  if (first == sample.end()) return {};
  const bool even = std::ranges::all_of(
      sample, [&](const Record& record) { return !is_written(record) || tabs_of(record) == tabs_of(*first); });
  const bool all_cut =
      std::ranges::all_of(sample, [&](const Record& record) { return !is_written(record) || tabs_of(record) > 0; });
  if (!all_cut) return {};
  std::vector<ColumnContent> contents(even ? static_cast<std::size_t>(tabs_of(*first)) + 1 : 2);
  for (const Record& record : sample) {
    if (!is_written(record)) continue;
    const std::vector<std::string> parts = split_parts(record.fields[0].value, contents.size(), false);
    for (std::size_t i = 0; i < parts.size(); ++i) contents[i].add({.name = {}, .value = parts[i]});
  }
  return contents;
}

std::vector<std::size_t> texts_among(const std::vector<ColumnContent>& parts) {
  std::vector<std::size_t> texts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_text()) texts.push_back(i);
  }
  return texts;
}

TextColumns columns_from(const std::vector<std::size_t>& texts, std::optional<std::size_t> label, std::size_t parts) {
  TextColumns columns{.parts = parts};
  columns.text = part_name(texts.at(0));
  if (texts.size() == 2) columns.pair = part_name(texts[1]);
  if (label) columns.label = part_name(*label);
  return columns;
}

[[noreturn]] void refuse_parts(const std::string& path, std::size_t parts, std::string_view found) {
  fail("{}: every line has {} parts between tabs, {}; write a .csv or .tsv file, whose first line names the columns",
       path, parts, found);
}

// The label among parts that are no texts: the last part or, if its values are all different, the only other one.
std::size_t label_among(const std::vector<ColumnContent>& parts, const std::string& path) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool repeats = parts[i].distinct() < parts[i].filled();
    if (!parts[i].is_text() && (repeats || parts[i].filled() < 2)) others.push_back(i);
  }
  if (others.size() == 1) return others[0];
  const std::size_t last = parts.size() - 1;
  if (!parts[last].is_text()) return last;
  if (!parts[0].is_text()) return 0;
  refuse_parts(path, parts.size(), "and it is not clear which is the label");
}

// A line of two parts is a text, a tab and its label, unless the cells say the opposite.
TextColumns decide_two_parts(const std::vector<ColumnContent>& parts, const std::string& path) {
  const TextColumns usual = columns_from({0}, 1, 2), reversed = columns_from({1}, 0, 2);
  if (!parts[0].is_text() && parts[1].is_text()) return reversed;
  const bool undecided = parts[0].is_text() == parts[1].is_text();
  const bool labels_first =
      parts[0].distinct() < parts[1].distinct() && parts[0].mean_length() < parts[1].mean_length();
  if (undecided && labels_first) {
    refuse_parts(path, 2, "and what stands behind the tab looks more like the text than like its label");
  }
  return usual;
}

TextColumns decide_labelled_parts(const std::vector<ColumnContent>& parts, std::span<const Record> sample,
                                  const ColumnRequest& request, const std::string& path) {
  if (parts.empty()) {
    const auto uncut = std::ranges::find_if(sample, [](const Record& record) {
      const std::string& line = record.fields[0].value;
      return !is_blank(line) && line.find('\t') == std::string::npos;
    });
    if (uncut == sample.end()) return {.text = part_name(0), .label = part_name(1), .parts = 2};
    fail("{}: line {}: no tab in it, expected a text, a tab and its label; if it is a table with commas, name it .csv",
         path, uncut->line);
  }
  if (parts.size() == 2) return decide_two_parts(parts, path);
  const std::vector<std::size_t> texts = texts_among(parts);
  const bool two_texts = texts.size() == 2 && request.takes_pair;
  if (texts.size() != 1 && !two_texts) refuse_parts(path, parts.size(), "and it is not clear which hold texts");
  return columns_from(texts, label_among(parts, path), parts.size());
}

}  // namespace

std::vector<std::string> split_parts(std::string_view line, std::size_t count, bool text_is_last) {
  std::vector<std::string> parts;
  if (count == 2) {
    const std::size_t tab = text_is_last ? line.find('\t') : line.rfind('\t');
    if (tab == std::string_view::npos) return {std::string(line)};
    return {std::string(line.substr(0, tab)), std::string(line.substr(tab + 1))};
  }
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find('\t', begin), line.size());
    parts.emplace_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

namespace {

// "text_a", "sentence1", "question2".
bool is_half_of_pair(std::string_view name) {
  const std::string known = plain_name(name);
  constexpr std::string_view ends = "12ab";
  if (known.empty() || ends.find(known.back()) == std::string_view::npos) return false;
  std::string_view stem = std::string_view(known).substr(0, known.size() - 1);
  if (stem.ends_with('_')) stem.remove_suffix(1);
  return is_text_name(stem) || stem == "question";
}

}  // namespace

bool names_parts(std::string_view line) {
  bool has_text = false;
  std::size_t parts = 0;
  for (std::size_t begin = 0; begin <= line.size(); ++parts) {
    const std::size_t end = std::min(line.find('\t', begin), line.size());
    const std::string_view part = line.substr(begin, end - begin);
    const bool is_text = is_text_name(part) || is_half_of_pair(part);
    if (!is_text && !is_column_name(part)) return false;
    has_text |= is_text;
    begin = end + 1;
  }
  return has_text && parts > 1;
}

TextColumns decide_parts(std::span<const Record> sample, const ColumnRequest& request, const std::string& path) {
  if (request.tabs_are_text) return {};
  const std::vector<ColumnContent> parts = contents_of_parts(sample);
  if (request.takes_label) return decide_labelled_parts(parts, sample, request, path);
  const std::vector<std::size_t> texts = texts_among(parts);
  if (parts.size() < 2 || texts.size() == parts.size() || texts.empty()) return {};
  if (texts.size() > (request.takes_pair ? 2 : 1)) refuse_parts(path, parts.size(), "and several of them hold texts");
  return columns_from(texts, std::nullopt, parts.size());
}

}  // namespace mini_bert
