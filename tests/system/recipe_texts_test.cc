// The texts that recipes make: runs of paragraphs of help pages, and archives of the size of WMT14.
#include <algorithm>
#include <set>
#include <sstream>

#include "system/recipe_mirror.h"

namespace rotor {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class HelpRuns : public RecipeTest {
 protected:
  /// Pages of 11 paragraphs in both languages, of which the last one is long.
  void SetUp() override {
    RecipeTest::SetUp();
    for (int page = 0; page < 60; ++page) {
      for (const char* language : {"en-US", "de"}) {
        std::filesystem::create_directories(folder_ / fmt::format("help/{}/text", language));
        std::string text;
        for (int i = 0; i < 11; ++i) {
          text +=
              fmt::format("<p id=\"p{}\">{} {} {}{}</p>\n", i, language, page, i, i == 10 ? " and so on and on" : "");
        }
        folder_.file(fmt::format("help/{}/text/page{}.html", language, page), text);
      }
    }
  }

  /// The lines of both sides of a split.
  std::vector<std::string> sources(const std::string& split) const {
    return lines_of(text_of(folder_ / (split + ".en")));
  }
  std::vector<std::string> targets(const std::string& split) const {
    return lines_of(text_of(folder_ / (split + ".de")));
  }

  CommandResult make(const std::string& options) {
    return run(folder_, fmt::format("{}/recipes/compare_positions/help_runs.py help {}", kRoot.string(), options));
  }
};

TEST_F(HelpRuns, HaveSingleShortParagraphsForTrainingAndWholeRunsForTheTest) {
  const CommandResult made = make("--longest 5");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  ASSERT_GT(sources("test").size(), 0u);
  ASSERT_EQ(sources("test").size() % 8, 0u);
  for (size_t i = 0; i < sources("test").size(); i += 8) {
    const std::string page = sources("test")[i].substr(0, sources("test")[i].rfind(' '));
    for (int k = 0; k < 8; ++k) {
      EXPECT_EQ(sources("test")[i + k], fmt::format("{} {}", page, k));
      EXPECT_EQ(targets("test")[i + k], "de" + sources("test")[i + k].substr(5));
    }
  }
  EXPECT_EQ(sources("train").size() % 10, 0u) << "all but the long one of each page";
}

TEST_F(HelpRuns, AreJoinedForTrainingToo) {
  ASSERT_EQ(make("--longest 5").exit_code, 0);
  const auto test = sources("test"), valid = sources("valid"), single = sources("train");
  ASSERT_EQ(make("--longest 5 --joined").exit_code, 0);
  EXPECT_EQ(sources("test"), test);
  EXPECT_EQ(sources("valid"), valid);
  size_t paragraphs = 0, most = 0;
  for (const std::string& line : sources("train")) {
    const size_t joined = static_cast<size_t>(std::count(line.begin(), line.end(), '-'));  // one in each "en-US"
    paragraphs += joined;
    most = std::max(most, joined);
  }
  EXPECT_EQ(most, 8u);
  EXPECT_GT(paragraphs, 2 * single.size() * 9 / 10) << "nearly as many words again";
  EXPECT_LE(paragraphs, 2 * single.size());
}

class Rehearsal : public RecipeTest {
 protected:
  CommandResult rehearse(const std::string& rest) {
    return run(folder_, fmt::format("{}/recipes/wmt14_en_de/rehearsal.py {}", kRoot.string(), rest));
  }
};

TEST_F(Rehearsal, ServesArchivesOfTheLayoutAndMeasuresTheStages) {
  const std::string command =
      "archives --pairs 3000 -- sh -c 'echo == 1. Download; while read sum digest url; do curl --silent --fail "
      "--remote-name "
      "$url && echo \"$digest  ${url##*/}\" | sha256sum --check; done < $ROTOR_ARCHIVES; echo == 2. Wait; sleep 1; "
      "exit 7'";
  const CommandResult first = rehearse(command);
  ASSERT_EQ(first.exit_code, 7) << first.out << first.err;
  EXPECT_TRUE(says(first.out, "making training-parallel-europarl-v7.tgz", "training-parallel-nc-v9.tgz: OK",
                   "test-full.tgz: OK", "\n\"1. Download\","));
  const CommandResult second = rehearse(command);
  EXPECT_EQ(second.out.find("making"), std::string::npos);
  const std::string waited = text_of(folder_ / "archives/stages.csv");
  const double seconds = std::stod(waited.substr(waited.find("\"2. Wait\",") + 10));
  EXPECT_TRUE(seconds >= 1 && seconds < 60) << waited;

  const std::string unpack = "tar xzOf training-parallel-commoncrawl.tgz commoncrawl.de-en.";
  const auto english = lines_of(run(folder_, unpack + "en").out), german = lines_of(run(folder_, unpack + "de").out);
  EXPECT_EQ(english.size(), 3000ULL * 2399123 / 4520620);
  EXPECT_EQ(german.size(), english.size());
  EXPECT_GT(std::set<std::string>(english.begin(), english.end()).size(), english.size() * 97 / 100)
      << "nearly all lines differ";
  const auto words = std::stod(run(folder_, unpack + "en | wc -w").out) / static_cast<double>(english.size());
  EXPECT_TRUE(words > 18 && words < 32) << words;
  EXPECT_TRUE(says(run(folder_, "tar tzf test-full.tgz").out, "test-full/newstest2014-deen-src.en.sgm\n",
                   "test-full/newstest2014-deen-ref.de.sgm\n"));
  const auto size = std::filesystem::file_size(folder_ / "training-parallel-europarl-v7.tgz");
  const double wanted = 628.0 * 1048576 * 3000 / 4520620;
  EXPECT_TRUE(static_cast<double>(size) > 0.9 * wanted && static_cast<double>(size) < 1.2 * wanted) << size;
}

}  // namespace
}  // namespace rotor
