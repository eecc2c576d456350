#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "mini_bert/base/error.h"

namespace mini_bert::test {

struct Request {
  std::string method, path;
  std::map<std::string, std::string> headers;  // names in lower case

  std::string header(const std::string& name) const { return headers.contains(name) ? headers.at(name) : ""; }
};

struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::optional<std::size_t> cut_after = std::nullopt;  // bytes of the body after which the connection is closed
  std::chrono::milliseconds delay{0};                   // before the first byte
  bool is_endless = false;                              // the body is sent again and again
  std::chrono::milliseconds between{0};                 // between two bytes of the body
};

// An HTTP server on the loopback address, for one request after another: what `answer` makes of each is sent, for HEAD
// without the body. Content-Length is added where it says none; a header without a value is left out.
class LoopbackServer {
 public:
  using Answer = std::function<Reply(const Request&)>;

  explicit LoopbackServer(Answer answer) : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    require(::bind(socket_, generic, length) == 0 && ::listen(socket_, 64) == 0 &&
                ::getsockname(socket_, generic, &length) == 0,
            "test: no server on the loopback address");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LoopbackServer() {
    stopping_ = true;
    ::shutdown(socket_, SHUT_RDWR);  // wakes accept()
    thread_.join();
    ::close(socket_);
  }
  LoopbackServer(const LoopbackServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (!stopping_) {
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) continue;
      if (const auto request = read_request(connection)) send_reply(connection, *request, answer_(*request));
      ::close(connection);
    }
  }

  std::optional<Request> read_request(int connection) {
    std::string text;
    char piece[4096];
    while (text.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(connection, piece, sizeof piece, 0);
      if (count <= 0) return std::nullopt;
      text.append(piece, static_cast<std::size_t>(count));
    }
    Request request;
    std::istringstream lines(text);
    lines >> request.method >> request.path;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line) && line != "\r") {
      std::string name = line.substr(0, line.find(':'));
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      request.headers[name] = line.substr(name.size() + 2, line.size() - name.size() - 3);
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    return request;
  }

  static void send_reply(int connection, const Request& request, const Reply& reply) {
    std::this_thread::sleep_for(reply.delay);
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Said\r\nConnection: close\r\n";
    bool has_length = false;
    for (const auto& [name, value] : reply.headers) {
      if (!value.empty()) text += name + ": " + value + "\r\n";
      has_length |= name == "Content-Length";
    }
    if (!has_length && !reply.is_endless) text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
    text += "\r\n";
    if (!send_text(connection, text) || request.method == "HEAD") return;
    const std::string body = reply.body.substr(0, reply.cut_after.value_or(reply.body.size()));
    do {
      const std::size_t piece = reply.between.count() > 0 ? 1 : std::max<std::size_t>(body.size(), 1);
      for (std::size_t at = 0; at < body.size(); at += piece) {
        std::this_thread::sleep_for(reply.between);
        if (!send_text(connection, body.substr(at, piece))) return;
      }
    } while (reply.is_endless);
  }

  // False when the client has hung up.
  static bool send_text(int connection, std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  Answer answer_;
  int socket_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
};

}  // namespace mini_bert::test
