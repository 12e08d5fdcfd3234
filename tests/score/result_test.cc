#include "score/result.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "score/bleu.h"
#include "score/golden.h"

namespace rotor {
namespace {

TEST(Result, PrintsSacrebleusTextAndJson) {
  const Bleu bleu;
  const auto& segments = golden_scores()["segments"];
  for (const auto& corpus : golden_scores()["corpora"]) {
    std::vector<std::vector<std::string>> texts(3);
    for (size_t index : corpus["segments"]) {
      for (size_t t = 0; t < 3; ++t) texts[t].push_back(segments[index]["texts"][t]);
    }
    for (size_t references : {1, 2}) {
      const auto& golden = corpus["scores"][references - 1];
      const Result result =
          result_of(bleu, count_segments(bleu, texts[0], std::span(texts).subspan(1, references)).sum(), references);
      for (int width = 0; width < 5; ++width) {
        EXPECT_EQ(result.text(width), with_our_version(golden["texts"][width]));
      }
      EXPECT_EQ(result.json(2), with_our_version(golden["json"]));
    }
  }
}

TEST(Result, WritesRoundedScoresShortestInJson) {
  for (int hundredths = 0; hundredths <= 10000; ++hundredths) {
    const Result result = {
        .name = "BLEU", .score = hundredths / 100., .verbose = {}, .signature = {}, .confidence = {}};
    std::string shortest = fmt::format("{}", result.score);
    if (shortest.find('.') == std::string::npos) shortest += ".0";
    EXPECT_NE(result.json(2).find("\"score\": " + shortest + ",\n"), std::string::npos) << shortest;
  }
}

}  // namespace
}  // namespace rotor
