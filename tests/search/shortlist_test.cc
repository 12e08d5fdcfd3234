#include "search/shortlist.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/check.h"
#include "base/json.h"
#include "base/log.h"
#include "base/scratch.h"
#include "data/given_vocabulary.h"
#include "search/fairseq.h"

namespace rotor {
namespace {

nlohmann::json golden_lists() {
  return nlohmann::json::parse(std::ifstream(std::filesystem::path(ROTOR_GOLDEN) / "shortlists.json"));
}

std::string bytes_of(const nlohmann::json& hexadecimal) {
  const std::string text = hexadecimal;
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return bytes;
}

class Shortlists : public testing::Test {
 protected:
  Shortlist read(const std::string& bytes, int64_t first = 3, int64_t best = 2, const char* name = "lex") const {
    return {folder_.file(name, bytes), vocabularies_, first, best};
  }
  std::string refusal(const std::string& bytes, int64_t first = 3, int64_t best = 2) const {
    return message_of<Error>([&] { read(bytes, first, best); });
  }
  std::string line(int32_t target, int32_t source, const std::string& probability) const {
    return piece(target) + " " + piece(source) + " " + probability + "\n";
  }
  const std::string& piece(int32_t id) const { return vocabularies_.target.piece(id); }

  ScratchFolder folder_;
  Vocabularies vocabularies_ = vocabularies_of(SafeTensors(fairseq_model_path()));
  const std::string golden_ = bytes_of(golden_lists()["cases"][0]["binary"]);
};

TEST_F(Shortlists, OfTheBinaryFormGiveWhatASecondReadingOfItGives) {
  const nlohmann::json lists = golden_lists();
  ASSERT_EQ(lists["cases"].size(), 2u);
  for (const auto& item : lists["cases"]) {
    const Shortlist list = read(bytes_of(item["binary"]), 50, 0);
    EXPECT_TRUE(Shortlist::is_binary(folder_ / "lex"));
    for (size_t i = 0; i < item["sources"].size(); ++i) {
      EXPECT_EQ(list.tokens({.source = item["sources"][i]}), item["tokens"][i].get<TokenIds>()) << item["sources"][i];
    }
  }
}

TEST_F(Shortlists, OfTextHoldTheFirstPiecesAndTheLikeliestTranslations) {
  const std::string text = line(30, 10, "0.1") + line(31, 10, "0.5") + line(32, 10, "5e-1") + line(33, 10, "0.2") +
                           line(31, 10, "0.3") + line(40, 11, "1e-60") + line(41, 11, "1") + "NULL " + piece(10) +
                           " 1\n" + piece(50) + "\tNULL\t1\n";
  const Shortlist list = read(text);
  EXPECT_FALSE(Shortlist::is_binary(folder_ / "lex"));
  EXPECT_EQ(list.tokens({.source = {10, 2}}), (TokenIds{0, 1, 2, 3, 10, 31, 32})) << "and the piece itself";
  EXPECT_EQ(list.tokens({.source = {11, 10, 2}}), (TokenIds{0, 1, 2, 3, 10, 11, 31, 32, 41}));
  EXPECT_EQ(read(text, 0, 3).tokens({.source = {10, 2}}), (TokenIds{2, 3, 10, 31, 32, 33}));
  EXPECT_EQ(read(text, 6, 0).tokens({.source = {10, 2}}), (TokenIds{0, 1, 2, 3, 4, 5, 10}));
  EXPECT_EQ(read(text, 1000, 0).tokens({.source = {2}}).size(), 100u);
}

TEST_F(Shortlists, HoldWhatAnInputForces) {
  const Shortlist list = read(line(30, 10, "1"), 0);
  EXPECT_EQ(list.tokens({.source = {10, 2}, .prefix = {60, 61}, .phrases = {{70}, {80, 60}}}),
            (TokenIds{2, 3, 10, 30, 60, 61, 70, 80}));
}

TEST_F(Shortlists, MayBeCompressed) {
  for (const std::string& bytes : {line(30, 10, "1"), golden_}) {
    const TokenIds expected = read(bytes).tokens({.source = {10, 2}});
    ASSERT_EQ(std::system(("gzip -k " + (folder_ / "lex").string()).c_str()), 0);
    EXPECT_EQ(Shortlist(folder_ / "lex.gz", vocabularies_, 3, 2).tokens({.source = {10, 2}}), expected);
    std::filesystem::remove(folder_ / "lex.gz");
  }
}

TEST_F(Shortlists, LeaveOutPiecesThatTheVocabularyLacksAndSaySo) {
  testing::internal::CaptureStderr();
  log::start();
  const Shortlist list = read("nopiece " + piece(10) + " 1\n" + line(30, 10, "1") + piece(5) + " nopiece 1\n");
  EXPECT_TRUE(says(testing::internal::GetCapturedStderr(),
                   "/lex: 2 of 3 lines have pieces that the model's vocabulary "
                   "lacks"));
  EXPECT_EQ(list.tokens({.source = {10, 2}}), (TokenIds{0, 1, 2, 3, 10, 30}));
  EXPECT_TRUE(says(refusal("nopiece nopiece 1\n"), "expected pairs of pieces", "none of 1 lines"));
  EXPECT_TRUE(says(refusal(""), "none of 0 lines"));
}

TEST_F(Shortlists, RefuseLinesOfAnotherForm) {
  for (const char* wrong : {"a b", "a b c", "a b 0.1 0.2", "a b -1", "a b 1.5", "a b nan", "a b 0.5x", ""}) {
    EXPECT_TRUE(says(refusal(line(30, 10, "1") + wrong + "\n"), "expected a target piece, a source piece and a prob",
                     "line 2 of"))
        << wrong;
  }
  EXPECT_TRUE(says(refusal(line(30, 10, "1"), 0, 0), "--shortlist-first or --shortlist-best above 0"));
  EXPECT_TRUE(says(message_of<Error>([&] { Shortlist(folder_ / "missing", vocabularies_, 3, 2); }), "missing"));
}

TEST_F(Shortlists, RefuseDamagedBytesAndListsOfOtherModels) {
  const std::string& all = golden_;
  EXPECT_TRUE(says(refusal(all.substr(0, 30)), "/lex is damaged", "48 bytes, got 30"));
  EXPECT_TRUE(says(refusal(all.substr(0, all.size() - 4)), "/lex is damaged", "1872 bytes, got 1868"));
  std::string wrong = all;
  wrong[39] = '\x7f';  // of the number of offsets
  EXPECT_TRUE(says(refusal(wrong), "is damaged"));
  for (const size_t place : {8, 16, 60, 1000, 1871}) {
    wrong = all;
    wrong[place] ^= 1;
    EXPECT_TRUE(says(refusal(wrong), "is damaged", "checksum")) << place;
  }
  wrong = all;
  wrong[0] ^= 1;
  EXPECT_TRUE(says(refusal(wrong), "line 1 of")) << "no binary shortlist, nor text";
  EXPECT_TRUE(says(refusal(bytes_of(golden_lists()["other"])), "each of the 100 pieces", "got 40"));
  EXPECT_TRUE(says(refusal(bytes_of(golden_lists()["beyond"])), "expected ids below 100", "got 100"));
  EXPECT_TRUE(says(refusal(bytes_of(golden_lists()["falling"])), "is damaged", "offsets that rise"));
}

}  // namespace
}  // namespace rotor
