#include "apps/console/task_wording.h"

#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("task wording: names what the model does, what was asked, and two ways on") {
  const auto worded = [](const std::string& found, const std::string& needed) {
    return task_wording(OtherTaskError("model.safetensors", found, needed));
  };
  CHECK(
      worded("BertForSequenceClassification", "BertForMaskedLM") ==
      "this model was trained to classify texts, not to fill blanks; use mini_bert_predict classify with it, or teach "
      "it with mini_bert_train --task mlm");
  CHECK(worded("BertForMaskedLM", "BertForQuestionAnswering") ==
        "this model was trained to fill blanks, not to answer questions; use mini_bert_predict fill-mask with it, or "
        "teach it with mini_bert_train --task answer");
  for (const std::string found : {"BertForPreTraining", "BertForNextSentencePrediction", "BertForTokenClassification",
                                  "BertForQuestionAnswering", "BertForMultipleChoice", "BertModel"}) {
    CHECK_THAT(worded(found, "BertForTokenClassification"), ContainsSubstring("mini_bert_train --task tag"));
  }
}
