#include "data/truncation.h"

#include <algorithm>
#include <numeric>

namespace rotor {

std::vector<std::string> truncation_names() {
  return {"none", "longest", "first", "second", "head-and-tail"};
}

std::vector<int64_t> kept_lengths(const std::vector<int64_t>& lengths, int64_t room, const std::string& truncation) {
  std::vector<int64_t> kept = lengths;
  int64_t excess = std::accumulate(kept.begin(), kept.end(), int64_t{0}) - room;
  const auto cut = [&](int64_t& length, int64_t least) {
    const int64_t tokens = std::min(std::max<int64_t>(excess, 0), std::max<int64_t>(length - least, 0));
    length -= tokens;
    excess -= tokens;
  };
  if (truncation == "none" || excess <= 0) return kept;
  if (truncation == "first" || truncation == "second") {
    cut(truncation == "first" ? kept.front() : kept.back(), 1);
    return kept;
  }
  if (kept.size() == 1) {
    cut(kept[0], 1);
    return kept;
  }
  int64_t &longer = kept[kept[0] >= kept[1] ? 0 : 1], &shorter = kept[kept[0] >= kept[1] ? 1 : 0];
  cut(longer, shorter);  // until both are as long, then the second and the first by turns
  const int64_t half = std::max<int64_t>(excess, 0) / 2;
  cut(kept[1], std::max<int64_t>(kept[1] - (excess - half), 0));
  cut(kept[0], 0);
  return kept;
}

std::vector<int32_t> truncated(const std::vector<int32_t>& ids, int64_t kept, const std::string& truncation) {
  if (kept >= std::ssize(ids)) return ids;
  const int64_t head = truncation == "head-and-tail" ? kept / 4 : kept;
  std::vector<int32_t> result(ids.begin(), ids.begin() + head);
  result.insert(result.end(), ids.end() - (kept - head), ids.end());
  return result;
}

}  // namespace rotor
