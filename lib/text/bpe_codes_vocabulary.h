// Words and their parts as a vocabulary: fairseq's dict.txt with the merges of subword-nmt or fastBPE. Text is tokens
// with spaces between them, as Moses' tokenizer leaves it; merges cut each into parts, of which all but the last end
// with "@@". Without merges the tokens are whole words. The serialized form is a line with the list of tokens in JSON,
// then the file of merges:
//
//   rotor-vocabulary bpe-codes 1 {"tokens":["<s>","<pad>","</s>","<unk>","the","lo@@", …]}
//   #version: 0.2
//   t h
//   …
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/vocabulary_model.h"

namespace rotor {

/// Whether bytes begin as the serialized form does.
bool is_serialized_bpe_codes(std::string_view bytes);

/// What a serialized form is called: "BPE codes", or "words" if it has no merges.
std::string describe_bpe_codes(std::string_view bytes);

/// Makes the vocabulary of a serialized form; the first four tokens are <s>, <pad>, </s> and <unk>. `origin` names it
/// in the Error thrown if it is malformed.
///
/// A part that the list lacks is unk, and so is text that is spelt as a special token.
std::unique_ptr<const VocabularyModel> bpe_codes_vocabulary(const std::string& bytes, const std::string& origin);

}  // namespace rotor
