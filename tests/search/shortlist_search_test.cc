// Searches with a shortlist, against those without.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/check.h"
#include "base/random.h"
#include "base/scratch.h"
#include "data/given_vocabulary.h"
#include "search/beam_search.h"
#include "search/fairseq.h"
#include "search/search_models.h"
#include "search/tiny_language_model.h"

namespace rotor {
namespace {

class ShortlistSearch : public testing::Test {
 protected:
  ShortlistSearch() {
    const nlohmann::json scores = fairseq_scores();
    for (const auto& sentence : scores["searches"][0]["sentences"]) {
      inputs_.push_back({.source = sentence["source_ids"], .number = std::ssize(inputs_)});
    }
    const Vocabularies vocabularies = vocabularies_of(SafeTensors(fairseq_model_path()));
    Random random(5);
    std::string text;
    for (int32_t source = 0; source < 100; ++source) {
      for (int i = 0; i < 6; ++i) {
        const auto target = static_cast<int32_t>(random.below(100));
        text += vocabularies.target.piece(target) + " " + vocabularies.source.piece(source) + " 0.5\n";
      }
    }
    lists_ = folder_.file("lex", text);
    search_.max_len_b = 10;
  }

  ComputeOptions compute(const std::string& quantize, int64_t first) const {
    ComputeOptions options;
    options.quantize = quantize;
    options.shortlist = lists_;
    options.shortlist_first = first;
    return options;
  }

  using Found = std::vector<std::vector<Hypothesis>>;

  void expect_same_bits(const Found& found, const Found& expected) const {
    ASSERT_GE(found.size(), 15u);
    ASSERT_EQ(found.size(), expected.size());
    for (size_t s = 0; s < found.size(); ++s) {
      ASSERT_EQ(found[s].size(), expected[s].size());
      for (size_t i = 0; i < found[s].size(); ++i) {
        EXPECT_EQ(found[s][i].tokens, expected[s][i].tokens);
        EXPECT_EQ(found[s][i].score, expected[s][i].score);
        EXPECT_EQ(found[s][i].token_scores, expected[s][i].token_scores);
      }
    }
  }

  std::vector<Hypothesis> alone(const SearchModels& models, const SearchInput& input) const {
    return beam_search(*models.steps(), std::span(&input, 1), search_)[0];
  }

  Found one_by_one(const SearchModels& models) const {
    Found found;
    for (const SearchInput& input : inputs_) found.push_back(alone(models, input));
    return found;
  }

  ScratchFolder folder_;
  std::filesystem::path lists_;
  std::vector<SearchInput> inputs_;
  SearchOptions search_;
  const std::string one_ = fairseq_model_path(), two_ = one_ + ":" + one_;
};

TEST_F(ShortlistSearch, OfAllPiecesFindsWhatASearchWithoutFinds) {
  const std::vector<std::function<void(SearchOptions&)>> kinds = {
      [](SearchOptions&) {},
      [](SearchOptions& o) { o.beam = 1; },
      [](SearchOptions& o) { o.diverse_beam_groups = 5; },
      [](SearchOptions& o) { o.no_repeat_ngram_size = 1, o.unkpen = -3, o.min_len = 4, o.temperature = 2; },
      [](SearchOptions& o) { o.sampling = true; },
      [](SearchOptions& o) { o.sampling = true, o.sampling_topk = 7; },
      [](SearchOptions& o) { o.sampling = true, o.sampling_topp = 0.9; }};
  for (const std::string& model : {one_, two_}) {
    for (const char* quantize : {"none", "bf16", "int8"}) {
      ComputeOptions without;
      without.quantize = quantize;
      const SearchModels all(model, without), listed(model, compute(quantize, 100));
      for (const auto& change : kinds) {
        search_ = {};
        search_.max_len_b = 10;
        change(search_);
        expect_same_bits(beam_search(*listed.steps(), inputs_, search_), beam_search(*all.steps(), inputs_, search_));
      }
    }
  }
}

TEST_F(ShortlistSearch, FindsTheSameInAnyBatchAndOnlyPiecesOfTheList) {
  for (const std::string& model : {one_, two_}) {
    for (const char* quantize : {"none", "bf16", "int8"}) {
      const SearchModels models(model, compute(quantize, 5));
      const Found together = beam_search(*models.steps(), inputs_, search_);
      expect_same_bits(together, one_by_one(models));
      for (size_t s = 0; s < inputs_.size(); ++s) {
        const TokenIds list = models.shortlist->tokens(inputs_[s]);
        EXPECT_LT(list.size(), 90u);
        for (const Hypothesis& h : together[s]) {
          for (const int32_t token : h.tokens) EXPECT_TRUE(std::binary_search(list.begin(), list.end(), token));
        }
      }
    }
  }
}

/// Against the logits of one pass of the decoder.
TEST_F(ShortlistSearch, ScoresAmongThePiecesOfTheList) {
  const NoGrad no_grad;
  const SearchModels models(one_, compute("none", 5));
  const auto model = fairseq_model();
  for (const SearchInput& input : inputs_) {
    const TokenIds list = models.shortlist->tokens(input);
    for (const Hypothesis& h : alone(models, input)) {
      TokenIds before = {2};
      before.insert(before.end(), h.tokens.begin(), h.tokens.end() - 1);
      const Tensor logits =
          model->output()(model->features(TokenBatch::of({input.source}), TokenBatch::of({before}))).value();
      for (size_t t = 0; t < h.tokens.size(); ++t) {
        const float* row = logits.data() + t * logits.size(1);
        double sum = 0;
        for (const int32_t token : list) sum += std::exp(static_cast<double>(row[token]));
        EXPECT_NEAR(h.token_scores[t], row[h.tokens[t]] - std::log(sum), 1e-4);
      }
    }
  }
}

TEST_F(ShortlistSearch, ProducesWhatAnInputForcesAndNotWhatItAvoids) {
  const SearchModels models(one_, compute("none", 5));
  SearchInput& input = inputs_[0];
  const TokenIds before = models.shortlist->tokens(input);
  TokenIds missing;
  for (int32_t token = 4; token < 100; ++token) {
    if (!std::binary_search(before.begin(), before.end(), token)) missing.push_back(token);
  }
  ASSERT_GE(missing.size(), 3u);
  input.prefix = {missing[0], missing[1]};
  input.phrases = {{missing[2], before.back()}};
  for (const Hypothesis& h : alone(models, input)) {
    EXPECT_EQ(TokenIds(h.tokens.begin(), h.tokens.begin() + 2), input.prefix);
    EXPECT_TRUE(h.has_phrases);
  }
  const int32_t likely = alone(models, inputs_[1])[0].tokens[0];
  inputs_[1].avoided = {{likely}, {missing[0]}};
  for (const Hypothesis& h : alone(models, inputs_[1])) {
    EXPECT_EQ(std::count(h.tokens.begin(), h.tokens.end(), likely), 0);
  }
}

TEST_F(ShortlistSearch, IsForTranslationWithoutAnotherLimit) {
  write_language_model(folder_ / "lm");
  const auto refusal = [&](const std::string& model, const std::string& limit) {
    ComputeOptions options = compute("auto", 5);
    options.vocab_limit = limit;
    return message_of<UsageError>([&] { SearchModels(model, options); });
  };
  EXPECT_TRUE(says(refusal(folder_ / "lm", ""), "--shortlist is for translation", "/lm is a language model"));
  const Vocabularies vocabularies = vocabularies_of(SafeTensors(fairseq_model_path()));
  const std::string limit = folder_.file("limit", vocabularies.target.piece(20) + "\n");
  EXPECT_TRUE(says(refusal(one_, limit), "--shortlist or --vocab-limit, not both"));
}

}  // namespace
}  // namespace rotor
