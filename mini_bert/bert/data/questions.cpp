#include "mini_bert/bert/data/questions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/data_text.h"
#include "mini_bert/bert/data/record_formats.h"

namespace mini_bert {
namespace {

// The byte at which code point `index` of a text begins, or the end of the text.
std::size_t byte_of(std::string_view text, std::int64_t index) {
  std::size_t byte = 0;
  for (; index > 0 && byte < text.size(); --index) byte += read_code_point(text, byte).length;
  return byte;
}

std::optional<std::size_t> nearest_occurrence(std::string_view text, std::string_view part, std::size_t place) {
  std::optional<std::size_t> nearest;
  const auto distance = [&](std::size_t at) { return at > place ? at - place : place - at; };
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    if (!nearest || distance(at) < distance(*nearest)) nearest = at;
  }
  return nearest;
}

// An answer as it stands in the file.
struct GivenAnswer {
  std::string text;
  std::int64_t start = -1;  // in code points; -1: unknown
};

std::vector<GivenAnswer> given_answers(const JsonField& field) {
  std::vector<GivenAnswer> answers;
  if (field.json().is_object()) {
    const std::vector<JsonField> texts = field.at("text").elements(), starts = field.at("answer_start").elements();
    if (texts.size() != starts.size()) field.fail("as many texts as places in answer_start");
    for (std::size_t i = 0; i < texts.size(); ++i) answers.push_back({texts[i].text(), starts[i].integer(-1)});
    return answers;
  }
  for (const JsonField& entry : field.elements()) {
    if (entry.json().is_string()) {
      answers.push_back({entry.text()});
    } else {
      answers.push_back({entry.at("text").text(), entry.at("answer_start").integer(-1)});
    }
  }
  return answers;
}

// Collects the questions of a file.
class QuestionReader {
 public:
  explicit QuestionReader(Answers answers) : required_(answers == Answers::required) {}

  // The file, or the line of the file, that is read next.
  void begin(std::string place) { place_ = std::move(place); }

  // {"data": …}, an array of articles or of flat questions.
  void read_list(const JsonField& list) {
    for (const JsonField& entry : list.elements()) {
      attempt([&] {
        if (entry.has("context_text") && entry.has("qas")) return read_paragraph(entry, "context_text");
        if (!entry.has("paragraphs")) return read_flat(entry);
        for (const JsonField& paragraph : entry.at("paragraphs").elements()) {
          attempt([&] { read_paragraph(paragraph, "context"); });
        }
      });
    }
  }
  void read_flat(const JsonField& entry) {
    note_id(entry);
    if (!entry.has("context"))
      entry.fail("context", "a text; a file in the form of SQuAD has \"data\" with \"paragraphs\"");
    read(entry, entry.at("context").text());
  }

  // A part of the file that cannot be read is one bad question.
  template <class Read>
  void attempt(const Read& read) {
    id_.clear();
    try {
      read();
    } catch (const Error& error) {
      note_bad(error);
    }
  }

  QuestionFile finish(const std::string& path) {
    file_.dropped.check(file_.questions.size());
    require(!file_.questions.empty(), "{}: no question in it; add at least one", path);
    return std::move(file_);
  }

 private:
  void read_paragraph(const JsonField& paragraph, const char* key) {
    const std::string context = paragraph.at(key).text();
    for (const JsonField& question : paragraph.at("qas").elements()) {
      attempt([&] { read(question, context); });
    }
  }

  void note_bad(const Error& error) {
    if (required_) return file_.dropped.add_bad(error);
    Question question;
    question.problem = error.what();
    question.given_id = id_;
    file_.questions.push_back(std::move(question));
  }

  void read(const JsonField& entry, const std::string& context) {
    ++count_;
    note_id(entry);
    const nlohmann::json id = nlohmann::json::parse(id_.empty() ? std::to_string(count_) : id_);
    Question question{.id = id.is_string() ? id.get<std::string>() : id.dump(),
                      .question = entry.at(entry.has("query_text") ? "query_text" : "question").text(),
                      .context = context,
                      .answers = {},
                      .given_id = id_};
    std::vector<GivenAnswer> given = required_ ? given_answers(entry.at("answers")) : std::vector<GivenAnswer>();
    std::erase_if(given, [](const GivenAnswer& answer) { return answer.text.empty(); });  // "" says that there is none
    for (const GivenAnswer& answer : given) {
      const auto place = nearest_occurrence(context, answer.text, byte_of(context, answer.start));
      if (place) question.answers.push_back({answer.text, *place});
    }
    if (question.answers.empty() && !given.empty()) {
      fail("{}: question {}: the answer {} does not stand in its context; correct the file", place_,
           in_quotes(question.id), in_quotes(given.front().text));
    }
    file_.questions.push_back(std::move(question));
  }

  void note_id(const JsonField& question) {
    const auto id = question.find(question.has("query_id") ? "query_id" : "id");
    id_ = id ? id->json().dump() : "";
  }

  bool required_;
  std::string place_;
  std::string id_;  // of the question that is read, as JSON
  std::size_t count_ = 0;
  QuestionFile file_;
};

// Sets the label of a window to the first and last token that cover bytes begin … end−1 of the context, as run_qa.py
// does. Leaves it at [CLS] if the window does not contain these bytes.
void label(Window& window, std::size_t begin, std::size_t end) {
  const auto is_context = [](const TextRange& range) { return range.end > range.begin; };
  const auto first = std::ranges::find_if(window.context, is_context);
  if (first == window.context.end()) return;
  auto last = window.context.end() - 1;
  while (!is_context(*last)) --last;
  if (first->begin > begin || last->end < end) return;
  const auto token = [&](auto at) { return static_cast<Index>(at - window.context.begin()); };
  auto start = first;
  while (start != last && (start + 1)->begin <= begin) ++start;
  auto stop = last;
  while (stop != first && (stop - 1)->end >= end) --stop;
  window.begin = token(start);
  window.end = token(stop);
}

void add_window(const Encoding& encoding, const Question& question, std::size_t number, const Tokenizer& tokenizer,
                AnsweringSet& set) {
  Window window{number, std::vector<TextRange>(encoding.ids.size())};
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    tokenizer.require_row(encoding.ids[i]);
    if (encoding.type_ids[i] == 1 && encoding.special[i] == 0) window.context[i] = encoding.offsets[i];
  }
  if (!question.answers.empty()) {
    const Question::Answer& answer = question.answers.front();
    label(window, answer.begin, answer.begin + answer.text.size());
  }
  set.data.tokens += encoding.size();
  set.data.lines.push_back(number + 1);
  set.data.longest = std::max(set.data.longest, static_cast<Index>(encoding.size()));
  set.data.sequences.push_back(sequence_of(encoding, tokenizer));
  set.windows.push_back(std::move(window));
}

}  // namespace

namespace {

// A row of a table as the flat form. An answer is a text, or "answers" is the JSON of the flat form.
nlohmann::json flat_question(const Record& record) {
  nlohmann::json question = nlohmann::json::object();
  for (const Field& field : record.fields) question[field.name] = field.value;
  if (const Field* const answers = record.find("answers")) {
    if (auto list = json_if_valid(answers->value)) question["answers"] = std::move(*list);
  } else if (const Field* const answer = record.find("answer")) {
    const Field* const start = record.find("answer_start");
    const auto given_start = start != nullptr ? json_if_valid(start->value) : std::nullopt;
    question["answers"] =
        nlohmann::json::array({{{"text", answer->value}, {"answer_start", given_start.value_or(nlohmann::json(-1))}}});
  }
  return question;
}

QuestionFile read_question_table(const DataSource& source, QuestionReader& reader) {
  const RecordSink read = [&](Record& record) {
    const std::string place = fmt::format("{}: line {}", source.name(), record.line);
    reader.begin(place);
    const nlohmann::json question = flat_question(record);
    reader.attempt([&] { reader.read_flat(JsonField(question, place)); });
  };
  read_records(source, read,
               [&](const Error& error, std::size_t /*line*/) { reader.attempt([&] { throw Error(error); }); });
  return reader.finish(source.name());
}

QuestionFile read_any_form(const DataSource& source, Answers answers) {
  QuestionReader reader(answers);
  const std::string extension = data_extension(source), name = source.name();
  if (extension == ".csv" || extension == ".tsv") return read_question_table(source, reader);
  const DataText file(source, IllFormed::kept);
  std::string_view text = file.text();
  nlohmann::json root;
  if (is_json_lines(text)) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::string_view line = take_line(text);
      if (is_blank(line)) continue;
      const std::string place = fmt::format("{}: line {}", name, number);
      reader.attempt([&] {
        require_utf8_line(line, name, number);
        root = parse_json(line, JsonSource{.name = name, .line = number});
        const bool is_whole_file = root.is_object() && root.contains("data") && !root.contains("context");
        reader.begin(is_whole_file ? name : place);
        if (is_whole_file) {
          reader.read_list(JsonField(root["data"], name + ": data"));
        } else {
          reader.read_flat(JsonField(root, place));
        }
      });
    }
  } else {
    root = parse_json(require_utf8(text, name), name);
    reader.begin(name);
    const JsonField field(root, name);
    const bool is_list_of_others = root.is_array() && !root.empty() && !root[0].is_object();
    require((root.is_object() && root.contains("data")) || (root.is_array() && !is_list_of_others),
            "{}: it has no \"data\" and no objects with questions, expected a file in the form of SQuAD", name);
    reader.read_list(root.is_array() ? field : field.at("data"));
  }
  return reader.finish(name);
}

}  // namespace

QuestionFile read_questions(const DataSource& source, Answers answers) {
  return with_file_name(source.name(), [&] { return read_any_form(source, answers); });
}

AnsweringSet make_answering_set(std::vector<Question> questions, const Tokenizer& tokenizer,
                                const WindowOptions& options) {
  AnsweringSet set;
  set.questions = std::move(questions);
  for (std::size_t q = 0; q < set.questions.size(); ++q) {
    const Question& question = set.questions[q];
    // A question is cut to half of the window, because a longer one could leave no room for the context.
    Encoding asked = tokenizer.encode(question.question, {.add_special_tokens = false});
    const Index room = options.max_length - 3;
    std::string_view asked_text = question.question;
    if (asked.size() > room / 2) {
      asked_text = asked_text.substr(0, asked.offsets[static_cast<std::size_t>(room / 2)].begin);
      asked = tokenizer.encode(asked_text, {.add_special_tokens = false});
    }
    const auto stride = std::min(options.stride, (room - asked.size()) / 2);
    const Encoding encoding = tokenizer.encode_pair(asked_text, question.context,
                                                    {.truncation = Truncation::only_second,
                                                     .max_length = static_cast<std::int32_t>(options.max_length),
                                                     .stride = static_cast<std::int32_t>(stride)});
    ++set.data.texts;
    add_window(encoding, question, q, tokenizer, set);
    for (const Encoding& more : encoding.overflow) add_window(more, question, q, tokenizer, set);
  }
  return set;
}

}  // namespace mini_bert
