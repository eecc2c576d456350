// The task fill-mask: fills blanks one by one, together, or with whole words.
#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "apps/console/text_format.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/cloze.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/predict/joint_fill.h"
#include "mini_bert/bert/predict/target_score.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

// Splits a list and removes the spaces around its parts.
std::vector<std::string> split(std::string list, const std::string& mark) {
  std::vector<std::string> parts;
  list += mark;
  for (std::size_t end = list.find(mark); end != list.npos; end = list.find(mark)) {
    std::string part = list.substr(0, end);
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    parts.push_back(std::move(part));
    list.erase(0, end + mark.size());
  }
  return parts;
}

// The words of --targets. The comma and the enumeration mark of Chinese separate words like ASCII commas. A mark that
// stands alone between two ASCII commas is itself a word.
std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  if (list.empty()) return words;
  for (const std::string& part : split(list, ",")) {
    if (part == "，" || part == "、") {
      words.push_back(part);
      continue;
    }
    for (const std::string& words_between : split(part, "，")) {
      for (std::string& word : split(words_between, "、")) words.push_back(std::move(word));
    }
  }
  return words;
}

// One blank becomes a list, several blanks become a list of lists.
template <class Answer>
Json json_of_blanks(const std::vector<std::vector<Answer>>& blanks, Json (*row)(const Answer&)) {
  Json lists = Json::array();
  for (const std::vector<Answer>& answers : blanks) {
    Json& list = lists.emplace_back(Json::array());
    for (const Answer& answer : answers) list.push_back(row(answer));
  }
  return lists.size() == 1 ? lists.front() : lists;
}

// Prints the text and below it the rows of each blank. With several blanks, each gets a heading.
template <class Answer>
std::string table_of_blanks(const std::string& text, const std::string& heading,
                            const std::vector<std::vector<Answer>>& blanks, std::string (*row)(const Answer&)) {
  std::string table = text + '\n' + heading;
  for (std::size_t blank = 0; blank < blanks.size(); ++blank) {
    if (blanks.size() > 1) table += fmt::format("  blank {}\n", blank + 1);
    for (const Answer& answer : blanks[blank]) table += row(answer);
  }
  return table;
}

// The same keys as transformers' pipeline.
Json json_row(const FillMaskAnswer& answer) {
  return {
      {"score", answer.score}, {"token", answer.token}, {"token_str", answer.token_str}, {"sequence", answer.sequence}};
}

std::string table_row(const FillMaskAnswer& answer) {
  return fmt::format("  {:>7}  {}  {}\n", format_percent(answer.score), pad_right(answer.token_str, 8),
                     answer.sequence);
}

// The fields that all answers of several tokens share.
template <class Answer>
Json json_of_tokens(const Answer& answer) {
  return {{"score", answer.score()},
          {"log_probability", answer.log_probability},
          {"log_probability_per_token", answer.log_probability_per_token()},
          {"tokens", answer.tokens},
          {"token_strs", answer.token_strs},
          {"sequence", answer.sequence}};
}

// Answers of several tokens have small probabilities, which percentages would round to zero.
std::string format_probability(double p) {
  return p >= 0.001 ? format_percent(p) : fmt::format("{:.1e}", p);
}

Json json_row(const JointAnswer& answer) {
  return json_of_tokens(answer);
}

constexpr const char* joint_heading = "    joint  per token\n";

std::string table_row(const JointAnswer& answer) {
  return fmt::format("  {:>7}  {:>9}  {}\n", format_probability(answer.score()),
                     format_probability(std::exp(answer.log_probability_per_token())), answer.sequence);
}

Json json_row(const TargetAnswer& answer) {
  Json row = json_of_tokens(answer);
  row["target"] = answer.target;
  row["pseudo_log_likelihood"] = answer.pseudo_log_likelihood;
  return row;
}

constexpr const char* target_heading = "     word  per token    log p      PLL\n";

std::string table_row(const TargetAnswer& answer) {
  return fmt::format("  {:>7}  {:>9}  {:>7.2f}  {:>7.2f}  {}  {}\n", format_probability(answer.score()),
                     format_probability(std::exp(answer.log_probability_per_token())), answer.log_probability,
                     answer.pseudo_log_likelihood, pad_right(answer.target, 8), answer.sequence);
}

Index count_of(const std::string& part, const std::string& text) {
  Index count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

class FillMaskPredictor : public Predictor {
 public:
  explicit FillMaskPredictor(const PredictOptions& options)
      : options_(options),
        loaded_(load_for_answers(options)),
        targets_(read_targets(loaded_.tokenizer, words_of(options.targets))),
        longer_target_(std::ranges::find_if(targets_, [](const Target& target) { return target.tokens.size() > 1; })) {
    if (options.files.empty() && !options.texts.empty()) expect_passes();
  }

  std::vector<std::string> answer(std::span<const Request> requests) const override {
    std::vector<std::string> printed;
    for (const Request& request : requests) printed.push_back(answer(request.whole_text()));
    return printed;
  }

 private:
  enum class Way { each, jointly, targets };

  Way way_of(const std::string& text) const {
    const bool open = has_open_blank(loaded_.tokenizer, text);
    if (!targets_.empty() && (open || longer_target_ != targets_.end())) return Way::targets;
    return open || options_.joint ? Way::jointly : Way::each;
  }

  std::string answer(const std::string& text) const {
    switch (way_of(text)) {
      case Way::targets:
        return try_targets(text);
      case Way::jointly:
        return fill_jointly(text);
      default:
        return fill_each(text);
    }
  }

  // Tells the model in how many passes the texts of the command line are answered: each text has its own.
  void expect_passes() {
    Index passes = 0;
    for (const std::string& text : options_.texts) passes += passes_of(text);
    loaded_.model->answer_in(loaded_.model->answer_precision(), asked_in(passes));
  }

  // A search makes a pass for each token of the longest combination. Words are filled in as well, which is a pass more.
  Index passes_of(const std::string& text) const {
    const Way way = way_of(text);
    if (way == Way::each) return 1;
    const Index blanks = count_of(loaded_.tokenizer.options().mask_token, text);
    if (way == Way::jointly) {
      return blanks + (has_open_blank(loaded_.tokenizer, text) ? options_.max_blank_length - 1 : 0);
    }
    Index longest = 0;
    for (const Target& target : targets_) longest = std::max(longest, std::ssize(target.tokens));
    return longest + 1;
  }

  std::string fill_each(const std::string& text) const {
    std::vector<std::string> tokens;
    for (const Target& target : targets_) tokens.push_back(loaded_.tokenizer.vocabulary().token(target.tokens.front()));
    return show(text, "",
                fill_mask(*loaded_.model, loaded_.tokenizer, text, {.top_k = options_.top_k, .targets = tokens}));
  }

  std::string fill_jointly(const std::string& text) const {
    JointFillOptions joint{
        .top_k = options_.top_k, .beam = options_.beam, .max_blank_length = options_.max_blank_length};
    for (const Target& target : targets_) joint.candidates.push_back(target.tokens.front());
    const std::vector<std::vector<JointAnswer>> one_list = {joint_fill(*loaded_.model, loaded_.tokenizer, text, joint)};
    return show(text, joint_heading, one_list);
  }

  std::string try_targets(const std::string& text) const {
    const auto blanks = score_targets(*loaded_.model, loaded_.tokenizer, text, targets_, options_.top_k);
    require(!options_.joint || blanks.size() == 1,
            "--joint with {} blanks in \"{}\" takes targets of one token; leave --joint out, or \"{}\"", blanks.size(),
            text, (longer_target_ != targets_.end() ? *longer_target_ : targets_.front()).text);
    return show(text, target_heading, blanks);
  }

  template <class Answer>
  std::string show(const std::string& text, const std::string& heading,
                   const std::vector<std::vector<Answer>>& blanks) const {
    return options_.json ? json_of_blanks<Answer>(blanks, json_row).dump() + '\n'
                         : table_of_blanks<Answer>(text, heading, blanks, table_row);
  }

  PredictOptions options_;
  PretrainedModel loaded_;
  std::vector<Target> targets_;
  std::vector<Target>::const_iterator longer_target_;  // begin of the targets with several tokens
};

}  // namespace

Task fill_mask_task() {
  return {.prediction = PredictionTask{
              .name = "fill-mask",
              .help = "which words fit where a text says [MASK]?",
              .flags = {{"text-column"}, {"top-k"}, {"targets"}, {"joint"}, {"beam"}, {"max-blank-length"}},
              .input = "a text with a [MASK]",
              .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
                return std::make_unique<FillMaskPredictor>(options);
              }}};
}

}  // namespace mini_bert
