// Bytes as a vocabulary (as ByT5's: Xue et al. 2022): the four special tokens, then the 256 bytes, so that byte b has
// the id 4 + b. It needs no training and knows every text; a sentence has as many tokens as bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/vocabulary_model.h"

namespace rotor {

/// The serialized form of the vocabulary, which models and corpora hold as they hold a SentencePiece model: one line of
/// text that names it.
std::string serialized_bytes();

/// Whether a serialized vocabulary begins as this one does.
bool is_serialized_bytes(std::string_view bytes);

/// The vocabulary; text that only begins as serialized_bytes() is an Error that names `origin`.
///
/// The pieces are "<s>", "<pad>", "</s>" and "<unk>", then the visible characters of ASCII as themselves and the other
/// bytes as SentencePiece writes them: "<0x20>", "<0xC3>".
std::unique_ptr<const VocabularyModel> byte_vocabulary(const std::string& bytes, const std::string& origin);

}  // namespace rotor
