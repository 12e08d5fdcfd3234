// rotor-convert fairseq --tokenizer moses, against fairseq with that tokenizer (tests/golden/README.md,
// fairseq_moses.json).
#include <sstream>

#include "system/convert.h"
#include "system/server.h"
#include "text/vocabulary.h"

namespace rotor {
namespace {

using Json = nlohmann::json;

const std::string kFolder = ROTOR_GOLDEN "/fairseq_checkpoints/";
const std::string kImport =
    "rotor-convert fairseq " + kFolder + "shared/checkpoint.pt out.safetensors --bpe-codes " + kFolder + "shared/codes";

class ConvertTokenizer : public ConvertTest {
 protected:
  /// The vocabularies of out.safetensors.
  std::pair<Vocabulary, Vocabulary> vocabularies() const {
    const VocabularyBytes bytes = read_vocabulary(open_model(folder_ / "out.safetensors"));
    return {Vocabulary::from_bytes(bytes.source), Vocabulary::from_bytes(bytes.target)};
  }

  /// What fairseq made of sentences with settings of its tokenizer; their texts are written to the file "text".
  Json sentences(const std::string& settings) const {
    Json all = Json::parse(text_of(ROTOR_GOLDEN "/fairseq_moses.json"))["settings"][settings];
    std::string text;
    for (const auto& sentence : all) text += sentence["text"].get<std::string>() + '\n';
    folder_.file("text", text);
    return all;
  }
};

std::vector<int32_t> without_end(const Json& ids) {
  auto list = ids.get<std::vector<int32_t>>();
  list.pop_back();
  return list;
}

TEST_F(ConvertTokenizer, TranslatesTextAsFairseqDoes) {
  for (const auto& [settings, options] :
       {std::pair("escaped", ""), {"plain", " --moses-no-dash-splits --moses-no-escape"}}) {
    succeed(kImport + " --tokenizer moses" + options);
    const Json golden = sentences(settings);
    const auto [source, target] = vocabularies();
    std::istringstream lines(run("rotor-generate out.safetensors --max-len-b 30 --beam 4 --nbest 4 < text").out);
    for (const auto& sentence : golden) {
      EXPECT_EQ(source.encode(sentence["text"].get<std::string>()), without_end(sentence["ids"])) << sentence["text"];
      for (const auto& expected : sentence["hypotheses"]) {
        std::string number, score, hypothesis;
        std::getline(lines, number, '\t');
        std::getline(lines, score, '\t');
        std::getline(lines, hypothesis);
        EXPECT_EQ(hypothesis, expected["text"].get<std::string>()) << sentence["text"];
        EXPECT_NEAR(std::stod(score), expected["score"].get<double>(), 2e-4) << sentence["text"];
        EXPECT_EQ(target.decode(without_end(expected["ids"])), expected["text"].get<std::string>());
      }
    }
  }
}

TEST_F(ConvertTokenizer, ReadsTextOfTheTargetByTheRulesOfItsLanguage) {
  succeed(kImport + " --tokenizer moses --target-lang de");
  const auto [source, target] = vocabularies();
  EXPECT_EQ(Vocabulary::kind_of(source.bytes()), "BPE codes of Moses' tokens (en)");
  EXPECT_EQ(Vocabulary::kind_of(target.bytes()), "BPE codes of Moses' tokens (de)");
  std::string texts, references;
  double loss = 0;
  int64_t tokens = 0, pairs = 0;
  for (const auto& sentence : sentences("escaped")) {
    for (const auto& hypothesis : sentence["hypotheses"]) {
      const auto text = hypothesis["text"].get<std::string>();
      // Others have pieces that the merges would have joined.
      if (target.encode(text) != without_end(hypothesis["ids"])) continue;
      texts += sentence["text"].get<std::string>() + '\n';
      references += text + '\n';
      const auto length = std::ssize(hypothesis["ids"]);
      loss -= hypothesis["score"].get<double>() * static_cast<double>(length);
      tokens += length;
      ++pairs;
    }
  }
  ASSERT_GT(pairs, 50);
  folder_.file("text", texts);
  folder_.file("reference", references);
  double scored = 0;
  std::istringstream lines(run("rotor-generate out.safetensors --score-reference reference --token-scores < text").out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream columns(line.substr(line.rfind('\t') + 1));
    for (double part; columns >> part;) scored -= part;
  }
  EXPECT_NEAR(scored, loss, loss * 1e-4);

  // A corpus in the model's vocabularies is the same text, and has the same loss.
  succeed(
      "mv text test.en && mv reference test.de && rotor-preprocess -s en -t de --testpref test --srcdict "
      "out.safetensors "
      "--tgtdict out.safetensors --destdir c");
  const Json result = Json::parse(run("rotor-evaluate out.safetensors --corpus c --gen-subset test --format json").out);
  EXPECT_EQ(result["tokens"].get<int64_t>(), tokens);
  EXPECT_NEAR(result["loss"].get<double>() * std::log(2.0) * static_cast<double>(tokens), loss, loss * 1e-4);
  EXPECT_TRUE(refused(run("rotor-preprocess -s en -t de --testpref test --srcdict out.safetensors --joined-dictionary "
                          "--destdir d"),
                      2, "one vocabulary of both languages", "--tgtdict"));
}

TEST_F(ConvertTokenizer, BeginsTranslationsWithText) {
  succeed(kImport + " --tokenizer moses");
  folder_.file("text", "The dog sees the cat.\nThe dog sees the cat.\n");
  folder_.file("prefix", "Der Hund,\n\n");
  const std::string out =
      run("rotor-generate out.safetensors --max-len-b 30 --prefix-file prefix --print-alignment < text").out;
  EXPECT_TRUE(out.starts_with("Der Hund,")) << out;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\t'), 2) << out;
  const std::string tagged =
      run("rotor-generate out.safetensors --max-len-b 30 --prefix-file prefix --fairseq-format < text").out;
  EXPECT_TRUE(says(tagged, "Der H@@ und , ", "Der Hund, ")) << tagged;  // H- lines have the pieces, D- lines the text
}

TEST_F(ConvertTokenizer, ServesText) {
  succeed(kImport + " --tokenizer moses");
  const std::string text = "Peter's dog doesn't see the \"small\" house (it's red) & the student.";
  folder_.file("text", text + '\n');
  std::string expected = run("rotor-generate out.safetensors --max-len-b 30 --beam 2 < text").out;
  expected.pop_back();
  const Server server({}, (folder_ / "out.safetensors").string());
  const Json answer = Json::parse(server.post(Json{{"text", text}, {"beam", 2}, {"max_len_b", 30}})->body);
  EXPECT_EQ(answer["translations"][0]["text"], expected);
}

TEST_F(ConvertTokenizer, ThereAndBackKeepsEveryByte) {
  for (const std::string options : {"", " --moses-no-escape", " --moses-no-dash-splits --source-lang fr_CA"}) {
    succeed("rm -rf there dicts && cp -r " + kFolder + "shared dicts && cp dicts/dict.en.txt dicts/dict.fr_CA.txt");
    succeed(kImport + " --dictionaries dicts --tokenizer moses" + options);
    succeed(
        "rotor-convert fairseq-folder out.safetensors there && "
        "rotor-convert fairseq there back.safetensors && cmp out.safetensors back.safetensors");
    EXPECT_EQ(Json::parse(text_of(folder_ / "there/args.json"))["tokenizer"], "moses");
    EXPECT_TRUE(std::filesystem::exists(folder_ / "there/codes"));
  }
  succeed("rotor-convert fairseq there untokenized.safetensors --tokenizer none");
  const auto bytes = read_vocabulary(open_model(folder_ / "untokenized.safetensors"));
  EXPECT_EQ(Vocabulary::kind_of(bytes.source), "BPE codes");
}

TEST_F(ConvertTokenizer, IsLeftToTheUsersOfCtranslate2) {
  succeed(kImport + " --tokenizer moses");
  EXPECT_TRUE(says(run("rotor-convert ctranslate2 out.safetensors served").err, "wrote served: translation",
                   "rotor-convert: its vocabulary is of Moses' tokens (en and de), which CTranslate2 does not make; "
                   "tokenize text before it, and detokenize after\n"));
  succeed(kImport + " && rotor-convert ctranslate2 out.safetensors plain 2> said && [ $(wc -l < said) = 1 ]");
}

TEST_F(ConvertTokenizer, TakesLanguageModels) {
  const std::string import = "rotor-convert fairseq " + kFolder + "language_model/checkpoint.pt out.safetensors" +
                             " --bpe-codes " + kFolder + "language_model/codes --tokenizer moses";
  EXPECT_TRUE(refused(run(import), 1, "the code of a language for Moses' tokenizer", "--source-lang"));
  succeed(import + " --source-lang en");
  EXPECT_EQ(Vocabulary::kind_of(vocabularies().first.bytes()), "BPE codes of Moses' tokens (en)");
  folder_.file("text", "The dog doesn't\n");
  const std::string continued = run("rotor-generate out.safetensors --beam 1 --max-len-b 5 < text").out;
  EXPECT_TRUE(continued.starts_with("The dog doesn't")) << continued;
  succeed(
      "rotor-convert fairseq-folder out.safetensors there && "
      "rotor-convert fairseq there back.safetensors && cmp out.safetensors back.safetensors");
}

TEST_F(ConvertTokenizer, RefusesWhatItDoesNotKnow) {
  EXPECT_TRUE(refused(run(kImport + " --tokenizer nltk"), 2, "expected moses or none after --tokenizer, got nltk"));
  EXPECT_TRUE(refused(run(kImport + " --tokenizer"), 2, "expected moses or none after --tokenizer"));
  EXPECT_TRUE(refused(run(kImport + " --moses-no-escape"), 1, "--moses-no-escape", "--tokenizer moses"));
  EXPECT_TRUE(refused(run(kImport + " --moses-no-escape=5"), 2, "no value after --moses-no-escape"));
  const std::string dictionaries = "cp -r " + kFolder +
                                   "shared dicts && cp dicts/dict.en.txt dicts/dict.english.txt && "
                                   "cp dicts/dict.en.txt dicts/dict.qq.txt && ";
  EXPECT_TRUE(refused(run(dictionaries + kImport + " --dictionaries dicts --tokenizer moses --source-lang english"), 1,
                      "the code of a language", "got english", "--source-lang"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.safetensors"));
  succeed(kImport + " --dictionaries dicts --tokenizer moses --source-lang qq");
  EXPECT_TRUE(refused(run("echo x | rotor-generate out.safetensors"), 1, "the code of a language", "\"qq\""));
}

TEST_F(ConvertTokenizer, TakesTheTokenizerOfTheCheckpoint) {
  succeed(kImport + " && rotor-convert fairseq-folder out.safetensors there");
  const auto with = [&](const std::string& tokenizer) {
    Json args = Json::parse(text_of(folder_ / "there/args.json"));
    args["tokenizer"] = tokenizer;
    folder_.file("there/args.json", args.dump());
    return run("rotor-convert fairseq there out.safetensors");
  };
  EXPECT_EQ(with("moses").exit_code, 0);
  EXPECT_EQ(Vocabulary::kind_of(vocabularies().second.bytes()), "BPE codes of Moses' tokens (de)");
  EXPECT_TRUE(refused(with("nltk"), 1, "no tokenizer nltk", "--tokenizer none"));
  succeed("rotor-convert fairseq there out.safetensors --tokenizer none");
}

}  // namespace
}  // namespace rotor
