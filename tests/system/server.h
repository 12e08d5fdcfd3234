// rotor-serve as a process of its own, and what tests send it.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/comes.h"
#include "base/json.h"
#include "base/scratch.h"
#include "search/fairseq.h"
#include "system/http_client.h"

namespace rotor {

/// A request whose work takes far longer than a test: 30 sentences of a wide beam and a great length.
inline std::string heavy() {
  return nlohmann::json{{"text", std::vector<std::string>(30, "kagu tate gaka nubipi")},
                        {"beam", 32},
                        {"nbest", 32},
                        {"min-len", 300},
                        {"max-len-b", 300}}
      .dump();
}
inline const std::vector<std::string> kMuchWork = {"--max-work", "10000000"};

/// Runs from its making to stop(), or to the end of the test, on a free port.
class Server {
 public:
  explicit Server(std::vector<std::string> options = {}, const std::string& model = fairseq_model_path().string()) {
    const std::string program = std::string(ROTOR_BIN) + "/rotor-serve";
    std::vector<std::string> command = {program, model, "--port", "0", "--threads", "1"};
    command.insert(command.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string log = (folder_ / "log").string();
    process_ = fork();
    if (process_ == 0) {
      if (freopen(log.c_str(), "w", stderr) != nullptr) execv(arguments[0], arguments.data());
      _exit(127);
    }
    while (port_ == 0 && waitpid(process_, nullptr, WNOHANG) == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      const std::string said = this->log(), before = "http://127.0.0.1:";
      const size_t at = said.find(before);
      if (at != said.npos && said.ends_with('\n')) port_ = std::stoi(said.substr(at + before.size()));
    }
    EXPECT_NE(port_, 0) << "the server did not start: " << this->log();
  }

  ~Server() {
    if (process_ > 0) stop(SIGKILL);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void send_signal(int number) const { kill(process_, number); }

  /// Sends a signal, waits for the end and returns the exit code, 128 + the number of a signal that ended it.
  int stop(int number) {
    send_signal(number);
    int status = 0;
    waitpid(process_, &status, 0);
    return ended(status);
  }

  /// The same by signals that come again until the end, as those of one event count once. The end must come within a
  /// minute.
  int stop_by_many(int number) {
    int status = 0;
    const auto end = comes([&] {
      send_signal(number);
      return waitpid(process_, &status, WNOHANG) != 0;
    });
    EXPECT_TRUE(end);
    return end ? ended(status) : stop(SIGKILL);
  }

  int port() const { return port_; }
  pid_t process() const { return process_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string log() const { return text_of(folder_ / "log"); }

  /// A connection of its own.
  HttpClient client() const { return HttpClient(port_); }

  std::optional<HttpReply> post(const std::string& body) const { return client().post(body); }
  std::optional<HttpReply> post(const char* body) const { return post(std::string(body)); }
  std::optional<HttpReply> post(const nlohmann::json& body) const { return post(body.dump()); }
  std::optional<HttpReply> post_to(const std::string& path, const std::string& body) const {
    return client().post(body, "application/json", "", path);
  }
  std::optional<HttpReply> post_to(const std::string& path, const nlohmann::json& body) const {
    return post_to(path, body.dump());
  }
  std::string get(const std::string& path) const {
    const auto reply = client().get(path);
    return reply ? reply->body : "";
  }

  /// Whether the metrics come to hold a line, as "rotor_queue_sentences 1", within a minute.
  testing::AssertionResult comes_to(const std::string& line) const {
    return comes([&] { return get("/metrics").find("\n" + line + "\n") != std::string::npos; }) << ": " << line;
  }

 private:
  /// The exit code of the process, which is gone.
  int ended(int status) {
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  ScratchFolder folder_;
  pid_t process_ = 0;
  int port_ = 0;
};

/// Whether an answer is an error with that status, as JSON on one line that says all parts.
template <typename... Parts>
testing::AssertionResult refused(const std::optional<HttpReply>& result, int status, const Parts&... parts) {
  if (!result) return testing::AssertionFailure() << "no answer";
  if (result->status != status) return testing::AssertionFailure() << result->status << ": " << result->body;
  const auto json = nlohmann::json::parse(result->body, nullptr, false);
  if (json.is_discarded() || !json.contains("error") || result->body.find('\n') != std::string::npos) {
    return testing::AssertionFailure() << "expected an error on one line, got: " << result->body;
  }
  return says(json["error"].get<std::string>(), parts...);
}

}  // namespace rotor
