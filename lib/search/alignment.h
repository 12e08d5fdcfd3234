// What a hypothesis's attention says of its source: how much of it was translated, which token came from which, and
// what stands in the place of unknown words.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "search/step_model.h"

namespace rotor {

/// Σ_i log min(Σ_t a_ti, 1) over the tokens i of the source but its </s> (Wu et al. 2016, eq 14), a [target tokens,
/// source tokens]: 0 where every token was attended to, and the lower the more were left out.
double coverage(std::span<const float> attention, int64_t source_length);

/// The number of the source token that each target token attends to most, both without </s>; empty if the source is
/// nothing but its </s>. Of equal weights the first counts. fairseq's extract_hard_alignment.
std::vector<int64_t> hard_alignment(std::span<const float> attention, const TokenIds& target, int64_t source_length);

/// "0-0 1-2": source and target tokens in the format of Pharaoh, by target.
std::string pharaoh(std::span<const int64_t> alignment);

/// Texts by source token, for unknown words.
using UnknownWords = std::map<std::string, std::string>;

/// Reads a dictionary: a source word and a target word a line, with white space between. Any other line is an Error.
UnknownWords read_unknown_words(const std::string& path);

/// What each <unk> of a target becomes, in their order: the text of the source token that it attends to most, or what
/// the dictionary has for that. `texts` are those of the source tokens; the ▁ before a word is left out, as <unk>
/// stands for characters alone.
std::vector<std::string> replace_unknown(const TokenIds& target, std::span<const int64_t> alignment,
                                         std::span<const std::string> texts, const UnknownWords& words);

}  // namespace rotor
