// A server that lies, drips or never stops: the client gives up with one line and keeps nothing that is wrong.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "mini_bert/tensor/random.h"
#include "tests/catch.h"
#include "tests/hub/test_hub.h"
#include "tests/soak.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

namespace {

// A server with TLS, `openssl s_server`, whose certificate is for `name` ("DNS:example.org", "IP:127.0.0.1") and signs
// itself. It answers every request with a page.
class TlsServer {
 public:
  explicit TlsServer(const std::string& name) {
    const std::string make =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=" + name +
        " -keyout '" + (folder_ / "key.pem").string() + "' -out '" + certificate().string() + "' 2>/dev/null";
    require(std::system(make.c_str()) == 0, "test: no certificate was made");
    int ends[2];
    require(::pipe(ends) == 0, "test: no pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::execlp("openssl", "openssl", "s_server", "-accept", "0", "-naccept", "9", "-www", "-cert",
               certificate().c_str(), "-key", (folder_ / "key.pem").c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
    std::string said;  // "ACCEPT [::]:43121"
    char c = 0;
    while (::read(ends[0], &c, 1) == 1 && !(c == '\n' && said.find("ACCEPT") != said.npos)) said += c;
    ::close(ends[0]);
    port_ = said.substr(std::min(said.rfind(':') + 1, said.size()));
  }
  ~TlsServer() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  TlsServer(const TlsServer&) = delete;

  std::string url() const { return "https://127.0.0.1:" + port_; }
  std::filesystem::path certificate() const { return folder_ / "cert.pem"; }

 private:
  TemporaryFolder folder_;
  pid_t child_ = -1;
  std::string port_;
};

// Nothing but the cache's own layout has been written, and no link leads out of it.
void check_cache(const TestHub& hub) {
  for (const auto& entry : fs::recursive_directory_iterator(hub.cache())) {
    const std::string place = fs::relative(entry.path(), hub.cache()).string();
    INFO(place);
    CHECK((place.starts_with("models--org--tiny") || place.starts_with(".locks")));
    if (entry.is_symlink()) {
      const fs::path target = (entry.path().parent_path() / fs::read_symlink(entry.path())).lexically_normal();
      CHECK(target.string().starts_with(hub.folder().string()));
    }
  }
}

}  // namespace

TEST_CASE("lying server: bodies and headers without an end are given up") {
  TestHub hub(tiny_files());
  hub.instead = for_path("/revision/main", {.body = std::string(100'000, 'x'), .is_endless = true});
  CHECK_THAT(failure(hub), ContainsSubstring("more than 16.0 MB, expected a list of files"));
  hub.instead = for_path("/revision/main", {.status = 404, .body = std::string(100'000, 'x'), .is_endless = true});
  CHECK_THAT(failure(hub), ContainsSubstring("has no model of this name (404)"));
  hub.instead = for_path("/store/model.safetensors", {.body = std::string(70'000, 'x'), .is_endless = true});
  CHECK_THAT(failure(hub), ContainsSubstring("sends more than the 100000 bytes it has announced"));
  hub.instead = for_path("/store/model.safetensors", {.status = 302,
                                                      .headers = {{"Location", hub.url() + "/nowhere"}},
                                                      .body = std::string(100'000, 'x'),
                                                      .is_endless = true});
  CHECK_THAT(failure(hub), ContainsSubstring("the server answers 404, expected the file"));
  Reply headers;
  for (int i = 0; i < 400; ++i) headers.headers.emplace_back("X-" + std::to_string(i), std::string(1000, 'x'));
  hub.instead = for_path("/vocab.txt", headers);
  CHECK_THAT(failure(hub), ContainsSubstring("its headers have more than"));
  check_cache(hub);
}

TEST_CASE("lying server: a body that drips is given up") {
  const LoopbackServer server(
      [](const Request&) { return Reply{.body = "x", .is_endless = true, .between = std::chrono::milliseconds(50)}; });
  hub::Http http({.stalled_seconds = 1});
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THAT(error_of([&] { http.get(server.url(), 0, [](const hub::HttpAnswer&, std::string_view) {}); }),
             ContainsSubstring("no whole answer: "));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("lying server: redirects to other schemes and rings of them are refused") {
  TestHub hub(tiny_files());
  for (const std::string place :
       {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "dict://127.0.0.1/"}) {
    INFO(place);
    hub.instead = for_path("/revision/main", {.status = 302, .headers = {{"Location", place}}});
    const std::string error = failure(hub);
    CHECK_THAT(error, ContainsSubstring("no whole answer: "));
    CHECK_THAT(error, !ContainsSubstring("root:"));
  }
  hub.instead = for_path("/revision/main", {.status = 302, .headers = {{"Location", hub.url() + "/revision/main"}}});
  CHECK_THAT(failure(hub), ContainsSubstring("more than 10 redirects"));
  CHECK_FALSE(fs::exists(hub.folder()));
}

TEST_CASE("lying server: wrong lengths are found out, also when they are numbers of 2^63 and more") {
  for (const char* length : {"99999", "100001", "9223372036854775807", "9223372036854775808", "18446744073709551616",
                             "-1", "1e5", "0x10", "100000, 5", ""}) {
    INFO(length);
    TestHub hub(tiny_files());
    const std::string name = content_name_of(tiny_files()["model.safetensors"], true);
    hub.instead = [=](const Request& request) -> std::optional<Reply> {
      if (!request.path.ends_with("/resolve/" + tip + "/model.safetensors")) return std::nullopt;
      return Reply{
          .status = 302,
          .headers = {{"Location", "/store/model.safetensors"}, {"X-Linked-ETag", name}, {"X-Linked-Size", length}}};
    };
    failure(hub);
    CHECK_FALSE(fs::exists(hub.blob("model.safetensors")));
    check_cache(hub);
  }
}

TEST_CASE("lying server: a certificate of another name, or of an unknown authority, is refused") {
  if (std::system("openssl version >/dev/null 2>&1") != 0) return;
  const TestHub hub(tiny_files());
  const auto asking = [&](const TlsServer& server, const std::string& certificates) {
    const Environment environment({{"HF_HUB_CACHE", hub.cache().string()},
                                   {"HF_ENDPOINT", server.url()},
                                   {"HF_TOKEN", "secret"},
                                   {"SSL_CERT_FILE", certificates}});
    return failure(hub);
  };
  const TlsServer right("IP:127.0.0.1"), wrong("DNS:huggingface.co");
  CHECK_THAT(asking(right, right.certificate().string()), ContainsSubstring("not JSON"));  // the page arrives
  CHECK_THAT(asking(right, ""), ContainsSubstring("self-signed certificate") || ContainsSubstring("self signed"));
  const std::string other_name = asking(wrong, wrong.certificate().string());
  CHECK_THAT(other_name, ContainsSubstring("no whole answer: SSL"));
  CHECK_THAT(other_name, ContainsSubstring("127.0.0.1"));
  CHECK_FALSE(fs::exists(hub.folder()));
}

TEST_CASE("lying server: whatever is changed in its answers, nothing wrong is kept") {
  const char* const many = std::getenv("MINI_BERT_LONG");
  const int count = many != nullptr ? 50'000 : test::soak_count(150);
  const std::vector<std::string> pieces = {
      "..",     "/",  "\\",   "\"",   "{",       "}",        "[", "null", "-1", "9999999999999999999",
      "%2e%2e", "\r", "\x01", "\xff", "http://", "file:///", ""};
  RandomSequence random({.seed = test::soak_seed(5)});
  const auto below = [&](std::size_t limit) {
    return random.below(static_cast<std::uint32_t>(std::max<std::size_t>(limit, 1)));
  };
  const auto changed = [&](std::string text) {
    const std::size_t at = below(text.size());
    const std::string& piece = pieces[below(pieces.size())];
    return text.replace(at, std::min<std::size_t>(below(4), text.size() - at), piece);
  };
  const auto whole = tiny_files();
  for (int i = 0; i < count; ++i) {
    TestHub hub(whole);
    const std::size_t victim = below(8);
    std::size_t asked = 0;
    const std::string listing = "{\"sha\":\"" + tip +
                                R"(","siblings":[{"rfilename":"config.json"},)"
                                R"({"rfilename":"vocab.txt"},{"rfilename":"model.safetensors"}]})";
    hub.instead = [&](const Request& request) -> std::optional<Reply> {
      if (asked++ != victim) return std::nullopt;
      if (request.path.ends_with("/revision/main")) return Reply{.body = changed(listing)};
      Reply reply{.status = below(2) == 0 ? 200 : 302,
                  .headers = {{"ETag", changed("\"" + tip + "\"")},
                              {"X-Repo-Commit", tip},
                              {"Location", changed("/store/model.safetensors")}},
                  .body = changed("{}")};
      if (below(2) == 0) reply.headers.emplace_back("X-Linked-Size", changed("100000"));
      if (below(4) == 0) reply.cut_after = 1;
      return reply;
    };
    const std::string error = error_of([&] { hub.fetch(); });
    INFO(i << ": " << error);
    CHECK(error.find('\n') == std::string::npos);
    check_cache(hub);
    for (const auto& [name, content] : whole) {
      if (fs::exists(hub.snapshot() / name)) CHECK(content_of(hub.snapshot() / name) == content);
    }
  }
}
