#include "text/tokenized_vocabulary.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/json.h"
#include "text/language.h"
#include "text/moses_detokenizer.h"
#include "text/moses_tokenizer.h"
#include "text/vocabulary.h"

namespace rotor {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kName = "rotor-vocabulary tokenized ";
constexpr std::string_view kVersion = "1 ";
constexpr std::string_view kMoses = "moses";

/// The first line without its name, and the vocabulary of the tokens.
std::pair<std::string_view, std::string_view> parts_of(std::string_view bytes) {
  bytes.remove_prefix(kName.size());
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  return {bytes.substr(0, end), bytes.substr(std::min(end + 1, bytes.size()))};
}

bool flag(const Json& header, const char* name, const std::string& origin) {
  if (!header.contains(name)) return true;
  ROTOR_CHECK(header[name].is_boolean(), "{}: expected {} of the tokenizer as true or false, got {:.40}", origin, name,
              header[name].dump());
  return header[name].get<bool>();
}

MosesOptions read_options(std::string_view line, const std::string& origin) {
  ROTOR_CHECK(line.starts_with(kVersion),
              "{}: expected a vocabulary of tokens in version {}, got {:.10}; use a newer Rotor", origin, kVersion,
              line);
  line.remove_prefix(kVersion.size());
  const Json header = parse_json(line);
  const auto text = [&](const char* name) {
    return header.is_object() && header.contains(name) && header[name].is_string() ? header[name].get<std::string>()
                                                                                   : "";
  };
  const std::string tokenizer = text("tokenizer"), language = text("language");
  ROTOR_CHECK(tokenizer == kMoses, "{}: expected the tokenizer {}, got {:.80}; use a newer Rotor", origin, kMoses,
              tokenizer.empty() ? line : tokenizer);
  const std::string base = base_language(language);
  ROTOR_CHECK(!base.empty(),
              "{}: expected the code of a language for Moses' tokenizer, such as en or de, got \"{:.40}\"; convert the "
              "model again with --source-lang and --target-lang",
              origin, language);
  return {
      .language = base, .dash_splits = flag(header, "dash_splits", origin), .escape = flag(header, "escape", origin)};
}

class TokenizedVocabulary : public VocabularyModel {
 public:
  TokenizedVocabulary(const MosesOptions& options, std::unique_ptr<const VocabularyModel> pieces)
      : tokenizer_(options), detokenizer_(options.language), pieces_(std::move(pieces)) {}

  const SpecialTokens& specials() const override { return pieces_->specials(); }
  int64_t size() const override { return pieces_->size(); }
  const std::map<std::string, int32_t>& languages() const override { return pieces_->languages(); }
  bool is_mark(int32_t id) const override { return pieces_->is_mark(id); }

  std::vector<int32_t> encode(std::string_view text) const override {
    return pieces_->encode(tokenizer_.tokenize(text));
  }
  std::vector<std::string> spell(std::string_view text) const override {
    return pieces_->spell(tokenizer_.tokenize(text));
  }
  std::string decode(std::span<const int32_t> ids) const override {
    return detokenizer_.detokenize(pieces_->decode(ids));
  }
  std::string join(const std::vector<std::string>& pieces) const override {
    return detokenizer_.detokenize(pieces_->join(pieces));
  }

  const std::string& piece(int32_t id) const override { return pieces_->piece(id); }
  float score(int32_t id) const override { return pieces_->score(id); }
  int32_t id(std::string_view piece) const override { return pieces_->id(piece); }
  bool cuts_words() const override { return pieces_->cuts_words(); }
  bool begins_word(int32_t id) const override { return pieces_->begins_word(id); }
  bool is_lossless() const override { return false; }

 private:
  MosesTokenizer tokenizer_;
  MosesDetokenizer detokenizer_;
  std::unique_ptr<const VocabularyModel> pieces_;
};

}  // namespace

bool is_serialized_tokenized(std::string_view bytes) {
  return bytes.starts_with(kName);
}

std::string describe_tokenized(std::string_view bytes) {
  const auto [line, pieces] = parts_of(bytes);
  const MosesOptions options = read_options(line, "the vocabulary");
  return fmt::format("{} of Moses' tokens ({})", Vocabulary::kind_of(pieces), options.language);
}

std::unique_ptr<const VocabularyModel> tokenized_vocabulary(const std::string& bytes, const std::string& origin) {
  const auto [line, pieces] = parts_of(bytes);
  const MosesOptions options = read_options(line, origin);
  ROTOR_CHECK(!is_serialized_tokenized(pieces),
              "{}: expected pieces of tokens, got a tokenizer after another; get the "
              "file anew",
              origin);
  return std::make_unique<TokenizedVocabulary>(options, vocabulary_model(std::string(pieces), origin));
}

}  // namespace rotor
