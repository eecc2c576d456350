#include "mini_bert/files/safetensors.h"

#include <bit>
#include <cmath>
#include <limits>

#include "mini_bert/tensor/half.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"
#include "tests/files/safetensors_file.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

Tensor random_tensor(const Shape& shape, std::uint32_t stream, DType dtype = DType::f32) {
  Tensor tensor(shape);
  fill_normal(tensor, 0, 1, {.seed = 1, .stream = stream});
  return tensor.to(dtype);
}

std::string bits(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.raw()), tensor.bytes()};
}

}  // namespace

TEST_CASE("safetensors: what is written is read back, bit for bit") {
  const TemporaryFolder folder;
  const std::vector<NamedTensor> tensors = {
      {"bert.embeddings.word_embeddings.weight", random_tensor({37, 5}, 0)},
      {"scalar", random_tensor({}, 1)},
      {"empty", Tensor({0, 3})},
      {"诸葛亮 \"\\\n", random_tensor({2, 3, 4, 5}, 2)},
      {"half.width", random_tensor({7}, 3, DType::bf16)},
      {"half.f16", random_tensor({3, 3}, 5, DType::f16)},
      {"double", random_tensor({3}, 4, DType::f64)},
      {"ids", Tensor::from(std::vector<std::int32_t>{1, -2, 3})},
  };
  write_safetensors(folder / "model.safetensors", tensors, StorageType::unchanged, {{"format", "pt"}, {"步", "7"}});

  const SafetensorsFile file(folder / "model.safetensors");
  CHECK(file.metadata() == std::map<std::string, std::string>{{"format", "pt"}, {"步", "7"}});
  REQUIRE(file.tensors().size() == tensors.size());
  for (const NamedTensor& named : tensors) {
    CAPTURE(named.name);
    const StoredTensor* stored = file.find(named.name);
    REQUIRE(stored != nullptr);
    CHECK(stored->shape() == to_string(named.tensor.shape()));
    CHECK(stored->size() == named.tensor.size());
    if (named.name == "ids") continue;
    const Tensor read = file.read(named.name, named.tensor.dtype());
    CHECK(read.shape() == named.tensor.shape());
    CHECK(bits(read) == bits(named.tensor));
  }
  CHECK(file.find("ids")->type.name == "I32");
  // Wider elements first, each width in the given order.
  CHECK(file.tensors()[0].name == "double");
  CHECK(file.tensors()[1].name == tensors[0].name);
  CHECK(file.tensors()[2].name == "scalar");
  CHECK(file.tensors()[file.tensors().size() - 2].name == "half.width");
  CHECK(file.tensors().back().name == "half.f16");
  CHECK(folder.names() == std::vector<std::string>{"model.safetensors"});
}

TEST_CASE("safetensors: the bytes are those of the format") {
  const TemporaryFolder folder;
  const std::vector<NamedTensor> tensors = {{"b", Tensor::from(std::vector<float>{1, -2})},
                                            {"a", Tensor::from(std::vector<float>{0.5f})}};
  write_safetensors(folder / "x", tensors);
  const std::string header = R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                             R"("a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  const std::string padding((8 - header.size() % 8) % 8, ' ');
  const std::string data("\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x00\x00\x3f", 12);
  CHECK(content_of(folder / "x") == safetensors_bytes(header.size() + padding.size(), header + padding, data));

  write_safetensors(folder / "none", {}, StorageType::f32, {});
  CHECK(content_of(folder / "none") == safetensors_bytes(8, "{}      ", ""));
}

TEST_CASE("safetensors: tensors are stored narrower and read wider") {
  const TemporaryFolder folder;
  // Longer than the piece that is converted at a time.
  const std::vector<NamedTensor> tensors = {{"w", random_tensor({1025, 1031}, 0)}, {"b", random_tensor({3}, 1)}};
  const std::vector<float> original(tensors[0].tensor.values<float>().begin(), tensors[0].tensor.values<float>().end());
  for (const StorageType type : {StorageType::bf16, StorageType::f16}) {
    write_safetensors(folder / "x", tensors, type);
    const SafetensorsFile file(folder / "x");
    const bool half = type == StorageType::f16;
    CHECK(file.find("w")->type.name == (half ? "F16" : "BF16"));
    const Tensor read = file.read("w");
    Index wrong = 0;
    for (Index i = 0; i < read.size(); ++i) {
      const float expected = half ? half_to_float(float_to_half(original[static_cast<std::size_t>(i)]))
                                  : static_cast<float>(BFloat16(original[static_cast<std::size_t>(i)]));
      wrong += read.data<float>()[i] != expected;
    }
    CHECK(wrong == 0);
    CHECK(bits(file.read("w", DType::f64).to(DType::f32)) == bits(read));
    CHECK(bits(file.read("w", DType::bf16)) == bits(read.to(DType::bf16)));
  }
  write_safetensors(folder / "d", std::vector<NamedTensor>{{"w", tensors[0].tensor.to(DType::f64)}});
  CHECK(bits(SafetensorsFile(folder / "d").read("w")) == bits(tensors[0].tensor));
}

TEST_CASE("safetensors: elements need not be aligned in the file") {
  const TemporaryFolder folder;
  const std::string header = R"({"pad":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                             R"("w":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},)"
                             R"("h":{"dtype":"F16","shape":[1],"data_offsets":[9,11]}})";
  const std::string data("\x07\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x3c", 11);
  const SafetensorsFile file(folder.put("x", safetensors_bytes(header.size(), header, data)));
  CHECK(file.read("w").data<float>()[1] == -2);
  CHECK(file.read("w", DType::f64).data<double>()[0] == 1);
  CHECK(file.read("h").item() == 1);
}

TEST_CASE("safetensors: all element types can be listed, only numbers with a fraction read") {
  const TemporaryFolder folder;
  std::string header = "{";
  std::size_t end = 0;
  for (const auto& [type, bytes] : std::vector<std::pair<std::string, std::size_t>>{{"C64", 8},
                                                                                    {"U64", 8},
                                                                                    {"I64", 8},
                                                                                    {"F64", 8},
                                                                                    {"U32", 4},
                                                                                    {"I32", 4},
                                                                                    {"F32", 4},
                                                                                    {"U16", 2},
                                                                                    {"I16", 2},
                                                                                    {"F16", 2},
                                                                                    {"BF16", 2},
                                                                                    {"U8", 1},
                                                                                    {"I8", 1},
                                                                                    {"BOOL", 1},
                                                                                    {"F8_E4M3", 1},
                                                                                    {"F8_E5M2", 1},
                                                                                    {"F8_E8M0", 1},
                                                                                    {"F8_E4M3FNUZ", 1},
                                                                                    {"F8_E5M2FNUZ", 1}}) {
    header += fmt::format("{}\"{}\":{{\"dtype\":\"{}\",\"shape\":[2],\"data_offsets\":[{},{}]}}", end == 0 ? "" : ",",
                          type, type, end, end + 2 * bytes);
    end += 2 * bytes;
  }
  header += fmt::format(",\"F4\":{{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[{},{}]}}}}", end, end + 1);
  const SafetensorsFile file(folder.put("x.safetensors", safetensors_bytes(header, end + 1)));
  CHECK(file.tensors().size() == 20);
  for (const StoredTensor& tensor : file.tensors()) {
    CAPTURE(tensor.name);
    const std::string message = error_of([&] { file.read(tensor.name); });
    const std::string& name = tensor.name;
    if (name == "F64" || name == "F32" || name == "F16" || name == "BF16") {
      CHECK(message == "no error");
    } else {
      CHECK_THAT(message, ContainsSubstring("stored as " + name + ", expected F64, F32, F16 or BF16"));
    }
  }
}

TEST_CASE("safetensors: reading what is not there") {
  const TemporaryFolder folder;
  write_safetensors(folder / "x.safetensors", std::vector<NamedTensor>{{"w", Tensor({1})}});
  const SafetensorsFile file(folder / "x.safetensors");
  CHECK_FALSE(file.contains("v"));
  CHECK_THAT(error_of([&] { file.read("v"); }), ContainsSubstring("x.safetensors: has no tensor \"v\""));
  CHECK_THAT(error_of([&] { file.read("w", DType::i32); }),
             ContainsSubstring("read as f32, f64, bf16 or f16, not as i32"));
  CHECK_THAT(error_of([&] { SafetensorsFile(folder / "y"); }), ContainsSubstring("there is no such file"));
  CHECK_THAT(error_of([&] { SafetensorsFile(folder.path()); }), ContainsSubstring("it is a folder"));
  const SafetensorsFile five(
      folder.put("five", safetensors_bytes(R"({"w":{"dtype":"F32","shape":[1,1,1,1,1],"data_offsets":[0,4]}})", 4)));
  CHECK_THAT(error_of([&] { five.read("w"); }), ContainsSubstring("shape [1,1,1,1,1], expected at most 4 extents"));
}

TEST_CASE("safetensors: what cannot be written leaves the old file alone") {
  const TemporaryFolder folder;
  const auto path = folder.put("x.safetensors", "old");
  const Tensor one = Tensor::full({1}, 1);
  const auto error = [&](const std::vector<NamedTensor>& tensors, StorageType type = StorageType::f32) {
    return error_of([&] { write_safetensors(path, tensors, type); });
  };
  CHECK_THAT(error({{"a", one}, {"a", one}}), ContainsSubstring("two tensors are called \"a\""));
  CHECK_THAT(error({{"__metadata__", one}}), ContainsSubstring("\"__metadata__\""));
  CHECK_THAT(error({{"a\xff", one}}), ContainsSubstring("is not UTF-8"));
  CHECK_THAT(error({{"a", Tensor()}}), ContainsSubstring("tensor \"a\" is undefined"));
  CHECK_THAT(error({{"ok", one}, {"big", Tensor::full({2}, 65520)}}, StorageType::f16),
             ContainsSubstring("tensor \"big\": 65520 is too large for F16"));
  CHECK(error({{"inf", Tensor::full({2}, std::numeric_limits<double>::infinity())}}, StorageType::f16) == "no error");
  write_safetensors(path, std::vector<NamedTensor>{{"a", one}});
  CHECK(folder.names().size() == 1);
}
