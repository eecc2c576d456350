// Masked language models whose decoder is a matrix of its own: when it is read, and that it is written.
#include "mini_bert/bert/checkpoint.h"

#include <nlohmann/json.hpp>

#include "mini_bert/bert/model/heads.h"
#include "mini_bert/files/atomic_file.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;

namespace checkpoint_decoder_test {

enum class Repeated { missing, equal, different };

Tensor plus_one(const Tensor& tensor) {
  Tensor other = tensor.clone();
  for (Index i = 0; i < other.size(); ++i) other.data<float>()[i] += 1;
  return other;
}

const std::string table = "bert.embeddings.word_embeddings.weight", head_bias = "cls.predictions.bias",
                  decoder = "cls.predictions.decoder.weight", decoder_bias = "cls.predictions.decoder.bias";

// A folder of a model whose file also has a decoder and the decoder's bias.
struct DecoderFolder {
  DecoderFolder(const std::optional<bool>& tied, Repeated weight, Repeated bias) {
    test::randomize(model, 1);
    save_pretrained(folder.path(), model, test::tiny_tokenizer());
    nlohmann::json config = nlohmann::json::parse(model.config().to_json());
    if (tied) config["tie_word_embeddings"] = *tied;
    write_file_atomically(folder / "config.json", config.dump());
    std::vector<NamedTensor> tensors = named_tensors(model.parameters());
    const auto repeat = [&](const std::string& name, const std::string& as, Repeated repeated) {
      if (repeated == Repeated::missing) return;
      const Tensor value = value_of(name);
      tensors.push_back({as, repeated == Repeated::equal ? value.clone() : plus_one(value)});
    };
    repeat(table, decoder, weight);
    repeat(head_bias, decoder_bias, bias);
    write_safetensors(folder / "model.safetensors", tensors);
  }

  Tensor value_of(const std::string& name) const {
    for (const NamedTensor& tensor : named_tensors(model.parameters())) {
      if (tensor.name == name) return tensor.tensor;
    }
    fail("no tensor {}", name);
  }

  test::TemporaryFolder folder;
  BertForMaskedLM model{test::tiny_config()};
};

Tensor logits(const BertForMaskedLM& model) {
  const MaskedBatch batch = test::random_batch({5, 7}, 2);
  Mode mode = Mode::inference();
  return model.logits(batch.tokens, batch.masked_rows, mode).value();
}

// The value of a loaded parameter under the name that we write; undefined when there is none.
Tensor loaded_value(const BertForMaskedLM& model, const std::string& name) {
  for (const NamedTensor& tensor : named_tensors(model.parameters())) {
    if (tensor.name == name) return tensor.tensor;
  }
  return {};
}

// As transformers 5.23 does it; tests/parity/decoder_parity.py compares live.
TEST_CASE("decoder: it is tied unless the file has another one or config.json says otherwise") {
  const std::optional<bool> said = GENERATE(std::optional<bool>(), std::optional(true), std::optional(false));
  const Repeated weight = GENERATE(Repeated::missing, Repeated::equal, Repeated::different);
  const Repeated bias = GENERATE(Repeated::missing, Repeated::equal, Repeated::different);
  const DecoderFolder saved(said, weight, bias);
  INFO("said " << (said ? int{*said} : -1) << " weight " << int(weight) << " bias " << int(bias));
  const bool untied = said == false;
  if (untied && (weight == Repeated::missing || bias == Repeated::missing)) {
    CHECK_THROWS_WITH(load_pretrained(saved.folder.path()),
                      ContainsSubstring(weight == Repeated::missing ? "tensor cls.predictions.decoder.weight is missing"
                                                                    : "has no bias of its own"));
    return;
  }
  const PretrainedModel loaded = load_pretrained(saved.folder.path());
  const bool own = untied || weight == Repeated::different;
  CHECK(loaded.model->config().tie_word_embeddings == !own);
  CHECK(loaded.report.unexpected.empty());
  const Tensor expected_bias =
      bias == Repeated::different ? plus_one(saved.value_of(head_bias)) : saved.value_of(head_bias);
  CHECK(test::same_bits(loaded_value(*loaded.model, own ? decoder_bias : head_bias), expected_bias));
  CHECK(loaded_value(*loaded.model, decoder).defined() == own);
  if (own) {
    const Tensor expected = weight == Repeated::different ? plus_one(saved.value_of(table)) : saved.value_of(table);
    CHECK(test::same_bits(loaded_value(*loaded.model, decoder), expected));
  }
  const bool as_before = weight != Repeated::different && bias != Repeated::different;
  CHECK(test::same_bits(logits(*loaded.model), logits(saved.model)) == as_before);

  // Written and read again, it is the same model.
  test::TemporaryFolder again;
  save_pretrained(again.path(), *loaded.model, loaded.tokenizer);
  const PretrainedModel read = load_pretrained(again.path());
  CHECK(read.model->config().tie_word_embeddings == !own);
  CHECK(test::same_bits(logits(*read.model), logits(*loaded.model)));
  CHECK(BertConfig::read(again / "config.json").tie_word_embeddings == !own);
  const SafetensorsFile file(again / "model.safetensors");
  CHECK(file.contains(decoder) == own);
  CHECK(file.contains(decoder_bias) == own);
  CHECK(file.contains(head_bias));  // transformers looks for it in either case
}

TEST_CASE("decoder: a missing table of word embeddings is the tied decoder") {
  DecoderFolder saved(std::nullopt, Repeated::different, Repeated::missing);
  std::vector<NamedTensor> tensors = named_tensors(saved.model.parameters());
  for (NamedTensor& tensor : tensors) {
    if (tensor.name == table) tensor.name = decoder;
  }
  write_safetensors(saved.folder / "model.safetensors", tensors);
  CHECK(test::same_bits(logits(*load_pretrained(saved.folder.path()).model), logits(saved.model)));
}

TEST_CASE("decoder: it belongs to the head, has a row for each token, and other tasks do not ask for it") {
  const DecoderFolder saved(false, Repeated::different, Repeated::different);
  const PretrainedModel loaded = load_pretrained(saved.folder.path());
  int own = 0;
  for (const Parameter& parameter : loaded.model->parameters()) {
    if (checkpoint_name(parameter) != decoder && checkpoint_name(parameter) != decoder_bias) continue;
    ++own;
    CHECK(parameter.place.of_head);
    CHECK(parameter.place.row_per_token);
    CHECK(parameter.decays() == (checkpoint_name(parameter) == decoder));
  }
  CHECK(own == 2);
  const auto pretraining = load_pretrained<BertForPreTraining>(saved.folder.path(), {.new_head_seed = 1});
  CHECK_FALSE(pretraining.model->config().tie_word_embeddings);
  const auto vectors = load_pretrained<BertWithoutHead>(saved.folder.path(), {.new_head_seed = 1});
  CHECK(vectors.model->parameter_count() < loaded.model->parameter_count() + 12 * 13);
}

}  // namespace checkpoint_decoder_test
