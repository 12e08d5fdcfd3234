// The tokenisers of BLEU under sacreBLEU's names. "13a" is what WMT's mteval-v13a.pl does to Western languages (Post,
// "A Call for Clarity in Reporting BLEU Scores", 2018), "intl" mteval-v14.pl's way by Unicode's classes, "zh" sets
// Chinese characters apart and does the rest as 13a, "char" sets every character apart, "none" nothing, and "spm" takes
// the pieces of a SentencePiece model. A token is what stands between white space in the result.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

/// Turns a UTF-8 segment without white space at its end into one whose tokens stand apart.
using Tokenizer = std::function<std::string(std::string_view)>;

const std::vector<std::string>& tokenizer_names();

/// The tokeniser of a name, with `spm_model` the file for "spm". An unknown name, or no model, is an Error.
Tokenizer make_tokenizer(const std::string& name, const std::string& spm_model = {});

std::string tokenize_13a(std::string_view segment);
std::string tokenize_intl(std::string_view segment);
std::string tokenize_zh(std::string_view segment);
std::string tokenize_char(std::string_view segment);

}  // namespace rotor
