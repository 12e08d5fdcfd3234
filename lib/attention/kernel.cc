#include "attention/kernel.h"

#include <fmt/ranges.h>

#include "attention/linear.h"
#include "attention/performer.h"
#include "attention/softmax.h"

namespace rotor {
namespace {

int64_t head_width(const AttentionOptions&, int64_t d) {
  return d;
}

const AttentionRow kTable[] = {
    {"softmax", make_softmax_attention, /*has_scores=*/true, /*rotates_features=*/false, head_width},
    {"linear", make_linear_attention, /*has_scores=*/false, /*rotates_features=*/true, head_width},
    {"performer", make_performer_attention, /*has_scores=*/false, /*rotates_features=*/true, performer_turned_width},
};

}  // namespace

std::unique_ptr<AttentionMemory> AttentionKernel::memory() const {
  fail("this kind of attention serves self-attention only");
}

std::vector<std::string> attention_names() {
  std::vector<std::string> names;
  for (const AttentionRow& row : kTable) names.push_back(row.name);
  return names;
}

const AttentionRow& attention_kernel(const std::string& name) {
  for (const AttentionRow& row : kTable) {
    if (row.name == name) return row;
  }
  fail("unknown attention '{}'; choose one of: {}", name, fmt::join(attention_names(), ", "));
}

}  // namespace rotor
