// The page at /: type, translate, look at other hypotheses and at what each attends to. It is one file without
// resources from elsewhere. /?text=…&nbest=3&beam=5&lenpen=1 fills it in and translates at once.
#pragma once

#include <string>

#include "serve/options.h"

namespace rotor {

/// HTML; the options are those of searches that ask for no others.
std::string web_page(const ServeOptions& options);

}  // namespace rotor
