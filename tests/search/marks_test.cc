// The marks of languages in requests.
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "data/corpus_writer.h"
#include "data/many_languages.h"
#include "search/requests.h"

namespace rotor {
namespace {

TEST(Marks, BeginTheSourceAndAreTheGivenPrefix) {
  const Vocabularies vocabularies = knowing({"de", "en"});
  const LanguageMarks marks = language_marks("en", "de", vocabularies, "m");
  const ScratchFolder folder;
  const TextFiles files{.source = folder.file("source", "kagu tate\n\n"),
                        .reference = folder.file("target", "kase\n\n"),
                        .prefix = folder.file("prefix", "loko\n\n"),
                        .keep_texts = true,
                        .languages = marks};
  const auto requests = text_requests(files, vocabularies, {});
  Request request;
  ASSERT_TRUE(requests->next(request));
  TokenIds source = vocabularies.source.encode("kagu tate"), target = vocabularies.target.encode("kase"),
           prefix = vocabularies.target.encode("loko");
  source.insert(source.begin(), marks.source);
  source.push_back(2);
  target.insert(target.begin(), marks.target);
  target.push_back(2);
  prefix.insert(prefix.begin(), marks.target);
  EXPECT_EQ(request.source, source);
  EXPECT_EQ(request.target, target);
  EXPECT_EQ(request.prefix, prefix);
  EXPECT_EQ(request.given, 1);
  EXPECT_EQ(request.texts.size() + 1, request.source.size());
  ASSERT_TRUE(requests->next(request));
  EXPECT_TRUE(request.is_blank());
  EXPECT_EQ(request.prefix, (TokenIds{marks.target}));
}

TEST(Marks, OfSourcesComeAfterTheirEndWhereTheVocabularySaysSo) {
  const Vocabularies vocabularies = knowing({"de", "en"}, /*last=*/true);
  const LanguageMarks marks = language_marks("en", "de", vocabularies, "m");
  const ScratchFolder folder;
  const TextFiles files{.source = folder.file("source", "kagu tate\n\nkagu tate kagu tate kagu tate kagu tate\n"),
                        .keep_texts = true,
                        .languages = marks};
  LengthLimits limits;
  limits.source.tokens = 10;
  const auto requests = text_requests(files, vocabularies, limits);
  Request request;
  ASSERT_TRUE(requests->next(request));
  TokenIds source = vocabularies.source.encode("kagu tate");
  source.insert(source.end(), {2, marks.source});
  EXPECT_EQ(request.source, source);
  EXPECT_EQ(request.prefix, TokenIds{marks.target});
  EXPECT_EQ(request.texts.size() + 1, request.source.size());
  EXPECT_EQ(request.texts.back(), "");
  mark(request, marks);
  EXPECT_EQ(request.source, source) << "marked twice";
  ASSERT_TRUE(requests->next(request));
  EXPECT_TRUE(request.is_blank());
  ASSERT_TRUE(requests->next(request));
  ASSERT_EQ(request.source.size(), 10U) << "is shortened";
  EXPECT_EQ(TokenIds(request.source.end() - 2, request.source.end()), (TokenIds{2, marks.source}));
}

TEST(Marks, AreNotPutBeforeThoseOfACorpus) {
  const Vocabularies vocabularies = knowing({"de", "en"});
  const LanguageMarks marks = language_marks("en", "de", vocabularies, "m");
  const ScratchFolder folder;
  CorpusWriter writer(
      folder / "test.safetensors", corpus_task(kTranslation),
      {describe_column("source", "en", vocabularies.source), describe_column("target", "de", vocabularies.target)});
  writer.add({{marks.source, 5}, {marks.target, 6}}, {"a", "b"});
  writer.finish();
  const Corpus corpus(folder / "test.safetensors");
  const auto requests = corpus_requests(corpus, vocabularies, {}, marks);
  Request request;
  ASSERT_TRUE(requests->next(request));
  EXPECT_EQ(request.source, (TokenIds{marks.source, 5, 2}));
  EXPECT_EQ(request.target, (TokenIds{marks.target, 6, 2}));
  EXPECT_EQ(request.prefix, TokenIds{marks.target});
}

}  // namespace
}  // namespace rotor
