// Truncation of texts that are too long for a model (--truncate).
//
//   longest        one token after the other goes from the end of the longer text, as Hugging Face's longest_first
//   first, second  tokens go from the end of that text
//   head-and-tail  tokens go from the middle of the longer text: a quarter of what stays is its beginning (Sun et al.
//                  2019, "How to Fine-Tune BERT for Text Classification?", 5.3.1)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rotor {

/// "none", "longest", "first", "second", "head-and-tail".
std::vector<std::string> truncation_names();

/// The number of tokens of each text that stay where at most `room` fit: of texts of these lengths. With "none", and
/// where a text that may not be cut is longer than the room, they may not fit.
std::vector<int64_t> kept_lengths(const std::vector<int64_t>& lengths, int64_t room, const std::string& truncation);

/// The tokens that stay, `kept` of them.
std::vector<int32_t> truncated(const std::vector<int32_t>& ids, int64_t kept, const std::string& truncation);

}  // namespace rotor
