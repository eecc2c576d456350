#include "tests/fuzz/readers.h"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "apps/console/command_line.h"
#include "apps/predict/request.h"
#include "apps/train/schedule_options.h"
#include "apps/train/train_options.h"
#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/choices.h"
#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/bert/data/sentence_pairs.h"
#include "mini_bert/bert/data/tagged_texts.h"
#include "mini_bert/bert/data/word_list.h"
#include "mini_bert/bert/predict/sentence_folder.h"
#include "mini_bert/bert/training/guard.h"
#include "mini_bert/bert/training/history.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/files/tensorflow_checkpoint.h"
#include "mini_bert/files/torch_file.h"
#include "mini_bert/files/weight_files.h"
#include "mini_bert/tokenizer/tokenizer.h"
#include "tests/files/temporary_folder.h"
#include "tests/fuzz/seeds.h"

#ifdef MINI_BERT_HUB
#include "mini_bert/hub/repository.h"
#endif

namespace mini_bert::fuzz {
namespace {

namespace fs = std::filesystem;

const test::TemporaryFolder& folder() {
  static const test::TemporaryFolder folder;
  return folder;
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

template <class Read>
void ignoring_errors(const Read& read) {
  try {
    read();
  } catch (const Error&) {
  } catch (const UsageError&) {
  }
}

void read_all(const TensorFile& file) {
  for (const StoredTensor& tensor : file.tensors()) {
    ignoring_errors([&] {  // stored as integers, for example
      const Tensor read = file.read(tensor.name);
      require(read.size() == tensor.size(), "{}", tensor.name);
    });
  }
}

// Containers of weights. A file is written only for bytes that the parser accepts, because that is slow.
void read_safetensors(std::string_view bytes) {
  parse_safetensors_header(as_bytes(bytes), "x.safetensors");
  read_all(SafetensorsFile(folder().put("x.safetensors", bytes)));
}
void read_torch(std::string_view bytes) {
  parse_torch_file(as_bytes(bytes), "x.bin");
  read_all(open_torch_file(folder().put("x.bin", bytes)));
}
void read_tensorflow(std::string_view bytes) {
  parse_tensorflow_index(as_bytes(bytes), "m.index");
  folder().put("m.data-00000-of-00001", std::string(64, '\1'));
  const fs::path index = folder().put("m.index", bytes);
  for (const TensorFile& file : open_tensorflow_checkpoint(index)) read_all(file);
}
void read_weight_index(std::string_view bytes) {
  fs::create_directories(folder() / "sharded");
  folder().put("sharded/model.safetensors.index.json", bytes);
  open_weights(folder() / "sharded");
}

void read_config(std::string_view bytes) {
  const BertConfig config = BertConfig::from_json(bytes, "config.json");
  BertConfig::from_json(config.to_json(), "written config.json");
}

// A tokenizer whose folder has the bytes as one of its files. It then reads a text and writes it again.
void use(const Tokenizer& tokenizer, std::string_view text) {
  const auto check = [&](const Encoding& encoding) {
    for (const TextRange& range : encoding.offsets) {
      if (range.begin > range.end || range.end > text.size()) throw std::logic_error("an offset outside of the text");
    }
    tokenizer.decode(encoding.ids);
  };
  check(tokenizer.encode(text));
  check(tokenizer.encode(text, {.truncation = Truncation::longest_first, .max_length = 5, .stride = 1}));
}
void read_tokenizer(const char* file, std::string_view bytes) {
  const std::string name = std::string("tokenizer_of_") + file;
  if (!fs::exists(folder() / name)) {
    fs::create_directories(folder() / name);
    folder().put(name + "/vocab.txt", vocabulary_text());
  }
  folder().put(name + "/" + file, bytes);
  const Tokenizer tokenizer = Tokenizer::from_directory(folder() / name);
  use(tokenizer, "Hello 我的 [MASK] héllo!");
  tokenizer.vocab_text();
  tokenizer.config_text();
}
const Tokenizer& fixed_tokenizer() {
  static const Tokenizer tokenizer(Vocabulary::parse(vocabulary_text()));
  return tokenizer;
}

// A text that is read by a fixed tokenizer. Bytes that are not UTF-8 are an Error.
void read_text(std::string_view bytes) {
  use(fixed_tokenizer(), bytes);
}
void read_vocabulary(std::string_view bytes) {
  const Vocabulary vocabulary = Vocabulary::parse(bytes);
  ignoring_errors([&] { Vocabulary::parse(vocabulary.text()); });
  ignoring_errors([&] { use(Tokenizer(vocabulary), "Hello 我"); });
}

// Data files of every task, in the format of an extension. Each reader gets them, whether or not it accepts them; the
// bytes count as accepted if the first does.
void read_data(const char* extension, std::string_view bytes) {
  const DataSource source = DataSource::in_memory(std::string("x") + extension, extension, std::string(bytes));
  ignoring_errors([&] { read_samples(source, {.takes_pair = true, .keep_all = true, .mask_spans = true}); });
  ignoring_errors([&] { read_labelled_texts(source, {.several = true}); });
  ignoring_errors([&] { read_documents(source, ""); });
  ignoring_errors([&] { read_choice_questions(source, Answers::optional); });
  ignoring_errors([&] { read_words(source, "", {"B-PER", "O"}); });
  ignoring_errors([&] { read_questions(source, Answers::optional); });
  read_samples(source, {.mask_spans = true});
}
void read_tags(std::string_view bytes) {
  for (const char* extension : {".txt", ".tsv", ".jsonl"}) {
    const DataSource source = DataSource::in_memory(std::string("x") + extension, extension, std::string(bytes));
    ignoring_errors([&] { read_words(source, "", {"B-PER", "O"}); });
    if (extension != std::string_view(".txt")) ignoring_errors([&] { read_tagged_texts(source, {}); });
  }
  read_tagged_texts(DataSource::in_memory("x.txt", ".txt", std::string(bytes)), {});
}
void read_squad(std::string_view bytes) {
  const auto read = [&](const char* extension) {
    return read_questions(DataSource::in_memory(std::string("x") + extension, extension, std::string(bytes)));
  };
  ignoring_errors([&] { read(".csv"); });
  const QuestionFile file = read(".json");
  make_answering_set(file.questions, fixed_tokenizer(), {.max_length = 12, .stride = 3});
}
void read_choices(std::string_view bytes) {
  const auto read = [&](const char* extension) {
    return read_choice_questions(DataSource::in_memory(std::string("x") + extension, extension, std::string(bytes)),
                                 Answers::required);
  };
  ignoring_errors([&] { read(".csv"); });
  make_choosing_set(read(".json").questions, fixed_tokenizer(), 12);
}
void read_words_to_mask(std::string_view bytes) {
  ignoring_errors([&] { read_guard(folder().put("guard.jsonl", bytes), fixed_tokenizer(), 16); });
  read_word_list(folder().put("words.txt", bytes), fixed_tokenizer());
}

void read_trainer_state(std::string_view bytes) {
  const TrainingHistory history = TrainingHistory::from_json(bytes, "trainer_state.json");
  TrainingHistory::from_json(history.to_json(), "written trainer_state.json");
}

// The flags of a run, as arguments.json has them.
void read_arguments(std::string_view bytes) {
  const fs::path file = folder().put("arguments.json", bytes);
  const fs::path data = folder().put("train.txt", "text\n");
  const TrainOptions options = complete_options({"--arguments", file.string(), "--model", folder().path().string(),
                                                 "--train", data.string(), "--output", (folder() / "out").string()});
  arguments_json(options.given);
}
void read_schedule(std::string_view bytes) {
  const auto read = [&](Schedule schedule) {
    const ScheduleOptions options = parse_schedule_options(std::string(bytes), schedule);
    for (const Index step : {0, 3, 10}) learning_rate_factor(schedule, step, 2, 10, options, 1e-4);
  };
  ignoring_errors([&] { read(Schedule::polynomial); });
  ignoring_errors([&] { read(Schedule::cosine_with_min_lr); });
  read(Schedule::warmup_stable_decay);
}

void read_request(std::string_view bytes) {
  const Request request = json_request(std::string(bytes), "line 1");
  ignoring_errors([&] { request.whole_text(); });
  if (!request.problem.empty()) throw Error(request.problem);
}

// A folder of sentence-transformers, with these modules, this pooling, and these prompts.
void read_modules(std::string_view bytes) {
  fs::create_directories(folder() / "sentences/1_Pooling");
  const auto read = [&](std::string_view modules, std::string_view pooling, std::string_view prompts) {
    folder().put("sentences/modules.json", modules);
    folder().put("sentences/1_Pooling/config.json", pooling);
    folder().put("sentences/config_sentence_transformers.json", prompts);
    read_sentence_folder(folder() / "sentences", fixed_tokenizer());
  };
  const std::string modules = modules_seeds().front();
  constexpr std::string_view pooling = R"({"word_embedding_dimension": 4, "pooling_mode_mean_tokens": true})";
  ignoring_errors([&] { read(modules, bytes, "{}"); });
  ignoring_errors([&] { read(modules, pooling, bytes); });
  read(bytes, pooling, "{}");
}

#ifdef MINI_BERT_HUB
// The list of a repository's files. Its names must not lead out of a folder.
void read_listing(std::string_view bytes) {
  const hub::Repository repository = hub::parse_listing(bytes, "http://hub/api", "org/tiny");
  for (const std::string& name : hub::wanted_files(repository.files, hub::ModelFiles::all)) {
    if (name.find("..") != name.npos || name.starts_with('/')) throw std::logic_error("a name outside of the folder");
  }
}
// Headers, one "name: value" a line.
void read_headers(std::string_view bytes) {
  hub::HttpAnswer answer;
  answer.status = 200;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t colon = std::min(line.find(": "), line.size());
    answer.headers[std::string(line.substr(0, colon))] = line.substr(std::min(colon + 2, line.size()));
  }
  answer.location = answer.header("location");
  hub::parse_description(answer, "http://hub/x", "x");
}
#endif

const Reader table[] = {
    {"safetensors", read_safetensors, safetensors_seeds},
    {"torch", read_torch, torch_seeds},
    {"tensorflow", read_tensorflow, tensorflow_seeds},
    {"weight_index", read_weight_index, [] { return Seeds{R"({"weight_map": {"w": "a.safetensors"}})"}; }},
    {"config", read_config, config_seeds},
    {"tokenizer_json", [](auto bytes) { read_tokenizer("tokenizer.json", bytes); }, tokenizer_json_seeds},
    {"tokenizer_config", [](auto bytes) { read_tokenizer("tokenizer_config.json", bytes); }, tokenizer_config_seeds},
    {"special_tokens", [](auto bytes) { read_tokenizer("special_tokens_map.json", bytes); }, special_tokens_seeds},
    {"added_tokens", [](auto bytes) { read_tokenizer("added_tokens.json", bytes); },
     [] { return Seeds{R"({"new": 11, "newer": 12})"}; }},
    {"vocabulary", read_vocabulary, [] { return Seeds{vocabulary_text()}; }},
    {"text", read_text, text_seeds},
    {"json", [](auto bytes) { read_data(".json", bytes); }, json_seeds},
    {"jsonl", [](auto bytes) { read_data(".jsonl", bytes); }, jsonl_seeds},
    {"csv", [](auto bytes) { read_data(".csv", bytes); }, csv_seeds},
    {"tsv", [](auto bytes) { read_data(".tsv", bytes); }, [] { return Seeds{"text\tlabel\n好\t1\n坏\t0\n"}; }},
    {"txt", [](auto bytes) { read_data(".txt", bytes); }, text_seeds},
    {"squad", read_squad, squad_seeds},
    {"choices", read_choices, choices_seeds},
    {"tags", read_tags, tags_seeds},
    {"mask_words", read_words_to_mask,
     [] {
       return Seeds{"我的\t2\nHello\n", R"({"text": "我[MASK]", "answer": "的"})"};
     }},
    {"trainer_state", read_trainer_state, trainer_state_seeds},
    {"arguments", read_arguments, arguments_seeds},
    {"schedule", read_schedule,
     [] {
       return Seeds{R"({"num_decay_steps": 3})", R"({"min_lr_rate": 0.1})", R"({"power": 2})"};
     }},
    {"request", read_request, request_seeds},
    {"modules", read_modules, modules_seeds},
#ifdef MINI_BERT_HUB
    {"hub_listing", read_listing, hub_listing_seeds},
    {"hub_headers", read_headers, hub_headers_seeds},
#endif
};

void check_message(const Reader& reader, std::string_view message) {
  if (message.empty() || message.find('\n') != message.npos) {
    throw std::logic_error(fmt::format("{}: not one line: {}", reader.name, message));
  }
}

}  // namespace

std::span<const Reader> readers() {
  return table;
}

const Reader& reader_named(std::string_view name) {
  const auto* const found = std::ranges::find(table, name, &Reader::name);
  require(found != std::end(table), "there is no reader {}", name);
  return *found;
}

bool accepts(const Reader& reader, std::string_view bytes) {
  try {
    reader.read(bytes);
    return true;
  } catch (const Error& error) {
    check_message(reader, error.what());
  } catch (const UsageError& error) {
    check_message(reader, error.what());
  } catch (const std::exception& error) {
    throw std::logic_error(fmt::format("{}: no Error: {}", reader.name, error.what()));
  }
  return false;
}

}  // namespace mini_bert::fuzz
