// Moses's tokeniser (tokenizer.perl with its defaults) for English and German, and the split of compounds that the
// papers on WMT14 English–German made after it: "rich-text" counts as "rich ##AT##-##AT## text". BLEU of such tokens is
// their 27.3 or 28.4; it says nothing beside BLEU of detokenised text. Where they differ, Unicode's classes are Perl's,
// not those of the older table that sacremoses carries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rotor {

/// The supported languages: "en", "de".
const std::vector<std::string>& moses_languages();

/// The tokens of a UTF-8 segment, escaped as Moses does ("&apos;"), with single spaces between. Any other language is
/// an Error.
std::string tokenize_moses(std::string_view segment, const std::string& language);

/// Splits compounds as this Perl substitution does:
///
///     s{(\S)-(\S)}{$1 ##AT##-##AT## $2}g
std::string split_compounds(std::string_view tokens);

}  // namespace rotor
