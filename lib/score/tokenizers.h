// The tokenisers of BLEU under sacreBLEU's names. "13a" is the tokenisation of WMT's mteval-v13a.pl for Western
// languages (Post, "A Call for Clarity in Reporting BLEU Scores", 2018), "intl" that of mteval-v14.pl by Unicode's
// classes; "zh" sets Chinese characters apart and treats the rest as 13a does, "char" sets every character apart,
// "none" changes nothing, and "spm" cuts text into the pieces of a SentencePiece model. "moses-en" and "moses-de",
// which sacreBLEU lacks, give Moses's tokens (text/moses_tokenizer.h), which fairseq's own scores count.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

/// The tokens of a segment. The tokens point into the segment, or into `text` where the segment had to be rewritten.
struct Tokens {
  std::string text;
  std::vector<std::string_view> list;
};

/// Cuts a UTF-8 segment without white space at its end into tokens.
using Tokenizer = std::function<void(std::string_view segment, Tokens& tokens)>;

const std::vector<std::string>& tokenizer_names();

/// The languages whose translations are scored by Moses's tokens: "en", "de".
const std::vector<std::string>& moses_languages();

/// Returns the tokeniser of that name; `spm_model` is the model file of "spm". An unknown name or a missing model is an
/// Error.
Tokenizer make_tokenizer(const std::string& name, const std::string& spm_model = {});

/// Returns a tokeniser into Moses's tokens of a language, with compounds split (compounds.h). Another language than
/// moses_languages() is an Error.
Tokenizer make_compound_splitter(const std::string& language);

void tokenize_13a(std::string_view segment, Tokens& tokens);
/// Tokenises by the rules of "intl", and separates tokens by white space; tokenize_zh() and tokenize_char() do so by
/// theirs.
std::string tokenize_intl(std::string_view segment);
std::string tokenize_zh(std::string_view segment);
std::string tokenize_char(std::string_view segment);

}  // namespace rotor
