#include "text/model_check.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/scratch.h"
#include "text/train_vocabulary.h"

namespace rotor {
namespace {

/// A model with a normaliser's table around the given bytes.
std::string model_with_table(const std::string& table) {
  const auto field = [](char number, const std::string& content) {
    const auto size = content.size();
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(0x80 | (size & 0x7f)),
                       static_cast<char>(0x80 | (size >> 7 & 0x7f)), static_cast<char>(size >> 14)} +
           content;
  };
  return field(3, field(2, table));
}

/// A table of 256 entries, all 0 but those given.
std::string table_of(const std::vector<std::pair<size_t, uint32_t>>& entries, const std::string& texts) {
  std::vector<uint32_t> units(256);
  for (const auto& [i, bits] : entries) units[i] = bits;
  const uint32_t bytes = 1024;
  std::string table(sizeof bytes + bytes, '\0');
  std::memcpy(table.data(), &bytes, sizeof bytes);
  std::memcpy(table.data() + sizeof bytes, units.data(), bytes);
  return table + texts;
}

const std::string kTexts("ab\0c\0", 5);
constexpr uint32_t kHasValue = 1 << 8, kValue = 1u << 31;

TEST(ModelCheck, AcceptsTrainedModels) {
  const ScratchFolder folder;
  EXPECT_TRUE(is_sound_model(train_vocabulary({folder.file("text", "A dog runs.\nA man walks.\n")}, {.size = 40})));
}

TEST(ModelCheck, AcceptsATableThatStaysInside) {
  EXPECT_TRUE(is_sound_model(model_with_table("")));
  EXPECT_TRUE(is_sound_model(model_with_table(table_of({{97, 97 | kHasValue}, {97 ^ 0, kValue | 4}}, kTexts))));
}

TEST(ModelCheck, RefusesLinksThatLeaveTheTrie) {
  EXPECT_FALSE(is_sound_model(model_with_table(table_of({{0, 256u << 10}}, kTexts))));
  EXPECT_FALSE(is_sound_model(model_with_table(table_of({{97, 97 | 300u << 10}}, kTexts))));
  EXPECT_FALSE(is_sound_model(model_with_table(table_of({{97, 97 | 1u << 9 | 1u << 10}}, kTexts))));
}

TEST(ModelCheck, RefusesValuesOutsideTheTexts) {
  const auto with_value = [](uint32_t value) {
    return table_of({{97, 97 | kHasValue | 2u << 10}, {99, value}}, kTexts);
  };
  EXPECT_TRUE(is_sound_model(model_with_table(with_value(kValue | 4))));
  EXPECT_FALSE(is_sound_model(model_with_table(with_value(kValue | 5))));
}

TEST(ModelCheck, RefusesTextsWithoutAnEnd) {
  EXPECT_FALSE(is_sound_model(model_with_table(table_of({}, "ab"))));
  EXPECT_FALSE(is_sound_model(model_with_table(table_of({}, ""))));
}

TEST(ModelCheck, RefusesSizesThatDoNotFit) {
  EXPECT_FALSE(is_sound_model(model_with_table("abc")));
  std::string table = table_of({}, kTexts);
  table[1] = 0x7f;  // a larger trie than there is
  EXPECT_FALSE(is_sound_model(model_with_table(table)));
  EXPECT_FALSE(
      is_sound_model(std::string("\x1a\x7f"
                                 "ab")));
  EXPECT_FALSE(is_sound_model("\xff\xff"));
  EXPECT_FALSE(is_sound_model("\x0b"));
}

}  // namespace
}  // namespace rotor
