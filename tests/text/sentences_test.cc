#include "text/sentences.h"

#include <gtest/gtest.h>

#include <thread>

namespace rotor {
namespace {

using Texts = std::vector<std::string>;

Texts sentences(const std::string& text, const std::string& language = "") {
  Texts all;
  for (const auto [begin, end] : SentenceSplitter(language).split(text)) all.push_back(text.substr(begin, end - begin));
  return all;
}

TEST(Sentences, EndAtFullStopsAndLineBreaks) {
  EXPECT_EQ(sentences("The dog sleeps. The cat sleeps. My teacher reads the book."),
            Texts({"The dog sleeps.", "The cat sleeps.", "My teacher reads the book."}));
  EXPECT_EQ(sentences("Yes?  No! \"Stop.\" He left… 3.5 is 7/2"),
            Texts({"Yes?", "No!", "\"Stop.\"", "He left… 3.5 is 7/2"}));
  EXPECT_EQ(sentences("a dog\nruns\r\n\n  far\xE2\x80\xA8"
                      "away\r"),
            Texts({"a dog", "runs", "far", "away"}));
  EXPECT_EQ(sentences("你好。世界！好吗？"), Texts({"你好。", "世界！", "好吗？"}));
  EXPECT_EQ(sentences("यह कुत्ता है। वह बिल्ली है।", "hi"), Texts({"यह कुत्ता है।", "वह बिल्ली है।"}));
}

TEST(Sentences, DoNotEndAtAbbreviationsOfTheLanguageNorAtTitles) {
  EXPECT_EQ(sentences("I met Dr. Jones. He knows Prof. Hill."), Texts({"I met Dr. Jones.", "He knows Prof. Hill."}));
  EXPECT_EQ(sentences("I met Capt. Jones.", "en"), Texts({"I met Capt. Jones."}));
  EXPECT_EQ(sentences("Siehe Abb. Acht unten.", "de_DE"), Texts({"Siehe Abb. Acht unten."}));
  EXPECT_EQ(sentences("Siehe Abb. Acht unten.", "en"), Texts({"Siehe Abb.", "Acht unten."}));
  EXPECT_EQ(sentences("Dr.\nJones", "en"), Texts({"Dr.", "Jones"})) << "a line break always ends a sentence";
}

TEST(Sentences, KnowTheGreekQuestionMark) {
  EXPECT_EQ(sentences("Πού είναι; Εδώ.", "el"), Texts({"Πού είναι;", "Εδώ."}));
  EXPECT_EQ(sentences("Πού είναι; Εδώ."), Texts({"Πού είναι; Εδώ."}));
}

TEST(Sentences, ArePlacesInBytesWithoutTheSpaceAround) {
  const SentenceSplitter splitter;
  EXPECT_EQ(splitter.split(" Ä b.\u00A0 \u3000C. "), (std::vector<SentenceRange>{{1, 6}, {12, 14}}));
  EXPECT_TRUE(splitter.split("").empty());
  EXPECT_TRUE(splitter.split(" \n\t\u3000\r\n").empty());
}

TEST(Sentences, OfMalformedTextsAreWhole) {
  EXPECT_EQ(sentences("a\xff\x80. B\xc3"), Texts({"a\xff\x80.", "B\xc3"}));
  EXPECT_EQ(sentences("\x80\x80\x80"), Texts({"\x80\x80\x80"}));
}

TEST(Sentences, AreFoundByManyThreadsAtOnce) {
  const SentenceSplitter splitter("en");
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 1; i < 50; ++i) {
        std::string text;
        for (int s = 0; s < i; ++s) text += "Mr. Hill sees it. ";
        EXPECT_EQ(std::ssize(splitter.split(text)), i);
      }
    });
  }
}

std::string join(const std::string& text, const Texts& translations) {
  return join_sentences(text, SentenceSplitter().split(text), translations);
}

TEST(JoinSentences, KeepsLineBreaksAndPutsASpaceOtherwise) {
  EXPECT_EQ(join("One.  Two.\n\n Three.\n", {"Eins.", "Zwei.", "Drei."}), "Eins. Zwei.\n\n Drei.");
  EXPECT_EQ(join("你好。世界！", {"Hello.", "World!"}), "Hello. World!");
  EXPECT_EQ(join("One. Two.\nThree.", {"一。", "二。", "三。"}), "一。二。\n三。");
  EXPECT_EQ(join("One. Two.", {"", "Zwei."}), "Zwei.");
  EXPECT_EQ(join(" \n ", {}), "");
}

}  // namespace
}  // namespace rotor
