#include "mini_bert/files/tensorflow_checkpoint.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"
#include "tests/files/tensorflow_bytes.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace tensorflow_checkpoint_test {

TensorflowIndex parse(const std::string& bytes) {
  return parse_tensorflow_index(std::as_bytes(std::span(bytes)), "x.index");
}

struct Case {
  std::string name;
  std::string bytes;
  std::string message;  // what the error must contain
};

std::string one(const BundleEntry& entry) {
  return tensorflow_index({{"w", entry.message()}});
}

std::string changed(std::string bytes, std::size_t at, char value) {
  bytes[at] = value;
  return bytes;
}

std::vector<Case> invalid_indices() {
  const std::string good = one({});
  const std::string header = table_entry(0, "", bundle_header());
  const auto raw = [&](const std::string& entries) {
    return table_around(header + entries + little_endian<std::uint32_t>(0) + little_endian<std::uint32_t>(1));
  };
  const std::string no_end(11, '\xff');
  return {
      // the table
      {"nothing", "", "has 0 bytes, expected at least 48"},
      {"text", std::string(100, 'a'), "the last 8 bytes are 6161616161616161"},
      {"a byte short", good.substr(0, good.size() - 1), "the last 8 bytes are"},
      {"a byte off", changed(good, 20, '\x55'), "has the checksum"},
      {"a block beyond the file", changed(good, good.size() - 46, '\x7f'), "but the file has"},
      {"a block at 2^63",
       std::string(48 - 8 - 18, '\0').insert(0, varint(~0ull >> 1) + varint(~0ull >> 1)).substr(0, 40) +
           good.substr(good.size() - 8),
       "at byte 9223372036854775807, but the file has"},
      {"a handle without an end", std::string(40, '\xff') + good.substr(good.size() - 8),
       "number of more than ten bytes"},
      {"compressed", table_around(table_block({{"", bundle_header()}}), 1), "is compressed (kind 1)"},
      {"a block of two bytes", table_around("ab"), "a block of 2 bytes, expected at least 4"},
      {"restart points beyond the block", table_around(little_endian<std::uint32_t>(0xffffffff)),
       "with 4294967295 restart points"},
      {"a key that shares too much", raw(table_entry(5, "w", BundleEntry().message())),
       "a key shares 5 bytes with one of 0"},
      {"a key of 2^40 bytes", raw(varint(0) + varint(1ull << 40) + varint(1)), "a key of 1099511627776 bytes"},
      {"a value longer than the block", raw(varint(0) + varint(1) + varint(1000) + "w"), "a value of 1000 bytes"},
      {"a length without an end", raw(no_end), "is a number of more than ten bytes"},
      {"no header", table_around(table_block({{"w", BundleEntry().message()}})), "has no header"},
      {"a name twice", tensorflow_index({{"w", BundleEntry().message()}, {"w", BundleEntry().message()}}),
       "variable \"w\" occurs twice"},
      // the header
      {"no data files", tensorflow_index({}, bundle_header(0)), "0 data files, expected 1 to"},
      {"2^40 data files", tensorflow_index({}, bundle_header(1ull << 40)), "1099511627776 data files"},
      {"big-endian", tensorflow_index({}, bundle_header(1, 1)), "the data is big-endian"},
      {"a header that ends inside", tensorflow_index({}, "\x08"), "a field of 1 bytes, but only 0 are left"},
      // the variables
      {"too few bytes", one({.bytes = 20}), "variable \"w\": has 20 bytes, but F32 of shape [2,3] needs 24"},
      {"too many bytes", one({.bytes = 28}), "has 28 bytes, but F32 of shape [2,3] needs 24"},
      {"extents that overflow", one({.extents = {1ull << 32, 1ull << 32}, .bytes = 0}), "needs an impossible number"},
      {"overflow hidden by a zero", one({.extents = {1ull << 32, 1ull << 32, 0}, .bytes = 0}), "an impossible number"},
      {"bytes that overflow", one({.extents = {1ull << 62}, .bytes = 0}), "needs an impossible number"},
      {"an unknown extent", one({.extents = {~0ull}}), "extent -1, expected at most"},
      {"65 extents", one({.extents = std::vector<std::uint64_t>(65, 1)}), "more than 64 extents"},
      {"an offset that overflows", one({.offset = ~0ull - 8}), "are no place in a file"},
      {"slices", one({.more = message_field(7, "")}), "is stored in slices"},
      {"a group", one({.more = "\x4b"}), "a field of unknown kind 3"},
      {"a field longer than the message", one({.more = "\x4a\x7f"}), "of 127 bytes, but only 0 are left"},
      {"data file 2^32", one({.shard = 1ull << 32}), "is in data file 4294967296, expected one of 1"},
  };
}

void put_checkpoint(const TemporaryFolder& folder, const TableEntries& variables, std::size_t data_bytes,
                    std::uint64_t shards = 1) {
  folder.put("m.ckpt.index", tensorflow_index(variables, bundle_header(shards)));
  std::string data;
  for (int i = 0; data.size() < data_bytes; ++i)
    data += little_endian(std::bit_cast<std::uint32_t>(static_cast<float>(i)));
  folder.put("m.ckpt.data-00000-of-00001", data);
}

TEST_CASE("tensorflow: the pieces of the tests below make a good index") {
  const TensorflowIndex index = parse(one({.offset = 8}));
  REQUIRE(index.variables.size() == 1);
  const StoredTensor& tensor = index.variables[0].tensor;
  CHECK(tensor.name == "w");
  CHECK(tensor.shape() == "[2,3]");
  CHECK(tensor.type.name == "F32");
  CHECK(tensor.begin == 8);
  CHECK(tensor.end == 32);
  CHECK(index.shards == 1);
}

TEST_CASE("tensorflow: a broken index is refused") {
  for (const Case& invalid : invalid_indices()) {
    CAPTURE(invalid.name);
    const std::string message = error_of([&] { parse(invalid.bytes); });
    CHECK_THAT(message, ContainsSubstring(invalid.message));
    CHECK(message.starts_with("x.index: "));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("tensorflow: variables keep their names and shapes; one can be read transposed") {
  const TemporaryFolder folder;
  const std::string vector = BundleEntry{.extents = {3}, .bytes = 12}.message();
  put_checkpoint(folder,
                 {{"bert/embeddings/LayerNorm/beta", vector},
                  {"bert/embeddings/LayerNorm/gamma", vector},
                  {"bert/embeddings/word_embeddings", BundleEntry().message()},
                  {"bert/encoder/layer_10/output/dense/bias", vector},
                  {"bert/encoder/layer_10/output/dense/bias/adam_m", vector},
                  {"bert/encoder/layer_10/output/dense/kernel", BundleEntry().message()},
                  {"cls/predictions/output_bias", vector},
                  {"cls/seq_relationship/output_bias", vector},
                  {"cls/seq_relationship/output_weights", BundleEntry().message()},
                  {"cls/squad/output_weights", BundleEntry().message()},
                  {"global_step", BundleEntry{.type = 9, .extents = {}, .bytes = 8}.message()},
                  {"output_bias", vector},
                  {"output_weights", BundleEntry().message()}},
                 24);
  const std::vector<TensorFile> files = open_tensorflow_checkpoint(folder / "m.ckpt.index");
  REQUIRE(files.size() == 1);
  std::vector<std::string> found;
  for (const StoredTensor& tensor : files[0].tensors()) found.push_back(tensor.name + " " + tensor.shape());
  CHECK(found == std::vector<std::string>{
                     "bert/embeddings/LayerNorm/beta [3]", "bert/embeddings/LayerNorm/gamma [3]",
                     "bert/embeddings/word_embeddings [2,3]", "bert/encoder/layer_10/output/dense/bias [3]",
                     "bert/encoder/layer_10/output/dense/bias/adam_m [3]",
                     "bert/encoder/layer_10/output/dense/kernel [2,3]", "cls/predictions/output_bias [3]",
                     "cls/seq_relationship/output_bias [3]", "cls/seq_relationship/output_weights [2,3]",
                     "cls/squad/output_weights [2,3]", "global_step []", "output_bias [3]", "output_weights [2,3]"});
  const StoredTensor kernel = transposed(*files[0].find("bert/encoder/layer_10/output/dense/kernel"));
  CHECK(kernel.shape() == "[3,2]");
  const Tensor turned = files[0].read(kernel);
  CHECK(std::vector<float>(turned.values<float>().begin(), turned.values<float>().end()) ==
        std::vector<float>{0, 3, 1, 4, 2, 5});
}

TEST_CASE("tensorflow: data files that do not fit the index are refused") {
  const TemporaryFolder folder;
  const auto error = [&] { return error_of([&] { open_tensorflow_checkpoint(folder / "m.ckpt.index"); }); };
  put_checkpoint(folder, {{"w", BundleEntry().message()}}, 20);
  CHECK_THAT(error(),
             ContainsSubstring("m.ckpt.data-00000-of-00001: variable \"w\" ends at byte 24, but the file has 20"));
  put_checkpoint(folder, {{"w", BundleEntry{.shard = 1}.message()}}, 24);
  CHECK_THAT(error(), ContainsSubstring("m.ckpt.index: variable \"w\": is in data file 1, but there are 1"));
  put_checkpoint(folder, {{"w", BundleEntry().message()}}, 24, 2);
  CHECK_THAT(error(), ContainsSubstring("m.ckpt.data-00000-of-00002: cannot be read: there is no such file"));
  put_checkpoint(folder, {{"w", BundleEntry{.type = 7, .extents = {1}, .bytes = 9}.message()}}, 24);  // strings
  CHECK(error() == "no error");
  CHECK_THAT(error_of([&] { open_tensorflow_checkpoint(folder / "m.ckpt.index")[0].read("w"); }),
             ContainsSubstring("stored as another type"));
}

}  // namespace tensorflow_checkpoint_test
