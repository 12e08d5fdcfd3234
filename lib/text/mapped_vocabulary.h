// SentencePiece models with ids of their own: the model cuts text into pieces, and a list of tokens gives each its id,
// as the models of Marian, OPUS-MT, M2M100, NLLB and fairseq have it. The serialized form is a line, the list in JSON,
// and the SentencePiece model:
//
//   rotor-vocabulary mapped 1 {"tokens":["</s>","<unk>","▁the", …],"special_tokens":{"eos":0,"unk":1, …}}
//
// `special_tokens` has the ids that a model's config has; those left out are −1. `languages`, if there, is an object
// from names to the ids of the tokens that mark them; `"language_last":true` says that the source's comes after its
// </s>, as NLLB's models had it at first; and `"tags":true` says that a text may begin with a token of the form >>xx<<,
// which the SentencePiece model does not see.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/vocabulary_model.h"

namespace rotor {

/// Whether bytes begin as the serialized form does.
bool is_serialized_mapped(std::string_view bytes);

/// Whether a serialized form says "language_last"; the bytes must be those of a vocabulary that was made.
bool has_language_last(std::string_view bytes);

/// Makes the vocabulary of a serialized form. `origin` names it in the Error thrown if it is malformed: tokens that
/// occur twice, ids that no token has, a SentencePiece model that is corrupted.
///
/// A piece that the list lacks is unk, and so is text whose piece would be a special token or mark a language.
std::unique_ptr<const VocabularyModel> mapped_vocabulary(const std::string& bytes, const std::string& origin);

}  // namespace rotor
