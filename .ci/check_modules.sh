#!/bin/bash
# Checks that each module of lib/ includes only itself and modules above it, that each third-party library is seen in one
# module only, and that loops over numbers are kernels. Prints every offending line as FILE:LINE and exits with 1 if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

modules=(base text tensor format kernel autograd nn position attention model data search score train evaluate page inspect compare serve)

# A pattern of an include, and the modules that may have it.
libraries=(
  'dnnl[a-z_]*\.hp*>       kernel'
  'sentencepiece_          text'
  'unicode/                text'
  'boost/([^ab]|a[^s]|b[^e]) base'
  'boost/(asio|beast)/      serve'
  'spdlog/                 base'
  'openssl/                base'
  'mpi\.h>                 train'
  'omp\.h>                 kernel'
)

bad=0
complain() { # prints the lines of standard input, each followed by the reason
  while read -r line; do
    echo "$line: $1"
    bad=1
  done
}

allowed=()
for module in "${modules[@]}"; do
  allowed+=("$module")
  [[ -d lib/$module ]] || continue
  pattern=$(IFS='|' && echo "${allowed[*]}")
  complain "lib/$module may include only: ${allowed[*]}" \
    < <(grep -rnE '^#include "' "lib/$module" | grep -vE ":#include \"($pattern)/")
done

for module in lib/*/; do
  module=$(basename "$module")
  [[ " ${modules[*]} " == *" $module "* ]] || complain "is not among the modules: ${modules[*]}" <<<"lib/$module"
done

for entry in "${libraries[@]}"; do
  read -r include owner <<<"$entry"
  complain "only lib/$owner may include this" \
    < <(grep -rnE "^#include [<\"]$include" lib apps | grep -v "^lib/$owner/")
done

# Threads share loops by lib/base/team.h: OpenMP's own would spin while they wait, and oneDNN has its library to itself.
complain "threads share loops by parallel_for" < <(grep -rnE '#pragma omp (parallel|for|sections|task|single)' lib apps)

# Loops that threads share over numbers are kernels: what stands above is tape and formulas.
for module in autograd nn position; do
  complain "loops over numbers belong into lib/kernel" < <(grep -rnE '#pragma omp|parallel_for|parallel_ranges|parallel_elements|share_loop|\bomp_' "lib/$module")
done

exit $bad
