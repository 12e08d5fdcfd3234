// A client of HTTP/1.1 on a socket of its own, which can also send what no client should.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rotor {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;

  std::string field(const std::string& name) const { return fields.contains(name) ? fields.at(name) : ""; }
};

class HttpClient {
 public:
  explicit HttpClient(int port, const char* address = "127.0.0.1") : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in server = {};
    server.sin_family = AF_INET;
    server.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, address, &server.sin_addr);
    const timeval longest = {60, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&server), sizeof server) == 0;
  }
  ~HttpClient() { leave(); }
  HttpClient(HttpClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}

  void leave() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }
  void end_sending() const { shutdown(socket_, SHUT_WR); }

  /// Whether the server took all of it.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return connected_;
  }

  /// The next answer, or none if the connection ends before; 100 Continue is passed over unless it is asked for.
  std::optional<HttpReply> receive(bool without_body = false, bool with_continue = false) {
    while (true) {
      const size_t end = fill_until("\r\n\r\n");
      if (end == std::string::npos) return std::nullopt;
      HttpReply reply = parse_head(input_.substr(0, end));
      input_.erase(0, end + 4);
      if (reply.status == 100 && !with_continue) continue;
      const size_t size = reply.fields.contains("content-length") ? std::stoul(reply.field("content-length")) : 0;
      if (without_body || size == 0) return reply;
      while (input_.size() < size) {
        if (!fill()) return std::nullopt;
      }
      reply.body = input_.substr(0, size);
      input_.erase(0, size);
      return reply;
    }
  }

  /// Whether the server closes the connection, and sends nothing before.
  bool ends() { return input_.empty() && !fill(); }

  std::optional<HttpReply> get(const std::string& path) {
    send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return receive();
  }

  /// `fields` are whole lines with their ends.
  std::optional<HttpReply> post(const std::string& body, const std::string& type = "application/json",
                                const std::string& fields = "", const std::string& path = "/translate") {
    send(post_text(body, type, fields, path));
    return receive();
  }

  static std::string post_text(const std::string& body, const std::string& type = "application/json",
                               const std::string& fields = "", const std::string& path = "/translate") {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

 private:
  static HttpReply parse_head(const std::string& head) {
    HttpReply reply;
    reply.status = std::stoi(head.substr(head.find(' ') + 1));
    for (size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
      const size_t colon = head.find(": ", at), end = std::min(head.find("\r\n", at + 2), head.size());
      std::string name = head.substr(at + 2, colon - at - 2);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      reply.fields[name] = head.substr(colon + 2, end - colon - 2);
    }
    return reply;
  }

  size_t fill_until(const char* end) {
    while (input_.find(end) == input_.npos) {
      if (!fill()) return std::string::npos;
    }
    return input_.find(end);
  }

  bool fill() {
    char chunk[16384];
    const ssize_t count = recv(socket_, chunk, sizeof chunk, 0);
    if (count > 0) input_.append(chunk, static_cast<size_t>(count));
    return count > 0;
  }

  int socket_;
  bool connected_ = false;
  std::string input_;
};

}  // namespace rotor
