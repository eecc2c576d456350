// The questions that JsonPipeline answers.
#include <algorithm>

#include "mini_bert/pipelines/json_pipeline_state.h"
#include "mini_bert/pipelines/request_settings.h"

namespace mini_bert {

namespace {

Json to_json(const FillMaskAnswer& answer) {
  return {
      {"score", answer.score}, {"token", answer.token}, {"token_str", answer.token_str}, {"sequence", answer.sequence}};
}
Json to_json(const JointAnswer& answer) {
  return {{"score", answer.score()},
          {"log_probability", answer.log_probability},
          {"tokens", answer.tokens},
          {"token_strs", answer.token_strs},
          {"sequence", answer.sequence}};
}
Json to_json(const LabelScore& answer) {
  return {{"label", answer.label}, {"score", answer.score}};
}
Json to_json(const AnswerSpan& answer) {
  return {{"score", answer.score}, {"start", answer.begin}, {"end", answer.end}, {"answer", answer.answer}};
}
Json to_json(const TextScore& score) {
  return {{"score", score.score},
          {"perplexity", score.perplexity()},
          {"tokens", score.token_texts},
          {"token_scores", score.token_scores}};
}
template <class T>
Json to_json(const std::vector<T>& list) {
  Json result = Json::array();
  for (const T& element : list) result.push_back(to_json(element));
  return result;
}

Json to_json(const TaggedSpan& span, bool is_token) {
  Json result = {{is_token ? "entity" : "entity_group", span.entity}, {"score", span.score}};
  if (is_token) result["index"] = span.index;
  result.update(Json{{"word", span.word}, {"start", span.begin}, {"end", span.end}});
  return result;
}

TextPair pair_in(const JsonField& field) {
  if (!field.json().is_array()) return {field.text(), {}};
  const std::vector<JsonField> both = field.elements();
  if (both.size() != 2) field.fail("a text or two");
  return {both[0].text(), both[1].text()};
}

}  // namespace

Json JsonPipeline::fill_mask(const JsonField& options) {
  return to_json(pipeline_->fill_mask(needed<std::string>(options, "text"),
                                      {.top_k = option<Index>(options, "top_k", 5),
                                       .targets = option(options, "targets", std::vector<std::string>())}));
}

Json JsonPipeline::fill_jointly(const JsonField& options) {
  return to_json(pipeline_->joint_fill(needed<std::string>(options, "text"),
                                       {.top_k = option<Index>(options, "top_k", 5),
                                        .beam = option<Index>(options, "beam", 8),
                                        .max_blank_length = option<Index>(options, "max_blank_length", 4)}));
}

Json JsonPipeline::classify(const JsonField& options) {
  std::vector<TextPair> pairs;
  for (const JsonField& text : options.at("texts").elements()) pairs.push_back(pair_in(text));
  return to_json(pipeline_->classify(pairs));
}

Json JsonPipeline::tag(const JsonField& options) {
  const Aggregation aggregation = aggregation_named(option(options, "aggregation_strategy", std::string("simple")));
  Json lists = Json::array();
  for (const auto& spans : pipeline_->tag(needed<std::vector<std::string>>(options, "texts"), aggregation)) {
    Json& list = lists.emplace_back(Json::array());
    for (const TaggedSpan& span : spans) list.push_back(to_json(span, aggregation == Aggregation::none));
  }
  return lists;
}

Json JsonPipeline::answer(const JsonField& options) {
  const AnswerOptions how{.top_k = option<Index>(options, "top_k", 1),
                          .max_answer_length = option<Index>(options, "max_answer_len", 30),
                          .may_be_absent = option(options, "handle_impossible_answer", false)};
  Question question{.id = {},
                    .question = needed<std::string>(options, "question"),
                    .context = needed<std::string>(options, "context"),
                    .answers = {}};
  return to_json(pipeline_->answer({std::move(question)}, how, option<Index>(options, "doc_stride", 128)).front());
}

Json JsonPipeline::choose(const JsonField& options) {
  const ChoiceQuestion question{.context = option(options, "context", std::string()),
                                .question = option(options, "question", std::string()),
                                .opening = {},
                                .choices = needed<std::vector<std::string>>(options, "choices"),
                                .answer = {}};
  Json list = Json::array();
  const auto answers = pipeline_->choose({&question, 1});
  for (const ChoiceScore& choice : answers.front()) {
    list.push_back(to_json(LabelScore{question.choices[choice.choice], choice.score}));
  }
  return list;
}

Json JsonPipeline::score(const JsonField& options) {
  return to_json(pipeline_->score(needed<std::vector<std::string>>(options, "texts")));
}

Json JsonPipeline::embed(const JsonField& options) {
  EmbedOptions how = pipeline_->embed_options(option(options, "prompt_name", std::string()));
  const auto pooling = option(options, "pooling", std::string());
  if (!pooling.empty()) how.pooling = pooling_named(pooling);
  how.normalize_again = option(options, "normalize", false);
  return array(pipeline_->embed(needed<std::vector<std::string>>(options, "texts"), how));
}

}  // namespace mini_bert
