#include "model/architectures.h"

#include <gtest/gtest.h>

#include <set>

#include "text/task.h"

namespace rotor {
namespace {

TEST(Architectures, HaveDistinctNamesAndWidthsThatTheirHeadsShare) {
  std::set<std::string> names;
  for (const Architecture& a : architectures()) {
    EXPECT_TRUE(names.insert(a.name).second) << a.name;
    EXPECT_EQ(a.width % a.heads, 0) << a.name;
    EXPECT_TRUE(a.serves(a.task)) << a.name;
  }
  EXPECT_EQ(names.size(), architecture_names().size());
}

TEST(Architectures, OfMaskedLanguageModelsServeModelsOfWholeSentencesToo) {
  for (const Architecture& a : architectures()) {
    const bool encodes = a.task == std::string(kMaskedLm);
    for (const char* task : {kSentencePrediction, kSentenceRanking, kSentenceEncoding}) {
      EXPECT_EQ(a.serves(task), encodes) << a.name << ' ' << task;
    }
    EXPECT_EQ(a.serves(kTranslation), a.task == std::string(kTranslation)) << a.name;
  }
}

}  // namespace
}  // namespace rotor
