#include "serve/service.h"

#include <gtest/gtest.h>

#include <new>

#include "base/json.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "search/tiny_language_model.h"
#include "serve/tiny_text_model.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

ServeOptions options_of(const std::string& model) {
  set_threads(1);
  ServeOptions options;
  options.model = model;
  options.read_model();
  return options;
}

std::vector<std::string> paths_of(const Service& service) {
  std::vector<std::string> paths;
  for (const Resource& resource : service.resources()) paths.emplace_back(resource.path);
  return paths;
}

TEST(Service, OffersWhatTheKindOfModelCan) {
  const ScratchFolder folder;
  write_text_model(folder / "mlm", tiny_text_options(kMaskedLm));
  write_text_model(folder / "encoder", tiny_text_options(kSentenceEncoding));
  write_text_model(folder / "classifier", tiny_text_options(kSentencePrediction, {"no", "yes"}));
  write_text_model(folder / "ranker", tiny_text_options(kSentenceRanking));
  using Paths = std::vector<std::string>;
  EXPECT_EQ(paths_of(*make_service(options_of(fairseq_model_path()))),
            (Paths{"/translate", "/languages", "/detect", "/"}));
  EXPECT_EQ(paths_of(*make_service(options_of(folder / "mlm"))), (Paths{"/vector"}));
  EXPECT_EQ(paths_of(*make_service(options_of(folder / "encoder"))), (Paths{"/vector"}));
  EXPECT_EQ(paths_of(*make_service(options_of(folder / "classifier"))), (Paths{"/predict", "/vector"}));
  EXPECT_EQ(paths_of(*make_service(options_of(folder / "ranker"))), (Paths{"/predict", "/vector"}));
}

TEST(Service, RefusesALanguageModel) {
  const ScratchFolder folder;
  write_language_model(folder / "lm");
  EXPECT_TRUE(says(message_of<Error>([&] { make_service(options_of(folder / "lm")); }),
                   "expected a model that translates", (folder / "lm").string(), "language_modeling",
                   "rotor-generate"));
}

struct Replying : Service {
  using Service::reply_with;
};

TEST(Service, RepliesWithWhatFailsWhileTheAnswerIsMade) {
  std::vector<std::string> replies;
  const Service::Reply reply = [&](const std::string& body, const std::exception_ptr& error) {
    try {
      if (error) std::rethrow_exception(error);
      replies.push_back(body);
    } catch (const std::bad_alloc&) {
      replies.emplace_back("no memory");
    }
  };
  Replying::reply_with(reply, [] { return "made"; });
  Replying::reply_with(reply, []() -> std::string { throw std::bad_alloc(); });
  EXPECT_EQ(replies, (std::vector<std::string>{"made", "no memory"}));
}

TEST(Service, SaysItsModelTaskAndVersion) {
  const auto service = make_service(options_of(fairseq_model_path()));
  EXPECT_EQ(Json::parse(service->health()), (Json{{"status", "ok"},
                                                  {"model", fairseq_model_path().string()},
                                                  {"task", "translation"},
                                                  {"version", ROTOR_VERSION}}));
}

}  // namespace
}  // namespace rotor
