#include "mini_bert/files/model_folder.h"

#include <map>

#include "mini_bert/bert/checkpoint.h"
#include "tests/catch.h"
#include "tests/files/environment.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

namespace {

const std::string commit = "0123456789abcdef0123456789abcdef01234567";

// A model in a cache; returns its snapshot.
fs::path put_model(const TemporaryFolder& cache, const std::string& folder, const std::string& ref = commit) {
  fs::create_directories(cache / folder / "refs");
  std::ofstream(cache / folder / "refs/main") << ref;
  fs::create_directories(cache / folder / "snapshots" / commit);
  return cache / folder / "snapshots" / commit;
}

}  // namespace

TEST_CASE("model folder: the cache is where Hugging Face's programs look for it") {
  const auto cache = [](const std::map<std::string, std::string>& values) {
    const Environment environment(values);
    return hub_cache().string();
  };
  CHECK(cache({{"HOME", "/h"}}) == "/h/.cache/huggingface/hub");
  CHECK(cache({{"HOME", "/h"}, {"HF_HOME", ""}}) == "/h/.cache/huggingface/hub");
  CHECK(cache({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}}) == "/x/huggingface/hub");
  CHECK(cache({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}, {"HF_HOME", "/f"}}) == "/f/hub");
  CHECK(cache({{"HF_HOME", "/f"}, {"HF_HUB_CACHE", "/c"}}) == "/c");
}

TEST_CASE("model folder: a folder comes before a name, a name with and without organisation is found in the cache") {
  const TemporaryFolder cache;
  const Environment environment({{"HF_HUB_CACHE", cache.path().string()}});
  const fs::path base = put_model(cache, "models--bert-base-chinese", commit + "\n");
  const fs::path mine = put_model(cache, "models--my.org--bert_2.0");
  CHECK(find_model("bert-base-chinese") == base);
  CHECK(find_model("my.org/bert_2.0") == mine);
  CHECK(find_model(cache.path()) == cache.path());
}

TEST_CASE("model folder: a model in the cache, linked as the hub's programs do, loads by its name") {
  const TemporaryFolder cache;
  const Environment environment({{"HF_HUB_CACHE", cache.path().string()}});
  const fs::path snapshot = put_model(cache, "models--org--tiny");
  fs::create_directories(cache / "models--org--tiny/blobs");
  for (const char* name : {"config.json", "vocab.txt", "model.safetensors"}) {
    fs::copy_file(fs::path(MINI_BERT_SOURCE_DIR) / "tests/golden/checkpoints/model" / name,
                  cache / "models--org--tiny/blobs" / name);
    fs::create_symlink(fs::path("../../blobs") / name, snapshot / name);
  }
  CHECK(load_pretrained("org/tiny").model->config().hidden_size == 12);
}

TEST_CASE("model folder: what is in neither place is an Error that says what is needed") {
  const TemporaryFolder cache;
  const Environment environment({{"HF_HUB_CACHE", cache.path().string()}});
  const auto error = [](const std::string& name) { return error_of([&] { find_model(name); }); };
  CHECK_THAT(error("org/none"),
             ContainsSubstring("org/none: no such model folder, nor a snapshot in " + cache.path().string() +
                               "/models--org--none; a folder with config.json"));
  CHECK_THAT(error("org/none"), ContainsSubstring("hf download org/none"));
  for (const std::string name : {"", "/etc", "a/b/c", "../a", "a/..", "a--b", "a/.b", "-a/b", "a /b", "a/b/", "/"}) {
    if (fs::is_directory(name)) continue;
    CAPTURE(name);
    CHECK_THAT(error(name), ContainsSubstring(name + ": no such model folder; a folder with"));
  }
  put_model(cache, "models--org--escape", "../../../../../etc");
  CHECK_THAT(error("org/escape"), ContainsSubstring("refs/main: holds \"../../../../../etc\", expected a commit"));
  const std::string commit(40, 'a');
  put_model(cache, "models--org--other", commit);
  CHECK_THAT(error("org/other"), ContainsSubstring("org/other: no such model folder, nor a snapshot in "));
  CHECK(cached_snapshot("org/other") == std::nullopt);
}
