// BERT's vocab.txt, a WordPiece vocabulary as Google and Hugging Face publish it, with a token a line, and the
// serialized form in which corpora and models hold it: the same lines after one that says how text is cut into words,
//
//   rotor-vocabulary wordpiece 1 do_lower_case=true strip_accents=true tokenize_chinese_chars=true
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/bert_words.h"

namespace rotor {

/// Whether some bytes are a vocab.txt: they have a line that is a special token, or are UTF-8 without control
/// characters but line ends, which no SentencePiece model is.
bool is_vocab_txt(std::string_view bytes);

/// How the vocabulary of a vocab.txt, `bytes` of the file `path`, cuts text into words. Hugging Face's
/// tokenizer_config.json in the same folder says it (do_lower_case, strip_accents, tokenize_chinese_chars), else the
/// normalizer of tokenizer.json; a malformed one is an Error. `lower_case` goes before them. Where none says, the
/// vocabulary is uncased unless more than one in a hundred of its tokens has a capital letter, accents are stripped if
/// it is uncased, and Chinese is split.
BertWordOptions vocab_txt_options(const std::filesystem::path& path, std::string_view bytes,
                                  std::optional<bool> lower_case = std::nullopt);

/// The serialized form of a vocab.txt; its lines end in a line feed alone.
std::string serialized_wordpiece(std::string_view vocab_txt, const BertWordOptions& options);

/// Throws the Error for a vocab.txt where only its serialized form serves.
[[noreturn]] void refuse_vocab_txt(const std::string& origin);

/// Whether bytes begin as the serialized form does.
bool is_serialized_wordpiece(std::string_view bytes);

/// A serialized vocabulary that was read. A token's id is its index.
struct WordPieceText {
  BertWordOptions options;
  std::vector<std::string> tokens;
};

/// Reads the serialized form. An Error names `origin` and the line of vocab.txt where tokens are missing, no UTF-8, or
/// occur twice.
WordPieceText parse_wordpiece(std::string_view bytes, const std::string& origin);

/// The first line alone: "uncased", "cased", and what is unusual, "uncased, with accents".
std::string describe_wordpiece(std::string_view bytes);

}  // namespace rotor
