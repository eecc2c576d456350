#include "apps/console/task_wording.h"

#include <algorithm>
#include <string_view>

namespace mini_bert {
namespace {

// What models of an architecture do, and the names of the tasks in mini_bert_predict and mini_bert_train.
struct Purpose {
  std::string_view architecture, does, predict, train;
};

constexpr Purpose purposes[] = {
    {"BertForMaskedLM", "fill blanks", "fill-mask", "mlm"},
    {"BertForPreTraining", "fill blanks and to recognise the next sentence", "fill-mask", "pretrain"},
    {"BertForNextSentencePrediction", "recognise the next sentence", "embed", "pretrain"},
    {"BertForSequenceClassification", "classify texts", "classify", "classify"},
    {"BertForTokenClassification", "tag words", "tag", "tag"},
    {"BertForQuestionAnswering", "answer questions", "answer", "answer"},
    {"BertForMultipleChoice", "choose among answers", "choose", "choose"},
    {"BertModel", "make vectors, without a head for any task", "embed", "mlm"},
};

const Purpose& purpose_of(const std::string& architecture) {
  const auto found = std::ranges::find(purposes, architecture, &Purpose::architecture);
  return found == std::end(purposes) ? *std::prev(std::end(purposes)) : *found;
}

}  // namespace

std::string task_wording(const OtherTaskError& error) {
  const Purpose &found = purpose_of(error.found()), &needed = purpose_of(error.needed());
  return fmt::format(
      "this model was trained to {}, not to {}; use mini_bert_predict {} with it, or teach it with "
      "mini_bert_train --task {}",
      found.does, needed.does, found.predict, needed.train);
}

}  // namespace mini_bert
