#include "evaluate/token_losses.h"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>
#include <ostream>

#include "autograd/losses.h"
#include "base/files.h"

namespace rotor {
namespace {

/// The rows of x [N, D] that are true in `kept`.
Tensor kept_rows(const Tensor& x, const std::vector<bool>& kept) {
  const int64_t width = x.size(1), count = std::count(kept.begin(), kept.end(), true);
  if (count == x.size(0)) return x;
  Tensor result({count, width});
  float* out = result.data();
  for (int64_t row = 0; row < x.size(0); ++row) {
    if (kept[row]) out = std::copy_n(x.data() + row * width, width, out);
  }
  return result;
}

}  // namespace

void TokenLosses::add(const Batch& batch, const Variable& features, const OutputLayer& output,
                      std::span<const int64_t> context, std::span<const int64_t> documents) {
  std::vector<bool> kept;
  std::vector<int32_t> targets;
  for (int64_t row = 0; row < batch.target.rows; ++row) {
    const auto ids = batch.target.row(row);
    const int64_t first = context.empty() ? 0 : context[row];
    kept.insert(kept.end(), first, false);
    kept.insert(kept.end(), std::ssize(ids) - first, true);
    targets.insert(targets.end(), ids.begin() + first, ids.end());
  }
  const Tensor rows = kept_rows(features.value(), kept);
  const std::vector<float> likelihoods = log_likelihoods(
      targets, [&](int64_t first, int64_t count) { return output(rows.narrow(0, first, count)).value(); });
  if (!documents.empty()) {
    const auto last = static_cast<size_t>(*std::max_element(documents.begin(), documents.end()));
    documents_.resize(std::max(documents_.size(), last + 1));
    for (size_t i = 0; i < documents.size(); ++i) documents_[documents[i]].add(-likelihoods[i]);
  }
  auto next = likelihoods.begin();
  for (int64_t row = 0; row < batch.target.rows; ++row) {
    const auto sample = static_cast<size_t>(batch.sentences[row]);
    const auto length = static_cast<size_t>(batch.target.lengths[row]);
    samples_.resize(std::max(samples_.size(), sample + 1));
    positions_.resize(std::max(positions_.size(), length));
    for (size_t i = context.empty() ? 0 : context[row]; i < length; ++i, ++next) {
      samples_[sample].add(-*next);
      positions_[i].add(-*next);
    }
  }
}

int64_t TokenLosses::tokens() const {
  int64_t total = 0;
  for (const Sum& sample : samples_) total += sample.tokens;
  return total;
}

double TokenLosses::bits() const {
  double total = 0;
  for (const Sum& sample : samples_) total += sample.nats;
  return total / std::numbers::ln2;
}

void TokenLosses::write_by_position(const std::filesystem::path& path) const {
  write(path, "position", positions_);
}

void TokenLosses::write_by_sample(const std::filesystem::path& path) const {
  write(path, "sample", samples_);
}

void TokenLosses::write_by_document(const std::filesystem::path& path) const {
  write(path, "document", documents_);
}

void TokenLosses::write(const std::filesystem::path& path, const char* what, const std::vector<Sum>& sums) {
  write_atomically(path, [&](std::ostream& out) {
    out << what << ",tokens,loss\n";
    for (size_t i = 0; i < sums.size(); ++i) {
      const auto& [nats, tokens] = sums[i];
      if (tokens == 0) continue;
      out << fmt::format("{},{},{:.6f}\n", i + 1, tokens, nats / std::numbers::ln2 / static_cast<double>(tokens));
    }
  });
}

}  // namespace rotor
