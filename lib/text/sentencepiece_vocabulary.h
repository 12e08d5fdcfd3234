// SentencePiece models (Kudo and Richardson 2018) as vocabularies: BPE, unigram and character models. Their special
// tokens have fairseq's ids, so a model trained with others is refused.
#pragma once

#include <memory>
#include <string>

#include "text/vocabulary_model.h"

namespace rotor {

/// Makes the vocabulary of a serialized model. `origin` names it in the Error thrown if it is corrupted or has other
/// special tokens.
std::unique_ptr<const VocabularyModel> sentencepiece_vocabulary(const std::string& bytes, const std::string& origin);

}  // namespace rotor
