#include "mini_bert/bert/data/text_columns.h"

#include <algorithm>
#include <map>

#include <fmt/ranges.h>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/column_content.h"
#include "mini_bert/bert/data/column_names.h"

namespace mini_bert {
namespace {

using Names = std::vector<std::string>;

// The names of the columns of all records, in the order of their first occurrence.
Names columns_of(std::span<const Record> sample) {
  Names names;
  for (const Record& record : sample) {
    for (const Field& field : record.fields) {
      if (record.has_columns && std::ranges::find(names, field.name) == names.end()) names.push_back(field.name);
    }
  }
  return names;
}

std::string listed(const Names& names) {
  Names quoted;
  for (const std::string& name : names) quoted.push_back(in_quotes(name));
  if (quoted.size() > 12) {
    quoted.resize(12);
    quoted.emplace_back("…");
  }
  return quoted.empty() ? "none" : fmt::format("{}", fmt::join(quoted, ", "));
}

// "text, label", as Record::column_names() lists them.
std::string plain_list(const Names& names) {
  Record record;
  for (const std::string& name : names) record.fields.push_back({name, {}});
  return record.column_names();
}

bool reads_like_a_cell(const std::string& name) {
  constexpr std::size_t longest_name = 40;
  if (name.empty()) return false;
  const auto has = [&](std::string_view sign) { return name.find(sign) != std::string::npos; };
  return has_no_letter(name) || count_code_points(name) > longest_name || has("。") || has("！") || has("？") ||
         has("，") || has("；") || has("! ") || has(", ");
}

bool is_ascii_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return ' ' < c && c <= '~'; });
}

// Decides the columns of one file.
class Decision {
 public:
  Decision(std::span<const Record> sample, const ColumnRequest& request, const std::string& path)
      : sample_(sample), names_(columns_of(sample)), request_(request), path_(path) {}

  TextColumns decide() {
    check_header();
    decided_.label = label();
    look_at_cells();
    decided_.text = request_.text;
    decided_.pair = request_.pair;
    if (!request_.text.empty()) require_column(request_.text, "text_column");
    if (!request_.pair.empty()) require_column(request_.pair, "text_pair_column");
    if (request_.text.empty()) find_text();
    if (!request_.takes_label) decided_.label.clear();
    return decided_;
  }

 private:
  bool has(const std::string& name) const { return std::ranges::find(names_, name) != names_.end(); }
  std::size_t first_line() const { return sample_.empty() ? 1 : sample_.front().line; }

  void require_column(const std::string& name, const char* argument) const {
    require(has(name), "{}: line {}: no column {} (columns: {}); name another with `{}`", path_, first_line(),
            in_quotes(name), plain_list(names_), argument);
  }

  bool has_header_line() const {
    const std::string extension = data_extension(path_);
    return extension == ".csv" || extension == ".tsv";
  }

  // A .csv file without a header would lose its first row and have cells for names.
  void check_header() const {
    if (!has_header_line()) return;
    Names default_names;  // those that pandas gives to columns without names
    for (std::size_t i = 0; i < names_.size(); ++i) default_names.push_back(std::to_string(i));
    Names given = names_;
    if (!given.empty() && given.front().empty()) {
      given.erase(given.begin());
      default_names.pop_back();
    }
    if (given == default_names) return;
    const bool known = std::ranges::any_of(names_, [&](const std::string& name) {
      return is_text_name(name) || belongs_to_label(name) || name == request_.text || name == request_.label;
    });
    const bool has_cell = std::ranges::any_of(names_, reads_like_a_cell) || repeats_name();
    require(known || !has_cell,
            "{}: line 1 reads like a row and not like column names ({}); put the names of the columns above it, for "
            "example text{}label",
            path_, listed(names_), data_extension(path_) == ".csv" ? "," : " and, behind a tab, ");
  }

  // Whether what stands in the first line stands below it too: "差评" above a column of labels.
  bool repeats_name() const {
    return names_.size() > 1 && std::ranges::any_of(sample_, [](const Record& record) {
             return std::ranges::any_of(record.fields,
                                        [](const Field& f) { return !f.name.empty() && f.name == f.value; });
           });
  }

  std::string label() const {
    if (!request_.label.empty()) {
      require_column(request_.label, "label_column");
      return request_.label;
    }
    for (const char* const usual : {"label", "labels"}) {
      if (has(usual)) return usual;
    }
    Names found;
    for (const std::string& name : names_) {
      if (is_label_name(name) && name != request_.text && name != request_.pair) found.push_back(name);
    }
    if (!request_.takes_label) return found.size() == 1 ? found.front() : "";
    require(!found.empty(),
            "{}: line {}: no column \"label\" or \"labels\" (columns: {}); name it with `label_column`{}", path_,
            first_line(), plain_list(names_),
            has_header_line() ? "; the first line of the file names its columns" : "");
    require(found.size() == 1, "{}: the columns {} could hold the label; choose one with `label_column`", path_,
            listed(found));
    return found.front();
  }

  void look_at_cells() {
    for (const Record& record : sample_) {
      const Field* const label = record.find(decided_.label);
      for (const Field& field : record.fields) contents_[field.name].add(field, label == nullptr ? "" : label->value);
    }
  }

  // Whether a column may be chosen as a text. The cells decide, unless its name is a usual one: then only numbers and
  // JSON values speak against it.
  bool may_be_text(const std::string& name) const {
    if (name == decided_.label || name == request_.pair || belongs_to_label(name)) return false;
    const ColumnContent& content = contents_.at(name);
    if (is_text_name(name)) return !content.holds_numbers() && !content.holds_data();
    return content.is_text();
  }

  void find_text() {
    Names pairs, known, texts;
    for (const std::string& name : names_) {
      if (may_be_text(name)) (is_text_name(name) ? known : texts).push_back(name);
    }
    const std::string partner = request_.takes_pair ? find_pair() : "";
    if (!partner.empty()) {
      std::erase(known, decided_.text);
      std::erase(known, decided_.pair);
      if (known.empty()) return;
      known.insert(known.begin(), {decided_.text, decided_.pair});
      decided_.text = decided_.pair = "";
      if (!has("text")) refuse_several(known);
    }
    if (has("text") && decided_.label != "text" && request_.pair != "text") {
      decided_.text = "text";
      return;
    }
    if (known.size() > 1) refuse_several(known);
    if (known.size() == 1) {
      decided_.text = known.front();
      return;
    }
    if (texts.size() > 1) refuse_several(texts);
    if (texts.empty()) texts = last_resort();
    if (texts.size() != 1) refuse_all();
    decided_.text = texts.front();
  }

  // The text beside a pair that the user named, or else a whole pair. Returns the second column.
  std::string find_pair() {
    if (!request_.pair.empty()) return "";
    for (const std::string& first : names_) {
      for (const std::string& second : names_) {
        const bool are_texts = !contents_.at(first).holds_data() && !contents_.at(second).holds_data() &&
                               !contents_.at(first).holds_numbers() && !contents_.at(second).holds_numbers();
        if (first == second || !are_pair_names(first, second) || !are_texts || first == decided_.label ||
            second == decided_.label) {
          continue;
        }
        decided_.text = first;
        decided_.pair = second;
        return second;
      }
    }
    return "";
  }

  // In a file of few words every column may look like classes. The only column that is left is the text.
  Names last_resort() const {
    Names left;
    for (const std::string& name : names_) {
      const ColumnContent& content = contents_.at(name);
      const bool excluded = name == decided_.label || name == request_.pair || belongs_to_label(name);
      if (!excluded && !content.holds_data() && !content.holds_ids() && !content.is_empty()) left.push_back(name);
    }
    if (left.empty() && names_.size() == 1 && !request_.takes_label) {  // ids, a name for labels, or only blanks
      const ColumnContent& content = contents_.at(names_[0]);
      if (!content.holds_data() && !content.holds_numbers()) left = names_;
    }
    return left;
  }

  [[noreturn]] void refuse_several(const Names& names) const {
    fail("{}: the columns {} could hold the text; choose one with `text_column`{}", path_, listed(names),
         request_.takes_pair && request_.takes_label ? ", and the second text of a pair with `text_pair_column`" : "");
  }

  [[noreturn]] void refuse_all() const {
    std::string reasons;
    for (const std::string& name : names_) {
      if (name == decided_.label || belongs_to_label(name)) continue;
      if (reasons.size() > 200) break;
      reasons += fmt::format("; {} holds {}", in_quotes(name), contents_.at(name).name());
    }
    fail("{}: line {}: no column holds text (columns: {}){}; name the text with `text_column`", path_, first_line(),
         plain_list(names_), reasons);
  }

  std::span<const Record> sample_;
  Names names_;
  const ColumnRequest& request_;
  const std::string& path_;
  std::map<std::string, ColumnContent, std::less<>> contents_;
  TextColumns decided_;
};

std::string column_phrase(const TextColumns& columns, const std::string& name) {
  return columns.parts > 0 ? fmt::format("{} of each line", name) : fmt::format("column {}", in_quotes(name));
}

}  // namespace

std::string TextColumns::described() const {
  if (text.empty()) return "";
  if (parts == 1) return "text: every row; line 1 is read as a text, because it looks like no name of a column";
  std::string result = "text: " + column_phrase(*this, text);
  if (!pair.empty()) result += ", second text: " + column_phrase(*this, pair);
  if (!label.empty()) result += ", label: " + column_phrase(*this, label);
  return result;
}

bool first_line_is_row(std::span<const Record> sample, const std::string& named, const std::string& path) {
  const std::string extension = data_extension(path);
  if ((extension != ".csv" && extension != ".tsv") || sample.empty()) return false;
  const auto has_one = [](const Record& record) { return record.fields.size() == 1; };
  if (!std::ranges::all_of(sample, has_one)) return false;
  const std::string& name = sample.front().fields[0].name;
  if (name.empty() || name == "0" || name == named || is_column_name(name)) return false;
  ColumnContent first, content;
  first.add({.name = {}, .value = name});
  for (const Record& record : sample) content.add(record.fields[0]);
  if (content.holds_numbers() || content.is_empty() || content.holds_ids() != first.holds_ids()) return false;
  if (reads_like_a_cell(name)) return true;
  std::size_t rows = 0, words = 0, shortest = std::string::npos;
  for (const Record& record : sample) {
    const std::string& cell = record.fields[0].value;
    if (is_blank(cell)) continue;
    ++rows;
    words += is_ascii_word(cell);
    shortest = std::min(shortest, count_code_points(cell));
  }
  if (is_ascii_word(name) && 2 * words < rows) return false;
  return count_code_points(name) >= shortest;
}

TextColumns decide_columns(std::span<const Record> sample, const ColumnRequest& request, const std::string& path) {
  return Decision(sample, request, path).decide();
}

}  // namespace mini_bert
