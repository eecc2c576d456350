#include "mini_bert/bert/data/questions.h"

#include <algorithm>
#include <optional>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/files/mapped_file.h"

namespace mini_bert {
namespace {

using nlohmann::json;

// The member `key` of an object in a SQuAD file. `place` names the object in messages.
const json& member(const json& object, const char* key, const std::string& path, std::string_view place) {
  require(object.is_object() && object.contains(key), "{}: {} has no \"{}\", expected a file in the form of SQuAD",
          path, place, key);
  return object.at(key);
}

const json& array(const json& object, const char* key, const std::string& path, std::string_view place) {
  const json& value = member(object, key, path, place);
  require(value.is_array(), "{}: \"{}\" of {} is not an array, expected a file in the form of SQuAD", path, key, place);
  return value;
}

std::string text(const json& object, const char* key, const std::string& path, std::string_view place) {
  const json& value = member(object, key, path, place);
  require(value.is_string(), "{}: \"{}\" of {} is not a text; put it in quotes", path, key, place);
  return value.get<std::string>();
}

// The byte at which code point `index` of a text begins, or the end of the text.
std::size_t byte_of(std::string_view text, std::uint64_t index) {
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

Question::Answer read_answer(const json& entry, const std::string& context, const std::string& path,
                             const std::string& place) {
  Question::Answer answer{text(entry, "text", path, place), 0};
  const json& start = member(entry, "answer_start", path, place);
  require(start.is_number_unsigned(), "{}: answer_start of {} is {}, expected a whole number from 0", path, place,
          start.dump());
  const auto nearest = nearest_occurrence(context, answer.text, byte_of(context, start.get<std::uint64_t>()));
  require(nearest.has_value() && !answer.text.empty(),
          "{}: {}: the answer {} does not stand in its context; correct the file", path, place, in_quotes(answer.text));
  answer.begin = *nearest;
  return answer;
}

void read_paragraph(const json& paragraph, const std::string& path, std::vector<Question>& questions) {
  const std::string place = fmt::format("the paragraph of question {}", questions.size() + 1);
  const std::string context = text(paragraph, "context", path, place);
  for (const json& entry : array(paragraph, "qas", path, place)) {
    Question question;
    question.id = text(entry, "id", path, fmt::format("question {}", questions.size() + 1));
    const std::string name = fmt::format("question {}", in_quotes(question.id));
    question.question = text(entry, "question", path, name);
    question.context = context;
    for (const json& answer : array(entry, "answers", path, name)) {
      question.answers.push_back(read_answer(answer, context, path, name));
    }
    questions.push_back(std::move(question));
  }
}

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

std::vector<Question> read_questions(const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string name = path.string();
  const json root = parse_json(require_utf8(file.text(), name), name);
  std::vector<Question> questions;
  for (const json& article : array(root, "data", name, "the file")) {
    for (const json& paragraph : array(article, "paragraphs", name, "an article")) {
      read_paragraph(paragraph, name, questions);
    }
  }
  require(!questions.empty(), "{}: no question in it; add at least one", name);
  return questions;
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
