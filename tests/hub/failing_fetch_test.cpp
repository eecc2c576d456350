// What can go wrong with a download: one line that says it, and nothing that a later attempt would stumble over.
#include "mini_bert/hub/fetch_model.h"
#include "tests/catch.h"
#include "tests/hub/test_hub.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

TEST_CASE("hub: bytes other than promised are an Error, and the partial file goes") {
  const std::string content = tiny_files()["model.safetensors"];
  std::string changed = content;
  changed[50'000] ^= 1;
  const std::pair<Reply, const char*> cases[] = {
      {{.body = changed}, "its checksum is "},
      {{.body = content.substr(0, 99'999)}, "ends after 99999 bytes, expected 100000"},
      {{.body = content + "x"}, "sends more than the 100000 bytes it has announced"},
      {{.status = 206, .headers = {{"Content-Range", "bytes 5-99999/100000"}}, .body = content.substr(5)},
       "sends \"bytes 5-99999/100000\" of the file, expected bytes 0-"},
  };
  for (const auto& [reply, expected] : cases) {
    TestHub hub(tiny_files());
    hub.instead = for_path("/store/model.safetensors", reply);
    const std::string error = failure(hub);
    CHECK_THAT(error, ContainsSubstring(expected));
    CHECK_THAT(error, ContainsSubstring("model.safetensors: "));
    CHECK_THAT(error, ContainsSubstring("the partial file has been removed: try again"));
    CHECK_FALSE(fs::exists(hub.partial("model.safetensors")));
    CHECK_FALSE(fs::exists(hub.blob("model.safetensors")));
    hub.instead = [](const Request&) { return std::nullopt; };
    hub.fetch();
    CHECK(content_of(hub.blob("model.safetensors")) == content);
  }
}

TEST_CASE("hub: a small file's bytes are checked too, and a partial file with other bytes is found out") {
  TestHub small(tiny_files());
  small.instead = [](const Request& request) -> std::optional<Reply> {
    if (request.method != "GET" || !request.path.ends_with("/config.json")) return std::nullopt;
    return Reply{.body = "[]"};
  };
  CHECK_THAT(failure(small), ContainsSubstring("config.json: its checksum is "));

  const TestHub hub(tiny_files());
  fs::create_directories(hub.folder() / "blobs");
  std::ofstream(hub.partial("model.safetensors")) << std::string(1000, 'x');
  CHECK_THAT(failure(hub), ContainsSubstring("its checksum is "));
  CHECK_FALSE(fs::exists(hub.partial("model.safetensors")));
  std::ofstream(hub.partial("model.safetensors")) << std::string(200'000, 'x');  // longer than the file
  hub.fetch();
  CHECK(fs::exists(hub.blob("model.safetensors")));
}

TEST_CASE("hub: a connection that breaks without a byte is given up, and the next attempt goes on") {
  TestHub hub(tiny_files());
  hub.instead = [&](const Request& request) -> std::optional<Reply> {
    if (!request.path.starts_with("/store/")) return std::nullopt;
    Reply reply = hub.from_store(request);
    reply.cut_after = request.header("range").empty() ? 1000 : 0;
    return reply;
  };
  struct Retries : hub::DownloadObserver {
    int count = 0;
    void on_retry(const hub::RemoteFile&, const std::string& reason) override {
      ++count;
      CHECK_THAT(reason, ContainsSubstring("no whole answer"));
    }
  } observer;
  const std::string error = error_of([&] { hub.fetch(observer); });
  CHECK_THAT(error, ContainsSubstring("org/tiny: not here and not downloaded: "));
  CHECK_THAT(error, ContainsSubstring("check the network"));
  CHECK(observer.count == 2);
  CHECK(fs::file_size(hub.partial("model.safetensors")) == 1000);
  hub.instead = [](const Request&) { return std::nullopt; };
  hub.fetch();
  CHECK(hub.asked_of_store().back().header("range") == "bytes=1000-");
}

TEST_CASE("hub: what the hub refuses is said in one line, with what to do") {
  const auto error = [](int status) {
    TestHub hub(tiny_files());
    hub.instead = for_path("/revision/main", {.status = status});
    const std::string said = failure(hub);
    CHECK_THAT(said, ContainsSubstring("org/tiny: "));
    CHECK_THAT(said, ContainsSubstring(hub.url()));
    CHECK_FALSE(fs::exists(hub.folder()));
    return said;
  };
  CHECK_THAT(error(404), ContainsSubstring("has no model of this name (404); check the name"));
  CHECK_THAT(error(401), ContainsSubstring("does not give out a model of this name (401); check the name, or"));
  CHECK_THAT(error(403), ContainsSubstring("set HF_TOKEN"));
  CHECK_THAT(error(500), ContainsSubstring("answers 500 when asked for the model; try again later"));

  TestHub hub(tiny_files());
  hub.instead = for_path("/model.safetensors", {.status = 403});
  CHECK_THAT(
      failure(hub),
      ContainsSubstring("the server answers 403, expected the file; the model is private or gated: set HF_TOKEN"));
  hub.instead = for_path("/store/model.safetensors", {.status = 404});
  CHECK_THAT(failure(hub), ContainsSubstring("the server answers 404, expected the file"));
}

TEST_CASE("hub: no network, and HF_HUB_OFFLINE") {
  TestHub hub(tiny_files());
  {
    const Environment environment({{"HF_HUB_CACHE", hub.cache().string()}, {"HF_ENDPOINT", "http://127.0.0.1:1"}});
    CHECK_THAT(failure(hub), ContainsSubstring("org/tiny: not here and not downloaded: \"http://127.0.0.1:1/"));
  }
  for (const char* name : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}) {
    for (const char* value : {"1", "true", "Yes", "ON"}) {
      const Environment environment(
          {{"HF_HUB_CACHE", hub.cache().string()}, {"HF_ENDPOINT", hub.url()}, {name, value}});
      CHECK_THAT(failure(hub), ContainsSubstring("org/tiny: no such model folder, nor a snapshot in " +
                                                 hub.folder().string() + ", and HF_HUB_OFFLINE forbids"));
    }
  }
  CHECK(hub.asked().empty());
  for (const char* endpoint : {"ftp://127.0.0.1", "huggingface.co", "file:///etc"}) {
    const Environment environment({{"HF_HUB_CACHE", hub.cache().string()}, {"HF_ENDPOINT", endpoint}});
    CHECK_THAT(failure(hub), ContainsSubstring("expected one that begins with http:// or https://"));
  }
}

TEST_CASE("hub: answers that no hub gives are refused") {
  const std::string before = "{\"sha\":\"" + tip + "\",";
  const std::pair<std::string, const char*> listings[] = {
      {"<html>", "not JSON"},
      {"[]", "is an array, expected an object; is HF_ENDPOINT a server of models?"},
      {"{\"sha\":1}", "sha is 1, expected a text"},
      {"{\"sha\":\"../../../../x\",\"siblings\":[]}", "expected 40 hexadecimal digits"},
      {before + "\"x\":1}", "siblings is missing"},
      {before + "\"siblings\":[1]}", "siblings: element 1 is 1, expected an object"},
      {before + "\"siblings\":[]}", "has no vocab.txt or tokenizer.json"},
      {before + "\"siblings\":[{\"rfilename\":\"vocab.txt\"}]}", "has no config.json"},
      {before + "\"siblings\":[{\"rfilename\":\"vocab.txt\"},{\"rfilename\":\"config.json\"}]}",
       "has no model.safetensors or pytorch_model.bin"},
  };
  for (const auto& [listing, expected] : listings) {
    TestHub hub(tiny_files());
    hub.instead = for_path("/revision/main", {.body = listing});
    CHECK_THAT(failure(hub), ContainsSubstring(expected));
    CHECK_FALSE(fs::exists(hub.folder()));
  }
  const std::pair<Reply, const char*> files[] = {
      {{.headers = {{"ETag", tip}}}, "its etag is \"\", expected 40 or 64"},  // of a store, not of the hub
      {{.headers = {{"X-Repo-Commit", tip}}}, "its etag is \"\", expected 40 or 64 hexadecimal digits"},
      {{.headers = {{"ETag", "\"../../../x\""}, {"X-Repo-Commit", tip}}}, "its etag is \"../../../x\""},
      {{.headers = {{"ETag", tip}, {"X-Repo-Commit", tip}, {"Transfer-Encoding", "chunked"}, {"Content-Length", ""}}},
       "its size is \"\""},
      {{.status = 307, .headers = {{"Location", "/api/resolve-cache/models/org/tiny/" + tip + "/vocab.txt"}}},
       "more than 10 redirects"},
  };
  for (const auto& [reply, expected] : files) {
    TestHub hub(tiny_files());
    hub.instead = for_path("/vocab.txt", reply);
    CHECK_THAT(failure(hub), ContainsSubstring(expected));
  }
}

TEST_CASE("hub: a cache that cannot be written is an Error with the reason") {
  const TestHub hub(tiny_files());
  std::ofstream(hub.folder()) << "a file in the way";
  const std::string error = error_of([&] { hub.fetch(); });
  CHECK_THAT(error, ContainsSubstring("models--org--tiny/blobs: cannot be made: a part of the path is a file"));
}
