#include "search/output.h"

#include <gtest/gtest.h>

#include <sstream>

#include "model/token_batch.h"
#include "search/fairseq.h"

namespace rotor {
namespace {

class Output : public testing::Test {
 protected:
  Output() {
    const VocabularyBytes bytes = read_vocabulary(SafeTensors(fairseq_model_path()));
    const Vocabulary vocabulary = Vocabulary::from_bytes(bytes.source);
    vocabularies_.emplace(Vocabularies{vocabulary, vocabulary});
    request_.number = 7;
    request_.source = ids("kagu tate");
    request_.target = ids("kase loko");
    hypotheses_.push_back({ids("kase"), std::vector<float>(ids("kase").size(), -1.f), -0.75});
    hypotheses_.push_back({ids("loko"), std::vector<float>(ids("loko").size(), -2.f), -1.5});
  }

  TokenIds ids(const std::string& text) const {
    TokenIds result = vocabularies_->source.encode(text);
    result.push_back(kEos);
    return result;
  }

  std::string pieces(const std::string& text) const {
    std::string line;
    for (int32_t id : vocabularies_->source.encode(text))
      line += (line.empty() ? "" : " ") + vocabularies_->source.piece(id);
    return line;
  }

  std::string printed(PrintHypotheses print) const {
    std::ostringstream out;
    print(out, request_, hypotheses_, *vocabularies_);
    return out.str();
  }

  std::optional<Vocabularies> vocabularies_;
  Request request_;
  std::vector<Hypothesis> hypotheses_;
};

TEST_F(Output, PlainIsTheBestTranslationOnALine) {
  EXPECT_EQ(printed(print_plain), "kase\n");
  hypotheses_.clear();
  EXPECT_EQ(printed(print_plain), "\n");
}

TEST_F(Output, NbestIsALineAHypothesisWithNumberAndScore) {
  EXPECT_EQ(printed(print_nbest), "7\t-0.750000\tkase\n7\t-1.500000\tloko\n");
  hypotheses_.clear();
  EXPECT_EQ(printed(print_nbest), "7\t0\t\n");
}

TEST_F(Output, FairseqsLinesHaveScoresInBaseTwo) {
  hypotheses_.resize(1);
  hypotheses_[0].score = -0.75 * std::log(2.0);
  for (float& score : hypotheses_[0].token_scores) score = static_cast<float>(-2 * std::log(2.0));
  std::string scores;
  for (size_t i = 0; i < hypotheses_[0].tokens.size(); ++i) scores += (i ? " " : "") + std::string("-2.0000");
  EXPECT_EQ(printed(print_fairseq), "S-7\tkagu tate\nT-7\tkase loko\nH-7\t-0.75\t" + pieces("kase") +
                                        "\nD-7\t-0.75\tkase\nP-7\t" + scores + "\n");
  request_.target.clear();
  EXPECT_EQ(printed(print_fairseq).find("T-7"), std::string::npos);
}

}  // namespace
}  // namespace rotor
