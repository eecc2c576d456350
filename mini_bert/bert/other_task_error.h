#pragma once

#include <string>

#include "mini_bert/base/error.h"
#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/checkpoint_tensors.h"

namespace mini_bert {

// A checkpoint was made for another task. Programs word it for a person, who knows tasks and not architectures.
class OtherTaskError : public Error {
 public:
  OtherTaskError(const std::string& file, std::string found, std::string needed);

  const std::string& found() const { return found_; }    // of the checkpoint: "BertForTokenClassification", "BertModel"
  const std::string& needed() const { return needed_; }  // of the model that was to be loaded

 private:
  std::string found_, needed_;
};

// The architecture that a checkpoint was made for, if that is another one than `needed` and lacks its head; ""
// otherwise. The tensors say which heads there are. Classifiers of texts, of tokens and of choices have tensors of the
// same names: there, architectures in config.json decides. "BertModel": the checkpoint has no head.
std::string other_architecture(const CheckpointTensors& tensors, const BertConfig& config, const std::string& needed);

}  // namespace mini_bert
