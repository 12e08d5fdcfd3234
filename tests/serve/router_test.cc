#include "serve/router.h"

#include <gtest/gtest.h>

#include <future>

#include "base/json.h"
#include "base/scratch.h"
#include "serve/refusal.h"
#include "serve/tiny_text_model.h"

namespace rotor {
namespace {

/// A router of a small classifier.
class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    const auto path = folder_ / "model.safetensors";
    write_text_model(path, tiny_text_options(kSentencePrediction, {"no", "yes"}));
    ServeOptions options;
    options.model = path;
    options.read_model();
    router_ = std::make_unique<Router>(options);
  }

  HttpAnswer answer(HttpHead head, const std::string& body = "") {
    std::promise<HttpAnswer> promise;
    router_->handle({std::move(head), body}, std::make_shared<Cancellation>(),
                    [&](HttpAnswer found) { promise.set_value(std::move(found)); });
    return promise.get_future().get();
  }

  /// The status with which a request is refused by its head, 0 if it is not.
  int refusal(const HttpHead& head) {
    try {
      router_->check(head);
    } catch (const Refusal& refusal) {
      return refusal.status();
    }
    return 0;
  }

  static HttpHead post(const std::string& target,
                       HttpFields fields = {{"content-type", "application/json"}, {"content-length", "9"}}) {
    fields.emplace_back("host", "localhost");
    return {"POST", target, std::move(fields)};
  }
  static HttpHead get(const std::string& target) { return {"GET", target, {{"host", "localhost"}}}; }

  ScratchFolder folder_;
  std::unique_ptr<Router> router_;
};

TEST_F(RouterTest, AnswersHealthAndMetricsOfEveryModel) {
  EXPECT_EQ(nlohmann::json::parse(answer(get("/health")).body)["status"], "ok");
  const HttpAnswer metrics = answer(get("/metrics"));
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("# TYPE"), std::string::npos);
}

TEST_F(RouterTest, HandsABodyToTheServiceOfTheModel) {
  const std::string body = R"({"text": ["a dog", "a cat"]})";
  const HttpAnswer found = answer(post("/predict"), body);
  EXPECT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(answer(post("/predict"), "{").status, 400);
}

TEST_F(RouterTest, RefusesByTheHeadWhatItCannotAnswer) {
  EXPECT_EQ(refusal(get("/health")), 0);
  EXPECT_EQ(refusal(post("/predict")), 0);
  EXPECT_EQ(refusal(get("/nothing")), 404);
  EXPECT_EQ(refusal(get("/predict")), 405);
  EXPECT_EQ(refusal(post("/predict", {{"content-type", "application/json"}})), 411);
  EXPECT_EQ(refusal(post("/predict", {{"content-type", "text/plain"}, {"content-length", "9"}})), 415);
  EXPECT_EQ(refusal(get("nothing")), 400);
  EXPECT_EQ(refusal(get("/health#top")), 400);
  HttpHead elsewhere = get("/health");
  elsewhere.fields = {{"host", "evil.example"}};
  EXPECT_NE(refusal(elsewhere), 0) << "a page of another host must not reach it";
}

TEST_F(RouterTest, TellsTheMethodsOfAResource) {
  HttpHead head = get("/health");
  head.method = "OPTIONS";
  const HttpAnswer found = answer(head);
  EXPECT_EQ(found.status, 204);
  EXPECT_EQ(found.fields, (HttpFields{{"Allow", "GET, HEAD, OPTIONS"}}));
}

TEST(RefusalAnswer, SaysWhenToAskAgain) {
  EXPECT_EQ(refusal_answer(503, "full").fields, (HttpFields{{"Retry-After", "1"}}));
  EXPECT_EQ(refusal_answer(404, "none").body, R"({"error":"none"})");
}

}  // namespace
}  // namespace rotor
