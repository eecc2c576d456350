#include "mini_bert/hub/repository.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <regex>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/hub/checksum.h"

namespace mini_bert::hub {
namespace {

constexpr std::array tokenizer_files = {
    "config.json",      "vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
    "added_tokens.json"};

std::string get_text(Http& http, const std::string& url, HttpAnswer& answer) {
  constexpr std::size_t most_bytes = 16'000'000;
  std::string text;
  answer = http.get(url, 0, [&](const HttpAnswer&, std::string_view bytes) {
    text += bytes;
    require(text.size() <= most_bytes, "{}: more than {}, expected a list of files", url, format_bytes(most_bytes));
  });
  return text;
}

void check_status(const std::string& name, const std::string& endpoint, long status) {
  switch (status) {
    case 200:
      return;
    case 401:
    case 403:
      fail(
          "{}: no such model folder, and {} does not give out a model of this name ({}); check the name, or, if the "
          "model is private or gated, set HF_TOKEN to a token that may read it",
          name, endpoint, status);
    case 404:
      fail("{}: no such model folder, and {} has no model of this name ({}); check the name", name, endpoint, status);
    default:
      fail("{}: {} answers {} when asked for the model; try again later, or choose another server with HF_ENDPOINT",
           name, endpoint, status);
  }
}

bool is_commit(const std::string& text) {
  return text.size() == 40 && is_content_name(text);
}

// A large file is on a storage server. The hub's redirect to it states the file's size and content name.
bool describes_linked_file(const HttpAnswer& answer) {
  return !answer.header("x-linked-etag").empty() && !answer.header("x-linked-size").empty();
}

// "abc", W/"abc"
std::string without_quotes(std::string etag) {
  if (etag.starts_with("W/")) etag.erase(0, 2);
  std::erase(etag, '"');
  return etag;
}

}  // namespace

Repository list_repository(Http& http, const std::string& endpoint, const std::string& name) {
  const std::string url = endpoint + "/api/models/" + name + "/revision/main";
  HttpAnswer answer;
  const std::string text = get_text(http, url, answer);
  check_status(name, endpoint, answer.status);
  return with_file_name(url, [&] { return parse_listing(text, url, name); });
}

Repository parse_listing(std::string_view text, const std::string& url, const std::string& name) {
  const nlohmann::json json = parse_json(text, url);
  const JsonField listing(json, url, "is HF_ENDPOINT a server of models?");
  Repository repository{name, listing.at("sha").text(), {}};
  if (!is_commit(repository.commit)) listing.fail("sha", "40 hexadecimal digits");
  for (const JsonField& file : listing.at("siblings").elements()) {
    repository.files.push_back(file.at("rfilename").text());
  }
  return repository;
}

std::vector<std::string> wanted_files(const std::vector<std::string>& files, ModelFiles wanted) {
  const auto has = [&](const char* name) { return std::ranges::find(files, name) != files.end(); };
  std::vector<std::string> chosen;
  const auto choose = [&](const std::regex& pattern) {
    std::ranges::copy_if(files, std::back_inserter(chosen),
                         [&](const std::string& name) { return std::regex_match(name, pattern); });
  };
  for (const char* name : tokenizer_files) {
    if (has(name)) chosen.emplace_back(name);
  }
  if (wanted == ModelFiles::tokenizer) return chosen;
  choose(std::regex("modules\\.json|sentence_[a-z-]{1,20}_config\\.json|config_sentence_transformers\\.json"));
  choose(std::regex("[0-9]{1,2}_[A-Za-z]{1,40}/config\\.json"));
  for (const auto& [one, parts] : {std::pair("model.safetensors", "model-[0-9]{5}-of-[0-9]{5}\\.safetensors"),
                                   std::pair("pytorch_model.bin", "pytorch_model-[0-9]{5}-of-[0-9]{5}\\.bin")}) {
    const std::string index = std::string(one) + ".index.json";
    if (has(one)) {
      chosen.emplace_back(one);
      return chosen;
    }
    if (has(index.c_str())) {
      chosen.push_back(index);
      choose(std::regex(parts));
      return chosen;
    }
  }
  return chosen;
}

RemoteFile describe_file(Http& http, const std::string& endpoint, const Repository& repository,
                         const std::string& file) {
  const std::string url = fmt::format("{}/{}/resolve/{}/{}", endpoint, repository.name, repository.commit, file);
  return parse_description(http.head(url, describes_linked_file), url, file);
}

RemoteFile parse_description(const HttpAnswer& answer, const std::string& url, const std::string& file) {
  RemoteFile remote{file, url, "", 0};
  const bool redirected = !answer.location.empty();
  const bool forbidden = answer.status == 401 || answer.status == 403;
  require(answer.ok() || redirected, "{}: the server answers {}, expected the file; {}", remote.url, answer.status,
          forbidden ? "the model is private or gated: set HF_TOKEN to a token that may read it" : "try again later");
  // The plain headers describe the file only when the hub itself sends it: the etag of a storage server is another
  // hash.
  const bool from_hub = !redirected && !answer.header("x-repo-commit").empty();
  const auto first_of = [&](const char* linked, const char* plain) {
    const std::string value = answer.header(linked);
    return value.empty() && from_hub ? answer.header(plain) : value;
  };
  remote.content_name = without_quotes(first_of("x-linked-etag", "etag"));
  require(is_content_name(remote.content_name),
          "{}: its etag is {}, expected 40 or 64 hexadecimal digits; is HF_ENDPOINT a server of models?", remote.url,
          in_quotes(remote.content_name));
  const std::string size = first_of("x-linked-size", "content-length");
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), remote.size);
  require(error == std::errc() && end == size.data() + size.size() && !size.empty(),
          "{}: its size is {}, expected a number of bytes; is HF_ENDPOINT a server of models?", remote.url,
          in_quotes(size));
  return remote;
}

}  // namespace mini_bert::hub
