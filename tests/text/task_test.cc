#include "text/task.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(CorpusTask, IsFoundByItsName) {
  EXPECT_EQ(corpus_task(kTranslation).columns, (std::vector<std::string>{"source", "target"}));
  EXPECT_FALSE(corpus_task(kTranslation).documents);
  EXPECT_EQ(corpus_task(kLanguageModeling).columns, std::vector<std::string>{"text"});
  EXPECT_TRUE(corpus_task(kLanguageModeling).documents);
}

TEST(CorpusTask, ThatIsUnknownIsRefusedWithThoseThereAre) {
  EXPECT_TRUE(says(message_of<Error>([] { corpus_task("chess"); }), "'chess'", "translation, language_modeling"));
}

}  // namespace
}  // namespace rotor
