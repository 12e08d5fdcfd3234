// Tables for papers, in LaTeX.
#pragma once

#include <string>

#include "page/page.h"

namespace rotor {

/// A table as a `tabular` with the rules of the package booktabs, to be read in by `\input` inside a `table`; its
/// caption stands above it as comments. Best cells are bold.
std::string latex(const Table& table);

/// Text with everything escaped that LaTeX reads as a command.
std::string latex_escaped(const std::string& text);

}  // namespace rotor
