#include "score/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/json.h"

namespace rotor {
namespace {

double rounded(double value, int width) {
  return std::strtod(fmt::format("{:.{}f}", value, width).c_str(), nullptr);
}

std::string confidence_text(const Interval& confidence, int width) {
  return fmt::format("μ = {:.{}f} ± {:.{}f}", confidence.mean, width, confidence.half_width, width);
}

/// Characters of UTF-8 text before "=", or 0.
size_t width_before_equals(const std::string& line) {
  const size_t found = line.find(" =");
  if (found == std::string::npos) return 0;
  return static_cast<size_t>(std::count_if(line.begin(), line.begin() + static_cast<int64_t>(found),
                                           [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string signature_text(const Signature& signature) {
  std::string text;
  for (const auto& [key, value] : signature) text += fmt::format("{}{}:{}", text.empty() ? "" : "|", key, value);
  return text;
}

std::string explain_bleu(const std::string& metric) {
  if (metric == "BLEU") {
    return "of detokenised text, which everybody with this signature cuts into the same tokens; the one to compare "
           "with "
           "other work (Post 2018, WMT).";
  }
  if (metric == "BLEU-compound-split") {
    return "of Moses's tokens, \"a-b\" taken for \"a ##AT##-##AT## b\", often 0.5 to 1.5 higher; what Wu et al. 2016, "
           "Gehring "
           "et al. 2017, Vaswani et al. 2017 (27.3, 28.4) and Ott et al. 2018 (29.3) give for WMT14 English-German.";
  }
  return {};
}

std::string Result::number(int width) const {
  const std::string number = fmt::format("{:.{}f}", score, width);
  return confidence ? fmt::format("{} ({})", number, confidence_text(*confidence, width)) : number;
}

std::string Result::text(int width) const {
  const std::string details = verbose.empty() ? "" : " " + verbose;
  return fmt::format("{}|{} = {}{}", name, signature_text(signature), number(width), details);
}

std::string Result::json(int width) const {
  nlohmann::ordered_json object = {
      {"name", name},
      {"score", rounded(score, width)},
      {"signature", signature_text(signature)},
  };
  if (confidence) {
    object["confidence_mean"] = rounded(confidence->mean, width);
    object["confidence_var"] = rounded(confidence->half_width, width);
    object["confidence"] = confidence_text(*confidence, width);
  }
  if (!verbose.empty()) object["verbose_score"] = verbose;
  for (const auto& [key, value] : signature) object[key] = value;
  if (!note.empty()) object["note"] = note;
  return object.dump(1);
}

Signature full_signature(const Metric& metric, size_t references, const Resampling& resampling) {
  Signature signature = {{"nrefs", std::to_string(references)}};
  const Signature own = metric.signature();
  signature.insert(signature.end(), resampling.begin(), resampling.end());
  signature.insert(signature.end(), own.begin(), own.end());
  signature.emplace_back("version", "rotor-" ROTOR_VERSION);
  return signature;
}

Result result_of(const Metric& metric, std::span<const double> sums, size_t references, const Resampling& resampling) {
  return {
      metric.name(), metric.score(sums), metric.verbose(sums), full_signature(metric, references, resampling), {}, {}};
}

std::string join_json(const std::vector<Result>& results, int width) {
  if (results.size() == 1) return results.front().json(width);
  std::string text;
  for (const auto& result : results) text += (text.empty() ? "[\n" : ",\n") + result.json(width);
  return text + "\n]";
}

std::string join_text(const std::vector<std::string>& lines) {
  size_t width = 0;
  for (const auto& line : lines) width = std::max(width, width_before_equals(line));
  std::string text;
  for (const auto& line : lines) {
    const size_t before = width_before_equals(line);
    const std::string indent(before > 0 ? width - before : 0, ' ');
    text += (text.empty() ? "" : "\n") + indent + line;
  }
  return text;
}

}  // namespace rotor
