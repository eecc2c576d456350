#include "mini_bert/hub/fetch_model.h"

#include <thread>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/hub/file_lock.h"
#include "tests/catch.h"
#include "tests/hub/test_hub.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

TEST_CASE("hub: a model that is not here is downloaded into the cache's layout and loads by its name") {
  std::map<std::string, std::string> files;
  for (const char* name : {"config.json", "vocab.txt", "model.safetensors"}) {
    files[name] = content_of(fs::path(MINI_BERT_SOURCE_DIR) / "tests/golden/checkpoints/model" / name);
  }
  files["1_Pooling/config.json"] = "{}";
  const TestHub hub(files);
  hub.fetch();
  CHECK(content_of(hub.folder() / "refs/main") == tip);
  CHECK(fs::read_symlink(hub.snapshot() / "config.json") ==
        "../../blobs/" + content_name_of(files["config.json"], false));
  CHECK(fs::read_symlink(hub.snapshot() / "model.safetensors") ==
        "../../blobs/" + content_name_of(files["model.safetensors"], true));
  CHECK(fs::read_symlink(hub.snapshot() / "1_Pooling/config.json") == "../../../blobs/" + content_name_of("{}", false));
  for (const auto& [name, content] : files) CHECK(content_of(hub.snapshot() / name) == content);
  CHECK(load_pretrained("org/tiny").model->config().hidden_size == 12);

  const std::size_t asked = hub.asked().size();
  hub.fetch();
  CHECK(hub.asked().size() == asked);  // it is here now
}

TEST_CASE("hub: only what mini_bert reads is downloaded; a tokenizer comes without weights, the weights later") {
  auto files = tiny_files();
  for (const char* name : {"README.md", "tf_model.h5", "onnx/model.onnx", "pytorch_model.bin", "tokenizer.json"}) {
    files[name] = name;
  }
  const TestHub hub(files);
  hub.fetch(hub::ModelFiles::tokenizer);
  CHECK(fs::exists(hub.snapshot() / "vocab.txt"));
  CHECK(hub.downloads("model.safetensors") == 0);
  hub.fetch();
  CHECK(fs::exists(hub.snapshot() / "model.safetensors"));
  CHECK(hub.downloads("model.safetensors") == 1);
  CHECK(hub.downloads("vocab.txt") == 1);
  for (const char* name : {"README.md", "tf_model.h5", "onnx/model.onnx", "pytorch_model.bin"}) {
    CHECK(hub.downloads(name) == 0);
  }
}

TEST_CASE("hub: names that redirect are followed and kept under the name they were asked for") {
  const TestHub hub(tiny_files());
  hub.fetch(hub::ModelFiles::all, "tiny");
  CHECK(find_model("tiny") == hub.cache() / "models--tiny/snapshots" / tip);
}

TEST_CASE("hub: a mirror that sends everybody to the hub will do, and the token stays with the mirror") {
  const TestHub hub(tiny_files());
  const LoopbackServer mirror([&](const Request& request) {
    return Reply{.status = 308, .headers = {{"Location", hub.url() + request.path}}};
  });
  const Environment environment(
      {{"HF_ENDPOINT", mirror.url()}, {"HF_HUB_CACHE", hub.cache().string()}, {"HF_TOKEN", "hf_secret"}});
  hub.fetch();
  CHECK(fs::exists(hub.snapshot() / "model.safetensors"));
  for (const Request& request : mirror.requests()) CHECK(request.header("authorization") == "Bearer hf_secret");
  for (const Request& request : hub.asked()) CHECK(request.header("authorization").empty());
}

TEST_CASE("hub: the token goes to the hub, to no other server, and only if there is one") {
  const TestHub with(tiny_files(), {{"HF_TOKEN", "hf_secret"}});
  with.fetch();
  CHECK(with.asked().size() >= 8);
  for (const Request& request : with.asked()) CHECK(request.header("authorization") == "Bearer hf_secret");
  CHECK(with.asked_of_store().size() == 1);
  for (const Request& request : with.asked_of_store()) CHECK(request.header("authorization").empty());

  const TestHub without(tiny_files());
  without.fetch();
  for (const Request& request : without.asked()) CHECK(request.header("authorization").empty());
}

TEST_CASE("hub: a cut connection is taken up where it broke") {
  TestHub hub(tiny_files());
  hub.instead = [&](const Request& request) -> std::optional<Reply> {
    if (!request.path.starts_with("/store/")) return std::nullopt;
    Reply reply = hub.from_store(request);
    if (reply.body.size() > 40'000) reply.cut_after = 30'000;
    return reply;
  };
  hub.fetch();
  CHECK(content_of(hub.snapshot() / "model.safetensors") == tiny_files()["model.safetensors"]);
  std::vector<std::string> ranges;
  for (const Request& request : hub.asked_of_store()) ranges.push_back(request.header("range"));
  CHECK(ranges == std::vector<std::string>{"", "bytes=30000-", "bytes=60000-"});
  CHECK_FALSE(fs::exists(hub.partial("model.safetensors")));
}

TEST_CASE("hub: what a killed process left is gone on with, by any server, even one that only sends whole files") {
  const std::string content = tiny_files()["model.safetensors"];
  const bool ranges = GENERATE(true, false);
  TestHub hub(tiny_files());
  fs::create_directories(hub.folder() / "blobs");
  std::ofstream(hub.partial("model.safetensors")) << content.substr(0, 70'000);
  if (!ranges) {
    hub.instead = [&](const Request& request) -> std::optional<Reply> {
      if (!request.path.starts_with("/store/")) return std::nullopt;
      return Reply{.body = content};
    };
  }
  hub.fetch();
  CHECK(content_of(hub.blob("model.safetensors")) == content);
  REQUIRE(hub.asked_of_store().size() == 1);
  CHECK(hub.asked_of_store().front().header("range") == "bytes=70000-");
}

TEST_CASE("hub: a server that is slow, or busy for a while, is waited for") {
  TestHub hub(tiny_files());
  int busy = 2;
  hub.instead = [&](const Request& request) -> std::optional<Reply> {
    if (!request.path.starts_with("/store/")) return std::nullopt;
    if (busy-- > 0) return Reply{.status = 503};
    Reply reply = hub.from_store(request);
    reply.delay = std::chrono::milliseconds(300);
    return reply;
  };
  hub.fetch();
  CHECK(fs::exists(hub.snapshot() / "model.safetensors"));
}

TEST_CASE("hub: two at once, one downloads and the other waits; a lock that is held is waited for, and said") {
  const TestHub hub(tiny_files());
  std::thread other([&] { hub.fetch(); });
  hub.fetch();
  other.join();
  for (const char* name : {"config.json", "vocab.txt", "model.safetensors"}) CHECK(hub.downloads(name) == 1);

  struct Waiting : hub::DownloadObserver {
    std::atomic<int> waits{0};
    void on_wait(const hub::RemoteFile&) override { ++waits; }
  } observer;
  const TestHub second(tiny_files());
  fs::create_directories(second.cache() / ".locks/models--org--tiny");
  auto held = std::make_unique<hub::FileLock>(second.cache() / ".locks/models--org--tiny" /
                                              (second.blob("config.json").filename().string() + ".lock"));
  std::thread waiter([&] { second.fetch(observer); });
  while (observer.waits == 0) std::this_thread::yield();
  CHECK_FALSE(fs::exists(second.blob("config.json")));
  held.reset();
  waiter.join();
  CHECK(fs::exists(second.blob("config.json")));
  CHECK(observer.waits == 1);
}
