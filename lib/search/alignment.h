// Uses of a hypothesis's attention to its source: the coverage of the source, the alignment of tokens, and the
// replacement of unknown words.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "search/search_input.h"

namespace rotor {

/// Σ_i log min(Σ_t a_ti, 1) over the tokens i of the source except its </s> (Wu et al. 2016, eq 14), a [target tokens,
/// source tokens]: 0 if every token was attended to, and lower the more tokens were left out.
double coverage(std::span<const float> attention, int64_t source_length);

/// The number of the source token that each token of a hypothesis attends to most, both without </s>, their last token;
/// empty if the source consists of that only. Of equal weights the first is taken, as in fairseq's
/// extract_hard_alignment.
std::vector<int64_t> hard_alignment(std::span<const float> attention, const TokenIds& target, int64_t source_length);

/// The alignment "0-0 1-2" in the format of Pharaoh: pairs of source and target tokens in the order of the target.
std::string pharaoh(std::span<const int64_t> alignment);

/// Translations of source words, for unknown words.
using UnknownWords = std::map<std::string, std::string>;

/// Reads a dictionary: each line holds a source word and a target word, separated by white space. Any other line is an
/// Error.
UnknownWords read_unknown_words(const std::string& path);

/// The replacements of the <unk>s, of id `unk`, of a target, in their order: the text of the source token that each
/// attends to most, or the dictionary's translation of that text. `texts` holds the texts of the source tokens; the ▁
/// before a word is left out, as <unk> stands for characters alone.
std::vector<std::string> replace_unknown(const TokenIds& target, std::span<const int64_t> alignment,
                                         std::span<const std::string> texts, const UnknownWords& words, int32_t unk);

}  // namespace rotor
