#include "search/generation.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "base/check.h"
#include "base/scratch.h"
#include "search/tiny_language_model.h"

namespace rotor {
namespace {

/// Prompts of `lengths` tokens; one of none is a blank line. Whoever types them waits for each answer.
class Prompts : public Requests {
 public:
  Prompts(std::vector<int64_t> lengths, const std::ostringstream* typed_at = nullptr)
      : lengths_(std::move(lengths)), typed_at_(typed_at) {}

  bool next(Request& request) override {
    if (typed_at_) seen.push_back(typed_at_->str());
    if (number_ == std::ssize(lengths_)) return false;
    request = {};
    request.number = number_;
    const int64_t length = lengths_[number_++];
    if (length == 0) request.source = {2};
    for (int64_t i = 0; i < length; ++i) request.prompt.push_back(static_cast<int32_t>(4 + (number_ + i) % 90));
    return true;
  }
  bool ready() const override { return !typed_at_; }

  std::vector<std::string> seen;  ///< what had been written whenever the next was asked for

 private:
  std::vector<int64_t> lengths_;
  const std::ostringstream* typed_at_;
  int64_t number_ = 0;
};

/// Sentences of one line, all alike.
class AlikeSentences : public Prompts {
 public:
  explicit AlikeSentences(int64_t count) : Prompts(std::vector<int64_t>(count, 1)) {}
  bool next(Request& request) override {
    const bool more = Prompts::next(request);
    request.number = 0;
    request.prompt = {5, 6};
    return more;
  }
};

/// "<number>: <hypotheses> of <tokens of the best>" on a line.
void print(std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses, const Vocabularies&) {
  out << request.number << ": " << hypotheses.size() << " of " << hypotheses[0].tokens.size() << "\n";
}

class GenerationOfText : public testing::Test {
 protected:
  GenerationOfText() {
    write_language_model(folder_ / "lm", "learned");
    options_.model = folder_ / "lm";
    options_.compute.threads = options_.workers = 1;
    options_.search.min_len = options_.search.max_len_b = 5;
  }

  std::string written(Requests& requests) {
    const SearchModels models(options_.model, options_.compute);
    statistics_ = {};
    Generation generation(options_, printer_, models, statistics_);
    std::ostringstream out;
    generation.run(requests, out);
    EXPECT_EQ(generation.written(), statistics_.sentences);
    return out.str();
  }
  std::string written(const std::vector<int64_t>& lengths) {
    Prompts prompts(lengths);
    return written(prompts);
  }

  ScratchFolder folder_;
  GenerateOptions options_;
  PrintHypotheses printer_ = print;
  GenerationStatistics statistics_;
};

TEST_F(GenerationOfText, WritesAnswersInTheOrderOfTheRequestsWhateverTheBatches) {
  const std::vector<int64_t> lengths = {3, 9, 0, 1, 9, 2, 5, 0};
  const std::string expected =
      "0: 1 of 6\n1: 1 of 6\n2: 1 of 1\n3: 1 of 6\n4: 1 of 6\n5: 1 of 6\n6: 1 of 6\n7: 1 of 1\n";
  for (const int64_t buffer : {1, 3, 100}) {
    for (const int64_t workers : {1, 3}) {
      options_.buffer_size = buffer;
      options_.batch_size = 2;
      options_.workers = workers;
      EXPECT_EQ(written(lengths), expected) << buffer << " " << workers;
      EXPECT_EQ(statistics_.sentences, 8);
      EXPECT_EQ(statistics_.tokens, 6 * 6) << "blank lines are not searched";
    }
  }
  EXPECT_EQ(written(std::vector<int64_t>{}), "");
}

TEST_F(GenerationOfText, AnswersWhoeverTypesBeforeItAsksForMore) {
  std::ostringstream out;
  Prompts prompts({2, 0, 4}, &out);
  const SearchModels models(options_.model, options_.compute);
  Generation(options_, printer_, models, statistics_).run(prompts, out);
  EXPECT_EQ(prompts.seen, (std::vector<std::string>{"", "0: 1 of 6\n", "0: 1 of 6\n1: 1 of 1\n",
                                                    "0: 1 of 6\n1: 1 of 1\n2: 1 of 6\n"}));
}

TEST_F(GenerationOfText, KeepsAsManyHypothesesAsAreAskedFor) {
  options_.search.beam = 4;
  options_.search.nbest = 3;
  EXPECT_EQ(written({3, 0}), "0: 3 of 6\n1: 1 of 1\n");
}

TEST_F(GenerationOfText, DrawsForEachSentenceOfALineByItself) {
  options_.search.sampling = true;
  printer_ = [](std::ostream& out, const Request& request, std::span<const Hypothesis> hypotheses,
                const Vocabularies&) {
    out << fmt::format("{}: {}\n", request.number, fmt::join(hypotheses[0].tokens, " "));
  };
  for (const int64_t buffer : {1, 100}) {
    options_.buffer_size = buffer;
    AlikeSentences sentences(3);
    std::istringstream lines(written(sentences));
    std::set<std::string> different;
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(line.starts_with("0: ")) << line;
      different.insert(line);
    }
    EXPECT_EQ(different.size(), 3) << buffer;
  }
}

TEST_F(GenerationOfText, StaysWithinTheOptionsAndThePositionsOfTheModel) {
  const SearchModels models(options_.model, options_.compute);
  const auto longest = [&](int64_t asked) {
    options_.search.max_target_positions = asked;
    return Generation(options_, printer_, models, statistics_).lengths().target.tokens;
  };
  EXPECT_EQ(longest(7), 7);
  EXPECT_EQ(longest(1000), 40);
}

TEST_F(GenerationOfText, EndsWithAnErrorWhereTheOutputFails) {
  Prompts prompts({2, 3});
  const SearchModels models(options_.model, options_.compute);
  Generation generation(options_, printer_, models, statistics_);
  std::ostringstream full;
  full.setstate(std::ios::badbit);
  EXPECT_TRUE(says(message_of<Error>([&] { generation.run(prompts, full); }), "cannot write the output"));
}

}  // namespace
}  // namespace rotor
