#include "mini_bert/hub/http.h"

#include <curl/curl.h>

#include <exception>

#include "mini_bert/base/file_error.h"

namespace mini_bert::hub {
namespace {

constexpr int most_redirects = 10;
constexpr std::size_t most_header_bytes = 1 << 18;   // of all answers to one request
constexpr std::size_t most_ignored_bytes = 1 << 20;  // of the body of a redirect or a refusal
constexpr long least_speed = 100;                    // bytes per second; a slower server is as good as silent

// libcurl must be initialised once, before its first use, by one thread.
struct CurlLibrary {
  CurlLibrary() { require(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl cannot be started"); }
  ~CurlLibrary() { curl_global_cleanup(); }
};

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// A URL for a message. Leaves out the query, because a storage server's URLs carry a signature there.
std::string short_url(const std::string& url) {
  return in_quotes(url.substr(0, url.find('?')));
}

HttpAnswer read_answer(CURL* curl) {
  HttpAnswer answer;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  constexpr int last_request = -1;
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(curl, CURLH_HEADER, last_request, header)) != nullptr) {
    std::string name = header->name;
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    answer.headers[name] = header->value;
  }
  const char* location = nullptr;
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
  if (location != nullptr) answer.location = location;
  return answer;
}

// Where a link in an answer of `url` leads; empty: nowhere.
std::string resolved(const std::string& url, const std::string& link) {
  const std::unique_ptr<CURLU, FreeUrl> whole(curl_url());
  char* text = nullptr;
  const bool good = whole && !link.empty() && curl_url_set(whole.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
                    curl_url_set(whole.get(), CURLUPART_URL, link.c_str(), 0) == CURLUE_OK &&
                    curl_url_get(whole.get(), CURLUPART_URL, &text, 0) == CURLUE_OK;
  const std::string result = good ? text : "";
  curl_free(text);
  return result;
}

// The state of a request in progress. An exception must not pass through libcurl, which is written in C, so it is kept
// here.
struct Transfer {
  CURL* curl;
  const std::string& url;
  const Http::Sink& sink;
  HttpAnswer answer = {};
  std::exception_ptr failure = nullptr;
  std::size_t header_bytes = 0, ignored_bytes = 0;
  bool has_enough = false;  // the rest of the body is not wanted, so the transfer was ended
};

// Calls `receive` and keeps what it throws. Returns `count`, or 0, which ends the transfer.
template <class Receive>
std::size_t received(Transfer& transfer, std::size_t count, const Receive& receive) {
  try {
    return receive() ? count : 0;
  } catch (...) {
    transfer.failure = std::current_exception();
    return 0;
  }
}

std::size_t append_body(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  return received(transfer, count, [&] {
    if (transfer.answer.status == 0) transfer.answer = read_answer(transfer.curl);
    if (transfer.answer.ok()) {
      transfer.sink(transfer.answer, {bytes, count});
    } else {
      transfer.ignored_bytes += count;
      transfer.has_enough = transfer.ignored_bytes > most_ignored_bytes;
    }
    return !transfer.has_enough;
  });
}

std::size_t count_header(char*, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  return received(transfer, count, [&] {
    transfer.header_bytes += count;
    require(transfer.header_bytes <= most_header_bytes,
            "{}: its headers have more than {}; is HF_ENDPOINT a server of models?", short_url(transfer.url),
            format_bytes(most_header_bytes));
    return true;
  });
}

// Follows redirects from one URL to the next.
template <class Ask, class IsEnough>
HttpAnswer follow_redirects(std::string url, const Ask& ask, const IsEnough& is_enough) {
  for (int redirects = 0; redirects <= most_redirects; ++redirects) {
    HttpAnswer answer = ask(url);
    const std::string& next = answer.location;
    if (next.empty() || is_enough(answer)) return answer;
    require(!url.starts_with("https://") || next.starts_with("https://"),
            "{}: leads to {}, which is not encrypted; nothing is downloaded from there", short_url(url),
            short_url(next));
    url = next;
  }
  fail("{}: more than {} redirects; try again later", short_url(url), most_redirects);
}

}  // namespace

std::string HttpAnswer::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

std::string origin_of(const std::string& url) {
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  std::string origin;
  bool good = parsed && curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  const auto append = [&](CURLUPart part, const char* before, unsigned flags) {
    char* text = nullptr;
    good = good && curl_url_get(parsed.get(), part, &text, flags) == CURLUE_OK;
    if (good) origin += std::string(before) + text;
    curl_free(text);
  };
  append(CURLUPART_SCHEME, "", 0);
  append(CURLUPART_HOST, "://", 0);
  append(CURLUPART_PORT, ":", CURLU_DEFAULT_PORT);
  require(good && (origin.starts_with("http://") || origin.starts_with("https://")),
          "{} is no URL of a server, expected one that begins with http:// or https://", short_url(url));
  return origin;
}

struct Http::Connection {
  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  CURL* curl = nullptr;
  std::unique_ptr<curl_slist, FreeList> headers, headers_with_token;
  char reason[CURL_ERROR_SIZE] = {};

  Connection() {
    static const CurlLibrary library;
    curl = curl_easy_init();
    require(curl != nullptr, "libcurl cannot be started");
  }
  ~Connection() { curl_easy_cleanup(curl); }
  Connection(const Connection&) = delete;

  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(curl, option, value);
    require(code == CURLE_OK, "libcurl: option {}: {}", static_cast<int>(option), curl_easy_strerror(code));
  }
};

Http::Http(HttpOptions options) : options_(std::move(options)), connection_(std::make_unique<Connection>()) {
  Connection& c = *connection_;
  const bool one_line = options_.token.find_first_of("\r\n") == std::string::npos;
  require(one_line, "HF_TOKEN: holds a line break, expected one line");
  c.headers.reset(curl_slist_append(nullptr, "Accept-Encoding: identity"));
  c.headers_with_token.reset(curl_slist_append(nullptr, "Accept-Encoding: identity"));
  curl_slist_append(c.headers_with_token.get(), ("Authorization: Bearer " + options_.token).c_str());
  c.set(CURLOPT_ERRORBUFFER, c.reason);
  c.set(CURLOPT_PROTOCOLS_STR, "http,https");
  c.set(CURLOPT_USERAGENT, "mini_bert");
  if (!options_.certificates.empty()) c.set(CURLOPT_CAINFO, options_.certificates.c_str());
  c.set(CURLOPT_NOSIGNAL, 1L);  // there are other threads
  c.set(CURLOPT_CONNECTTIMEOUT, options_.connect_seconds);
  c.set(CURLOPT_LOW_SPEED_LIMIT, least_speed);
  c.set(CURLOPT_LOW_SPEED_TIME, options_.stalled_seconds);
  c.set(CURLOPT_WRITEFUNCTION, append_body);
  c.set(CURLOPT_HEADERFUNCTION, count_header);
}

Http::~Http() = default;

HttpAnswer Http::request(const std::string& url, bool head, std::uint64_t first_byte, const Sink& sink) {
  Connection& c = *connection_;
  const bool may_know_token = !options_.token.empty() && origin_of(url) == options_.token_origin;
  const std::string range = std::to_string(first_byte) + "-";
  Transfer transfer{c.curl, url, sink};
  c.set(CURLOPT_URL, url.c_str());
  c.set(CURLOPT_HTTPGET, 1L);
  c.set(CURLOPT_NOBODY, head ? 1L : 0L);
  c.set(CURLOPT_RANGE, first_byte > 0 ? range.c_str() : nullptr);
  c.set(CURLOPT_HTTPHEADER, (may_know_token ? c.headers_with_token : c.headers).get());
  c.set(CURLOPT_WRITEDATA, &transfer);
  c.set(CURLOPT_HEADERDATA, &transfer);
  c.reason[0] = '\0';
  const CURLcode code = curl_easy_perform(c.curl);
  if (transfer.failure) std::rethrow_exception(transfer.failure);
  if (code != CURLE_OK && !transfer.has_enough) {
    throw NetworkError(fmt::format("{}: no whole answer: {}; check the network", short_url(url),
                                   c.reason[0] != '\0' ? c.reason : curl_easy_strerror(code)));
  }
  HttpAnswer answer = read_answer(c.curl);
  // libcurl works out where a redirect leads at the end of a transfer, which this one did not reach.
  if (transfer.has_enough && answer.status / 100 == 3) answer.location = resolved(url, answer.header("location"));
  return answer;
}

HttpAnswer Http::head(const std::string& url, const std::function<bool(const HttpAnswer&)>& is_enough) {
  const auto ask = [&](const std::string& place) { return request(place, true, 0, {}); };
  return follow_redirects(url, ask, is_enough);
}

HttpAnswer Http::get(const std::string& url, std::uint64_t first_byte, const Sink& sink) {
  const auto ask = [&](const std::string& place) { return request(place, false, first_byte, sink); };
  return follow_redirects(url, ask, [](const HttpAnswer&) { return false; });
}

}  // namespace mini_bert::hub
