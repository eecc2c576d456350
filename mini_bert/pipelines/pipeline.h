#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/answer.h"
#include "mini_bert/bert/predict/choose.h"
#include "mini_bert/bert/predict/classify.h"
#include "mini_bert/bert/predict/embed.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/predict/inspect.h"
#include "mini_bert/bert/predict/joint_fill.h"
#include "mini_bert/bert/predict/score.h"
#include "mini_bert/bert/predict/tag.h"
#include "mini_bert/pipelines/training_run.h"

namespace mini_bert {

// A model and its tokenizer, ready for every task: load once, then ask, train and save. Bindings to other languages
// are written on top of this class.
//
// A checkpoint serves the tasks that it has a head for, and embed(), which needs none. The model of a task is loaded
// when it is first asked; models of one folder share the mapped file. Asking for a task whose head is missing throws
// OtherTaskError.
//
// Calls from several threads wait for each other. A callback of train() may ask the same object.
class Pipeline {
 public:
  // `model` is a folder, or a name in the Hugging Face cache (find_model()). Downloads nothing. Error when there is no
  // model, or when it is damaged. Answers are computed in `precision`, also after a training.
  explicit Pipeline(const std::filesystem::path& model, AnswerPrecision precision = AnswerPrecision::f32);

  // One list of answers for each [MASK] of the text. See bert/predict/ for these six.
  std::vector<std::vector<FillMaskAnswer>> fill_mask(std::string_view text, const FillMaskOptions& options = {});
  std::vector<JointAnswer> joint_fill(std::string_view text, const JointFillOptions& options = {});
  std::vector<std::vector<LabelScore>> classify(std::span<const TextPair> texts);
  std::vector<std::vector<TaggedSpan>> tag(std::span<const std::string> texts, Aggregation aggregation);
  std::vector<std::vector<AnswerSpan>> answer(std::vector<Question> questions, const AnswerOptions& options = {},
                                              Index doc_stride = 128);
  std::vector<std::vector<ChoiceScore>> choose(std::span<const ChoiceQuestion> questions);
  std::vector<TextScore> score(std::span<const std::string> texts);

  // The vectors of the texts, f32 [texts, numbers of a vector].
  Tensor embed(std::span<const std::string> texts, const EmbedOptions& options);
  // What the model's folder says about its vectors: pooling, prompt, normalisation. Without modules.json, the defaults.
  EmbedOptions embed_options(const std::string& prompt_name = "") const;

  // What a masked language model computes for a text, and the gradients that the word `target` at one token asks for.
  Inspection inspect(std::string_view text);
  LossGradient loss_gradient(std::string_view text, Index token, const std::string& target);

  // Trains the model for request.task, starting from its present weights. The head of another task begins anew. From
  // then on, the object has this model alone, also if `observer` ends the training early or throws: the weights are
  // then those after the last update. An error before the first update leaves the object as it was. Saves nothing;
  // request.model and request.training.save are ignored.
  TrainingReport train(TrainingRequest request, TrainingObserver& observer);

  // Writes a folder that every BERT program loads. Makes the folder if there is none.
  void save(const std::filesystem::path& folder, StorageType type = StorageType::f32);

  std::shared_ptr<const Tokenizer> tokenizer() const { return state_.tokenizer; }
  const BertPreTrainedModel& model() const { return *state_.model; }
  AnswerPrecision precision() const { return precision_; }
  const BertConfig& config() const { return state_.model->config(); }
  // Of the model that was loaded first, or trained last: "BertForMaskedLM".
  std::string architecture() const { return state_.model->architecture(); }
  // Notes about the files for a person: keys that nobody knows, tokens without vectors.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  friend class TrainingRun;
  using AnyModel = std::shared_ptr<BertPreTrainedModel>;

  template <class Model>
  AnyModel load(const LoadOptions& how = {});
  template <class Model>
  Model& model_for(const char* architecture);
  AnyModel load_as_made();
  BertForMaskedLM& with_gradients();  // the masked language model, with weights that can have gradients
  // The request of a training that starts from the present weights.
  TrainingRequest continued(TrainingRequest request) const;

  std::filesystem::path folder_;
  AnswerPrecision precision_;
  struct State {
    std::shared_ptr<const Tokenizer> tokenizer = nullptr;
    std::vector<AnyModel> models = {};  // of one folder, at most one for each architecture
    AnyModel model = nullptr;           // one of them: loaded first, or trained last
    bool is_trained = false;            // the weights in the folder are older than those of `model`
  } state_;
  std::vector<std::string> notes_;
  std::recursive_mutex busy_;
};

}  // namespace mini_bert
