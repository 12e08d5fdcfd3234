#include "search/shortlist.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <tuple>

#include "base/check.h"
#include "base/compressed.h"
#include "base/excerpt.h"
#include "base/files.h"
#include "base/log.h"
#include "base/option_text.h"

namespace rotor {
namespace {

constexpr uint64_t kMagic = 0xF11A48D5013417F5;

struct Header {
  uint64_t magic = 0, checksum = 0, first = 0, best = 0, offsets = 0, elements = 0;
};

struct Pair {
  int32_t source, target;
  float probability;

  /// The likeliest translations of each source piece first; of equal ones, the smaller id.
  friend bool operator<(const Pair& a, const Pair& b) {
    return std::tie(a.source, b.probability, a.target) < std::tie(b.source, a.probability, b.target);
  }
};

/// The sum of 64-bit words that the binary form has of all bytes after it but an odd last element.
uint64_t checksum(std::string_view bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i + sizeof(uint64_t) <= bytes.size(); i += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    sum ^= word + 0x9e3779b9 + (sum << 6) + (sum >> 2);
  }
  return sum;
}

/// The id of a piece; nothing if the vocabulary lacks it.
std::optional<int32_t> find(std::string_view piece, const Vocabulary& vocabulary) {
  const int32_t id = vocabulary.id(piece), unk = vocabulary.specials().unk;
  if (id == unk && piece != vocabulary.piece(unk)) return std::nullopt;
  return id;
}

/// The fields of a line, which blanks and tabs separate; nothing unless there are as many.
std::optional<std::array<std::string_view, 3>> split(std::string_view line) {
  constexpr const char* kBlanks = " \t";
  std::array<std::string_view, 3> fields;
  size_t begin = line.find_first_not_of(kBlanks);
  for (std::string_view& field : fields) {
    if (begin == std::string_view::npos) return std::nullopt;
    const size_t end = std::min(line.find_first_of(kBlanks, begin), line.size());
    field = line.substr(begin, end - begin);
    begin = line.find_first_not_of(kBlanks, end);
  }
  return begin == std::string_view::npos ? std::optional(fields) : std::nullopt;
}

/// A number from 0 to 1; nothing if the text is another.
std::optional<float> probability(std::string_view text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool read = error == std::errc() || error == std::errc::result_out_of_range;  // 1e-50 is 0
  if (!read || end != text.data() + text.size() || !(value >= 0 && value <= 1)) return std::nullopt;
  return value;
}

std::string read_all(std::istream& in, const std::filesystem::path& path) {
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  ROTOR_CHECK(!in.bad(), "cannot read {}: its data are truncated or corrupt; get the file anew", path.string());
  return bytes;
}

}  // namespace

Shortlist::Shortlist(const std::filesystem::path& path, const Vocabularies& vocabularies, int64_t first, int64_t best)
    : joined_(vocabularies.joined()) {
  if (is_binary(path)) {
    first = read_binary(read_all(*open_text(path), path), path.string(), vocabularies);
  } else {
    require(first > 0 || best > 0, "expected --shortlist-first or --shortlist-best above 0, got 0 for both");
    read_text(path, vocabularies, best);
  }
  const SpecialTokens& specials = vocabularies.target.specials();
  for (int32_t id = 0; id < std::min(first, vocabularies.target.size()); ++id) always_.push_back(id);
  always_.insert(always_.end(), {specials.eos, specials.unk});
}

bool Shortlist::is_binary(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return false;
  uint64_t magic = 0;
  open_text(path)->read(reinterpret_cast<char*>(&magic), sizeof magic);
  return magic == kMagic;
}

std::vector<int32_t> Shortlist::tokens(const SearchInput& input) const {
  std::vector<int32_t> all = always_;
  for (const int32_t id : input.source) {
    if (joined_) all.push_back(id);
    if (id + 1 < std::ssize(offsets_)) {
      all.insert(all.end(), lists_.begin() + offsets_[id], lists_.begin() + offsets_[id + 1]);
    }
  }
  all.insert(all.end(), input.prefix.begin(), input.prefix.end());
  for (const TokenIds& phrase : input.phrases) all.insert(all.end(), phrase.begin(), phrase.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void Shortlist::read_text(const std::filesystem::path& path, const Vocabularies& vocabularies, int64_t best) {
  std::vector<Pair> pairs;
  int64_t unknown = 0;
  LineReader reader(path);
  for (std::string line; reader.next(line);) {
    const auto fields = split(line);
    const auto p = fields ? probability((*fields)[2]) : std::nullopt;
    ROTOR_CHECK(p,
                "expected a target piece, a source piece and a probability, or a binary shortlist of Marian, got '{}' "
                "in line {} of {}",
                excerpt(line), reader.line_number(), reader.name());
    if ((*fields)[0] == "NULL" || (*fields)[1] == "NULL" || p == 0.f) continue;
    const auto target = find((*fields)[0], vocabularies.target), source = find((*fields)[1], vocabularies.source);
    if (target && source) {
      pairs.push_back({*source, *target, *p});
    } else {
      ++unknown;
    }
  }
  ROTOR_CHECK(!pairs.empty(), "{}: expected pairs of pieces that the model's vocabulary has, got none of {} lines",
              path.string(), reader.line_number());
  if (unknown > 0) {
    log::warn("{}: {} of {} lines have pieces that the model's vocabulary lacks, and are left out", path.string(),
              unknown, reader.line_number());
  }
  std::sort(pairs.begin(), pairs.end());
  offsets_.assign(1, 0);
  size_t next = 0;
  for (int32_t source = 0; source < vocabularies.source.size(); ++source) {
    for (int64_t taken = 0; next < pairs.size() && pairs[next].source == source; ++next) {
      const auto own = lists_.begin() + offsets_.back();
      if (taken == best || std::find(own, lists_.end(), pairs[next].target) != lists_.end()) continue;
      lists_.push_back(pairs[next].target);
      ++taken;
    }
    offsets_.push_back(std::ssize(lists_));
  }
}

int64_t Shortlist::read_binary(const std::string& bytes, const std::string& name, const Vocabularies& vocabularies) {
  constexpr const char* kDamaged = "{} is damaged: expected a shortlist of {} bytes, got {}; get the file anew";
  Header header;
  ROTOR_CHECK(bytes.size() >= sizeof header, kDamaged, name, sizeof header, bytes.size());
  std::memcpy(&header, bytes.data(), sizeof header);
  const uint64_t most = bytes.size();  // beyond which the size would overflow
  const uint64_t size = header.offsets > most || header.elements > most
                            ? std::max(header.offsets, header.elements)
                            : sizeof header + header.offsets * sizeof(uint64_t) + header.elements * sizeof(int32_t);
  ROTOR_CHECK(size == bytes.size(), kDamaged, name, size, bytes.size());
  const uint64_t sum = checksum(std::string_view(bytes).substr(offsetof(Header, first)));
  ROTOR_CHECK(sum == header.checksum, "{} is damaged: expected a shortlist of the checksum {:x}, got {:x}; get it anew",
              name, header.checksum, sum);
  const auto pieces = static_cast<int64_t>(header.offsets) - 1;
  const int64_t own = vocabularies.source.size();
  ROTOR_CHECK(pieces == own || pieces + 1 == own,  // rotor-convert adds <pad>
              "{}: expected a list for each of the {} pieces of the model's source vocabulary, or for all but <pad>, "
              "got {}; give the model's own shortlist",
              name, own, pieces);
  offsets_.resize(header.offsets);
  lists_.resize(header.elements);
  const char* from = bytes.data() + sizeof header;
  std::memcpy(offsets_.data(), from, offsets_.size() * sizeof(int64_t));
  std::memcpy(lists_.data(), from + offsets_.size() * sizeof(int64_t), lists_.size() * sizeof(int32_t));
  ROTOR_CHECK(std::is_sorted(offsets_.begin(), offsets_.end()) && offsets_.front() == 0 &&
                  offsets_.back() == std::ssize(lists_),
              "{} is damaged: expected offsets that rise from 0 to {}, got others; get the file anew", name,
              lists_.size());
  for (const int32_t id : lists_) {
    ROTOR_CHECK(id >= 0 && id < vocabularies.target.size(),
                "{}: expected ids below {}, the size of the model's target vocabulary, got {}; give the model's own "
                "shortlist",
                name, vocabularies.target.size(), static_cast<uint32_t>(id));
  }
  return static_cast<int64_t>(std::min<uint64_t>(header.first, vocabularies.target.size()));
}

}  // namespace rotor
