#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "mini_bert/base/error.h"

namespace mini_bert::hub {

// The server could not be reached, stopped in the middle of an answer, or is overloaded. The same request may succeed
// later, so callers catch this error and try again.
class NetworkError : public Error {
 public:
  using Error::Error;
};

// What a server answered, without the body. RFC 9110.
struct HttpAnswer {
  long status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string location;                        // the whole URL that a redirect leads to; empty: no redirect

  bool ok() const { return status >= 200 && status < 300; }
  std::string header(const std::string& lower_case_name) const;  // "" when there is none
};

struct HttpOptions {
  std::string token = {};         // sent as "Authorization: Bearer" to `token_origin` and to nobody else
  std::string token_origin = {};  // see origin_of()
  std::string certificates = {};  // a PEM file of the authorities to trust; empty: those of the system
  long connect_seconds = 10;      // the longest wait for a connection
  long stalled_seconds = 30;      // a request fails when it brings less than 100 bytes a second for so long
};

// One client for http and https, which keeps its connections open between requests. curl reads proxies from the
// environment (https_proxy, no_proxy, …).
class Http {
 public:
  // Receives a piece of the body, and the part of the answer that has arrived so far.
  using Sink = std::function<void(const HttpAnswer&, std::string_view)>;

  explicit Http(HttpOptions options);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // The headers of a URL. Follows redirects until `is_enough` accepts an answer.
  HttpAnswer head(const std::string& url, const std::function<bool(const HttpAnswer&)>& is_enough);

  // Gives `sink` the body of a URL from `first_byte` on, after redirects. Drops the body of an answer that is not ok().
  // NetworkError when no whole answer arrives. An exception from `sink` ends the request and reaches the caller.
  HttpAnswer get(const std::string& url, std::uint64_t first_byte, const Sink& sink);

 private:
  struct Connection;
  HttpAnswer request(const std::string& url, bool head, std::uint64_t first_byte, const Sink& sink);

  HttpOptions options_;
  std::unique_ptr<Connection> connection_;
};

// "https://huggingface.co:443". Error unless it is a whole http or https URL.
std::string origin_of(const std::string& url);

}  // namespace mini_bert::hub
