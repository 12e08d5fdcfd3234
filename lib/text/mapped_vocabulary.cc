#include "text/mapped_vocabulary.h"

#include <set>
#include <unordered_map>
#include <utility>

#include "base/json.h"
#include "base/option_text.h"
#include "text/sentencepiece.h"

namespace rotor {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kName = "rotor-vocabulary mapped ";
constexpr std::string_view kVersion = "1 ";
constexpr std::string_view kWordBegin = "▁";
constexpr std::string_view kTagBegin = ">>", kTagEnd = "<<";

/// The first line of the serialized form, after the version.
struct Header {
  std::vector<std::string> tokens;
  SpecialTokens specials;
  std::map<std::string, int32_t> languages;
  bool language_last = false, tags = false;
};

class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& origin) : origin_(origin) {
    header_ = parse_json(text);
    ROTOR_CHECK(header_.is_object(), "{}: expected a list of tokens in JSON, got {:.60}; get the file anew", origin_,
                text);
  }

  Header read() {
    Header result;
    for (const Json& token : member("tokens", Json::value_t::array)) {
      ROTOR_CHECK(token.is_string(), "{}: expected tokens that are texts, got {:.60}", origin_, token.dump());
      result.tokens.push_back(token.get<std::string>());
    }
    size_ = std::ssize(result.tokens);
    const Json specials = member("special_tokens", Json::value_t::object);
    const auto special = [&](const char* name) { return specials.contains(name) ? id(specials[name], name, -1) : -1; };
    result.specials = {.bos = special("bos"),
                       .pad = special("pad"),
                       .eos = special("eos"),
                       .unk = special("unk"),
                       .mask = special("mask"),
                       .start = special("start")};
    ROTOR_CHECK(result.specials.eos >= 0 && result.specials.unk >= 0 && result.specials.pad >= 0,
                "{}: expected ids of eos, unk and pad, got {}", origin_, specials.dump());
    if (header_.contains("languages")) {
      const Json languages = member("languages", Json::value_t::object);
      for (const auto& [name, token] : languages.items()) result.languages[name] = id(token, name, 0);
    }
    result.language_last = flag("language_last");
    result.tags = flag("tags");
    return result;
  }

 private:
  /// A member that is true or false; false if there is none.
  bool flag(const char* name) const {
    return header_.contains(name) && member(name, Json::value_t::boolean).get<bool>();
  }

  const Json& member(const char* name, Json::value_t type) const {
    const auto found = header_.find(name);
    ROTOR_CHECK(found != header_.end() && found->type() == type, "{}: expected {} among the vocabulary's parts",
                origin_, name);
    return *found;
  }

  int32_t id(const Json& value, const std::string& name, int32_t least) const {
    const int64_t id = value.is_number_integer() ? value.get<int64_t>() : least - 1;
    ROTOR_CHECK(id >= least && id < size_, "{}: expected an id below {} as that of {}, got {:.30}", origin_, size_,
                name, value.dump());
    return static_cast<int32_t>(id);
  }

  const std::string& origin_;
  Json header_;
  int64_t size_ = 0;
};

class MappedVocabulary : public VocabularyModel {
 public:
  MappedVocabulary(Header header, const std::string& model, const std::string& origin)
      : header_(std::move(header)), unknown_piece_(nullptr) {
    load_sentencepiece(model_, model, origin);
    unknown_piece_ = &model_.IdToPiece(model_.unk_id());
    for (int32_t id = 0; id < size(); ++id) {
      const auto [at, added] = ids_.emplace(header_.tokens[id], id);
      ROTOR_CHECK(added, "{}: expected each token once, got '{}' as {} and {}", origin, at->first, at->second, id);
    }
    for (const auto& [name, id] : header_.languages) marks_.insert(id);
  }

  const SpecialTokens& specials() const override { return header_.specials; }
  int64_t size() const override { return std::ssize(header_.tokens); }
  const std::map<std::string, int32_t>& languages() const override { return header_.languages; }
  bool is_mark(int32_t id) const override { return marks_.contains(id); }

  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> ids;
    const std::string_view tag = take_tag(text);
    if (!tag.empty()) ids.push_back(id(tag));
    std::vector<std::string> pieces;
    refuse_long_unknown(model_, text);
    const auto status = model_.Encode(text, &pieces);
    ROTOR_CHECK(status.ok(), "expected text that SentencePiece can encode, got \"{}\": {}", text, reason(status));
    for (const std::string& piece : pieces) ids.push_back(id_of_text(piece));
    return ids;
  }

  std::vector<std::string> spell(std::string_view text) const override {
    std::vector<std::string> texts;
    const std::string_view tag = take_tag(text);
    if (!tag.empty()) texts.emplace_back(tag);
    refuse_long_unknown(model_, text);
    const auto encoded = model_.EncodeAsImmutableProto(text);  // holds what its pieces point to
    for (const auto& piece : encoded.pieces()) {
      texts.push_back(id_of_text(piece.piece()) == specials().unk ? piece.surface() : piece.piece());
    }
    return texts;
  }

  std::string decode(std::span<const int32_t> ids) const override {
    std::vector<std::string> pieces;
    for (const int32_t id : ids) pieces.push_back(id == specials().unk ? *unknown_piece_ : header_.tokens[id]);
    return join(pieces);
  }

  std::string join(const std::vector<std::string>& pieces) const override {
    std::string text;
    const auto status = model_.Decode(pieces, &text);
    ROTOR_CHECK(status.ok(), "expected pieces that SentencePiece can decode: {}", reason(status));
    replace_all(text, std::string(kWordBegin), " ");  // of pieces that the model lacks
    if (text.starts_with(' ') && !pieces.empty() && pieces[0].starts_with(kWordBegin)) text.erase(0, 1);
    return text;
  }

  const std::string& piece(int32_t id) const override { return header_.tokens[id]; }
  float score(int32_t id) const override {
    const int known = model_.PieceToId(header_.tokens[id]);
    return known == model_.unk_id() ? 0 : model_.GetScore(known);
  }
  int32_t id(std::string_view piece) const override {
    const auto found = ids_.find(piece);
    return found == ids_.end() ? specials().unk : found->second;
  }
  bool cuts_words() const override { return true; }
  bool begins_word(int32_t id) const override { return header_.tokens[id].starts_with(kWordBegin); }
  bool is_lossless() const override { return false; }

 private:
  /// The id of a piece of text.
  int32_t id_of_text(std::string_view piece) const {
    const int32_t found = id(piece);
    return specials().contains(found) || is_mark(found) ? specials().unk : found;
  }

  /// Takes >>xx<< off the front of a text; empty if there is none.
  std::string_view take_tag(std::string_view& text) const {
    if (!header_.tags || !text.starts_with(kTagBegin)) return {};
    const size_t end = text.find(kTagEnd);
    if (end == text.npos) return {};
    const std::string_view tag = text.substr(0, end + kTagEnd.size());
    text.remove_prefix(tag.size());
    return tag;
  }

  Header header_;
  sentencepiece::SentencePieceProcessor model_;
  const std::string* unknown_piece_;
  std::unordered_map<std::string_view, int32_t> ids_;
  std::set<int32_t> marks_;
};

}  // namespace

bool is_serialized_mapped(std::string_view bytes) {
  return bytes.starts_with(kName);
}

bool has_language_last(std::string_view bytes) {
  if (!is_serialized_mapped(bytes)) return false;
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  return HeaderReader(line.substr(kName.size() + kVersion.size()), "the vocabulary").read().language_last;
}

std::unique_ptr<const VocabularyModel> mapped_vocabulary(const std::string& bytes, const std::string& origin) {
  std::string_view rest(bytes);
  rest.remove_prefix(kName.size());
  ROTOR_CHECK(rest.starts_with(kVersion),
              "{}: expected a mapped vocabulary in version {}, got {:.10}; use a newer Rotor", origin, kVersion, rest);
  rest.remove_prefix(kVersion.size());
  const size_t end = rest.find('\n');
  ROTOR_CHECK(end != rest.npos,
              "{}: expected a SentencePiece model after the list of tokens, got none; get the file anew", origin);
  Header header = HeaderReader(rest.substr(0, end), origin).read();
  return std::make_unique<MappedVocabulary>(std::move(header), std::string(rest.substr(end + 1)), origin);
}

}  // namespace rotor
