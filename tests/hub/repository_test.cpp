#include "mini_bert/hub/repository.h"

#include <algorithm>

#include "mini_bert/hub/checksum.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"
#include "tests/hub/loopback_server.h"

using namespace mini_bert;
using namespace mini_bert::hub;
using namespace mini_bert::test;

namespace {

using Names = std::vector<std::string>;

Names wanted(Names files, ModelFiles kind = ModelFiles::all) {
  Names chosen = wanted_files(files, kind);
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace

TEST_CASE("hub: of all files of a repository those are wanted that are read") {
  const Names sharded = {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                         "model.safetensors.index.json"};
  CHECK(wanted({"model.safetensors", "pytorch_model.bin"}) == Names{"model.safetensors"});
  CHECK(wanted({"pytorch_model.bin", "flax_model.msgpack", "rust_model.ot"}) == Names{"pytorch_model.bin"});
  Names both = sharded;
  both.push_back("pytorch_model.bin");
  CHECK(wanted(both) == sharded);
  CHECK(wanted({"pytorch_model-00001-of-00001.bin", "pytorch_model.bin.index.json"}).size() == 2);
  CHECK(wanted({"model-00001-of-00002.safetensors"}).empty());  // parts without their index

  const Names tokenizer = {"added_tokens.json", "config.json",           "special_tokens_map.json",
                           "tokenizer.json",    "tokenizer_config.json", "vocab.txt"};
  CHECK(wanted(tokenizer, ModelFiles::tokenizer) == tokenizer);
  const Names sentence = {"1_Pooling/config.json", "2_Normalize/config.json",   "config_sentence_transformers.json",
                          "modules.json",          "sentence_bert_config.json", "sentence_xlm-roberta_config.json"};
  CHECK(wanted(sentence) == sentence);
  CHECK(wanted(sentence, ModelFiles::tokenizer).empty());
}

TEST_CASE("hub: no name of a listing leads out of the model's folder") {
  CHECK(
      wanted({"../config.json", "/config.json", "x/../../vocab.txt", "1_../config.json", "1_Pooling/../../config.json",
              "1_Pooling/config.json/x", "model-00001-of-00002.safetensors/../x", "./config.json", ""})
          .empty());
}

TEST_CASE("hub: the names of contents are SHA-256, and git's SHA-1 of a blob") {
  const TemporaryFolder folder;
  const auto abc = folder.put("abc", "abc"), empty = folder.put("empty", ""), hello = folder.put("hello", "hello\n");
  const std::string sha256(64, '0'), git(40, '0');
  // FIPS 180-4's example, and `git hash-object`.
  CHECK(content_name(abc, sha256) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(content_name(empty, sha256) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(content_name(hello, git) == "ce013625030ba8dba906f756967f9e9ca394464a");
  CHECK(content_name(empty, git) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  CHECK(is_content_name(sha256));
  CHECK(is_content_name(git));
  for (const std::string bad : {"", "abc", "../../../../../../../../../../etc/passwd"})
    CHECK_FALSE(is_content_name(bad));
  CHECK_FALSE(is_content_name(std::string(40, 'A')));
}

TEST_CASE("hub: an origin is scheme, host and port") {
  CHECK(origin_of("https://huggingface.co/a/b?c") == "https://huggingface.co:443");
  CHECK(origin_of("HTTP://Example.org:8080") == "http://Example.org:8080");
  CHECK_THAT(error_of([] { origin_of("nothing"); }), ContainsSubstring("\"nothing\" is no URL of a server"));
}

TEST_CASE("hub: a server that says nothing is given up after a while") {
  const LoopbackServer server([](const Request&) { return Reply{.delay = std::chrono::milliseconds(2500)}; });
  Http http({.stalled_seconds = 1});
  CHECK_THAT(error_of([&] { http.get(server.url() + "/x?signature=secret", 0, {}); }),
             ContainsSubstring(server.url() + "/x\": no whole answer: "));
}
