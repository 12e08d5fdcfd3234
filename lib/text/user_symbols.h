// A list of user-defined pieces. Symbols that SentencePiece would refuse without a reason, or accept but never find in
// text, are refused here.
#pragma once

#include <string>
#include <vector>

namespace rotor {

/// The symbols of a list, with commas between; one that holds a comma stands within quotation marks, where a quotation
/// mark is doubled. A UsageError says which symbol is empty, contains white space, comes twice, or is a piece of every
/// vocabulary: a special token, or with `byte_fallback` a byte, "<0x41>".
std::vector<std::string> parse_user_symbols(const std::string& list, bool byte_fallback = false);

/// Joins symbols into such a list.
std::string list_user_symbols(const std::vector<std::string>& symbols);

}  // namespace rotor
