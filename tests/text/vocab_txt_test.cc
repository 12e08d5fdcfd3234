#include "text/vocab_txt.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "text/byte_vocabulary.h"

namespace rotor {
namespace {

const std::string kUncased = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n";
constexpr BertWordOptions kCasedOptions{.lower_case = false, .strip_accents = false};

TEST(VocabTxt, IsRecognisedByItsContent) {
  EXPECT_TRUE(is_vocab_txt(kUncased));
  EXPECT_TRUE(is_vocab_txt("no special token\n"));
  EXPECT_TRUE(is_vocab_txt("\x01\xff\n[UNK]\r\n"));
  EXPECT_FALSE(is_vocab_txt(""));
  EXPECT_FALSE(is_vocab_txt("\xff\xff\n"));
  EXPECT_FALSE(is_vocab_txt(std::string_view("\x0a\x0e\x0a\x05<unk>\x15\x00\x00\x00\x00\x18\x02", 16)));
  EXPECT_FALSE(is_vocab_txt(serialized_bytes()));
  EXPECT_FALSE(is_vocab_txt(serialized_wordpiece(kUncased, {})));
}

TEST(VocabTxt, IsSerializedWithHowItCutsText) {
  const std::string bytes = serialized_wordpiece("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nA", kCasedOptions);
  EXPECT_EQ(bytes,
            "rotor-vocabulary wordpiece 1 do_lower_case=false strip_accents=false tokenize_chinese_chars=true\n"
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\nA\n");
  EXPECT_TRUE(is_serialized_wordpiece(bytes));
  const WordPieceText read = parse_wordpiece(bytes, "here");
  EXPECT_EQ(read.options, kCasedOptions);
  EXPECT_EQ(read.tokens, (std::vector<std::string>{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "A"}));
  for (const bool lower : {false, true}) {
    for (const bool accents : {false, true}) {
      const BertWordOptions options{lower, accents, !accents};
      EXPECT_EQ(parse_wordpiece(serialized_wordpiece(kUncased, options), "here").options, options);
    }
  }
}

TEST(VocabTxt, IsDescribedByItsFirstLine) {
  const auto describe = [](const BertWordOptions& options) {
    return describe_wordpiece(serialized_wordpiece("", options));
  };
  EXPECT_EQ(describe({}), "uncased");
  EXPECT_EQ(describe(kCasedOptions), "cased");
  EXPECT_EQ(describe({true, false, true}), "uncased, with accents");
  EXPECT_EQ(describe({false, true, false}), "cased, without accents, Chinese not split");
}

TEST(VocabTxt, IsUncasedUnlessItsTokensHaveCapitals) {
  const ScratchFolder folder;
  const auto options = [&](const std::string& text) { return vocab_txt_options(folder.file("vocab.txt", text), text); };
  EXPECT_EQ(options(kUncased), BertWordOptions());
  EXPECT_EQ(options(kUncased + "B\n"), kCasedOptions);
  EXPECT_EQ(options(kUncased + "##\u00dc\n"), kCasedOptions);
  std::string many = kUncased;
  for (int i = 0; i < 200; ++i) many += std::to_string(i) + "\n";
  EXPECT_EQ(options(many + "<URL>\n"), BertWordOptions()) << "one token in a hundred may be added by hand";
  EXPECT_EQ(options("[UNUSED]\n"), BertWordOptions());
}

TEST(VocabTxt, IsReadAsTheFileBesideItSays) {
  const ScratchFolder folder;
  const auto vocab = folder.file("vocab.txt", kUncased);
  const auto options = [&](const std::string& config, std::optional<bool> lower_case = std::nullopt) {
    folder.file("tokenizer_config.json", config);
    return vocab_txt_options(vocab, kUncased, lower_case);
  };
  EXPECT_EQ(options("{}"), BertWordOptions());
  EXPECT_EQ(options("{\"do_lower_case\":false,\"strip_accents\":null}"), kCasedOptions);
  EXPECT_EQ(options("{\"strip_accents\":false,\"tokenize_chinese_chars\":false}"),
            (BertWordOptions{true, false, false}));
  EXPECT_EQ(options("{\"do_lower_case\":false}", true), BertWordOptions()) << "what is asked for goes first";
  EXPECT_EQ(options("{\"do_lower_case\":true}", false), kCasedOptions);
  folder.file("tokenizer.json", "{\"normalizer\":{\"lowercase\":false,\"handle_chinese_chars\":false}}");
  EXPECT_EQ(options("{}"), (BertWordOptions{false, false, false}));
  EXPECT_EQ(options("{\"do_lower_case\":true}"), (BertWordOptions{true, true, false}));
  folder.file("tokenizer.json", "{\"normalizer\":null}");
  EXPECT_EQ(options("{}"), BertWordOptions());
  EXPECT_TRUE(says(message_of<Error>([&] { options("{\"do_lower_case\":\"no\"}"); }), "tokenizer_config.json",
                   "do_lower_case", "\"no\""));
  EXPECT_TRUE(says(message_of<Error>([&] { options("[1"); }), "tokenizer_config.json", "JSON object"));
  const std::string deep = "{\"normalizer\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
  EXPECT_TRUE(says(message_of<Error>([&] { options(deep); }), "tokenizer_config.json", "JSON object"));
}

/// What is said of the serialized form of a vocab.txt.
std::string refusal(const std::string& text) {
  const std::string message = message_of<Error>([&] { parse_wordpiece(serialized_wordpiece(text, {}), "my.txt"); });
  EXPECT_EQ(message.find('\n'), message.npos);
  return message;
}

TEST(VocabTxt, IsRefusedInOneLineIfItIsMalformed) {
  EXPECT_EQ(refusal(kUncased), "(nothing thrown)");
  EXPECT_TRUE(says(refusal("[PAD]\n[CLS]\n[SEP]\na\n"), "my.txt", "no [UNK] (lines: 4)"));
  EXPECT_TRUE(says(refusal("[UNK]\n[CLS]\n[SEP]\na\n"), "no [PAD]"));
  EXPECT_TRUE(says(refusal(""), "no [PAD] (lines: 0)"));
  EXPECT_TRUE(says(refusal(kUncased + "a\n"), "my.txt", "\"a\" in lines 6 and 8"));
  EXPECT_TRUE(says(refusal(kUncased + "f\xfchrt\n"), "my.txt", "UTF-8", "line 8"));
  EXPECT_EQ(refusal("[PAD]\n[UNK]\n[CLS]\n[SEP]\n"), "(nothing thrown)") << "without [MASK]";
  EXPECT_TRUE(says(message_of<Error>([] { parse_wordpiece("rotor-vocabulary wordpiece 2 x\n[UNK]\n", "my.model"); }),
                   "my.model", "rotor-vocabulary wordpiece 1 ", "got \"rotor-vocabulary wordpiece 2 x\""));
  EXPECT_TRUE(says(message_of<Error>([] { refuse_vocab_txt("my.safetensors"); }), "my.safetensors",
                   "rotor-vocabulary wordpiece 1 do_lower_case=true"));
}

}  // namespace
}  // namespace rotor
