#include "mini_bert/bert/checkpoint.h"

#include <functional>
#include <thread>

#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/predict/joint_fill.h"
#include "mini_bert/bert/predict/target_score.h"
#include "mini_bert/files/atomic_file.h"
#include "tests/bert/bert_testing.h"
#include "tests/bert/saved_checkpoint.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using mini_bert::test::Saved;
namespace fs = std::filesystem;

namespace checkpoint_test {

void replace_ending(std::string& name, std::string_view from, std::string_view to) {
  if (name.ends_with(from)) name.replace(name.size() - from.size(), from.size(), to);
}

// The largest error of a weight, as a share of the weight.
double largest_share(const BertForMaskedLM& found, const BertForMaskedLM& expected) {
  double largest = 0;
  const std::vector<Tensor> a = test::values_of(found.parameters()), b = test::values_of(expected.parameters());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Tensor in_double = a[i].to(DType::f64);
    for (Index k = 0; k < a[i].size(); ++k) {
      const double x = in_double.data<double>()[k], y = static_cast<double>(b[i].data<float>()[k]);
      if (std::abs(y) > 1e-4) largest = std::max(largest, std::abs(x - y) / std::abs(y));  // f16 is denormal below
    }
  }
  return largest;
}

TEST_CASE("checkpoint: what is saved is loaded, bit for bit") {
  const Saved saved;
  const PretrainedModel loaded = saved.load();
  CHECK(saved.equals(*loaded.model));
  CHECK(loaded.report.unexpected.empty());
  CHECK(loaded.tokenizer.vocabulary().tokens() == saved.tokenizer.vocabulary().tokens());
  const BertConfig& config = loaded.model->config();
  CHECK(config.hidden_size == 12);
  CHECK(config.num_attention_heads == 3);
  CHECK(config.hidden_dropout_prob == 0.25);
  CHECK(config.architectures == std::vector<std::string>{"BertForMaskedLM"});

  test::TemporaryFolder again;
  save_pretrained(again.path(), *loaded.model, loaded.tokenizer);
  for (const std::string name : {"config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json"}) {
    INFO(name);
    CHECK(test::content_of(again / name) == test::content_of(saved.folder / name));
  }
}

TEST_CASE("checkpoint: neither the decoder nor a copy of the embeddings is written") {
  const Saved saved;
  const SafetensorsFile file(saved.folder / "model.safetensors");
  CHECK(file.tensors().size() == saved.model.parameters().size());
  CHECK_FALSE(file.contains("cls.predictions.decoder.weight"));
  CHECK(file.metadata().at("format") == "pt");  // transformers asks for it
}

TEST_CASE("checkpoint: loads as double") {
  const Saved saved;
  const PretrainedModel loaded = load_pretrained(saved.folder.path(), {.dtype = DType::f64});
  const std::vector<Parameter> expected = saved.model.parameters();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(test::same_bits(loaded.model->parameters()[i].value(), expected[i].value().to(DType::f64)));
  }
}

TEST_CASE("checkpoint: half the bits keep their share of the digits") {
  const Saved saved;
  for (const auto& [type, error, bytes] :
       {std::tuple{StorageType::bf16, 0x1p-8, 2}, {StorageType::f16, 0x1p-11, 2}, {StorageType::f32, 0.0, 4}}) {
    save_pretrained(saved.folder.path(), saved.model, saved.tokenizer, type);
    const PretrainedModel loaded = saved.load();
    CHECK(largest_share(*loaded.model, saved.model) <= error);
    CHECK((largest_share(*loaded.model, saved.model) == 0) == (error == 0));
    const auto size = static_cast<Index>(fs::file_size(saved.folder / "model.safetensors"));
    CHECK(size > bytes * saved.model.parameter_count());
    CHECK(size < bytes * saved.model.parameter_count() + 8192);
  }
}

TEST_CASE("checkpoint: matrices stored as halves are used as they are, with the same bits") {
  const Saved saved;
  const auto [type, dtype] = GENERATE(table<StorageType, DType>({{StorageType::f16, DType::f16},  //
                                                                 {StorageType::bf16, DType::bf16}}));
  save_pretrained(saved.folder.path(), saved.model, saved.tokenizer, type);
  const PretrainedModel mapped = saved.load();
  const PretrainedModel widened = load_pretrained(saved.folder.path(), {.memory = WeightMemory::allocated});
  for (const Parameter& parameter : mapped.model->parameters()) {
    INFO(checkpoint_name(parameter));
    CHECK(parameter.value().dtype() == (parameter.value().shape().rank() == 2 ? dtype : DType::f32));
  }
  // Few rows, and more than one block of them.
  for (const std::vector<Index>& lengths : {std::vector<Index>{5, 7}, std::vector<Index>(40, 11)}) {
    const MaskedBatch batch = test::random_batch(lengths, 2);
    const auto logits = [&batch](const BertForMaskedLM& model) {
      Mode mode = Mode::inference();
      return model.logits(batch.tokens, batch.masked_rows, mode).value();
    };
    CHECK(test::same_bits(logits(*mapped.model), logits(*widened.model)));
  }
  const PretrainedModel doubles = load_pretrained(saved.folder.path(), {.dtype = DType::f64});
  CHECK(doubles.model->parameters().front().value().dtype() == DType::f64);
}

TEST_CASE("checkpoint: written again, matrices stored as halves keep their bits") {
  const Saved saved;
  test::TemporaryFolder again, as_floats;
  const StorageType type = GENERATE(StorageType::f16, StorageType::bf16);
  save_pretrained(saved.folder.path(), saved.model, saved.tokenizer, type);
  const PretrainedModel mapped = saved.load();
  save_pretrained(again.path(), *mapped.model, mapped.tokenizer, type);
  CHECK(test::content_of(again / "model.safetensors") == test::content_of(saved.folder / "model.safetensors"));
  save_pretrained(as_floats.path(), *mapped.model, mapped.tokenizer);
  CHECK(largest_share(*load_pretrained(as_floats.path()).model, saved.model) <=
        (type == StorageType::f16 ? 0x1p-11 : 0x1p-8));
}

TEST_CASE("checkpoint: LayerNorm's older names, gamma and beta, are understood") {
  const Saved saved;
  saved.rewrite([](NamedTensor& tensor) {
    replace_ending(tensor.name, "LayerNorm.weight", "LayerNorm.gamma");
    replace_ending(tensor.name, "LayerNorm.bias", "LayerNorm.beta");
  });
  const PretrainedModel loaded = saved.load();
  CHECK(saved.equals(*loaded.model));
  CHECK(loaded.report.unexpected.empty());
}

TEST_CASE("checkpoint: names without the leading bert. are understood") {
  const Saved saved;
  saved.rewrite([](NamedTensor& tensor) {
    if (tensor.name.starts_with("bert.")) tensor.name.erase(0, 5);
  });
  CHECK(SafetensorsFile(saved.folder / "model.safetensors").contains("embeddings.word_embeddings.weight"));
  CHECK(saved.equals(*saved.load().model));
}

TEST_CASE("checkpoint: tensors without a place are listed as the file calls them, redundant ones are not") {
  const Saved saved;
  const Tensor any = Tensor::zeros({12});
  saved.rewrite([](NamedTensor&) {}, {{"pooler.dense.bias", any},
                                      {"bert.embeddings.position_ids", Tensor::zeros({1, 16})},
                                      {"cls.predictions.decoder.weight", saved.model.bert().word_embeddings().value()},
                                      {"cls.predictions.decoder.bias", saved.value_of("cls.predictions.bias")},
                                      {"cls.seq_relationship.bias", any}});
  const PretrainedModel loaded = saved.load();
  CHECK(saved.equals(*loaded.model));
  std::vector<std::string> unexpected = loaded.report.unexpected;
  std::ranges::sort(unexpected);
  CHECK(unexpected == std::vector<std::string>{"cls.seq_relationship.bias", "pooler.dense.bias"});
}

TEST_CASE("checkpoint: a missing tensor is an Error that names file and tensor") {
  const Saved saved;
  const std::string name = "cls.predictions.transform.dense.bias";
  saved.rewrite([&](NamedTensor& tensor) {
    if (tensor.name == name) tensor.name.clear();
  });
  CHECK_THROWS_AS(saved.load(), Error);
  CHECK_THROWS_WITH(saved.load(), ContainsSubstring((saved.folder / "model.safetensors").string()) &&
                                      ContainsSubstring(name + " is missing") &&
                                      ContainsSubstring("BertForMaskedLM needs it"));
  CHECK_THROWS_WITH(
      read_tensors(SafetensorsFile(saved.folder / "model.safetensors"), named_tensors(saved.model.parameters())),
      ContainsSubstring(name + " is missing"));
}

TEST_CASE("checkpoint: a tensor of another shape is an Error that names both shapes") {
  const Saved saved;
  const std::string name = "bert.encoder.layer.1.attention.self.key.weight";
  saved.rewrite([&](NamedTensor& tensor) {
    if (tensor.name == name) tensor.tensor = Tensor::zeros({36, 4});
  });
  CHECK_THROWS_AS(saved.load(), Error);
  CHECK_THROWS_WITH(saved.load(), ContainsSubstring(name) && ContainsSubstring("must be [12,12]") &&
                                      ContainsSubstring("found [36,4]"));
}

TEST_CASE("checkpoint: a vocabulary of another size is an Error that names both sizes") {
  const Saved saved;
  write_file_atomically(saved.folder / "vocab.txt", saved.tokenizer.vocab_text() + "another\n");
  CHECK_THROWS_AS(saved.load(), Error);
  CHECK_THROWS_WITH(saved.load(),
                    ContainsSubstring("the vocabulary has 24 tokens") && ContainsSubstring("vocab_size 23"));
}

TEST_CASE("checkpoint: a missing folder or file is an Error that says what is needed") {
  const Saved saved;
  CHECK_THROWS_AS(load_pretrained(saved.folder / "missing"), Error);
  CHECK_THROWS_WITH(load_pretrained(saved.folder / "missing"),
                    ContainsSubstring((saved.folder / "missing").string()) &&
                        ContainsSubstring("no such model folder") &&
                        ContainsSubstring("config.json, model.safetensors and vocab.txt"));
  for (const std::string name : {"model.safetensors", "config.json"}) {
    fs::remove(saved.folder / name);
    INFO(name);
    CHECK_THROWS_AS(saved.load(), Error);
    CHECK_THROWS_WITH(saved.load(), ContainsSubstring(name));
  }
}

TEST_CASE("checkpoint: the prefix that a program puts before all names is left out") {
  const Saved saved;
  const std::string prefix = GENERATE("bert.", "student.", "0.auto_net.");
  const bool has_bert = GENERATE(true, false);
  if (!has_bert && prefix == "bert.") return;  // then "bert." is no prefix, but what names begin with
  saved.rewrite([&](NamedTensor& tensor) {
    if (!has_bert && tensor.name.starts_with("bert.")) tensor.name.erase(0, 5);
    tensor.name = prefix + tensor.name;
  });
  CHECK(saved.equals(*saved.load().model));
}

TEST_CASE("checkpoint: a table of word embeddings may be longer than the vocabulary, not shorter") {
  BertConfig config = test::tiny_config();
  // 32 and 1024 are the vocabulary's 23 tokens and padding; the others are unusual, and the report says so.
  const auto [vocab_size, is_usual] =
      GENERATE(std::pair(23, true), std::pair(24, true), std::pair(32, true), std::pair(1024, true),
               std::pair(25, false), std::pair(30, false), std::pair(1056, false), std::pair(5000, false));
  config.vocab_size = vocab_size;
  test::TemporaryFolder folder;
  const BertForMaskedLM model(config);
  save_pretrained(folder.path(), model, test::tiny_tokenizer());
  const PretrainedModel loaded = load_pretrained(folder.path());
  INFO(vocab_size << " " << loaded.report.vocabulary_note);
  CHECK(loaded.model->config().vocab_size == vocab_size);
  CHECK(test::same_bits(test::values_of(loaded.model->parameters()), test::values_of(model.parameters())));
  CHECK(loaded.report.vocabulary_note.empty() == is_usual);
  if (!is_usual) {
    CHECK_THAT(loaded.report.vocabulary_note,
               ContainsSubstring(folder.path().string()) &&
                   ContainsSubstring(fmt::format("has 23 tokens, config.json says vocab_size {}", vocab_size)));
  }
  config.vocab_size = 22;
  save_pretrained(folder.path(), BertForMaskedLM(config), test::tiny_tokenizer());
  CHECK_THROWS_WITH(load_pretrained(folder.path()),
                    ContainsSubstring("the vocabulary has 23 tokens, config.json says vocab_size 22"));
}

TEST_CASE("checkpoint: tokens that were added without rows do no harm until a text has one") {
  const std::int32_t size = test::tiny_tokenizer().vocabulary().size();
  TokenizerOptions options = test::tiny_tokenizer().options();
  options.added_tokens.push_back({.content = "<new>"});
  options.added_tokens.push_back({.content = "<other>", .special = true});
  BertConfig config = test::tiny_config();
  config.vocab_size = size;
  const test::TemporaryFolder folder;
  save_pretrained(folder.path(), BertForMaskedLM(config), Tokenizer(test::tiny_tokenizer().base_vocabulary(), options));
  const auto loaded = load_pretrained(folder.path());
  CHECK_THAT(loaded.report.vocabulary_note, ContainsSubstring("were added to the tokenizer: <new>, <other>"));
  CHECK(loaded.tokenizer.size_with_rows() == size);
  const std::string message = "has the token '<other>'";
  CHECK_NOTHROW(loaded.tokenizer.encode("a"));
  CHECK_THROWS_WITH(loaded.tokenizer.encode("a <other>"), ContainsSubstring(message));
  CHECK_THROWS_WITH(loaded.tokenizer.encode_pair("a", "<other>"), ContainsSubstring(message));
  CHECK_NOTHROW(loaded.tokenizer.encode("a a a <other>", {.truncation = Truncation::longest_first, .max_length = 5}));
  // A context is read in windows, so nothing of it is cut off.
  const Question question{.id = "1", .question = "a", .context = "b b b b b b <other>", .answers = {}};
  CHECK_THROWS_WITH(make_answering_set({question}, loaded.tokenizer, {.max_length = 8, .stride = 1}),
                    ContainsSubstring(message));
  CHECK_THROWS_WITH(read_targets(loaded.tokenizer, std::vector<std::string>{"<other>"}), ContainsSubstring(message));
  const auto answers = fill_mask(*loaded.model, loaded.tokenizer, "a [MASK]", {.top_k = size + 2});
  CHECK(answers.at(0).size() == static_cast<std::size_t>(size));
  CHECK(joint_fill(*loaded.model, loaded.tokenizer, "a [MASK]", {.top_k = size + 2, .beam = size + 2}).size() ==
        static_cast<std::size_t>(size));
}

TEST_CASE("checkpoint: tokenizer_config.json never says more tokens than there are positions") {
  TokenizerOptions options;
  options.model_max_length = GENERATE(5, 16, 512, TokenizerOptions::no_limit);
  const Tokenizer tokenizer(test::tiny_tokenizer().vocabulary(), options);
  const BertForMaskedLM model(test::tiny_config());
  test::TemporaryFolder folder;
  save_pretrained(folder.path(), model, tokenizer);
  CHECK(Tokenizer::from_directory(folder.path()).options().model_max_length == std::min(options.model_max_length, 16));
}

TEST_CASE("checkpoint: names with the prefixes of wrappers are understood, nested ones too") {
  const Saved saved;
  const std::string prefix = GENERATE("module.", "_orig_mod.", "model.", "module._orig_mod.", "model.module.");
  saved.rewrite([&](NamedTensor& tensor) { tensor.name = prefix + tensor.name; },
                {{prefix + "cls.predictions.decoder.bias", saved.value_of("cls.predictions.bias")},
                 {prefix + "more", Tensor::zeros({1})}});
  const PretrainedModel loaded = saved.load();
  CHECK(saved.equals(*loaded.model));
  CHECK(loaded.report.unexpected == std::vector<std::string>{prefix + "more"});
  // And without the leading bert., as a wrapped encoder.
  saved.rewrite([&](NamedTensor& tensor) {
    if (tensor.name.starts_with("bert.")) tensor.name.erase(0, 5);
    tensor.name = prefix + tensor.name;
  });
  CHECK(saved.equals(*saved.load().model));
}

TEST_CASE("checkpoint: errors call a tensor what the file calls it") {
  const Saved saved;
  const std::string name = "bert.encoder.layer.1.attention.self.key.weight";
  saved.rewrite([&](NamedTensor& tensor) {
    if (tensor.name == name) tensor.tensor = Tensor::zeros({36, 4});
    tensor.name = "module." + tensor.name;
  });
  CHECK_THROWS_WITH(saved.load(), ContainsSubstring("module." + name + " must be [12,12]"));
}

TEST_CASE("checkpoint: a tensor under its old and its new name is an Error that names both") {
  const Saved saved;
  const Tensor any = Tensor::zeros({12});
  for (const std::string second :
       {"bert.embeddings.LayerNorm.gamma", "embeddings.LayerNorm.weight", "module.bert.embeddings.LayerNorm.weight"}) {
    saved.rewrite([](NamedTensor&) {}, {{second, any}});
    CHECK_THROWS_WITH(saved.load(), ContainsSubstring("\"bert.embeddings.LayerNorm.weight\"") &&
                                        ContainsSubstring('"' + second + '"') && ContainsSubstring("are both"));
  }
}

TEST_CASE("checkpoint: loading draws no initial values", "[threads]") {
  const Saved saved;
  const auto next_weight = [&](bool load) {
    Tensor weight;
    std::thread([&] {
      if (load) saved.load();
      weight = Linear(5, 4).parameters()[0].value();
    }).join();
    return weight;
  };
  CHECK(test::same_bits(next_weight(true), next_weight(false)));
}

}  // namespace checkpoint_test
