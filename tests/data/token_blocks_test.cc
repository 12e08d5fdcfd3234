#include "data/token_blocks.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {
namespace {

using Blocks = std::vector<TokenBlock>;

/// Two documents, the second after two empty lines; one line is longer than most blocks. The stream:
/// 10 11 2 | 12 2 | 13 14 15 16 17 2 | 2 | 2 | 18 2 | 19 20 2
const std::vector<Ids> kLines = {{10, 11}, {12}, {13, 14, 15, 16, 17}, {}, {}, {18}, {19, 20}};

class TokenBlocks : public testing::Test {
 protected:
  Blocks cut(const char* mode, int64_t tokens) const { return cut_blocks(corpus_, text_, break_mode(mode), tokens); }

  ScratchFolder folder_;
  Corpus corpus_ = text_corpus(folder_ / "a.safetensors", kLines);
  const CorpusColumn& text_ = corpus_.column("text");
};

TEST_F(TokenBlocks, AreOfEqualSizeUnlessTheyBreakAtLines) {
  EXPECT_EQ(cut("none", 5), (Blocks{{0, 5}, {5, 10}, {10, 15}, {15, 18}}));
  EXPECT_EQ(cut("none", 100), (Blocks{{0, 18}}));
}

TEST_F(TokenBlocks, HoldAsManyWholeLinesAsFit) {
  EXPECT_EQ(cut("complete", 5), (Blocks{{0, 5}, {5, 11}, {11, 15}, {15, 18}})) << "the long line alone";
  EXPECT_EQ(cut("complete", 7), (Blocks{{0, 5}, {5, 12}, {12, 18}}));
  EXPECT_EQ(cut("complete", 1), (Blocks{{0, 3}, {3, 5}, {5, 11}, {11, 12}, {12, 13}, {13, 15}, {15, 18}}));
}

TEST_F(TokenBlocks, StayWithinDocumentsWithoutTheirEmptyLines) {
  EXPECT_EQ(cut("complete_doc", 100), (Blocks{{0, 11}, {13, 18}}));
  EXPECT_EQ(cut("complete_doc", 8), (Blocks{{0, 5}, {5, 11}, {13, 18}}));
}

TEST_F(TokenBlocks, EndWhereADocumentDoesWithoutAnEmptyLine) {
  CorpusWriter writer(folder_ / "b.safetensors", corpus_task(kLanguageModeling), {{"text", "", "abc", 100}});
  for (const Ids& line : {Ids{}, Ids{5}, Ids{6}, Ids{7}}) {
    writer.add({line});
    if (line == Ids{6}) writer.end_document();  // the end of a file
  }
  writer.finish();
  const Corpus corpus(folder_ / "b.safetensors");
  EXPECT_EQ(cut_blocks(corpus, corpus.column("text"), BreakMode::kCompleteDoc, 100), (Blocks{{1, 5}, {5, 7}}));
}

TEST_F(TokenBlocks, MayBeLines) {
  EXPECT_EQ(cut("eos", 2), (Blocks{{0, 3}, {3, 5}, {5, 11}, {11, 12}, {12, 13}, {13, 15}, {15, 18}}));
}

TEST_F(TokenBlocks, AreReadAcrossLines) {
  EXPECT_EQ(read_block(text_, {0, 18}), (Ids{10, 11, 2, 12, 2, 13, 14, 15, 16, 17, 2, 2, 2, 18, 2, 19, 20, 2}));
  EXPECT_EQ(read_block(text_, {1, 4}), (Ids{11, 2, 12}));
  EXPECT_EQ(read_block(text_, {2, 3}), Ids{2});
  EXPECT_EQ(read_block(text_, {10, 16}), (Ids{2, 2, 2, 18, 2, 19}));
  EXPECT_TRUE(read_block(text_, {4, 4}).empty());
}

TEST_F(TokenBlocks, HaveTheTokensBeforeTheirsAsInputs) {
  EXPECT_EQ(read_inputs(text_, {0, 4}), (Ids{2, 10, 11, 2}));
  EXPECT_EQ(read_inputs(text_, {1, 4}), (Ids{10, 11, 2}));
  EXPECT_EQ(read_inputs(text_, {13, 15}), (Ids{2, 18})) << "the </s> of an empty line";
}

TEST(BreakMode, IsFoundByItsName) {
  for (const std::string& name : break_mode_names()) {
    EXPECT_EQ(break_mode_names().at(static_cast<size_t>(break_mode(name))), name);
  }
  EXPECT_TRUE(says(message_of<Error>([] { break_mode("line"); }), "'line'", "none, complete, complete_doc, eos"));
}

}  // namespace
}  // namespace rotor
