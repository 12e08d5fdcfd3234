#include "serve/batch_queue.h"

#include <gtest/gtest.h>

#include "base/comes.h"
#include "serve/refusal.h"
#include "serve/workshop.h"

namespace rotor {
namespace {

using namespace std::chrono_literals;

using Sources = std::vector<TokenIds>;

int status_of(std::future<Workshop::Hypotheses>& answer) {
  try {
    answer.get();
    return 200;
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
}

TEST(BatchQueue, PutsTogetherWhatArrivesWhileItIsBusy) {
  Workshop workshop({.limits = {64, 4096}});
  auto first = workshop.occupy(), second = workshop.send({{3, 2}, {4, 2}}), third = workshop.send({{5, 2}});
  workshop.open();
  EXPECT_EQ(first.get()[0][0].tokens, (TokenIds{1, 2}));
  const Workshop::Hypotheses two = second.get();
  ASSERT_EQ(two.size(), 2);
  EXPECT_EQ(two[0][0].tokens, (TokenIds{3, 2}));
  EXPECT_EQ(two[1][0].tokens, (TokenIds{4, 2}));
  EXPECT_EQ(third.get()[0][0].tokens, (TokenIds{5, 2}));
  EXPECT_EQ(workshop.batches(), (std::vector<Sources>{{{1, 2}}, {{3, 2}, {5, 2}, {4, 2}}}));
}

TEST(BatchQueue, KeepsOtherOptionsApart) {
  Workshop workshop({.limits = {64, 4096}});
  SearchOptions wide;
  wide.beam = 9;
  auto first = workshop.occupy(), second = workshop.send({{3, 2}}), third = workshop.send({{4, 2}}, wide),
       fourth = workshop.send({{5, 2}});
  workshop.open();
  for (auto* answer : {&first, &second, &third, &fourth}) answer->get();
  EXPECT_EQ(workshop.batches(), (std::vector<Sources>{{{1, 2}}, {{3, 2}, {5, 2}}, {{4, 2}}}));
}

TEST(BatchQueue, FillsABatchToItsLimitsWithShortSentencesFirstAndTakesALongOneAlone) {
  const TokenIds seven = {7, 7, 7, 7, 7, 7, 7};
  Workshop by_tokens({.limits = {64, 6}});
  auto first = by_tokens.occupy(), second = by_tokens.send({{3, 2}, seven, {4, 2}, {5, 2}, {6, 2}});
  by_tokens.open();
  first.get();
  second.get();
  EXPECT_EQ(by_tokens.batches(), (std::vector<Sources>{{{1, 2}}, {{3, 2}, {4, 2}, {5, 2}}, {{6, 2}}, {seven}}));

  Workshop by_sentences({.limits = {2, 0}});
  auto third = by_sentences.occupy(), fourth = by_sentences.send({{3, 2}, seven, {4, 2}});
  by_sentences.open();
  third.get();
  fourth.get();
  EXPECT_EQ(by_sentences.batches(), (std::vector<Sources>{{{1, 2}}, {{3, 2}, {4, 2}}, {seven}}));
}

TEST(BatchQueue, SharesARequestAmongFreeWorkers) {
  Workshop workshop({.limits = {64, 4096}, .workers = 2});
  auto answer = workshop.send({{3, 2}, {4, 2}, {5, 2}, {6, 2}});
  workshop.wait_for_batches(2);
  std::vector<Sources> batches = workshop.batches();
  std::sort(batches.begin(), batches.end());  // either worker may be first
  EXPECT_EQ(batches, (std::vector<Sources>{{{3, 2}, {4, 2}}, {{5, 2}, {6, 2}}}));
  workshop.open();
  EXPECT_EQ(answer.get().size(), 4);
}

TEST(BatchQueue, WaitsForCompanyIfAsked) {
  Workshop workshop({.limits = {2, 0}, .wait = 1h}, true);
  auto first = workshop.send({{3, 2}});
  EXPECT_EQ(first.wait_for(50ms), std::future_status::timeout);
  auto second = workshop.send({{4, 2}});
  first.get();
  second.get();
  EXPECT_EQ(workshop.batches().size(), 1);
}

TEST(BatchQueue, WaitsForNoCompanyOnceToldToHurry) {
  Workshop workshop({.limits = {64, 0}, .wait = 1h}, true);
  auto before = workshop.send({{3, 2}});
  workshop.batcher().hurry();
  EXPECT_EQ(before.wait_for(1min), std::future_status::ready);
  auto after = workshop.send({{4, 2}});
  EXPECT_EQ(after.wait_for(1min), std::future_status::ready);
}

TEST(BatchQueue, RefusesWhatDoesNotFitIntoTheQueue) {
  Workshop workshop({.limits = {64, 4096}, .queue = 3});
  auto first = workshop.occupy(), second = workshop.send({{3, 2}, {4, 2}});
  try {
    workshop.send({{5, 2}, {6, 2}});
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.status(), 503);
  }
  auto fourth = workshop.send({{7, 2}});
  EXPECT_EQ(workshop.batcher().waiting(), 3);
  workshop.open();
  EXPECT_EQ(second.get().size(), 2);
  EXPECT_EQ(fourth.get().size(), 1);
}

TEST(BatchQueue, CutsALargeRequestSoThatLaterOnesNeedNotWaitForAllOfIt) {
  SearchOptions options;
  options.max_len_b = 9;  // so a sentence is work of 5 * 10
  Workshop workshop({.limits = {64, 0}, .work = 100});
  std::vector<TokenIds> many(6, TokenIds{7, 2});
  auto first = workshop.occupy(), large = workshop.send(many, options), small = workshop.send({{8, 2}}, options);
  workshop.open();
  for (auto* answer : {&first, &large, &small}) answer->get();
  EXPECT_EQ(workshop.batches(),
            (std::vector<Sources>{{{1, 2}}, {{7, 2}, {8, 2}}, {{7, 2}, {7, 2}}, {{7, 2}, {7, 2}}, {{7, 2}}}));
}

TEST(BatchQueue, RequestsTakeTurnsWhateverTheirOptions) {
  SearchOptions wide;
  wide.beam = 9;
  Workshop workshop({.limits = {2, 0}});
  auto first = workshop.occupy(), large = workshop.send(std::vector<TokenIds>(4, {7, 2})),
       other = workshop.send({{8, 2}}, wide);
  workshop.open();
  for (auto* answer : {&first, &large, &other}) answer->get();
  EXPECT_EQ(workshop.batches(), (std::vector<Sources>{{{1, 2}}, {{7, 2}, {7, 2}}, {{8, 2}}, {{7, 2}, {7, 2}}}));
}

TEST(BatchQueue, LetsRequestsOfFarLessWorkPassALongSearch) {
  SearchOptions much;
  much.min_len = much.max_len_b = 500;
  Workshop workshop({.limits = {64, 0}});
  auto search = workshop.send({{1, 2}}, much);
  workshop.wait_for_batches(1);
  auto much_too = workshop.send({{kQuick, 3, 2}}, much), little = workshop.send({{kQuick, 2}});
  EXPECT_EQ(little.get()[0][0].tokens, (TokenIds{kQuick, 2}));
  EXPECT_EQ(search.wait_for(0s), std::future_status::timeout);
  EXPECT_EQ(much_too.wait_for(0s), std::future_status::timeout);
  workshop.open();
  search.get();
  much_too.get();
  EXPECT_EQ(workshop.batches(), (std::vector<Sources>{{{1, 2}}, {{kQuick, 2}}, {{kQuick, 3, 2}}}));
}

TEST(BatchQueue, DropsWhatWaitsOfACancelledRequest) {
  Workshop workshop({.limits = {64, 4096}});
  auto first = workshop.occupy(), second = workshop.send({{3, 2}});
  workshop.batcher().cancel(workshop.ticket);
  EXPECT_EQ(workshop.batcher().waiting(), 0);
  workshop.open();
  first.get();
  EXPECT_THROW(second.get(), std::future_error);  // nobody was told
  EXPECT_EQ(workshop.batches().size(), 1);
}

TEST(BatchQueue, EndsASearchThatNobodyWaitsFor) {
  Workshop workshop({.limits = {64, 4096}});
  auto first = workshop.send({{3, 2}});
  workshop.wait_for_batches(1);
  workshop.batcher().cancel(workshop.ticket);
  ASSERT_TRUE(comes([&] { return workshop.unwanted > 0; }));
  workshop.open();
  EXPECT_EQ(workshop.send({{4, 2}}).get().size(), 1);
}

TEST(BatchQueue, GoesOnWithASearchThatAnotherWaitsFor) {
  Workshop workshop({.limits = {2, 0}, .wait = 1h});
  auto first = workshop.send({{3, 2}});
  const BatchQueue::Ticket leaving = workshop.ticket;
  auto second = workshop.send({{4, 2}});
  workshop.wait_for_batches(1);
  workshop.batcher().cancel(leaving);
  const int64_t before = workshop.asked;
  ASSERT_TRUE(comes([&] { return workshop.asked > before + 3; }));
  EXPECT_EQ(workshop.unwanted, 0);
  workshop.open();
  EXPECT_EQ(second.get()[0][0].tokens, (TokenIds{4, 2}));
  EXPECT_EQ(workshop.batches(), (std::vector<Sources>{{{3, 2}, {4, 2}}}));
}

TEST(BatchQueue, SaysOnceAfterWorkThatItRests) {
  Workshop workshop({.limits = {64, 4096}, .workers = 2, .rest = 5ms}, true);
  std::this_thread::sleep_for(30ms);  // during which it could say so several times
  EXPECT_EQ(workshop.rests, 0) << "without any work";
  workshop.send({{3, 2}}).get();
  ASSERT_TRUE(comes([&] { return workshop.rests > 0; }));
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(workshop.rests, 1);
}

TEST(BatchQueue, AFailureOfOneRequestIsNoneOfTheOthers) {
  Workshop workshop({.limits = {64, 4096}});
  auto first = workshop.occupy(), good = workshop.send({{3, 2}}), bad = workshop.send({{666, 2}, {4, 2}});
  workshop.open();
  EXPECT_EQ(good.get()[0][0].tokens, (TokenIds{3, 2}));
  EXPECT_EQ(status_of(bad), 422);
}

TEST(BatchQueue, FinishesWhatItAcceptedBeforeItEnds) {
  std::future<Workshop::Hypotheses> first, second;
  {
    Workshop workshop({.limits = {64, 0}, .wait = 1h}, true);
    first = workshop.send({{3, 2}});
    second = workshop.send({{4, 2}, {5, 2}});
    ASSERT_TRUE(comes([&] { return workshop.batcher().waiting() == 3; }));
  }
  EXPECT_EQ(first.get().size(), 1);
  EXPECT_EQ(second.get().size(), 2);
}

TEST(BatchQueue, NothingToTranslateIsDoneAtOnce) {
  Workshop workshop({.limits = {64, 4096}});
  auto first = workshop.occupy();
  EXPECT_TRUE(workshop.send({}).get().empty());
  workshop.open();
  first.get();
}

}  // namespace
}  // namespace rotor
