// rotor-serve under clients that are slow, that leave, that send much at once or what they should not.
#include <gtest/gtest.h>

#include <future>

#include "system/generate.h"
#include "system/server.h"

namespace rotor {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

const std::string kGaka = R"({"text": "gaka"})";

std::vector<std::string> with(std::vector<std::string> options, const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

/// Seconds of CPU that a process has used.
double cpu_seconds(pid_t process) {
  const std::string stat = text_of("/proc/" + std::to_string(process) + "/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

TEST(ServeHttp, AnswersRequestsInOnePacketInTheirOrder) {
  const Server server;
  HttpClient client = server.client();
  const std::string health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.send(HttpClient::post_text(kGaka) + health + HttpClient::post_text(R"({"text": "kagu"})") + health);
  const auto first = client.receive(), second = client.receive(), third = client.receive(), fourth = client.receive();
  ASSERT_TRUE(first && second && third && fourth);
  EXPECT_EQ(first->body, server.post(kGaka)->body);
  EXPECT_EQ(Json::parse(second->body)["status"], "ok");
  EXPECT_EQ(third->body, server.post(R"({"text": "kagu"})")->body);
  EXPECT_EQ(Json::parse(fourth->body)["status"], "ok");
  EXPECT_EQ(client.get("/health")->status, 200) << "the connection is still there";
}

TEST(ServeHttp, AnswersAClientThatHasSaidItsLast) {
  const Server server(
      {"--batch-wait", "1500"});  // longer than the server waits before it asks whether somebody listens
  HttpClient client = server.client();
  client.send(HttpClient::post_text(kGaka));
  client.end_sending();
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->field("connection"), "close");
  EXPECT_TRUE(client.ends());
  HttpClient partial = server.client();
  partial.send("POST /translate HTTP/1.1\r\nHost: loc");
  partial.end_sending();
  EXPECT_TRUE(refused(partial.receive(), 400, "a part of it"));
}

TEST(ServeHttp, EndsTheConnectionAfterHttp10AndWhereTheClientAsksForIt) {
  const Server server;
  HttpClient old = server.client(), last = server.client();
  old.send("GET /health HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive()->status, 200);
  EXPECT_TRUE(old.ends());
  last.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(last.receive()->status, 200);
  EXPECT_TRUE(last.ends());
}

TEST(ServeHttp, AsksForABodyOnlyIfItWillBeRead) {
  const Server server({"--max-body", "100"});
  const auto ask = [&](const std::string& fields) {
    HttpClient client = server.client();
    client.send("POST /translate HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" + fields + "\r\n");
    return client.receive(false, true);
  };
  HttpClient client = server.client();
  client.send(
      "POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
      "Content-Length: 16\r\n\r\n");
  EXPECT_EQ(client.receive(true, true)->status, 100);
  client.send(kGaka);
  EXPECT_EQ(client.receive(false, true)->status, 200);
  EXPECT_TRUE(refused(ask("Content-Type: application/json\r\nContent-Length: 101\r\n"), 413, "100 bytes"));
  EXPECT_TRUE(refused(ask("Content-Type: text/plain\r\nContent-Length: 16\r\n"), 415, "application/json"));
  EXPECT_TRUE(refused(ask("Content-Type: application/json\r\n"), 411, "length"));
}

TEST(ServeHttp, RefusesRequestsOfTwoLengths) {
  const Server server;
  for (const std::string other :
       {"Content-Length: 16\r\n", "Content-Length: 17\r\n", "Transfer-Encoding: chunked\r\n"}) {
    HttpClient client = server.client();
    EXPECT_TRUE(refused(client.post(kGaka, "application/json", other), 400, "expected")) << other;
    EXPECT_TRUE(client.ends()) << "what follows cannot be told from the body";
  }
}

TEST(ServeHttp, SaysWhichMethodsAResourceHas) {
  const Server server;
  HttpClient client = server.client();
  const auto ask = [&](const std::string& method, const std::string& target) {
    client.send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.receive(method == "HEAD");
  };
  for (const std::string method : {"GET", "PUT", "DELETE", "FROB"}) {
    const auto reply = ask(method, "/translate");
    EXPECT_TRUE(refused(reply, 405, "POST", method));
    EXPECT_EQ(reply->field("allow"), "POST, OPTIONS");
  }
  const auto posted = server.client().post(kGaka, "application/json", "", "/health");
  EXPECT_TRUE(refused(posted, 405, "GET"));
  EXPECT_EQ(posted->field("allow"), "GET, HEAD, OPTIONS");
  const auto options = ask("OPTIONS", "/translate");
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->field("allow"), "POST, OPTIONS");
  EXPECT_EQ(ask("OPTIONS", "*")->status, 204);
  for (const std::string path : {"/", "/health", "/metrics"}) {
    const auto head = ask("HEAD", path);
    EXPECT_EQ(head->status, 200);
    EXPECT_GT(std::stoi(head->field("content-length")), 10);
  }
  EXPECT_EQ(ask("GET", "/health?x=y")->status, 200);
  EXPECT_EQ(ask("GET", "http://localhost/health")->status, 200);
  EXPECT_TRUE(refused(ask("GET", "health"), 400, "path"));
  EXPECT_TRUE(refused(ask("GET", "/health/"), 404, "another path"));
}

TEST(ServeHttp, SlowClientsKeepNobodyWaitingAndHaveADeadline) {
  const Server server({"--request-timeout", "4"});
  const auto start = std::chrono::steady_clock::now();
  std::vector<HttpClient> slow;
  for (int i = 0; i < 50; ++i) slow.push_back(server.client());
  for (const HttpClient& client : slow) client.send("P");
  for (const std::string part : {"OS", "T /transl", "ate HTTP/1.1\r\n"}) {
    EXPECT_TRUE(says(server.get("/health"), "ok"));
    EXPECT_EQ(server.post(kGaka)->status, 200);
    for (const HttpClient& client : slow) client.send(part);
    std::this_thread::sleep_for(300ms);
  }
  for (HttpClient& client : slow) EXPECT_TRUE(refused(client.receive(), 408, "within 4 seconds"));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 4s);
}

TEST(ServeHttp, LetsIdleConnectionsGiveWayWhereAllAreTaken) {
  const Server server({"--connections", "3"});
  std::vector<HttpClient> idle;
  for (int i = 0; i < 8; ++i) {
    idle.push_back(server.client());
    EXPECT_EQ(idle.back().get("/health")->status, 200);
  }
  EXPECT_TRUE(idle.front().ends());
  EXPECT_EQ(idle.back().get("/health")->status, 200);
}

TEST(ServeHttp, EndsAtASignalThoughClientsHaveHalfARequest) {
  Server server({"--batch-wait", "4000"});
  HttpClient idle = server.client(), half = server.client(), whole = server.client();
  EXPECT_EQ(idle.get("/health")->status, 200);
  half.send("POST /translate HTTP/1.1\r\n");
  whole.send(HttpClient::post_text(kGaka));
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 1"));
  server.send_signal(SIGTERM);
  EXPECT_TRUE(idle.ends());
  EXPECT_TRUE(half.ends());
  EXPECT_EQ(whole.receive()->status, 200);
  whole.leave();
  EXPECT_EQ(server.stop(0), 143);
}

TEST(ServeHttp, RefusesWorkThatIsTooMuchBeforeItStarts) {
  const Server server;
  EXPECT_TRUE(refused(server.post(heavy()), 422, "work of at most 250000", "30 sentences * beam 32", "--max-work"));
}

TEST(ServeHttp, ShortRequestsPassLongOnesAndTheWorkOfClientsThatLeftEnds) {
  const Server server(kMuchWork);
  HttpClient leaving = server.client();
  leaving.send(HttpClient::post_text(heavy()));
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 29"));  // the first is searched
  EXPECT_EQ(server.post(kGaka)->status, 200);                // and not the others before this
  EXPECT_FALSE(says(server.get("/metrics"), "rotor_queue_sentences 0\n"));
  leaving.leave();
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 0"));
  std::this_thread::sleep_for(500ms);
  const double before = cpu_seconds(server.process());
  std::this_thread::sleep_for(500ms);
  EXPECT_LT(cpu_seconds(server.process()) - before, 0.25) << "it still works";
  EXPECT_FALSE(says(server.get("/metrics"), "rotor_sentences_total 31\n"));
}

TEST(ServeHttp, GivesUpAtTheTimeoutAndEndsTheWork) {
  const Server server(with(kMuchWork, {"--timeout", "0.5"}));
  EXPECT_TRUE(refused(server.post(heavy()), 504, "in time"));
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 0"));
}

TEST(ServeHttp, AnswersEveryRequestOfALoad) {
  const Server server;
  const std::string expected = server.post(kGaka)->body;
  std::vector<std::jthread> clients;
  std::atomic<int> answered = 0;
  for (int c = 0; c < 32; ++c) {
    clients.emplace_back([&] {
      HttpClient client = server.client();
      for (int i = 0; i < 8; ++i) client.send(HttpClient::post_text(kGaka));
      for (int i = 0; i < 8; ++i) {
        const auto reply = client.receive();
        answered += reply && reply->body == expected;
      }
    });
  }
  clients.clear();
  EXPECT_EQ(answered, 256);
  EXPECT_TRUE(says(server.get("/metrics"), "rotor_requests_total{status=\"200\"} 257\n"));
}

TEST(ServeHttp, IsOfNoUseToPagesOfOtherSites) {
  const Server server({"--cors-origin", "https://example.org"});
  const auto post = [&](const std::string& fields) { return server.client().post(kGaka, "application/json", fields); };
  EXPECT_TRUE(refused(post("Origin: https://evil.example\r\n"), 403, "evil.example", "--cors-origin"));
  const auto allowed = post("Origin: https://example.org\r\n");
  EXPECT_EQ(allowed->status, 200);
  EXPECT_EQ(allowed->field("access-control-allow-origin"), "https://example.org");
  HttpClient client = server.client();
  client.send("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_TRUE(refused(client.receive(), 403, "evil.example", "--allow-host"));
  HttpClient other = server.client();
  other.send(
      "OPTIONS /translate HTTP/1.1\r\nHost: localhost\r\nOrigin: https://example.org\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_TRUE(says(other.receive()->field("access-control-allow-methods"), "POST"));
}

TEST(ServeHttp, WantsAKeyWhereThereIsAFileOfThem) {
  const ScratchFolder folder;
  const Server server({"--api-key-file", folder.file("keys", "secret\n")});
  const auto post = [&](const std::string& fields, const std::string& body = kGaka) {
    return server.client().post(body, "application/json", fields);
  };
  const auto without = post("");
  EXPECT_TRUE(refused(without, 401, "got none", "Bearer"));
  EXPECT_EQ(without->field("www-authenticate"), "Bearer");
  EXPECT_TRUE(refused(post("X-API-Key: secrets\r\n"), 401, "another"));
  EXPECT_EQ(post("Authorization: Bearer secret\r\n")->status, 200);
  EXPECT_EQ(post("", R"({"text": "gaka", "api_key": "secret"})")->status, 200);
  EXPECT_TRUE(refused(post("", R"({"text": "gaka", "api_key": "secrets"})"), 401, "another"));
  EXPECT_TRUE(says(server.get("/health"), "ok"));
}

TEST(ServeHttp, WritesAnAccessLog) {
  const ScratchFolder folder;
  const Server server({"--access-log", folder / "access"});
  server.post(kGaka);
  server.get("/nowhere");
  server.client().post("x", "text/plain");
  EXPECT_TRUE(says(text_of(folder / "access"), "127.0.0.1 - - [", "\"POST /translate HTTP/1.1\" 200 ",
                   "\"GET /nowhere HTTP/1.1\" 404 ", "\"POST /translate HTTP/1.1\" 415 "));
}

TEST(ServeHttp, AnswersClientsOfLibreTranslate) {
  const Server server({"--source-lang", "en", "--target-lang", "de"});
  const std::string expected = Json::parse(server.post(kGaka)->body)["translations"][0]["text"];
  EXPECT_EQ(Json::parse(server.post(R"({"q": "gaka", "source": "en", "target": "de", "format": "text"})")->body),
            (Json{{"translatedText", expected}}));
  EXPECT_EQ(
      Json::parse(
          server.client().post("q=gaka&q=&source=en&target=de&api_key=", "application/x-www-form-urlencoded")->body),
      (Json{{"translatedText", {expected, ""}}}));
  EXPECT_TRUE(refused(server.post(R"({"q": "gaka", "source": "fr", "target": "de"})"), 400, "'fr'"));
  EXPECT_EQ(Json::parse(server.get("/languages"))[0]["targets"][0], "de");
  EXPECT_TRUE(refused(server.client().post(R"({"q": "gaka"})", "application/json", "", "/detect"), 501, "detects"));
  EXPECT_TRUE(refused(Server().client().get("/languages"), 501, "--source-lang"));
}

}  // namespace
}  // namespace rotor
