#!/bin/sed -Ef
# What Doxygen reads of a header: the comments of two slashes that open it are those of the file, indented lines among them
# (formulas, code) stay lines, "et al." ends no sentence, and <names> in comments are no markup.
1i /// @file
1,/^#pragma once/ {
  s,^//,///,
  s,^///  +(.*),///\n///     \1,
}
s,(//.*et al\.) ,\1\&nbsp;,g
:more
s,(///.*)<(/?[A-Za-z]+)>,\1\&lt;\2\&gt;,
t more
