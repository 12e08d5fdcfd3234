#include "text/byte_vocabulary.h"

#include <gtest/gtest.h>

#include <set>

#include "base/check.h"
#include "base/scratch.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

const Vocabulary& vocabulary() {
  static const Vocabulary bytes = Vocabulary::from_bytes(serialized_bytes());
  return bytes;
}

TEST(ByteVocabulary, HasTheSpecialTokensAndThenTheBytes) {
  EXPECT_EQ(vocabulary().size(), 260);
  EXPECT_EQ(vocabulary().specials(), SpecialTokens());
  EXPECT_EQ(vocabulary().encode("A\n\xff"), (std::vector<int32_t>{4 + 'A', 4 + '\n', 4 + 255}));
  EXPECT_EQ(vocabulary().piece(2), "</s>");
  EXPECT_EQ(vocabulary().piece(4 + 'A'), "A");
  EXPECT_EQ(vocabulary().piece(4 + ' '), "<0x20>");
  EXPECT_EQ(vocabulary().piece(4 + 0xc3), "<0xC3>");
}

TEST(ByteVocabulary, GivesBackEverySequenceOfBytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(vocabulary().decode(vocabulary().encode(all)), all);
  EXPECT_EQ(vocabulary().spell("ü "), (std::vector<std::string>{"<0xC3>", "<0xBC>", "<0x20>"}));
}

TEST(ByteVocabulary, FindsIdsOfPieces) {
  std::set<std::string> pieces;
  for (int32_t id = 0; id < vocabulary().size(); ++id) {
    EXPECT_EQ(vocabulary().id(vocabulary().piece(id)), id);
    pieces.insert(vocabulary().piece(id));
  }
  EXPECT_EQ(std::ssize(pieces), vocabulary().size());
  EXPECT_EQ(vocabulary().id("no such piece"), vocabulary().specials().unk);
}

TEST(ByteVocabulary, DecodesUnknownsAsItIsTold) {
  const std::vector<int32_t> ids = {4 + 'a', 3, 4 + ' ', 3, 2};
  EXPECT_EQ(vocabulary().decode(ids), "a \u2047   \u2047 ");
  EXPECT_EQ(vocabulary().decode(ids, std::vector<std::string>{"one", "b"}), "aone b");
}

TEST(ByteVocabulary, IsRecognisedByItsName) {
  EXPECT_TRUE(is_serialized_bytes(serialized_bytes()));
  EXPECT_FALSE(is_serialized_bytes("\x0a\x0e<unk>"));
  EXPECT_TRUE(says(message_of<Error>([] { Vocabulary::from_bytes("rotor-vocabulary bytes 2\n", "a.model"); }),
                   "a.model", "version 1", "rotor-vocabulary bytes 2"));
}

}  // namespace
}  // namespace rotor
