#include "mini_bert/files/weight_files.h"

#include <cmath>
#include <set>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/tensor/half.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

namespace {

const fs::path golden = fs::path(MINI_BERT_SOURCE_DIR) / "tests/golden/checkpoints";

// A folder with the fixture's files, and what it needs beside them to be a model directory.
struct ModelFolder {
  explicit ModelFolder(const std::string& name) {
    add(golden / name);
    for (const char* needed : {"config.json", "vocab.txt"}) {
      if (name != "tensorflow" || std::string(needed) != "config.json") {
        fs::copy_file(golden / "model" / needed, folder / needed, fs::copy_options::overwrite_existing);
      }
    }
  }
  void add(const fs::path& files) const {
    for (const auto& entry : fs::directory_iterator(files)) {
      fs::copy_file(entry.path(), folder / entry.path().filename().string(), fs::copy_options::overwrite_existing);
    }
  }
  std::string error() const {
    return error_of([&] { open_weights(folder.path()); });
  }

  TemporaryFolder folder;
};

std::vector<float> values(const Tensor& tensor) {
  return {tensor.values<float>().begin(), tensor.values<float>().end()};
}

// What a file of the type can keep of a number.
float rounded(float value, const std::string& container) {
  if (container == "torch_half") return half_to_float(float_to_half(value));
  return container == "torch_sharded" ? static_cast<float>(BFloat16(value)) : value;
}

constexpr const char* containers[] = {"model",      "safetensors_sharded", "torch_zip", "torch_legacy",
                                      "torch_half", "torch_sharded",       "tensorflow"};

}  // namespace

TEST_CASE("weights: a masked language model loads from every container, with the same numbers") {
  const ModelFolder whole("model");
  const PretrainedModel expected = load_pretrained(whole.folder.path());
  const std::vector<Parameter> parameters = expected.model->parameters();
  const SafetensorsFile file(whole.folder / "model.safetensors");
  for (const std::string container : containers) {
    CAPTURE(container);
    const ModelFolder model(container);
    const PretrainedModel loaded = load_pretrained(model.folder.path());
    const std::vector<Parameter> found = loaded.model->parameters();
    REQUIRE(found.size() == parameters.size());
    for (const Parameter& parameter : found) {
      CAPTURE(checkpoint_name(parameter));
      std::vector<float> numbers = values(file.read(checkpoint_name(parameter)));
      for (float& number : numbers) number = rounded(number, container);
      CHECK(values(parameter.value().to(DType::f32)) == numbers);
    }
    // The heads that a masked language model lacks; neither position_ids nor the decoder nor an optimizer's variables.
    const auto& names = loaded.report.unexpected;
    std::set<std::string> unexpected(names.begin(), names.end());
    if (container == "tensorflow") {
      CHECK(unexpected == std::set<std::string>{"bert/pooler/dense/bias", "bert/pooler/dense/kernel",
                                                "cls/seq_relationship/output_bias",
                                                "cls/seq_relationship/output_weights"});
      continue;
    }
    if (container == "torch_sharded") {
      CHECK(unexpected.erase("pooler.dense.bias") + unexpected.erase("pooler.dense.weight") == 2);
    } else {
      CHECK(unexpected.erase("bert.pooler.dense.bias") + unexpected.erase("bert.pooler.dense.weight") == 2);
    }
    CHECK(unexpected == std::set<std::string>{"cls.seq_relationship.bias", "cls.seq_relationship.weight"});
  }
}

TEST_CASE("weights: in a folder with several containers the first of the order is read") {
  const ModelFolder model("tensorflow");
  const auto first = [&] { return fs::path(open_weights(model.folder.path()).front().path()).filename().string(); };
  CHECK(first() == "bert_model.ckpt.data-00000-of-00001");
  model.add(golden / "torch_sharded");
  CHECK(first() == "pytorch_model-00001-of-00002.bin");
  model.add(golden / "torch_zip");
  CHECK(first() == "pytorch_model.bin");
  model.add(golden / "safetensors_sharded");
  CHECK(first() == "model-00001-of-00002.safetensors");
  model.add(golden / "model");
  CHECK(first() == "model.safetensors");
}

TEST_CASE("weights: a folder without any is an Error that names the files looked for") {
  const TemporaryFolder folder;
  CHECK_THAT(
      error_of([&] { open_weights(folder.path()); }),
      ContainsSubstring("model.safetensors: there is no such file, nor pytorch_model.bin, an index of either, or "
                        "bert_model.ckpt.index beside it"));
}

TEST_CASE("weights: where the usual files are missing, an Error names what lies there instead") {
  const ModelFolder model("model");
  const auto with = [&](const std::vector<std::string>& names) {
    for (const auto& entry : fs::directory_iterator(model.folder.path())) {
      if (entry.path().extension() != ".json" && entry.path().extension() != ".txt") fs::remove(entry.path());
    }
    for (const std::string& name : names) write_file_atomically(model.folder / name, "x");
    return model.error();
  };
  CHECK_THAT(with({}), ContainsSubstring("beside it; download the model's weights"));
  CHECK_THAT(with({"tf_model.h5", "flax_model.msgpack"}),
             ContainsSubstring("beside it; found flax_model.msgpack, tf_model.h5; if these are"));
  CHECK_THAT(with({"model (1).safetensors"}),
             ContainsSubstring("found model (1).safetensors; ") && ContainsSubstring("rename"));
  CHECK_THAT(with({"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"}),
             ContainsSubstring("download the index of these files, model.safetensors.index.json"));
  CHECK_THAT(with({"1.pt", "2.pt", "3.pt", "4.pt", "5.pt", "6.pt", "7.pt"}), ContainsSubstring("6.pt, …; "));

  const ModelFolder parts("safetensors_sharded");
  fs::rename(parts.folder / "model-00002-of-00002.safetensors", parts.folder / "model-2.safetensors");
  CHECK_THAT(parts.error(), ContainsSubstring("the file \"model-00002-of-00002.safetensors\" is not there") &&
                                ContainsSubstring("; found model-00001-of-00002.safetensors, model-2.safetensors"));
}

TEST_CASE("weights: a file of another kind is called by its name") {
  const ModelFolder model("model"), torch("torch_zip");
  const std::string safetensors = content_of(model.folder / "model.safetensors");
  const std::string zip = content_of(torch.folder / "pytorch_model.bin");
  const auto as = [&](const std::string& name, const std::string& content) {
    fs::remove(model.folder / "model.safetensors");
    fs::remove(model.folder / "pytorch_model.bin");
    write_file_atomically(model.folder / name, content);
    return model.error();
  };
  CHECK(as("model.safetensors", safetensors) == "no error");
  CHECK(as("pytorch_model.bin", zip) == "no error");
  CHECK_THAT(as("pytorch_model.bin", safetensors),
             ContainsSubstring("pytorch_model.bin: is a safetensors file; call it"));
  CHECK_THAT(as("model.safetensors", zip), ContainsSubstring("model.safetensors: is a zip archive, as torch.save"));
  const std::pair<std::string, std::string> others[] = {{"<!DOCTYPE html><html>", "is a web page"},
                                                        {"{\"error\": \"not found\"}", "is a text in JSON"},
                                                        {"\x1f\x8b\b\x01\x02\x03\x04\x05\x06", "with gzip"},
                                                        {"\x89HDF\r\n\x1a\n_", "is an HDF5 file"},
                                                        {"GGUF_________", "is a GGUF file"}};
  for (const auto& [content, message] : others) {
    for (const std::string name : {"model.safetensors", "pytorch_model.bin"}) {
      CHECK_THAT(as(name, content), ContainsSubstring(name + ": is") && ContainsSubstring(message));
    }
  }
}

TEST_CASE("weights: an index that is wrong is refused") {
  const ModelFolder model("safetensors_sharded");
  const fs::path index = model.folder / "model.safetensors.index.json";
  const auto error = [&](const std::string& text) {
    std::ofstream(index) << text;
    return model.error();
  };
  const auto in_file = [&](const std::string& file) { return error(R"({"weight_map":{"w":")" + file + R"("}})"); };
  const std::string path = index.string() + ": ";
  CHECK_THAT(error("{"), ContainsSubstring(path + "not JSON"));
  CHECK_THAT(error("[]"),
             ContainsSubstring(index.string() + " is an array, expected an object; download the index again"));
  CHECK_THAT(error("{}"), ContainsSubstring(path + "weight_map is missing"));
  CHECK_THAT(error(R"({"weight_map":[]})"), ContainsSubstring(path + "weight_map is an array, expected an object"));
  CHECK_THAT(error(R"({"weight_map":{}})"), ContainsSubstring(path + "weight_map is empty"));
  CHECK_THAT(error(R"({"weight_map":{"w":1}})"), ContainsSubstring("weight_map: w is 1, expected a text"));
  CHECK_THAT(error(R"({"weight_map":{"w":"a","w":"b"}})"), ContainsSubstring(path));
  for (const std::string escape :
       {"../model.safetensors", "/etc/passwd", "a/b", "..", ".", "", "a\\\\b", "a\\u0000b"}) {
    CAPTURE(escape);
    CHECK_THAT(in_file(escape), ContainsSubstring("expected a file beside the index"));
  }
  CHECK_THAT(in_file("model-00003-of-00002.safetensors"),
             ContainsSubstring("the file \"model-00003-of-00002.safetensors\" is not there"));
  CHECK_THAT(in_file("model-00002-of-00002.safetensors"),
             ContainsSubstring("model-00002-of-00002.safetensors: has no tensor \"w\", expected it as "
                               "model.safetensors.index.json says"));
}

TEST_CASE("weights: a tensor in two files is an Error that names it") {
  const ModelFolder model("safetensors_sharded");
  write_safetensors(model.folder / "other.safetensors",
                    std::vector<NamedTensor>{{"cls.predictions.bias", Tensor::zeros({31})}});
  std::ofstream(model.folder / "model.safetensors.index.json")
      << R"({"weight_map":{"cls.predictions.bias":"other.safetensors",)"
      << R"("bert.embeddings.LayerNorm.bias":"model-00001-of-00002.safetensors",)"
      << R"("cls.predictions.transform.dense.bias":"model-00002-of-00002.safetensors"}})";
  CHECK_THAT(error_of([&] { load_pretrained(model.folder.path()); }),
             ContainsSubstring("other.safetensors: tensor \"cls.predictions.bias\" is also in ") &&
                 ContainsSubstring("model-00002-of-00002.safetensors, expected it in one of them"));
}

TEST_CASE("weights: a file may hold the head's bias under its second name only") {
  const ModelFolder model("model");
  const PretrainedModel before = load_pretrained(model.folder.path(), {.memory = WeightMemory::allocated});
  std::vector<NamedTensor> tensors = named_tensors(before.model->parameters());
  for (NamedTensor& tensor : tensors) {
    if (tensor.name == "cls.predictions.bias") tensor.name = "cls.predictions.decoder.bias";
  }
  write_safetensors(model.folder / "model.safetensors", tensors);
  const PretrainedModel after = load_pretrained(model.folder.path());
  CHECK(same_bits(values_of(after.model->parameters()), values_of(before.model->parameters())));
  CHECK(after.report.unexpected.empty());
}

TEST_CASE("weights: writing to a loaded parameter leaves the file alone") {
  const ModelFolder model("model");
  const std::string before = content_of(model.folder / "model.safetensors");
  {
    const PretrainedModel loaded = load_pretrained(model.folder.path());
    for (const Parameter& parameter : loaded.model->parameters()) {
      Tensor value = parameter.value();
      value.fill(7);
      CHECK(value.data<float>()[0] == 7);
    }
  }
  CHECK(content_of(model.folder / "model.safetensors") == before);
}

TEST_CASE("weights: a tensor outlives the file it is a view of") {
  const ModelFolder model("model");
  Tensor word_embeddings;
  {
    const SafetensorsFile file(model.folder / "model.safetensors");
    word_embeddings = file.read("bert.embeddings.word_embeddings.weight");
    // The same numbers at the same place: nothing was copied.
    CHECK(file.read("bert.embeddings.word_embeddings.weight").raw() == word_embeddings.raw());
  }
  fs::remove(model.folder / "model.safetensors");
  CHECK(values(word_embeddings) ==
        values(SafetensorsFile(golden / "model/model.safetensors").read("bert.embeddings.word_embeddings.weight")));
}

TEST_CASE("weights: what Git LFS leaves in the place of a file is called by its name") {
  const ModelFolder model("model");
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 411553788\n";
  for (const std::string name : {"model.safetensors", "vocab.txt", "config.json"}) {
    INFO(name);
    const std::string before = content_of(model.folder / name);
    write_file_atomically(model.folder / name, pointer);
    CHECK_THAT(error_of([&] { load_pretrained(model.folder.path()); }),
               ContainsSubstring(name + ": is a pointer of Git LFS") && ContainsSubstring("git lfs pull"));
    write_file_atomically(model.folder / name, before);
  }
  fs::remove(model.folder / "model.safetensors");
  for (const std::string name : {"bert_model.ckpt.index", "pytorch_model.bin"}) {
    write_file_atomically(model.folder / name, pointer);
    CHECK_THAT(error_of([&] { load_pretrained(model.folder.path()); }), ContainsSubstring(name + ": is a pointer of"));
  }
}
