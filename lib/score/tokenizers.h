// The tokenisers of BLEU under sacreBLEU's names. "13a" is what WMT's mteval-v13a.pl does to Western languages (Post,
// "A Call for Clarity in Reporting BLEU Scores", 2018), "intl" mteval-v14.pl's way by Unicode's classes, "zh" sets
// Chinese characters apart and does the rest as 13a, "char" sets every character apart, "none" nothing, and "spm" takes
// the pieces of a SentencePiece model. "moses-en" and "moses-de", which sacreBLEU has not, are Moses's tokens
// (moses.h): what fairseq's own scores count.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

/// The tokens of a segment. They point into the segment, or into `text` where it had to be rewritten.
struct Tokens {
  std::string text;
  std::vector<std::string_view> list;
};

/// Cuts a UTF-8 segment without white space at its end into tokens.
using Tokenizer = std::function<void(std::string_view segment, Tokens& tokens)>;

const std::vector<std::string>& tokenizer_names();

/// The tokeniser of a name, with `spm_model` the file for "spm". An unknown name, or no model, is an Error.
Tokenizer make_tokenizer(const std::string& name, const std::string& spm_model = {});

/// Moses's tokens of a language, compounds split (moses.h).
Tokenizer make_compound_splitter(const std::string& language);

void tokenize_13a(std::string_view segment, Tokens& tokens);
/// The others set tokens apart by white space.
std::string tokenize_intl(std::string_view segment);
std::string tokenize_zh(std::string_view segment);
std::string tokenize_char(std::string_view segment);

}  // namespace rotor
