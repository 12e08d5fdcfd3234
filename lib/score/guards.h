// Warnings of likely mistakes that make a score worthless without showing in it: subword marks left in translations,
// tokenised text where detokenised text belongs, a stray blank line. Each mistake gives one warning that names it; the
// texts are not changed.
#pragma once

#include <string>
#include <vector>

#include "score/metric.h"

namespace rotor {

/// One warning for each kind of mark if lines of translations still carry marks of BPE ("@@ ") or SentencePiece ("▁").
std::vector<std::string> warn_of_subword_marks(const Segments& segments, const std::string& name);

/// A warning if most sentences end in a period that stands apart, or lines carry Moses's escapes (&apos; @-@).
std::vector<std::string> warn_of_tokenized_text(const Segments& segments, const std::string& name);

/// A warning if the last line is blank.
std::vector<std::string> warn_of_blank_end(const Segments& segments, const std::string& name);

/// A likely reason for two different numbers of lines, as a clause to append to an error; often empty.
std::string explain_unequal_lines(const Segments& hypotheses, const Segments& references);

}  // namespace rotor
