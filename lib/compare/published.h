// Scores of position encodings in translation from papers, labelled as published, for comparison with measured ones.
#pragma once

#include "page/page.h"

namespace rotor {

/// A table of these scores with their sources.
Table published_results();

}  // namespace rotor
