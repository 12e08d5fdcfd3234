// Scores of position encodings in translation that papers report, to stand beside measured ones, labelled as published.
#pragma once

#include "report/page.h"

namespace rotor {

/// A table of them, with where each comes from.
Table published_results();

}  // namespace rotor
