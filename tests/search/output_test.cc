#include "search/output.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/scratch.h"
#include "search/fairseq.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

class Output : public testing::Test {
 protected:
  Output() {
    const VocabularyBytes bytes = read_vocabulary(SafeTensors(fairseq_model_path()));
    const Vocabulary vocabulary = Vocabulary::from_bytes(bytes.source);
    vocabularies_.emplace(Vocabularies{vocabulary, vocabulary});
    request_.number = 7;
    request_.source = ids("kagu tate");
    request_.source_text = "kagu  tate \u4e2d";
    request_.target_text = "kase loko \uff24";
    for (const auto& [text, score] : {std::pair("kase", -0.75), std::pair("loko", -1.5)}) {
      Hypothesis& hypothesis = hypotheses_.emplace_back();
      hypothesis.tokens = ids(text);
      hypothesis.token_scores.assign(hypothesis.tokens.size(), -1.f);
      hypothesis.score = score;
    }
  }

  TokenIds ids(const std::string& text) const {
    TokenIds result = vocabularies_->source.encode(text);
    result.push_back(kSpecials.eos);
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
}

TEST_F(Output, OfABlankLineHasEveryColumn) {
  hypotheses_ = {blank_hypothesis(kSpecials.eos, false)};
  EXPECT_EQ(printed(print_plain), "\n");
  EXPECT_EQ(printed(print_nbest), "7\t0.000000\t\n");
  EXPECT_TRUE(says(printed(print_fairseq), "\nH-7\t0\t\nD-7\t0\t\nP-7\t0.0000\n"));
  EXPECT_EQ(printed(print_fairseq).find("A-7"), std::string::npos);
  hypotheses_ = {blank_hypothesis(kSpecials.eos, true)};
  EXPECT_EQ(printed(print_plain), "\t\n");
  EXPECT_EQ(printed(print_nbest), "7\t0.000000\t\t\n");
  EXPECT_TRUE(says(printed(print_fairseq), "\nP-7\t0.0000\nA-7\t\n"));
}

TEST_F(Output, ContinuationsFollowTheirPrompts) {
  request_.source.clear();
  request_.prompt = vocabularies_->source.encode("kagu tate");
  EXPECT_EQ(printed(print_plain), " kase\n");
  EXPECT_EQ(printed(print_nbest), "7\t-0.750000\t kase\n7\t-1.500000\t loko\n");
  request_.opening = "Kagu,  tate \u4e2d ";  // as it was typed
  EXPECT_EQ(printed(print_plain), "Kagu,  tate \u4e2d kase\n");
  EXPECT_TRUE(says(printed(print_fairseq), "H-7", pieces("kase") + "\nD-7", "\u4e2d kase\nP-7"));
  hypotheses_ = {Hypothesis{.tokens = {kSpecials.eos}, .token_scores = {0.f}}};
  EXPECT_EQ(printed(print_plain), request_.opening + "\n");
}

TEST_F(Output, SentencesOfALineAreJoinedOnIt) {
  const PrintHypotheses print = join_sentences_of_lines();
  std::ostringstream out;
  const auto add = [&](size_t hypothesis) {
    print(out, request_, std::span(hypotheses_).subspan(hypothesis, 1), *vocabularies_);
  };
  request_.line = std::make_shared<const SplitLine>(SplitLine{"A. B.  C.", {{0, 2}, {3, 5}, {7, 9}}});
  add(0);
  add(1);
  EXPECT_EQ(out.str(), "");
  add(0);
  EXPECT_EQ(out.str(), "kase loko kase\n");
  request_.line = nullptr;
  add(1);
  EXPECT_EQ(out.str(), "kase loko kase\nloko\n");
}

TEST_F(Output, NbestIsALineAHypothesisWithNumberAndScore) {
  EXPECT_EQ(printed(print_nbest), "7\t-0.750000\tkase\n7\t-1.500000\tloko\n");
}

TEST_F(Output, FairseqsLinesHaveScoresInBaseTwo) {
  hypotheses_.resize(1);
  hypotheses_[0].score = -0.75 * std::log(2.0);
  for (float& score : hypotheses_[0].token_scores) score = static_cast<float>(-2 * std::log(2.0));
  std::string scores;
  for (size_t i = 0; i < hypotheses_[0].tokens.size(); ++i) scores += (i ? " " : "") + std::string("-2.0000");
  EXPECT_EQ(printed(print_fairseq), "S-7\tkagu  tate \u4e2d\nT-7\tkase loko \uff24\nH-7\t-0.75\t" + pieces("kase") +
                                        "\nD-7\t-0.75\tkase\nP-7\t" + scores + "\n");
  request_.target_text.reset();
  EXPECT_EQ(printed(print_fairseq).find("T-7"), std::string::npos);
}

TEST_F(Output, AlignmentsAreOneMoreColumnOrLine) {
  hypotheses_[0].alignment = "0-0 1-1";
  hypotheses_[1].alignment = "";
  EXPECT_EQ(printed(print_plain), "kase\t0-0 1-1\n");
  EXPECT_EQ(printed(print_nbest), "7\t-0.750000\tkase\t0-0 1-1\n7\t-1.500000\tloko\t\n");
  EXPECT_TRUE(says(printed(print_fairseq), "\nA-7\t0-0 1-1\nH-7\t", "\nA-7\t\n"));
}

TEST_F(Output, UnknownWordsAreReplacedInTextAndPieces) {
  hypotheses_.resize(1);
  hypotheses_[0].tokens = {kSpecials.unk, ids("kase")[0], kSpecials.unk, kSpecials.eos};
  hypotheses_[0].token_scores.assign(4, -1.f);
  hypotheses_[0].unknown = {"one", "two"};
  const std::string piece = vocabularies_->source.piece(ids("kase")[0]);
  EXPECT_TRUE(says(printed(print_fairseq), "\tone " + piece + " two\n"));
  EXPECT_TRUE(printed(print_plain).starts_with("one"));
  EXPECT_TRUE(printed(print_plain).ends_with("two\n"));
}

}  // namespace
}  // namespace rotor
