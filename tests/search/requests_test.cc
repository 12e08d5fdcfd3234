#include "search/requests.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "data/corpus_writer.h"
#include "search/fairseq.h"
#include "text/special_tokens.h"

namespace rotor {
namespace {

const SpecialTokens kSpecials;

Vocabularies vocabularies() {
  const VocabularyBytes bytes = read_vocabulary(SafeTensors(fairseq_model_path()));
  return {Vocabulary::from_bytes(bytes.source), Vocabulary::from_bytes(bytes.target)};
}

std::vector<Request> all(Requests& requests) {
  std::vector<Request> found;
  for (Request request; requests.next(request);) found.push_back(request);
  return found;
}

TEST(TextRequests, EndInTheEndTokenAndKnowTheirLine) {
  const ScratchFolder folder;
  const auto source = folder.file("source", "kagu tate\n\n  \ngaka\r\nnubipi");
  const auto found = all(*text_requests({source}, vocabularies(), {}));
  ASSERT_EQ(found.size(), 5);
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(found[i].number, i);
    EXPECT_EQ(found[i].source.back(), kSpecials.eos);
    EXPECT_TRUE(found[i].target.empty());
    EXPECT_EQ(found[i].is_blank(), i == 1 || i == 2);
  }
  TokenIds ids = vocabularies().source.encode("gaka");
  ids.push_back(kSpecials.eos);
  EXPECT_EQ(found[3].source, ids);
}

TEST(TextRequests, CarryTheReferenceOfTheSameLine) {
  const ScratchFolder folder;
  const auto found = all(
      *text_requests({folder.file("source", "kagu\n\n"), folder.file("target", "kase\nloko\n")}, vocabularies(), {}));
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(vocabularies().target.decode(found[0].target), "kase");
  const TextFiles with_prefixes{folder / "source", {}, folder.file("prefix", "loko\n\n")};
  const auto begun = all(*text_requests(with_prefixes, vocabularies(), {}));
  EXPECT_EQ(begun[0].prefix, vocabularies().target.encode("loko"));
  EXPECT_TRUE(begun[1].prefix.empty());
  EXPECT_EQ(vocabularies().target.decode(found[1].target), "loko");
}

TEST(TextRequests, RefuseTextsOfUnequalLength) {
  const ScratchFolder folder;
  const auto two = folder.file("two", "kagu\ngaka\n"), three = folder.file("three", "a\nb\nc\n");
  EXPECT_TRUE(says(message_of<Error>([&] {
                     all(*text_requests({two, three}, vocabularies(), {}));
                   }),
                   "more in", "three"));
  EXPECT_TRUE(says(message_of<Error>([&] {
                     all(*text_requests({three, two}, vocabularies(), {}));
                   }),
                   "fewer in", "two"));
}

TEST(TextRequests, RefuseBytesThatAreNotUtf8) {
  const ScratchFolder folder;
  const auto source = folder.file("latin1", "kagu\nga\xe4ka\n");
  EXPECT_TRUE(says(message_of<Error>([&] { all(*text_requests({source}, vocabularies(), {})); }), "line 2", "latin1"));
}

TEST(TextRequests, CutLongSentencesOrRefuseThemByLine) {
  const ScratchFolder folder;
  const auto source = folder.file("source", "kagu\nkagu tate gaka nubipi kagu tate gaka nubipi\n");
  const auto found = all(*text_requests({source}, vocabularies(), {.source = {5}}));
  TokenIds expected = vocabularies().source.encode("kagu tate gaka nubipi");
  expected.resize(4);
  expected.push_back(kSpecials.eos);
  EXPECT_EQ(found.at(1).source, expected);
  const LengthLimits refuse{.source = {5}, .target = {5}, .refuse = true};
  EXPECT_TRUE(says(message_of<Error>([&] { all(*text_requests({source}, vocabularies(), refuse)); }), "line 2",
                   "source tokens", "--max-source-positions"));
}

TEST(TextRequests, ArePromptsIfTheLinesAreThose) {
  const ScratchFolder folder;
  TextFiles files{.source = folder.file("source", "kagu tate\n\nkagu tate gaka nubipi \n"), .prompts = true};
  const Vocabulary vocabulary = vocabularies().source;
  const int64_t most = std::ssize(vocabulary.encode("kagu tate"));
  const LengthLimits limits{.target = {most + 2}};
  const auto found = all(*text_requests(files, vocabularies(), limits));
  ASSERT_EQ(found.size(), 3);
  EXPECT_EQ(found[0].prompt, vocabulary.encode("kagu tate"));
  EXPECT_EQ(found[0].opening, "kagu tate");
  EXPECT_EQ(found[0].length(), std::ssize(found[0].prompt) + 1);
  EXPECT_TRUE(found[0].source.empty());
  EXPECT_TRUE(found[1].prompt.empty());
  EXPECT_FALSE(found[1].is_blank());  // what begins a text is a question too
  EXPECT_EQ(found[1].length(), 1);
  const TokenIds whole = vocabulary.encode("kagu tate gaka nubipi");
  ASSERT_GT(std::ssize(whole), most);
  EXPECT_EQ(found[2].prompt, TokenIds(whole.end() - most, whole.end()));
  EXPECT_EQ(found[2].opening, "kagu tate gaka nubipi ");
  files.print_prompts = false;
  EXPECT_EQ(all(*text_requests(files, vocabularies(), limits))[0].opening, "");
}

TEST(TextRequests, MissingFilesAreErrors) {
  EXPECT_TRUE(says(message_of<Error>([&] { text_requests({"/nowhere/text"}, vocabularies(), {}); }), "/nowhere/text"));
}

TEST(TextRequests, CarryThePhrasesOfTheirLine) {
  const ScratchFolder folder;
  const TextFiles files{.source = folder.file("source", "kagu\ngaka\n"),
                        .phrases = folder.file("phrases", "duta\t \tloko kase\n\n"),
                        .avoided = folder.file("avoided", "\nkase\t\u4e2d\n")};
  const auto found = all(*text_requests(files, vocabularies(), {}));
  const Vocabulary target = vocabularies().target;
  EXPECT_EQ(found[0].phrases, (std::vector<TokenIds>{target.encode("duta"), target.encode("loko kase")}));
  EXPECT_TRUE(found[1].phrases.empty());
  EXPECT_TRUE(found[0].avoided.empty());
  EXPECT_EQ(found[1].avoided, std::vector<TokenIds>{target.encode("kase")});  // the other cannot be produced
}

TEST(TextRequests, RefusePhrasesThatTheVocabularyCannotSpell) {
  const ScratchFolder folder;
  for (const char* phrase : {"\u4e2d", "\u200b", "\ufeff"}) {  // an unknown character, and two that encode to nothing
    const TextFiles files{.source = folder.file("source", "kagu\n"), .phrases = folder.file("phrases", phrase)};
    EXPECT_TRUE(says(message_of<Error>([&] { all(*text_requests(files, vocabularies(), {})); }), "line 1 of", "spell"));
  }
}

TEST(TextRequests, CarryWhatTheirTokensStandForIfAsked) {
  const ScratchFolder folder;
  const auto source = folder.file("source", "kagu \u4e2d\u6587\n");
  EXPECT_TRUE(all(*text_requests({source}, vocabularies(), {}))[0].texts.empty());
  const auto found = all(*text_requests({.source = source, .keep_texts = true}, vocabularies(), {}));
  EXPECT_EQ(found[0].texts.size() + 1, found[0].source.size());
  EXPECT_EQ(found[0].texts.back(), "\u4e2d\u6587");
  EXPECT_EQ(found[0].texts[0], vocabularies().source.piece(found[0].source[0]));
}

TEST(TextRequests, CarryTheirTextAndThatOfEachSentenceIfSplit) {
  const ScratchFolder folder;
  TextFiles files{.source = folder.file("source", " Kagu \u4e2d. Tate gaka!  Nubipi \n\nKagu\n")};
  EXPECT_EQ(all(*text_requests(files, vocabularies(), {}))[0].source_text, " Kagu \u4e2d. Tate gaka!  Nubipi ");
  files.split_sentences = true;
  const auto found = all(*text_requests(files, vocabularies(), {}));
  ASSERT_EQ(found.size(), 5);
  const char* texts[] = {"Kagu \u4e2d.", "Tate gaka!", "Nubipi", "", "Kagu"};
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(found[i].source_text, texts[i]);
    EXPECT_EQ(found[i].number, i < 3 ? 0 : i - 2);
    TokenIds ids = vocabularies().source.encode(texts[i]);
    ids.push_back(kSpecials.eos);
    EXPECT_EQ(found[i].source, ids);
  }
  EXPECT_EQ(found[0].line->text, "Kagu \u4e2d. Tate gaka!  Nubipi");
  EXPECT_EQ(found[2].line, found[0].line);
  EXPECT_EQ(found[0].line->sentences.size(), 3);
  EXPECT_TRUE(found[3].is_blank());
  EXPECT_EQ(found[3].line, nullptr);
}

TEST(CorpusRequests, CarryTheTextOfTheCorpusOrDecodeIt) {
  const ScratchFolder folder;
  const Vocabularies both = vocabularies();
  for (const bool keep_text : {true, false}) {
    CorpusWriter writer(folder / "test.safetensors", corpus_task(kTranslation),
                        {describe_column("source", "xx", both.source), describe_column("target", "xx", both.target)},
                        keep_text);
    writer.add({both.source.encode("kagu"), both.target.encode("kase")}, {"kagu\t \u4e2d", "kase  loko"});
    writer.finish();
    const Corpus corpus(folder / "test.safetensors");
    const auto requests = corpus_requests(corpus, both, {});
    EXPECT_EQ(requests->total(), 1);
    const auto found = all(*requests);
    ASSERT_EQ(found.size(), 1);
    EXPECT_EQ(found[0].source_text, keep_text ? "kagu\t \u4e2d" : "kagu");
    EXPECT_EQ(found[0].target_text, keep_text ? "kase  loko" : "kase");
  }
}

}  // namespace
}  // namespace rotor
