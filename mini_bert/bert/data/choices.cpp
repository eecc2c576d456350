#include "mini_bert/bert/data/choices.h"

#include <algorithm>
#include <charconv>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/data_text.h"
#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {
namespace {

using nlohmann::json;

constexpr std::size_t most_shown = 40;  // bytes of a value that a message shows

std::vector<std::string> texts(const json& array, const std::string& what, const std::string& place) {
  require(array.is_array() && std::ranges::all_of(array, [](const json& entry) { return entry.is_string(); }),
          "{}: {} is {}, expected an array of texts", place, what, array.dump().substr(0, most_shown));
  return array.get<std::vector<std::string>>();
}

// The index of the choice that `answer` names: by its text, by its letter (A is the first), or by its index. The first
// of these that fits is taken.
Index choice_of(const std::string& answer, bool is_text, const std::vector<std::string>& choices,
                const std::string& place) {
  const auto found = is_text ? std::ranges::find(choices, answer) : choices.end();
  if (found != choices.end()) return found - choices.begin();
  if (is_text && answer.size() == 1 && 'A' <= answer[0] && answer[0] - 'A' < std::ssize(choices))
    return answer[0] - 'A';
  Index number = -1;
  const char* const end = answer.data() + answer.size();
  const auto [parsed_to, error] = std::from_chars(answer.data(), end, number);
  require(error == std::errc() && parsed_to == end && 0 <= number && number < std::ssize(choices),
          "{}: the answer is {}, expected one of the {} choices or its number from 0 to {}", place,
          in_quotes(answer.substr(0, most_shown)), choices.size(), choices.size() - 1);
  return number;
}

void check(const ChoiceQuestion& question, Answers answers, const std::string& place) {
  require(question.choices.size() >= 2, "{}: the question has {} choices, expected two at least", place,
          question.choices.size());
  const auto blank = std::ranges::find_if(question.choices, is_blank);
  require(blank == question.choices.end(), "{}: choice {} is empty; give it a text", place,
          blank - question.choices.begin());
  require(!is_blank(question.context) || !is_blank(question.question) || !is_blank(question.opening),
          "{}: there is no question: context, question, sent1 and sent2 are empty or missing", place);
  require(question.answer || answers == Answers::optional,
          "{}: the answer is missing; give it in \"answer\" or \"label\"", place);
}

// Reads a question from a record of any format except C3.
class RecordQuestion {
 public:
  RecordQuestion(const Record& record, const std::string& place) : record_(record), place_(place) {
    require(record.has_columns, "{}: a bare text, expected columns or keys with a question and its choices", place_);
  }

  ChoiceQuestion read(Answers answers) const {
    require(record_.find("candidates") == nullptr || record_.find("content") == nullptr,
            "{}: this is ChID, a text with blanks for idioms, which is not read; write a line for each blank: "
            "{{\"context\": the text, \"choices\": [idioms], \"answer\": the right one}}",
            place_);
    const bool is_swag = record_.find("sent1") != nullptr;
    ChoiceQuestion question;
    for (const char* const usual : {"context", "article", "passage", "premise", "ctx"}) {
      if (!is_swag && question.context.empty()) question.context = text(usual);
    }
    if (is_swag) question.context = text("sent1");
    (is_swag ? question.opening : question.question) = text(is_swag ? "sent2" : "question");
    question.choices = choices();
    if (answers == Answers::required) question.answer = answer(question.choices);
    return question;
  }

 private:
  std::string text(const char* column) const {
    const Field* const field = record_.find(column);
    if (field == nullptr || (!field->is_text && field->value == "null")) return {};
    require(field->is_text, "{}: {} is {}, expected a text; put it in quotes", place_, column,
            field->value.substr(0, most_shown));
    return field->value;
  }

  // {"text": [texts], "label": ["A", …]}, as in CommonsenseQA and ARC: the names of the choices. Any other list has
  // none.
  std::vector<std::string> names() const {
    const Field* const field = record_.find("choices");
    if (field == nullptr || !field->value.starts_with('{')) return {};
    const json value = parse_json(field->value, fmt::format("{}: column choices", place_));
    return value.contains("label") ? texts(value["label"], "\"label\" of choices", place_) : std::vector<std::string>();
  }

  std::vector<std::string> choices() const {
    for (const char* const usual : {"choices", "options", "endings", "choice"}) {
      const Field* const field = record_.find(usual);
      if (field == nullptr) continue;
      const json value = parse_json(field->value, fmt::format("{}: column {}", place_, usual));
      return texts(value.is_object() && value.contains("text") ? value["text"] : value, usual, place_);
    }
    std::vector<std::string> found = numbered_choices();
    require(!found.empty(),
            "{}: no choices (columns: {}); expected a list choices or options, or columns choice0, choice1, … or "
            "ending0, … or A, B, …",
            place_, record_.column_names());
    while (!found.empty() && is_blank(found.back())) found.pop_back();
    return found;
  }

  // Choices in columns of their own: ending0, ending1, …; choice0 or choice1, …; A, B, …
  std::vector<std::string> numbered_choices() const {
    const auto column = [](std::string_view stem, std::size_t number) {
      return stem.empty() ? std::string(1, static_cast<char>('A' + number)) : fmt::format("{}{}", stem, number);
    };
    for (const std::string_view stem : {"ending", "choice", "option", ""}) {
      const std::size_t first = !stem.empty() && record_.find(column(stem, 0)) == nullptr ? 1 : 0;
      std::vector<std::string> found;
      while (found.size() < 26 && record_.find(column(stem, first + found.size())) != nullptr) {
        found.push_back(text(column(stem, first + found.size()).c_str()));
      }
      if (!found.empty()) return found;
    }
    return {};
  }

  std::optional<Index> answer(const std::vector<std::string>& choices) const {
    const Field* field = nullptr;
    for (const char* const usual : {"answer", "label", "answerKey"}) {
      if (field == nullptr) field = record_.find(usual);
    }
    if (field == nullptr || field->value.empty() || field->value == "-1") return std::nullopt;
    if (!field->is_text && field->value == "null") return std::nullopt;
    const std::vector<std::string> of_choices = names();
    const auto name = std::ranges::find(of_choices, field->value);
    const std::ptrdiff_t index = name - of_choices.begin();
    if (name != of_choices.end() && index < std::ssize(choices)) return index;
    return choice_of(field->value, field->is_text, choices, place_);
  }

  const Record& record_;
  const std::string& place_;
};

// A .json file whose first element is an array has the format of C3.
bool is_c3(const DataSource& source) {
  if (source.extension() != ".json") return false;
  const DataText file(source);
  std::string_view text = file.text();
  for (int bracket = 0; bracket < 2; ++bracket) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (!text.starts_with('[')) return false;
    text.remove_prefix(1);
  }
  return true;
}

ChoiceQuestion read_c3_question(const json& entry, const std::string& context, Answers answers,
                                const std::string& place) {
  require(entry.is_object() && entry.contains("question") && entry["question"].is_string() && entry.contains("choice"),
          "{}: found {}, expected an object with \"question\", \"choice\" and \"answer\"", place,
          entry.dump().substr(0, most_shown));
  ChoiceQuestion question;
  question.context = context;
  question.question = entry["question"].get<std::string>();
  question.choices = texts(entry["choice"], "\"choice\"", place);
  if (answers == Answers::required && entry.contains("answer") && !entry["answer"].is_null() &&
      entry["answer"] != json("")) {
    const json& answer = entry["answer"];
    question.answer = choice_of(answer.is_string() ? answer.get<std::string>() : answer.dump(), answer.is_string(),
                                question.choices, place);
  }
  return question;
}

// Collects the questions of a file.
class ChoiceCollector {
 public:
  explicit ChoiceCollector(Answers answers) : answers_(answers) {}

  Answers answers() const { return answers_; }
  std::size_t next_number() const { return number_ + 1; }

  // Adds the question that `read` returns, or notes why it cannot. `id`: of the question, as JSON.
  template <class Read>
  void add(const std::string& place, const std::string& id, const Read& read) {
    ++number_;
    try {
      ChoiceQuestion question = read();
      check(question, answers_, place);
      question.number = number_;
      question.id = id;
      file_.questions.push_back(std::move(question));
    } catch (const Error& error) {
      note(error, id);
    }
  }
  void add_bad(const Error& error) {
    ++number_;
    note(error, "");
  }

  ChoiceFile finish(const std::string& path) {
    file_.dropped.check(file_.questions.size());
    require(!file_.questions.empty(), "{}: no question in it; add at least one", path);
    return std::move(file_);
  }

 private:
  void note(const Error& error, const std::string& id) {
    if (answers_ == Answers::required) return file_.dropped.add_bad(error);
    ChoiceQuestion question;
    question.number = number_;
    question.problem = error.what();
    question.id = id;
    file_.questions.push_back(std::move(question));
  }

  Answers answers_;
  std::size_t number_ = 0;
  ChoiceFile file_;
};

std::string c3_context(const json& entry, const std::string& place) {
  require(entry.is_array() && entry.size() >= 2 && entry[1].is_array(),
          "{}: found {}, expected [[lines of the context], [questions], id] as in C3", place,
          entry.dump().substr(0, most_shown));
  std::string context;
  for (const std::string& line : texts(entry[0], "the context", place)) {
    context += (context.empty() ? "" : "\n") + line;
  }
  return context;
}

// The id of a question or, without one, of its dialogue.
std::string c3_id(const json& question, const json& dialogue) {
  if (question.is_object() && question.contains("id")) return question["id"].dump();
  return dialogue.size() > 2 ? dialogue[2].dump() : "";
}

void read_c3(const DataSource& source, ChoiceCollector& collector) {
  const std::string name = source.name();
  const DataText file(source);
  const json root = parse_json(file.text(), name);
  for (std::size_t i = 0; i < root.size(); ++i) {
    std::string context;
    try {
      context = c3_context(root[i], fmt::format("{}: entry {}", name, i + 1));
    } catch (const Error& error) {
      collector.add_bad(error);
      continue;
    }
    for (const json& asked : root[i][1]) {
      const std::string place = fmt::format("{}: question {}", name, collector.next_number());
      collector.add(place, c3_id(asked, root[i]),
                    [&] { return read_c3_question(asked, context, collector.answers(), place); });
    }
  }
}

// The first and the second text of the sequence for one choice.
std::pair<std::string, std::string> pair_of(const ChoiceQuestion& question, const std::string& choice,
                                            const std::string& separator) {
  const bool asks = !question.question.empty();
  const std::string& before = asks ? question.question : question.opening;
  if (is_blank(question.context)) return {before, choice};
  return {question.context, before.empty() ? choice : before + (asks ? separator : " ") + choice};
}

}  // namespace

ChoiceFile read_choice_questions(const DataSource& source, Answers answers) {
  const std::string name = source.name();
  ChoiceCollector collector(answers);
  if (is_c3(source)) {
    with_file_name(name, [&] { read_c3(source, collector); });
  } else {
    read_records(
        source,
        [&](Record& record) {
          const std::string place = fmt::format("{}: line {}", name, record.line);
          collector.add(place, record.id(), [&] { return RecordQuestion(record, place).read(answers); });
        },
        [&](const Error& error, std::size_t /*line*/) { collector.add_bad(error); });
  }
  return collector.finish(name);
}

ChoosingSet make_choosing_set(std::span<const ChoiceQuestion> questions, const Tokenizer& tokenizer, Index max_length) {
  ChoosingSet set;
  const std::string separator(tokenizer.vocabulary().token(tokenizer.sep_id()));
  for (const ChoiceQuestion& question : questions) {
    const Index cut_before = set.data.truncated;
    for (const std::string& choice : question.choices) {
      const auto [text, pair] = pair_of(question, choice, separator);
      add_text(text, pair, tokenizer, max_length, set.data, question.number);
    }
    // Several choices of a question may be cut, but the question counts once.
    set.data.truncated = std::min(set.data.truncated, cut_before + 1);
    set.counts.push_back(std::ssize(question.choices));
    set.answers.push_back(static_cast<std::int32_t>(question.answer.value_or(-1)));
  }
  set.data.texts = std::ssize(questions);
  return set;
}

}  // namespace mini_bert
