#include "mini_bert/files/torch_file.h"

#include <bit>
#include <functional>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"
#include "tests/files/torch_bytes.h"

using namespace mini_bert;
using namespace mini_bert::test;
using namespace mini_bert::test::pickled;

namespace torch_file_test {

std::vector<StoredTensor> parse(const std::string& bytes) {
  return parse_torch_file(std::as_bytes(std::span(bytes)), "x.bin");
}

std::string six_floats() {
  std::string bytes;
  for (const float value : {0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f})
    bytes += little_endian(std::bit_cast<std::uint32_t>(value));
  return bytes;
}

// A tensor over the floats 0…5.
std::vector<float> read(const TemporaryFolder& folder, const std::string& value) {
  const std::string bytes = zip_bytes({{"x/data.pkl", whole(dict({{"w", value}}))}, {"x/data/0", six_floats()}});
  const Tensor tensor = open_torch_file(folder.put("x.bin", bytes)).read("w");
  return {tensor.values<float>().begin(), tensor.values<float>().end()};
}

struct Case {
  std::string name;
  std::string bytes;
  std::string message;  // what the error must contain
};

// The dictionary {"w": value} in a zip archive.
std::string with(const std::string& value) {
  return torch_zip(whole(dict({{"w", value}})));
}
std::string with_shape(const std::string& extents, const std::string& strides, std::int32_t offset = 0) {
  return with(tensor(storage("FloatStorage", "0", 6), integer(offset), extents, strides));
}
std::string legacy(const std::function<void(TorchLegacy&)>& change) {
  TorchLegacy file;
  change(file);
  return file.bytes();
}

std::string zip_with_byte(std::size_t from_end, char value) {
  std::string bytes = with(matrix());
  bytes[bytes.size() - from_end] = value;
  return bytes;
}

std::vector<Case> hostile_pickles() {
  return {
      {"a call of os.system", with(call(global("os", "system"), tuple({text("true")}))), "names \"os.system\""},
      {"posix.system", with(global("posix", "system")), "names \"posix.system\""},
      {"builtins.eval", with(global("builtins", "eval")), "names \"builtins.eval\""},
      {"eval by STACK_GLOBAL", with(text("builtins") + text("eval") + "\x93"), "names \"builtins.eval\""},
      {"STACK_GLOBAL of numbers", with(integer(1) + integer(2) + "\x93"), "named by the number 1 and the number 2"},
      {"an allowed name with a tail", with(global("torch._utils", "_rebuild_tensor_v2.__globals__")),
       "the pickle names"},
      {"a dotted way round", with(global("torch", "_utils.os.system")), "the pickle names"},
      {"a name without an end", with("c" + std::string(5000, 'a')), "a name without an end"},
      {"INST", with("(ios\nsystem\n"), "opcode 0x69"},
      {"OBJ", with("(" + integer(1) + "o"), "opcode 0x6f"},
      {"NEWOBJ", with(global("collections", "OrderedDict") + ")\x81"), "opcode 0x81"},
      {"EXT1", with("\x82\x01"), "opcode 0x82"},
      {"PERSID as a line", with("P0\n"), "opcode 0x50"},
      {"a call of a text", with(text("os.system") + ")R"), "a call of the text \"os.system\""},
      {"a call with a list", with(global("collections", "OrderedDict") + "]R"), "with a list of 0"},
      {"a call of a call", with(call(call(global("collections", "OrderedDict"), ")"), ")")), "a call of a call"},
      {"attributes for a text", with(text("a") + dict({}) + "b"), "attributes for the text \"a\""},
      {"entries for a text", with(text("a") + "(" + text("k") + text("v") + "u"), "entries for the text \"a\""},
      {"elements for a tuple", with(")" + integer(1) + "a"), "elements for a tuple of 0"},
      {"a key without a value", with("}(" + text("k") + "u"), "a key without a value"},
      {"a value too many", torch_zip("\x80\x02" + integer(1) + integer(2) + "."), "ends with 2 values"},
      {"no value", torch_zip("\x80\x02."), "ends with 0 values"},
      {"no end", torch_zip("\x80\x02}"), "1 bytes are announced, 0 are left"},
      {"an empty pickle", torch_zip(""), "1 bytes are announced, 0 are left"},
      {"a tuple of nothing", with("\x87"), "a value is used that is not there"},
      {"the end of no list", with("t"), "the end of a list that has no beginning"},
      {"a text of 4 GB", with("X\xff\xff\xff\xff"), "4294967295 bytes are announced"},
      {"a number of 255 bytes", torch_zip(std::string("\x80\x02\x8a\xff", 4)), "255 bytes are announced"},
      {"a number of 2^31 bytes", with("\x8b" + little_endian(0x7fffffff)), "opcode 0x8b"},
      {"a memo of 2^32", with(integer(1) + "r\xff\xff\xff\xff"), "memo entry 4294967295"},
      {"a memo that was not set", with("h\x07"), "memo entry 7 is used but was never set"},
      {"a million marks", with(std::string(1'100'000, '(')), "more than 65536 values"},
      {"a million tuples in each other", with(")" + std::string(1'100'000, '\x85')), "more than 65536 values"},
      {"a million times the same value",
       with("]q" + std::string(1, '\0') +
            [] {
              std::string bytes;
              for (int i = 0; i < 1'100'000; ++i) bytes += std::string("h\0", 2);
              return bytes;
            }()),
       "more than 65536 values"},
      {"protocol 9", torch_zip("\x80\x09}."), "pickle protocol 9"},
  };
}

std::vector<Case> invalid_tensors() {
  const std::string floats = storage("FloatStorage", "0", 6);
  return {
      {"no dictionary", torch_zip(whole(integer(5))), "holds the number 5, expected a dictionary of tensors"},
      {"a key that is no text", torch_zip(whole("}(" + integer(3) + matrix() + "u")), "a key is the number 3"},
      {"a name twice", torch_zip(whole(dict({{"w", matrix()}, {"w", matrix()}}))), "tensor \"w\" occurs twice"},
      {"a number for a tensor", with(integer(3)), "tensor \"w\": found the number 3, expected a tensor"},
      {"a model's dictionary inside", with(dict({{"v", matrix()}})), "found a dictionary, expected a tensor"},
      {"three arguments", with(call(global("torch._utils", "_rebuild_tensor_v2"), tuple({floats, integer(0), ")"}))),
       "found a tuple of 3, expected at least 4 arguments"},
      {"a parameter of nothing", with(call(global("torch._utils", "_rebuild_parameter"), ")")), "at least 1 arguments"},
      {"no storage", with(tensor(integer(0), integer(0), numbers({2}), numbers({1}))), "expected its storage"},
      {"a storage of four",
       with(tuple({text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu")}) + "Q"),
       "a storage is a tuple of 4"},
      {"a storage by number", with(integer(0) + "Q"), "a storage is the number 0"},
      {"no type", with(tuple({text("storage"), text("FloatStorage"), text("0"), text("cpu"), integer(6)}) + "Q"),
       "its type is the text \"FloatStorage\""},
      {"a function as type",
       with(tuple({text("storage"), global("collections", "OrderedDict"), text("0"), text("cpu"), integer(6)}) + "Q"),
       "its type is the name collections.OrderedDict"},
      {"elements below zero", with(storage("FloatStorage", "0", -6)), "-6 elements are no possible number"},
      {"more elements than bytes", with(storage("FloatStorage", "0", 7)), "has 24 bytes, 7 elements of F32 need 28"},
      {"two types of one storage",
       torch_zip(whole(dict({{"v", storage("FloatStorage", "0", 6)}, {"w", storage("IntStorage", "0", 6)}}))),
       "is 6 of F32 and 6 of I32"},
      {"a storage that is missing", with(storage("FloatStorage", "1", 6)), "storage \"1\" is missing"},
      {"a storage outside", with(storage("FloatStorage", "../../etc/passwd", 6)), "is missing"},
      {"an offset below zero", with_shape(numbers({1}), numbers({1}), -1), "an offset from 0 to 6"},
      {"an offset behind", with_shape(numbers({1}), numbers({1}), 7), "an offset from 0 to 6"},
      {"too many elements", with_shape(numbers({7}), numbers({1})), "shape [7] with strides [1] does not fit the 6"},
      {"too many behind the offset", with_shape(numbers({6}), numbers({1}), 1), "does not fit the 6 elements"},
      {"a stride too wide", with_shape(numbers({2, 3}), numbers({4, 1})), "shape [2,3] with strides [4,1]"},
      {"a stride below zero", with_shape(numbers({2}), numbers({-1})), "found the number -1, expected the strides"},
      {"a stride of zero", with_shape(numbers({7}), numbers({0})), "does not fit"},
      {"strides that overflow",
       with_shape(numbers({5, 5, 5}),
                  "(" + std::string("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", 10) + integer(1) + integer(1) + "t"),
       "does not fit"},
      {"one stride for two extents", with_shape(numbers({2, 3}), numbers({1})), "does not fit"},
      {"an extent below zero", with_shape(numbers({-2}), numbers({1})), "expected the shape: whole numbers from 0 on"},
      {"extents that overflow", with_shape(numbers({0x7fffffff, 0x7fffffff, 0x7fffffff, 0}), numbers({1, 1, 1, 1})),
       "does not fit"},
      {"an extent in quotes", with_shape(tuple({text("2")}), numbers({1})), "found the text \"2\""},
      {"a shape that is a number", with_shape(integer(6), numbers({1})), "found the number 6, expected the shape"},
  };
}

std::vector<Case> invalid_zips() {
  const std::string good = with(matrix());
  const std::string pickle = whole(dict({{"w", matrix()}}));
  std::string overlap = zip_bytes({{"x/data.pkl", pickle}, {"x/data/0", std::string(24, '\1')}});
  // The second entry of the directory points to the first file.
  overlap.replace(overlap.size() - 22 - std::string("x/data/0").size() - 4, 4, std::string(4, '\0'));
  const auto with_locator = [&](std::uint64_t offset) {
    return std::string(good).insert(
        good.size() - 22, "PK\6\7" + std::string(4, '\0') + little_endian(offset) + little_endian<std::uint32_t>(1));
  };
  return {
      {"zip64 record behind the file", with_locator(1ull << 40), "zip64 end record at byte 1099511627776 lies beyond"},
      {"zip64 record at the start", with_locator(0), "no zip64 end record at byte 0"},
      {"nothing", "", "neither a zip archive nor a pickle"},
      {"text", "hello", "neither a zip archive nor a pickle"},
      {"an HTML page", "<!DOCTYPE html>", "is a web page"},
      {"a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n", "neither a zip archive nor a pickle"},
      {"only PK", "PK", "has 2 bytes, a zip archive has at least 22"},
      {"cut short", good.substr(0, good.size() - 30), "no zip directory at the end"},
      {"no data.pkl", zip_bytes({{"x/data/0", "a"}}), "archive of 1 files without data.pkl"},
      {"no files", zip_bytes({{"a", ""}}), "without data.pkl"},
      {"compressed", zip_bytes({{"x/data.pkl", pickle, 8}}), "\"x/data.pkl\" is compressed (method 8)"},
      {"encrypted", zip_bytes({{"x/data.pkl", pickle, 0, 1}}), "\"x/data.pkl\" is encrypted"},
      {"longer than the archive", zip_bytes({{"x/data.pkl", pickle, 0, 0, 1000}}), "reach behind the files"},
      {"4 GB long", zip_bytes({{"x/data.pkl", pickle, 0, 0, 0xf0000000}}), "reach behind the files"},
      {"a name twice", zip_bytes({{"x/data.pkl", pickle}, {"x/data.pkl", pickle}}), "occurs twice"},
      {"one inside the other", overlap, "inside the file before it"},
      {"big-endian", zip_bytes({{"x/data.pkl", pickle}, {"x/byteorder", "big"}}),
       "byteorder is \"big\", expected little"},
      {"one file more than there are", zip_with_byte(12, 4), "no file at byte"},
      {"one file less", zip_with_byte(12, 2), "zip directory ends at byte"},
      {"zip64 without its record", zip_with_byte(12, '\xff').replace(good.size() - 11, 1, "\xff"), "no zip64 locator"},
      {"directory elsewhere", zip_with_byte(6, '\1'), "expected it to end at byte"},
  };
}

std::vector<Case> invalid_legacy_files() {
  return {
      {"another magic", legacy([](TorchLegacy& f) { f.magic[5] ^= 1; }), "expected torch's magic number"},
      {"magic of 4 bytes", legacy([](TorchLegacy& f) { f.magic = "\x80\x02J\1\2\3\4."; }),
       "expected torch's magic number"},
      {"protocol 1000", legacy([](TorchLegacy& f) { f.protocol = "\x80\x02M\xe8\x03."; }),
       "protocol is the number 1000, expected the number 1001"},
      {"big-endian", legacy([](TorchLegacy& f) {
         f.machine = whole(dict({{"little_endian", "\x89"}}));
       }),
       "little_endian is False"},
      {"hostile from the start", legacy([](TorchLegacy& f) { f.machine = whole(global("os", "system")); }),
       "names \"os.system\""},
      {"keys are no list", legacy([](TorchLegacy& f) { f.keys = whole(integer(1)); }),
       "is the number 1, expected a list"},
      {"an unknown key", legacy([](TorchLegacy& f) { f.keys = whole("](" + text("1") + "e"); }),
       "names the text \"1\""},
      {"a key twice", legacy([](TorchLegacy& f) { f.keys = whole("](" + text("0") + text("0") + "e"); }),
       "expected each storage of the dictionary once"},
      {"no key", legacy([](TorchLegacy& f) { f.keys = whole("]"); }), "has 0 storages, the dictionary 1"},
      {"another number of elements", legacy([](TorchLegacy& f) { f.storages[0] = 5; }),
       "has 5 elements, the dictionary says 6"},
      {"elements below zero", legacy([](TorchLegacy& f) { f.storages.replace(0, 8, std::string(8, '\xff')); }),
       "has -1 elements"},
      {"cut short", legacy([](TorchLegacy& f) { f.storages.pop_back(); }), "needs 24 bytes, 23 are left"},
      {"cut before the storages", legacy([](TorchLegacy& f) { f.storages = "\6"; }), "the file ends at byte"},
      {"longer than its storages", legacy([](TorchLegacy& f) { f.storages += '\0'; }), "the storages end at byte"},
      {"only a magic number",
       legacy([](TorchLegacy& f) { f.protocol = f.machine = f.dictionary = f.keys = f.storages = ""; }),
       "1 bytes are announced, 0 are left"},
  };
}

void check_refused(const std::vector<Case>& cases) {
  for (const Case& invalid : cases) {
    CAPTURE(invalid.name);
    const std::string message = error_of([&] { parse(invalid.bytes); });
    CHECK_THAT(message, ContainsSubstring(invalid.message));
    CHECK(message.starts_with("x.bin: "));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("torch: the pieces of the tests below make a good file in both containers") {
  for (const std::string& bytes : {with(matrix()), TorchLegacy().bytes()}) {
    const std::vector<StoredTensor> tensors = parse(bytes);
    REQUIRE(tensors.size() == 1);
    CHECK(tensors[0].name == "w");
    CHECK(tensors[0].shape() == "[2,3]");
    CHECK(tensors[0].type.name == "F32");
    CHECK(tensors[0].strides.empty());
    CHECK(bytes.substr(tensors[0].begin, 24) == std::string(24, '\1'));
  }
}

TEST_CASE("torch: offsets and strides are followed") {
  const TemporaryFolder folder;
  const std::string floats = storage("FloatStorage", "0", 6);
  CHECK(read(folder, matrix()) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(read(folder, tensor(floats, integer(0), numbers({3, 2}), numbers({1, 3}))) ==
        std::vector<float>{0, 3, 1, 4, 2, 5});
  CHECK(read(folder, tensor(floats, integer(1), numbers({2, 2}), numbers({3, 1}))) == std::vector<float>{1, 2, 4, 5});
  CHECK(read(folder, tensor(floats, integer(2), numbers({}), numbers({}))) == std::vector<float>{2});
  CHECK(read(folder, tensor(floats, integer(6), numbers({0, 3}), numbers({3, 1}))).empty());
  CHECK(read(folder, tensor(floats, integer(0), numbers({3, 1, 2}), numbers({2, 77, 1}))) ==
        std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(read(folder, call(global("torch._utils", "_rebuild_parameter"), tuple({matrix(), "\x88", "N"}))) ==
        std::vector<float>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("torch: tensors of types that are not computed with are listed, and do not hinder the others") {
  const TemporaryFolder folder;
  int types = 0;
  for (const StoredType& type : stored_types) {
    if (type.torch_storage.empty() && type.torch_dtype.empty()) continue;
    CAPTURE(type.name);
    ++types;
    const std::string bytes(static_cast<std::size_t>(3 * type.bits / 8), '\1');
    const bool has_class = !type.torch_storage.empty();
    const auto of_torch = [](std::string_view name) { return global("torch", name.substr(name.find('.') + 1)); };
    const std::string kind = has_class ? of_torch(type.torch_storage) : global("torch.storage", "UntypedStorage");
    const auto elements = static_cast<std::int32_t>(has_class ? 3 : bytes.size());
    const std::string stored = tuple({text("storage"), kind, text("1"), text("cpu"), integer(elements)}) + "Q";
    const std::string hooks = call(global("collections", "OrderedDict"), ")");
    const std::string extra =
        has_class
            ? tensor(stored, integer(0), numbers({3}), numbers({1}))
            : call(global("torch._utils", "_rebuild_tensor_v3"),
                   tuple({stored, integer(0), numbers({3}), numbers({1}), "\x89", hooks, of_torch(type.torch_dtype)}));
    const std::string pickle = whole(dict({{"extra", extra}, {"w", matrix()}}));
    const TensorFile file = open_torch_file(
        folder.put("x.bin", zip_bytes({{"x/data.pkl", pickle}, {"x/data/0", six_floats()}, {"x/data/1", bytes}})));
    REQUIRE(file.tensors().size() == 2);
    CHECK(file.find("extra")->type.name == type.name);
    CHECK(file.find("extra")->shape() == "[3]");
    CHECK(file.read("w").data<float>()[5] == 5);
    const std::string message = error_of([&] { file.read("extra"); });
    CHECK((message == "no error") == type.is_floating());
    if (!type.is_floating()) CHECK_THAT(message, ContainsSubstring("stored as " + std::string(type.name)));
  }
  CHECK(types == 27);
}

TEST_CASE("torch: a pickle that does more than hold data is refused") {
  check_refused(hostile_pickles());
}
TEST_CASE("torch: a tensor that does not fit its storage is refused") {
  check_refused(invalid_tensors());
}
TEST_CASE("torch: a broken zip archive is refused") {
  check_refused(invalid_zips());
}
TEST_CASE("torch: a broken row of pickles is refused") {
  check_refused(invalid_legacy_files());
}

}  // namespace torch_file_test
