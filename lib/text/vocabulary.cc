#include "text/vocabulary.h"

#include <utility>

#include "base/check.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "base/option_text.h"
#include "text/bpe_codes_vocabulary.h"
#include "text/byte_vocabulary.h"
#include "text/mapped_vocabulary.h"
#include "text/sentencepiece_vocabulary.h"
#include "text/tokenized_vocabulary.h"
#include "text/vocab_txt.h"
#include "text/wordpiece_vocabulary.h"

namespace rotor {

namespace {

/// A kind of vocabulary: how its serialized form is recognised and described, and what makes its model.
struct Kind {
  bool (*recognises)(std::string_view bytes);
  std::string (*describe)(std::string_view bytes);
  std::unique_ptr<const VocabularyModel> (*make)(const std::string& bytes, const std::string& origin);
};

/// All kinds. SentencePiece models begin with nothing of their own, so they are what remains.
constexpr Kind kKinds[] = {
    {is_serialized_bytes, [](std::string_view /*bytes*/) { return std::string("bytes"); }, byte_vocabulary},
    {is_serialized_bpe_codes, describe_bpe_codes, bpe_codes_vocabulary},
    {is_serialized_wordpiece, [](std::string_view bytes) { return "WordPiece, " + describe_wordpiece(bytes); },
     wordpiece_vocabulary},
    {is_serialized_mapped, [](std::string_view /*bytes*/) { return std::string("SentencePiece with an id map"); },
     mapped_vocabulary},
    {is_serialized_tokenized, describe_tokenized, tokenized_vocabulary},
    {is_vocab_txt, [](std::string_view /*bytes*/) { return std::string("vocab.txt"); },
     [](const std::string& /*bytes*/, const std::string& origin) -> std::unique_ptr<const VocabularyModel> {
       refuse_vocab_txt(origin);
     }},
    {[](std::string_view /*bytes*/) { return true; },
     [](std::string_view /*bytes*/) { return std::string("SentencePiece"); }, sentencepiece_vocabulary},
};

const Kind& kind_with(std::string_view bytes) {
  const Kind* kind = kKinds;
  while (!kind->recognises(bytes)) ++kind;
  return *kind;
}

}  // namespace

std::unique_ptr<const VocabularyModel> vocabulary_model(const std::string& bytes, const std::string& origin) {
  return kind_with(bytes).make(bytes, origin);
}

Vocabulary::Vocabulary(std::shared_ptr<const VocabularyModel> model, std::string bytes)
    : model_(std::move(model)),
      specials_(model_->specials()),
      bytes_(std::make_shared<const std::string>(std::move(bytes))),
      sha256_(rotor::sha256(*bytes_)),
      size_(model_->size()) {}

Vocabulary Vocabulary::from_bytes(std::string bytes, const std::string& origin) {
  auto model = vocabulary_model(bytes, origin);
  return {std::move(model), std::move(bytes)};
}

Vocabulary Vocabulary::from_file(const std::filesystem::path& path, std::optional<bool> lower_case) {
  const MappedFile file(path);
  std::string bytes(file.bytes());
  if (is_vocab_txt(bytes)) {
    bytes = serialized_wordpiece(bytes, vocab_txt_options(path, bytes, lower_case));
  } else if (lower_case) {
    refuse_lower_case(bytes, path.string());
  }
  return from_bytes(std::move(bytes), path.string());
}

void Vocabulary::refuse_lower_case(std::string_view bytes, const std::string& origin) {
  refuse(
      "--do-lower-case is for BERT's vocab.txt, and {} has a vocabulary of the kind {}, which says itself how text "
      "is read; leave the option out",
      origin, kind_of(bytes));
}

std::string Vocabulary::kind_of(std::string_view bytes) {
  return kind_with(bytes).describe(bytes);
}

const std::map<std::string, int32_t>& Vocabulary::languages() const {
  return model_->languages();
}

std::vector<int32_t> Vocabulary::encode(std::string_view text) const {
  return model_->encode(text);
}

std::vector<int32_t> Vocabulary::encode(std::string_view text, const std::string& place) const {
  try {
    return encode(text);
  } catch (const Error& error) {
    fail("{}: {}", place, error.what());
  }
}

std::vector<std::string> Vocabulary::spell(std::string_view text) const {
  return model_->spell(text);
}

std::string Vocabulary::decode(std::span<const int32_t> ids) const {
  std::vector<int32_t> kept;
  for (const int32_t id : ids) {
    check_id(id);
    if (!is_silent(id)) kept.push_back(id);
  }
  return model_->decode(kept);
}

std::string Vocabulary::decode(std::span<const int32_t> ids, std::span<const std::string> unknown) const {
  if (unknown.empty()) return decode(ids);
  std::vector<std::string> pieces;
  for (const int32_t id : ids) {
    check_id(id);
    if (is_silent(id)) continue;
    const bool replaced = id == specials_.unk && !unknown.empty();
    pieces.push_back(replaced ? unknown.front() : model_->piece(id));
    if (replaced) unknown = unknown.subspan(1);
  }
  return model_->join(pieces);
}

const std::string& Vocabulary::piece(int32_t id) const {
  check_id(id);
  return model_->piece(id);
}

float Vocabulary::score(int32_t id) const {
  check_id(id);
  return model_->score(id);
}

int32_t Vocabulary::id(std::string_view piece) const {
  return model_->id(piece);
}

bool Vocabulary::cuts_words() const {
  return model_->cuts_words();
}

bool Vocabulary::begins_word(int32_t id) const {
  check_id(id);
  return model_->begins_word(id);
}

bool Vocabulary::is_lossless() const {
  return model_->is_lossless();
}

bool Vocabulary::is_silent(int32_t id) const {
  return id != specials_.unk && (specials_.contains(id) || model_->is_mark(id));
}

void Vocabulary::check_id(int32_t id) const {
  ROTOR_CHECK(id >= 0 && id < size_, "expected a token id below {}, the vocabulary's size, got {}", size_, id);
}

}  // namespace rotor
