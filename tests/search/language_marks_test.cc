#include "search/language_marks.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"
#include "search/fairseq.h"

namespace rotor {
namespace {

/// The vocabularies of the fairseq model, whose last tokens are of these languages.
Vocabularies knowing(const std::vector<std::string>& languages) {
  const VocabularyBytes bytes = read_vocabulary(SafeTensors(fairseq_model_path()));
  const Vocabulary pieces = Vocabulary::from_bytes(bytes.source);
  nlohmann::ordered_json list = {{"tokens", {}},
                                 {"special_tokens", {{"bos", 0}, {"pad", 1}, {"eos", 2}, {"unk", 3}, {"start", 2}}}};
  for (int32_t id = 0; id < pieces.size(); ++id) list["tokens"].push_back(pieces.piece(id));
  for (const std::string& language : languages) {
    list["languages"][language] = list["tokens"].size();
    list["tokens"].push_back("__" + language + "__");
  }
  const Vocabulary marked = Vocabulary::from_bytes("rotor-vocabulary mapped 1 " + list.dump() + '\n' + bytes.source);
  return {marked, marked};
}

std::string refusal(const std::string& source, const std::string& target, const Vocabularies& vocabularies) {
  return message_of<UsageError>([&] { language_marks(source, target, vocabularies, "m"); });
}

TEST(LanguageMarks, AreTheTokensOfTheNames) {
  const Vocabularies vocabularies = knowing({"de", "en", "fr"});
  const LanguageMarks marks = language_marks("en", "de", vocabularies, "m");
  EXPECT_EQ(vocabularies.source.piece(marks.source), "__en__");
  EXPECT_EQ(vocabularies.target.piece(marks.target), "__de__");
}

TEST(LanguageMarks, AreNeededByAModelOfSeveralAndRefusedByOthers) {
  const Vocabularies three = knowing({"de", "en", "fr"}), none = knowing({});
  EXPECT_TRUE(says(refusal("en", "", three), "m knows 3 languages", "--target-lang", "got ''", "de, en, fr"));
  EXPECT_TRUE(says(refusal("xx", "de", three), "--source-lang", "'xx'"));
  EXPECT_EQ(language_marks("", "", none, "m").source, -1);
  EXPECT_TRUE(says(refusal("en", "de", none), "has no tokens of languages", "leave out"));
}

TEST(LanguageMarks, NamesThatLookAlikeAreListedFirst) {
  std::vector<std::string> many;
  for (char c = 'a'; c <= 'z'; ++c) many.push_back(std::string("l") + c + "_Latn");
  many.push_back("zho_Hans");
  EXPECT_TRUE(says(refusal("zho", "la_Latn", knowing(many)), "choose one of: zho_Hans, la_Latn", "and 19 more"));
}

TEST(LanguageMarks, BeginTheSourceAndAreTheGivenPrefix) {
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

}  // namespace
}  // namespace rotor
