#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "mini_bert/base/error.h"

namespace mini_bert::hub {

// The server could not be reached, stopped in the middle or is overloaded: the same request may succeed later.
class NetworkError : public Error {
 public:
  using Error::Error;
};

// What a server answered, without the body. RFC 9110.
struct HttpAnswer {
  long status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string location;                        // where a redirect leads, as a whole URL; empty: no redirect

  bool ok() const { return status >= 200 && status < 300; }
  std::string header(const std::string& lower_case_name) const;  // "" when there is none
};

struct HttpOptions {
  std::string token = {};         // sent as "Authorization: Bearer" to `token_origin` and to nobody else
  std::string token_origin = {};  // see origin_of()
  long connect_seconds = 10;      // until a connection stands
  long stalled_seconds = 30;      // without a byte, until a request is given up
};

// One client, which keeps its connections open from one request to the next. http and https; proxies as curl takes them
// from the environment (https_proxy, no_proxy, …).
class Http {
 public:
  // Gets a piece of the body, and what is known of the answer by then.
  using Sink = std::function<void(const HttpAnswer&, std::string_view)>;

  explicit Http(HttpOptions options);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // The headers of a URL. Redirects are followed, up to one that `is_enough` already.
  HttpAnswer head(const std::string& url, const std::function<bool(const HttpAnswer&)>& is_enough);

  // The body of a URL from `first_byte` on, wherever redirects lead, if the answer is ok(); any other body is dropped.
  // NetworkError when no whole answer came; what `sink` throws ends the request and comes out here.
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
