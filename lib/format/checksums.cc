#include "format/checksums.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kHeader = SafeTensors::kMetadata;  ///< the one name that no tensor can have

/// The SHA-256 of a tensor, which is read piece by piece: all of a large one would count as memory of this process.
std::string checksum_of_tensor(const SafeTensors& file, const std::string& name) {
  constexpr size_t kPiece = size_t{4} << 20;
  Sha256 digest;
  for (std::string_view rest = file.at(name).bytes; !rest.empty(); rest.remove_prefix(std::min(kPiece, rest.size()))) {
    const std::string_view piece = rest.substr(0, kPiece);
    digest.add(piece);
    file.forget_bytes(piece);
  }
  return digest.hex();
}

/// The header of a file as it was before its checksums were added. Its entries are printed as they come: each new one
/// would be compared with all others of one JSON object.
std::string header_without_checksums(const SafeTensors& file) {
  std::string text, name;
  const auto print = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth != 1) return true;
    if (event == Json::parse_event_t::key) name = value.get<std::string>();
    if (event != Json::parse_event_t::object_end) return true;
    if (name == kHeader) value.erase(kChecksums);
    text += (text.empty() ? "{" : ",") + Json(name).dump() + ":" + value.dump();
    return false;
  };
  const Json rest = Json::parse(file.header(), print);  // from which the entries were taken
  return text + "}";
}

}  // namespace

std::string checksums_of(const std::vector<std::pair<std::string, std::string_view>>& tensors, const Json& header) {
  Json::object_t checksums = {{kHeader, sha256(header.dump())}};
  for (const auto& [name, bytes] : tensors) checksums.emplace_back(name, sha256(bytes));  // the names differ
  return Json(std::move(checksums)).dump();
}

void expect_checksums(const SafeTensors& file) {
  ROTOR_CHECK(
      file.metadata().contains(kChecksums),
      "{} is a sound safetensors file, but carries no checksums to verify; it was written by another program or an "
      "earlier Rotor",
      file.path().string());
}

std::vector<std::string> damaged_parts(const SafeTensors& file, const TensorChoice& chosen) {
  expect_checksums(file);
  const std::string& text = file.metadata(kChecksums);
  if (is_nested_deeper(text)) return {"the checksums"};
  // Names are sorted in this kind of object; in the other kind each would be compared with all others.
  const auto checksums = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!checksums.is_object()) return {"the checksums"};
  std::vector<std::string> damaged;
  const auto check = [&](const std::string& name, const std::string& part, const std::string& sum) {
    if (!checksums.contains(name) || checksums[name] != sum) damaged.push_back(part);
  };
  check(kHeader, "the header", sha256(header_without_checksums(file)));
  for (const auto& [name, tensor] : file.tensors()) {
    if (chosen && !chosen(name)) continue;
    check(name, fmt::format("tensor '{}'", name), checksum_of_tensor(file, name));
  }
  for (const auto& [name, sum] : checksums.items()) {
    if (name != kHeader && !file.contains(name)) damaged.push_back(fmt::format("tensor '{}' (missing)", name));
  }
  return damaged;
}

void check_undamaged(const SafeTensors& file, const TensorChoice& chosen) {
  if (!file.metadata().contains(kChecksums)) return;
  std::vector<std::string> damaged = damaged_parts(file, chosen);
  const size_t count = damaged.size();
  if (count == 0) return;
  constexpr size_t kShown = 5;
  if (count > kShown) damaged.resize(kShown);
  throw DamagedFile(
      fmt::format("{} is damaged: {}{} {} not match the checksums that it carries; restore the file from "
                  "a copy",
                  file.path().string(), fmt::join(damaged, ", "),
                  count > kShown ? fmt::format(" and {} more", count - kShown) : "", count == 1 ? "does" : "do"));
}

}  // namespace rotor
