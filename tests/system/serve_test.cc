// rotor-serve as its clients see it.
#include <gtest/gtest.h>

#include <future>

#include "system/generate.h"
#include "system/server.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> kTexts = {"kagu tate", "gaka", "kagu tate gaka nubipi", "", "tate tate gaka kagu"};

std::string lines(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + "\n";
  return all;
}

/// What rotor-generate --nbest prints, made of an answer.
std::string as_printed(const Json& answer, bool with_alignment) {
  std::string all;
  const Json& translations = answer["translations"];
  for (size_t i = 0; i < translations.size(); ++i) {
    if (translations[i]["hypotheses"].empty()) all += fmt::format("{}\t0.000000\t{}\n", i, with_alignment ? "\t" : "");
    for (const Json& hypothesis : translations[i]["hypotheses"]) {
      all += fmt::format("{}\t{:.6f}\t{}", i, hypothesis["score"].get<double>(), hypothesis["text"].get<std::string>());
      if (with_alignment) all += fmt::format("\t{}", hypothesis["alignment"].get<std::string>());
      all += '\n';
    }
  }
  return all;
}

TEST(Serve, TranslatesAsRotorGenerateDoes) {
  const Server server;
  const std::pair<const char*, Json> searches[] = {
      {"--nbest 5", {{"nbest", 5}}},
      {"--nbest 2 --beam 4 --lenpen 0.3 --print-alignment",
       {{"nbest", 2}, {"beam", 4}, {"lenpen", 0.3}, {"print-alignment", true}}},
      {"--nbest 3 --max-len-a 0.5 --max-len-b 2 --unnormalized",
       {{"nbest", 3}, {"max-len-a", 0.5}, {"max-len-b", 2}, {"unnormalized", true}}},
      {"--nbest 2 --sampling --sampling-topk 5 --seed 7",
       {{"nbest", 2}, {"sampling", true}, {"sampling-topk", 5}, {"seed", 7}}},
      {"--nbest 2 --lenpen-kind gnmt --coverage-penalty 0.4 --no-repeat-ngram-size 2",
       {{"nbest", 2}, {"lenpen-kind", "gnmt"}, {"coverage-penalty", 0.4}, {"no-repeat-ngram-size", 2}}},
  };
  for (auto [options, body] : searches) {
    body["text"] = kTexts;
    const auto result = server.post(body);
    ASSERT_TRUE(result);
    ASSERT_EQ(result->status, 200) << result->body;
    EXPECT_EQ(as_printed(Json::parse(result->body), body.contains("print-alignment")),
              run(kGenerate + options, lines(kTexts)).out)
        << options;
  }
}

TEST(Serve, RequestsBesideEachOtherGetWhatTheyWouldHaveAlone) {
  const Server server({"--batch-wait", "20"});
  std::vector<std::string> alone;
  alone.reserve(kTexts.size());
  for (const std::string& text : kTexts) alone.push_back(server.post(Json{{"text", text}})->body);
  std::vector<std::jthread> clients;
  for (size_t c = 0; c < 10; ++c) {
    clients.emplace_back([&, c] {
      HttpClient client = server.client();
      for (size_t round = 0; round < 4; ++round) {
        const size_t i = (c + round) % kTexts.size();
        const auto result = client.post(Json{{"text", kTexts[i]}}.dump());
        EXPECT_TRUE(result && result->body == alone[i]) << kTexts[i];
      }
    });
  }
  clients.clear();
  const std::string metrics = server.get("/metrics");
  EXPECT_TRUE(says(metrics, "rotor_requests_total{status=\"200\"} 45\n", "rotor_sentences_total 36\n",
                   "rotor_queue_sentences 0\n", "rotor_translate_seconds_count 45\n"));
  EXPECT_FALSE(says(metrics, "rotor_batch_sentences_count 36\n")) << "nothing was batched";
}

TEST(Serve, SaysHowItIs) {
  const Server server;
  EXPECT_EQ(Json::parse(server.get("/health"))["status"], "ok");
  const auto metrics = server.client().get("/metrics");
  EXPECT_EQ(metrics->field("content-type"), "text/plain; version=0.0.4");
  EXPECT_TRUE(says(metrics->body, "rotor_requests_total{status=\"200\"} 1\n"));
}

TEST(Serve, RefusesMalformedRequests) {
  const Server server;
  EXPECT_TRUE(refused(server.post(std::string("text")), 400, "expected JSON"));
  EXPECT_TRUE(refused(server.post(std::string()), 400, "empty body"));
  EXPECT_TRUE(refused(server.post(std::string("{\"text\": \"\xff\"}")), 400, "UTF-8"));
  EXPECT_TRUE(refused(server.post(std::string(500000, '[')), 400, "deeper"));
  EXPECT_TRUE(refused(server.post(Json{{"text", 1}}), 400, "'text'", "number"));
  EXPECT_TRUE(refused(server.post(Json{{"text", "a"}, {"beem", 1}}), 400, "beem", "beam"));
  EXPECT_TRUE(refused(server.client().get("/translate"), 405, "POST"));
  EXPECT_TRUE(refused(server.client().get("/nowhere"), 404, "/translate"));
  EXPECT_TRUE(
      refused(server.client().post("{\"text\": \"gaka\"}", "text/plain"), 415, "application/json", "text/plain"));
  EXPECT_TRUE(refused(server.client().post("{\"text\": \"gaka\"}", "application/x-www-form-urlencoded"), 415, "form"));
  EXPECT_EQ(server.client().post("{\"text\": \"gaka\"}", "Application/JSON; charset=utf-8")->status, 200);
  EXPECT_TRUE(says(server.get("/metrics"), "rotor_requests_total{status=\"400\"} 6\n"));
}

TEST(Serve, RefusesWhatIsAboveItsLimits) {
  const Server server({"--max-body", "2000", "--max-queue", "3", "--max-source-positions", "8", "--max-beam", "6"});
  const std::string large = Json{{"text", std::string(100000, 'a')}}.dump();
  EXPECT_TRUE(refused(server.post(large), 413, "2000 bytes"));
  EXPECT_TRUE(refused(server.client().post("x", "application/json", "Content-Encoding: gzip\r\n"), 415, "gzip"));
  HttpClient chunked = server.client();
  chunked.send(
      "POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) chunked.send("3e8\r\n" + std::string(1000, ' ') + "\r\n");
  EXPECT_TRUE(refused(chunked.receive(), 413, "2000 bytes"));
  EXPECT_TRUE(refused(server.post(Json{{"text", {"a", "b", "c", "d"}}}), 413, "at most 3 texts"));
  EXPECT_TRUE(refused(server.post(Json{{"text", "kagu tate gaka nubipi kagu tate"}}), 422, "at most 8 tokens"));
  EXPECT_TRUE(refused(server.post(Json{{"text", "gaka"}, {"beam", 7}}), 422, "at most 6"));
  EXPECT_EQ(server.post(Json{{"text", {"gaka", "kagu", "tate"}}, {"beam", 6}})->status, 200);
}

TEST(Serve, RefusesWhatItsQueueHasNoRoomForAndSaysWhenToComeBack) {
  const Server server({"--max-queue", "2", "--batch-wait", "4000"});
  auto first = std::async(std::launch::async, [&] { return server.post(Json{{"text", {"gaka", "kagu"}}}); });
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 2"));
  const auto second = server.post(Json{{"text", "tate"}});
  EXPECT_TRUE(refused(second, 503, "at most 2", "try again"));
  EXPECT_EQ(second->field("retry-after"), "1");
  EXPECT_EQ(first.get()->status, 200);
}

TEST(Serve, GivesUpInTime) {
  const Server server({"--timeout", "0.1", "--batch-wait", "5000"});
  EXPECT_TRUE(refused(server.post(Json{{"text", "gaka"}}), 504, "in time"));
  EXPECT_TRUE(says(server.get("/metrics"), "rotor_queue_sentences 0\n"));
}

TEST(Serve, AnswersWhatItAcceptedBeforeASignalEndsIt) {
  const std::string expected = Server().post(Json{{"text", "gaka"}})->body;
  Server server({"--batch-wait", "10000"});
  const auto begin = std::chrono::steady_clock::now();
  auto answer = std::async(std::launch::async, [&] { return server.post(Json{{"text", "gaka"}}); });
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 1"));
  EXPECT_EQ(server.stop(SIGTERM), 143);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(9))
      << "a batch waits only for what can come";
  const auto result = answer.get();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, expected);
  EXPECT_TRUE(says(server.log(), "signal 15"));
  EXPECT_FALSE(server.client().get("/health"));
}

TEST(Serve, EndsAtOnceAtALaterSignal) {
  Server server(kMuchWork);
  HttpClient client = server.client();
  client.send(HttpClient::post_text(heavy()));
  ASSERT_TRUE(server.comes_to("rotor_queue_sentences 29"));  // the first is searched
  server.send_signal(SIGTERM);
  ASSERT_TRUE(comes([&] { return !server.client().get("/health"); }));
  EXPECT_EQ(server.stop_by_many(SIGINT), 130);
  EXPECT_FALSE(client.receive());
}

TEST(Serve, RefusesAPortInUseAnAddressOfOthersAndWhatIsNoModel) {
  const Server server;
  const std::string command = "rotor-serve " + kModel + " --port ";
  EXPECT_TRUE(refused(run(command + std::to_string(server.port())), 1, "cannot listen", std::to_string(server.port()),
                      "in use", "--port"));
  EXPECT_TRUE(refused(run(command + "0 --host 192.0.2.1"), 1, "192.0.2.1", "--host"));
  EXPECT_TRUE(refused(run(command + "70000"), 2, "--port", "70000"));
  EXPECT_TRUE(refused(run("rotor-serve /nowhere/model --port 0"), 1, "/nowhere/model"));
  EXPECT_EQ(Json::parse(server.get("/health"))["status"], "ok");
}

TEST(Serve, ListensOnThisMachineAlone) {
  const Server server;
  EXPECT_FALSE(HttpClient(server.port(), "127.0.0.2").get("/health"));
}

TEST(Serve, ItsPageNeedsNothingFromElsewhere) {
  const Server server;
  const auto page = server.client().get("/");
  EXPECT_EQ(page->field("content-type"), "text/html; charset=utf-8");
  EXPECT_TRUE(says(page->field("content-security-policy"), "default-src 'none'"));
  for (const char* reference : {"src=", "@import", "url(", "https:"}) {
    EXPECT_FALSE(says(page->body, reference));
  }
}

TEST(Serve, ItsPageTranslatesInABrowserAndDrawsAttention) {
  if (run("command -v chromium").exit_code != 0) GTEST_SKIP() << "there is no chromium";
  const Server server;
  const auto browse = [&](const std::string& query) {
    const ScratchFolder folder;
    return run(folder,
               "HOME=$PWD chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=10000 --dump-dom "
               "'" +
                   server.url() + query + "'")
        .out;
  };
  EXPECT_FALSE(says(browse("/"), "<article>"));
  const Json answer = Json::parse(server.post(Json{{"text", "kagu tate"}, {"nbest", 2}, {"attention", true}})->body);
  const Json& hypotheses = answer["translations"][0]["hypotheses"];
  const std::string page = browse("/?text=kagu+tate&nbest=2");
  for (const Json& hypothesis : hypotheses) EXPECT_TRUE(says(page, hypothesis["text"].get<std::string>() + "</span>"));
  EXPECT_TRUE(says(page, "1 sentence in", "class=\"best\">" + hypotheses[0]["text"].get<std::string>()));
  size_t squares = 0;
  for (size_t at = page.find("<rect"); at != page.npos; at = page.find("<rect", at + 1)) ++squares;
  const Json& weights = hypotheses[0]["attention"]["weights"];
  EXPECT_EQ(squares, weights.size() * weights[0].size() + 1);  // and the frame
  EXPECT_TRUE(says(browse("/?text=gaka&nbest=99"), "class=\"error\"", "at most 32"));
}

}  // namespace
}  // namespace rotor
