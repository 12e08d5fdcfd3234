#include "position/rope_frequencies.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/option_text.h"

namespace rotor {
namespace {

using Frequencies = std::vector<double>;

double number(int64_t value) {
  return static_cast<double>(value);
}

Frequencies plain(double base, int64_t d) {
  Frequencies frequencies;
  for (int64_t i = 0; i < d / 2; ++i) frequencies.push_back(std::pow(base, -2 * number(i) / number(d)));
  return frequencies;
}

template <typename Change>
Frequencies each(Frequencies frequencies, Change change) {
  for (size_t i = 0; i < frequencies.size(); ++i) frequencies[i] = change(frequencies[i], i);
  return frequencies;
}

/// The base whose lowest frequency is `factor` times lower. Of one pair alone it is the same: its frequency is 1.
double ntk_base(double base, double factor, int64_t d) {
  return d > 2 ? base * std::pow(factor, number(d) / number(d - 2)) : base;
}

/// The factor of dynamic NTK for texts of `length` tokens.
double dynamic_factor(const RopeScalingOptions& o, int64_t length) {
  const double beyond = number(std::max(length, o.original_length)) / number(o.original_length);
  return o.factor * beyond - (o.factor - 1);
}

/// The pair, with a fraction, that turns so many times in the original length.
double pair_of_turns(double turns, const RopeScalingOptions& o, double base, int64_t d) {
  return number(d) * std::log(number(o.original_length) / (turns * 2 * std::numbers::pi)) / (2 * std::log(base));
}

Frequencies yarn(const RopeScalingOptions& o, double base, int64_t d) {
  const double first = std::max(std::floor(pair_of_turns(o.beta_fast, o, base, d)), 0.0);
  double last = std::min(std::ceil(pair_of_turns(o.beta_slow, o, base, d)), number(d - 1));
  if (first == last) last += 0.001;
  return each(plain(base, d), [&](double theta, size_t i) {
    const double divided = std::clamp((static_cast<double>(i) - first) / (last - first), 0.0, 1.0);
    return theta / o.factor * divided + theta * (1 - divided);
  });
}

Frequencies llama3(const RopeScalingOptions& o, double base, int64_t d) {
  return each(plain(base, d), [&](double theta, size_t) {
    const double turns = number(o.original_length) * theta / (2 * std::numbers::pi);
    const double kept =
        std::clamp((turns - o.low_frequency_factor) / (o.high_frequency_factor - o.low_frequency_factor), 0.0, 1.0);
    return (1 - kept) * theta / o.factor + kept * theta;
  });
}

Frequencies longrope(const RopeScalingOptions& o, double base, int64_t d, int64_t length) {
  const Texts& factors = length > o.original_length ? o.long_factors : o.short_factors;
  return each(plain(base, d), [&](double theta, size_t i) {
    double factor = 1;
    read_value({factors.at(i)}, factor);
    return theta / factor;
  });
}

Frequencies scaled(const RopeScalingOptions& o, double base, int64_t d, int64_t length) {
  if (o.kind == "linear") return each(plain(base, d), [&](double theta, size_t) { return theta / o.factor; });
  if (o.kind == "ntk") return plain(ntk_base(base, o.factor, d), d);
  if (o.kind == "dynamic-ntk") return plain(ntk_base(base, dynamic_factor(o, length), d), d);
  if (o.kind == "yarn") return yarn(o, base, d);
  if (o.kind == "llama3") return llama3(o, base, d);
  if (o.kind == "longrope") return longrope(o, base, d, length);
  return plain(base, d);
}

}  // namespace

Frequencies rope_frequencies(const PositionOptions& options, int64_t d, int64_t length) {
  const auto kept = static_cast<size_t>(rope_kept_pairs(options, d));
  return each(scaled(options.rope_scaling, options.rope_base, d, length),
              [&](double theta, size_t i) { return i < kept ? theta : 0; });
}

double rope_attention_factor(const RopeScalingOptions& o) {
  if (o.kind != "yarn" && o.kind != "longrope") return 1;
  if (o.attention_factor > 0) return o.attention_factor;
  if (o.kind == "yarn") return 0.1 * std::log(o.factor) + 1;
  return std::sqrt(1 + std::log(o.factor) / std::log(number(o.original_length)));
}

int64_t rope_width(const PositionOptions& options, int64_t width) {
  return static_cast<int64_t>(number(width) * options.rope_fraction);
}

int64_t rope_kept_pairs(const PositionOptions& options, int64_t d) {
  return static_cast<int64_t>(options.rope_kept_frequencies * number(d) / 2);
}

}  // namespace rotor
