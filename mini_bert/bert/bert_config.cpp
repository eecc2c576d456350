#include "mini_bert/bert/bert_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/ranges.h>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/config_keys.h"

namespace mini_bert {
namespace {

using nlohmann::json;

// In the order of the enum ProblemType.
constexpr std::array<std::string_view, 3> problem_types = {"regression", "single_label_classification",
                                                           "multi_label_classification"};
constexpr double most_parameters = 1e11;

// Reads a size that has no default, because a checkpoint without it cannot be read.
Index required(const JsonField& file, const char* key) {
  require(file.json().contains(key), "{}: {} is missing; take the config.json that belongs to the checkpoint",
          file.place(), key);
  return file.at(key).integer();
}

// A label is a text. Programs that were given numbers as labels write numbers.
std::string read_label(const JsonField& field) {
  if (field.json().is_boolean()) return field.boolean() ? "True" : "False";
  return field.json().is_number() ? field.json().dump() : field.text();
}

// Reads {"0": "negative", "1": "positive"}. Each number from 0 on must occur once. Without id2label, or if it has
// another number of labels, num_labels counts, and the labels are called LABEL_0, LABEL_1, …, as in transformers.
std::vector<std::string> read_labels(const JsonField& file) {
  const std::optional<JsonField> map = file.find("id2label"), number = file.find("num_labels");
  if (map && !map->json().is_object()) map->fail("an object like {\"0\": \"LABEL_0\"}");
  std::vector<std::string> labels;
  const std::size_t count = map ? map->json().size() : 0;
  constexpr Index most_labels = 1'000'000;
  if (const Index said = number ? number->integer(1, most_labels) : 0;
      number && static_cast<std::size_t>(said) != count) {
    for (Index id = 0; id < said; ++id) labels.push_back(fmt::format("LABEL_{}", id));
    return labels;
  }
  for (std::size_t id = 0; id < count; ++id) {
    const std::string key = std::to_string(id);
    require(map->json().contains(key),
            "{}: id2label has {} labels but no \"{}\", expected \"0\" to \"{}\"; correct the file", file.place(), count,
            id, count - 1);
    labels.push_back(read_label(map->at(key)));
  }
  return labels;
}

// Error when the configuration describes a model that this code does not compute.
void refuse_other_models(const JsonField& file) {
  std::string model_type = "bert";
  std::string positions = "absolute";
  bool is_decoder = false;
  bool cross_attention = false;
  file.read("model_type", model_type);
  file.read_set("position_embedding_type", positions);
  file.read_set("is_decoder", is_decoder);
  file.read_set("add_cross_attention", cross_attention);
  const std::string& name = file.place();
  require(model_type == "bert", "{}: model_type is {}, expected \"bert\"; choose a BERT checkpoint", name,
          in_quotes(model_type));
  require(positions == "absolute",
          "{}: position_embedding_type is {}, supported is \"absolute\"; choose a checkpoint with absolute positions",
          name, in_quotes(positions));
  require(!is_decoder, "{}: is_decoder is true, supported is false; choose an encoder checkpoint", name);
  require(!cross_attention, "{}: add_cross_attention is true, supported is false; choose an encoder checkpoint", name);
}

}  // namespace

std::string_view name_of(ProblemType type) {
  return problem_types.at(static_cast<std::size_t>(type));
}

Activation BertConfig::activation() const {
  const std::optional<Activation> found = find_activation(hidden_act);
  if (!found) {
    std::vector<std::string_view> known;
    for (const Activation activation : all_activations()) {
      for (const std::string_view name : names_of(activation)) known.push_back(name);
    }
    fail("hidden_act is {}, supported are {}; choose a checkpoint that uses one of them", in_quotes(hidden_act),
         fmt::join(known, ", "));
  }
  return *found;
}

ProblemType BertConfig::problem() const {
  if (!problem_type) return label_count() == 1 ? ProblemType::regression : ProblemType::single_label_classification;
  const auto found = std::ranges::find(problem_types, *problem_type);
  return static_cast<ProblemType>(found - problem_types.begin());
}

std::string BertConfig::label(Index id) const {
  return labels.empty() ? fmt::format("LABEL_{}", id) : labels.at(static_cast<std::size_t>(id));
}

double BertConfig::parameter_count() const {
  const auto vocab = static_cast<double>(vocab_size);
  const auto hidden = static_cast<double>(hidden_size);
  const auto inner = static_cast<double>(intermediate_size);
  const double layer_norm = 2 * hidden;
  const double embeddings = (vocab + static_cast<double>(max_position_embeddings + type_vocab_size)) * hidden;
  const double attention = 4 * (hidden * hidden + hidden) + layer_norm;  // query, key, value, output
  const double feed_forward = (hidden * inner + inner) + (inner * hidden + hidden) + layer_norm;
  const double pooler = hidden * hidden + hidden;
  return embeddings + layer_norm + static_cast<double>(num_hidden_layers) * (attention + feed_forward) + pooler;
}

void BertConfig::check(const std::string& name) const {
  const auto in_range = [&](const char* key, auto value, auto least, auto most) {
    require(least <= value && value <= most, "{}: {} is {}, expected {} to {}; correct the file", name, key, value,
            least, most);
  };
  in_range("vocab_size", vocab_size, Index{1}, Index{100'000'000});
  in_range("hidden_size", hidden_size, Index{1}, Index{1'000'000});
  in_range("num_hidden_layers", num_hidden_layers, Index{1}, Index{10'000});
  in_range("num_attention_heads", num_attention_heads, Index{1}, hidden_size);
  in_range("intermediate_size", intermediate_size, Index{1}, Index{10'000'000});
  in_range("max_position_embeddings", max_position_embeddings, Index{1}, Index{10'000'000});
  in_range("type_vocab_size", type_vocab_size, Index{1}, Index{1'000'000});
  if (pad_token_id) in_range("pad_token_id", *pad_token_id, Index{0}, vocab_size - 1);
  require(hidden_size % num_attention_heads == 0,
          "{}: hidden_size {} is not a multiple of num_attention_heads {}; correct the file", name, hidden_size,
          num_attention_heads);
  require(parameter_count() <= most_parameters,
          "{}: describes {:.2g} parameters, expected at most {:.0g}; correct the file", name, parameter_count(),
          most_parameters);

  const auto probability = [&](const char* key, double value) {
    require(value >= 0 && value < 1, "{}: {} is {}, expected at least 0 and less than 1; correct the file", name, key,
            value);
  };
  probability("hidden_dropout_prob", hidden_dropout_prob);
  probability("attention_probs_dropout_prob", attention_probs_dropout_prob);
  if (classifier_dropout) probability("classifier_dropout", *classifier_dropout);
  in_range("initializer_range", initializer_range, 0.0, 100.0);
  require(layer_norm_eps > 0 && layer_norm_eps < 1,
          "{}: layer_norm_eps is {}, expected more than 0 and less than 1; correct the file", name, layer_norm_eps);
  require(!problem_type || std::ranges::find(problem_types, *problem_type) != problem_types.end(),
          "{}: problem_type is {}, supported are {}; correct the file", name, in_quotes(problem_type.value_or("")),
          fmt::join(problem_types, ", "));
  try {
    activation();
  } catch (const Error& error) {
    fail("{}: {}", name, error.what());
  }
}

BertConfig BertConfig::read(const std::filesystem::path& path) {
  return with_file_name(path.string(), [&] { return from_json(read_text_file(path, 10'000'000), path.string()); });
}

BertConfig BertConfig::from_json(std::string_view text, const std::string& name) {
  const json object = parse_json(text, name);
  const JsonField file(object, name);
  if (!object.is_object()) file.fail("an object {…}: is it a config.json?");
  refuse_other_models(file);

  BertConfig config;
  for (const std::string& key : check_keys(file, config_keys)) {
    config.unknown_keys.push_back("config.json: " + printable(key));
  }
  config.vocab_size = required(file, "vocab_size");
  config.hidden_size = required(file, "hidden_size");
  config.num_hidden_layers = required(file, "num_hidden_layers");
  config.num_attention_heads = required(file, "num_attention_heads");
  config.intermediate_size = required(file, "intermediate_size");
  config.max_position_embeddings = required(file, "max_position_embeddings");
  file.read("type_vocab_size", config.type_vocab_size);
  file.read("pad_token_id", config.pad_token_id);
  file.read("hidden_act", config.hidden_act);
  file.read("hidden_dropout_prob", config.hidden_dropout_prob);
  file.read("attention_probs_dropout_prob", config.attention_probs_dropout_prob);
  file.read("classifier_dropout", config.classifier_dropout);
  file.read("initializer_range", config.initializer_range);
  file.read("layer_norm_eps", config.layer_norm_eps);
  file.read_set("tie_word_embeddings", config.tie_word_embeddings);
  file.read_set("architectures", config.architectures);
  file.read("problem_type", config.problem_type);
  config.labels = read_labels(file);
  config.other_keys = object.dump();
  config.check(name);
  return config;
}

std::string BertConfig::to_json() const {
  json object = parse_json(other_keys, "config");
  object["model_type"] = "bert";
  object["vocab_size"] = vocab_size;
  object["hidden_size"] = hidden_size;
  object["num_hidden_layers"] = num_hidden_layers;
  object["num_attention_heads"] = num_attention_heads;
  object["intermediate_size"] = intermediate_size;
  object["max_position_embeddings"] = max_position_embeddings;
  object["type_vocab_size"] = type_vocab_size;
  object["pad_token_id"] = pad_token_id ? json(*pad_token_id) : json();
  object["hidden_act"] = hidden_act;
  object["hidden_dropout_prob"] = hidden_dropout_prob;
  object["attention_probs_dropout_prob"] = attention_probs_dropout_prob;
  object["classifier_dropout"] = classifier_dropout ? json(*classifier_dropout) : json();
  object["initializer_range"] = initializer_range;
  object["layer_norm_eps"] = layer_norm_eps;
  // An optional key is written only if it is set or if the file that was read had it.
  const auto set = [&](const char* key, const json& value, bool stated) {
    if (stated || object.contains(key)) object[key] = value;
  };
  set("tie_word_embeddings", tie_word_embeddings, !tie_word_embeddings);
  set("architectures", architectures.empty() ? json() : json(architectures), !architectures.empty());
  set("problem_type", problem_type ? json(*problem_type) : json(), problem_type.has_value());
  // num_labels would repeat id2label, and could contradict it.
  for (const char* key : {"id2label", "label2id", "num_labels", "_num_labels"}) object.erase(key);
  if (!labels.empty()) object["id2label"] = object["label2id"] = json::object();
  for (std::size_t id = 0; id < labels.size(); ++id) {
    object["id2label"][std::to_string(id)] = labels[id];
    object["label2id"][labels[id]] = id;
  }
  return object.dump(2, ' ', true) + '\n';
}

RunIdentity BertConfig::identity() const {
  BertConfig computed = *this;
  computed.other_keys = "{}";
  computed.architectures.clear();
  const json object = json::parse(computed.to_json());
  RunIdentity identity;
  for (const auto& [key, value] : object.items()) {
    if (key != "label2id") identity.add_text("config." + key, value.dump());
  }
  return identity;
}

}  // namespace mini_bert
