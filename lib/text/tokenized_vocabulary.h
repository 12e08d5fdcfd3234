// A vocabulary of Moses' tokens for text that is not tokenized: fairseq's models, and others, know pieces of such
// tokens. Moses' tokenizer cuts a text, another vocabulary cuts the tokens into pieces; back, the detokenizer makes
// text of the tokens that the pieces spell. Each language has its own rules, so a model of one list of pieces has two
// such vocabularies, of its source and its target. The serialized form is a line and the other vocabulary's form:
//
//   rotor-vocabulary tokenized 1 {"tokenizer":"moses","language":"en","dash_splits":true,"escape":true}
//   rotor-vocabulary bpe-codes 1 {"tokens":[…]}
//   …
//
// `dash_splits` and `escape` are true if they are left out (text/moses_tokenizer.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/vocabulary_model.h"

namespace rotor {

/// Whether bytes begin as the serialized form does.
bool is_serialized_tokenized(std::string_view bytes);

/// What a serialized form is called: "BPE codes of Moses' tokens (en)".
std::string describe_tokenized(std::string_view bytes);

/// Makes the vocabulary of a serialized form. `origin` names it in the Error thrown if it is malformed, or names a
/// tokenizer or a language that is not known.
std::unique_ptr<const VocabularyModel> tokenized_vocabulary(const std::string& bytes, const std::string& origin);

}  // namespace rotor
