// WordPiece vocabularies (Schuster and Nakajima 2012; BERT: Devlin et al. 2019): a word is cut from its beginning into
// the longest pieces that there are, of which all but the first begin with "##"; one that cannot be cut whole, or has
// more than 100 characters, is [UNK]. They are read from BERT's vocab.txt (text/vocab_txt.h), not trained.
#pragma once

#include <memory>
#include <string>

#include "text/vocabulary_model.h"

namespace rotor {

/// Makes the vocabulary of a serialized form. `origin` names it in the Error thrown if it is malformed.
///
/// [CLS] is the beginning of a sentence and what a decoder starts from, [SEP] the end, [MASK] the mask, if there is
/// one. Text that contains their names gives none of them. Decoding joins words with spaces, takes them away before
/// punctuation and in English contractions, and gives "\u2047" for [UNK], else as Hugging Face's decode().
std::unique_ptr<const VocabularyModel> wordpiece_vocabulary(const std::string& bytes, const std::string& origin);

}  // namespace rotor
