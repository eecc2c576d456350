#include "mini_bert/bert/other_task_error.h"

#include <algorithm>
#include <utility>

namespace mini_bert {
namespace {

// The heads of an architecture, as a sum of bits.
enum Head : unsigned { no_head = 0, word_head = 1, sentence_head = 2, answer_head = 4, label_head = 8 };

constexpr std::pair<std::string_view, unsigned> head_table[] = {
    {"BertForPreTraining", word_head | sentence_head}, {"BertForMaskedLM", word_head},
    {"BertForQuestionAnswering", answer_head},         {"BertForSequenceClassification", label_head},
    {"BertForTokenClassification", label_head},        {"BertForMultipleChoice", label_head},
    {"BertForNextSentencePrediction", sentence_head},  {"BertModel", no_head},
};

const auto* find_heads(std::string_view architecture) {
  const auto found = std::ranges::find(head_table, architecture, &std::pair<std::string_view, unsigned>::first);
  return found == std::end(head_table) ? nullptr : found;
}

unsigned heads_in(const CheckpointTensors& tensors) {
  const HeadPaths paths = head_paths();
  unsigned heads = no_head;
  if (tensors.find(paths.masked_words)) heads |= word_head;
  if (tensors.find(paths.next_sentence)) heads |= sentence_head;
  if (tensors.find(paths.answer)) heads |= answer_head;
  if (tensors.find(paths.classifier)) heads |= label_head;
  return heads;
}

}  // namespace

OtherTaskError::OtherTaskError(const std::string& file, std::string found, std::string needed)
    : Error(fmt::format("{}: was made for {}, and has no head for {}", file, found, needed)),
      found_(std::move(found)),
      needed_(std::move(needed)) {}

std::string other_architecture(const CheckpointTensors& tensors, const BertConfig& config, const std::string& needed) {
  const auto* const wanted = find_heads(needed);
  if (wanted == nullptr || wanted->second == no_head) return "";
  const unsigned heads = heads_in(tensors);
  // What config.json says, where the tensors do not contradict it.
  std::string said;
  for (const std::string& name : config.architectures) {
    const auto* const known = find_heads(name);
    if (known == nullptr || (known->second & heads) != known->second || known->second == no_head) continue;
    if (name == needed) return "";
    said = name;
  }
  if ((heads & wanted->second) == wanted->second) {
    const auto* const known = find_heads(said);
    return wanted->second == label_head && known != nullptr && known->second == label_head ? said : "";
  }
  if (!said.empty()) return said;
  const auto found =
      std::ranges::find_if(head_table, [&](const auto& known) { return (known.second & heads) == known.second; });
  return std::string(found->first);
}

}  // namespace mini_bert
