#include "inspect/distance_profile.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "model/model_file.h"
#include "page/figure.h"
#include "position/alibi.h"
#include "position/buckets.h"

namespace rotor {

namespace {

constexpr int64_t kAlibiReach = 64;
constexpr int64_t kMaxReach = 10000;

/// One stack of a model whose profiles are drawn.
struct ProfiledStack {
  const SafeTensors& file;
  const TransformerOptions& options;
  const StackOptions& stack;
  int64_t reach;  ///< 0: the encoding's own

  bool causal() const { return &stack == &options.decoder; }
  std::string name() const { return causal() ? "decoder" : "encoder"; }
  const std::string& encoding() const { return options.position_encoding(stack); }
  /// The layers that have positions.
  std::vector<int64_t> layers() const {
    const int64_t without = options.no_position_every(stack);
    std::vector<int64_t> layers;
    for (int64_t layer = 0; layer < stack.layers; ++layer) {
      if (without <= 0 || (layer + 1) % without != 0) layers.push_back(layer);
    }
    return layers;
  }
  StackSizes sizes() const { return {stack.embed_dim, stack.attention_heads, causal()}; }

  /// A matrix of the file; an Error unless it has that shape.
  Tensor matrix(const std::string& tensor, const Shape& shape) const {
    Tensor result = file.tensor(tensor);
    ROTOR_CHECK(result.shape() == shape, "{}: expected {} of shape {}, got {}", file.path().string(), tensor,
                shape.str(), result.shape().str());
    return result;
  }

  DistanceProfile profile(const std::string& quantity, const std::string& part, int64_t own_reach) const {
    DistanceProfile result{name(), encoding(), quantity, part, {}, {}, {}};
    const int64_t far = reach > 0 ? reach : std::min(own_reach, kMaxReach);
    for (int64_t distance = -far; distance <= (causal() ? 0 : far); ++distance) result.distances.push_back(distance);
    return result;
  }
};

/// The curve value(distance) of a head or layer.
template <typename Value>
void add_curve(DistanceProfile& profile, int64_t number, Value value) {
  profile.numbers.push_back(number);
  auto& curve = profile.curves.emplace_back();
  for (int64_t distance : profile.distances) curve.push_back(value(distance));
}

std::vector<DistanceProfile> bucket_profiles(const ProfiledStack& stack) {
  const PositionOptions& options = stack.options.position;
  const Buckets bucket = make_buckets(options, stack.sizes());
  const int64_t heads = stack.sizes().heads;
  const Tensor bias = stack.matrix(stack.name() + ".position.bias", {options.t5_buckets, heads});
  DistanceProfile profile = stack.profile("bias", "head", options.max_distance);
  for (int64_t h = 0; h < heads; ++h) {
    add_curve(profile, h, [&](int64_t distance) { return bias.data()[bucket(distance) * heads + h]; });
  }
  return {profile};
}

std::vector<DistanceProfile> alibi_profiles(const ProfiledStack& stack) {
  DistanceProfile profile = stack.profile("bias", "head", kAlibiReach);
  for (double slope : alibi_slopes(stack.sizes().heads)) {
    add_curve(profile, std::ssize(profile.numbers),
              [&](int64_t distance) { return -slope * static_cast<double>(std::abs(distance)); });
  }
  return {profile};
}

std::vector<DistanceProfile> shaw_profiles(const ProfiledStack& stack) {
  const int64_t clip = stack.options.position.max_relative_position, width = stack.sizes().head_width();
  std::vector<DistanceProfile> profiles;
  for (const char* table : {"keys", "values"}) {
    DistanceProfile& profile = profiles.emplace_back(stack.profile(std::string("norm of ") + table, "layer", clip));
    for (const int64_t layer : stack.layers()) {
      const Tensor rows = stack.matrix(fmt::format("{}.layers.{}.self_attn.position.{}", stack.name(), layer, table),
                                       {2 * clip + 1, width});
      add_curve(profile, layer, [&](int64_t distance) {
        const float* row = rows.data() + (std::clamp(distance, -clip, clip) + clip) * width;
        double sum = 0;
        for (int64_t i = 0; i < width; ++i) sum += static_cast<double>(row[i]) * row[i];
        return std::sqrt(sum);
      });
    }
  }
  return profiles;
}

/// The encodings that have a profile.
struct ProfileRow {
  const char* encoding;
  std::vector<DistanceProfile> (*profiles)(const ProfiledStack&);
};
constexpr ProfileRow kTable[] = {
    {"shaw", shaw_profiles}, {"t5", bucket_profiles}, {"tupe", bucket_profiles}, {"alibi", alibi_profiles}};

std::string title(const DistanceProfile& profile) {
  return fmt::format("{}: {} of {} by distance and {}", profile.stack, profile.quantity, profile.encoding,
                     profile.part);
}

constexpr const char* kDistance = "distance n − m, key minus query";

LinePlot lines_of(const DistanceProfile& profile) {
  LinePlot plot;
  plot.title = title(profile);
  plot.x_label = kDistance;
  plot.y_label = profile.quantity;
  const std::vector<double> x(profile.distances.begin(), profile.distances.end());
  for (size_t i = 0; i < profile.curves.size(); ++i) {
    plot.series.push_back({fmt::format("{} {}", profile.part, profile.numbers[i]), x, profile.curves[i]});
  }
  return plot;
}

HeatMap map_of(const DistanceProfile& profile) {
  HeatMap map;
  map.title = title(profile);
  map.x_label = kDistance;
  map.y_label = profile.part;
  map.value_label = profile.quantity;
  const int64_t step = std::max<int64_t>(1, static_cast<int64_t>(profile.distances.size()) / 12);
  for (int64_t distance : profile.distances) {
    map.columns.push_back(distance % step == 0 ? std::to_string(distance) : "");
  }
  for (size_t i = 0; i < profile.curves.size(); ++i) {
    map.rows.push_back(std::to_string(profile.numbers[i]));
    map.values.insert(map.values.end(), profile.curves[i].begin(), profile.curves[i].end());
  }
  return map;
}

/// Lines, or a heat map if there are too many curves for lines.
Plot plot_of(const DistanceProfile& profile) {
  if (profile.curves.size() <= kMaxSeries) return lines_of(profile);
  return map_of(profile);
}

}  // namespace

std::vector<DistanceProfile> distance_profiles(const SafeTensors& model, int64_t reach) {
  ROTOR_CHECK(reach >= 0 && reach <= kMaxReach, "expected distances of 1 to {}, got {}", +kMaxReach, reach);
  const TransformerOptions options = read_model_options(model);
  std::vector<DistanceProfile> profiles;
  std::vector<std::string> encodings;
  for (const StackOptions* sizes : options.stacks()) {
    const ProfiledStack stack{model, options, *sizes, reach};
    encodings.push_back(stack.encoding() + " in the " + stack.name());
    for (const ProfileRow& row : kTable) {
      if (stack.encoding() != row.encoding) continue;
      for (DistanceProfile& profile : row.profiles(stack)) profiles.push_back(std::move(profile));
    }
  }
  std::vector<std::string> names;
  for (const ProfileRow& row : kTable) names.emplace_back(row.encoding);
  ROTOR_CHECK(!profiles.empty(), "{}: its position encodings ({}) have no distance profile; {} have",
              model.path().string(), fmt::join(encodings, ", "), fmt::join(names, ", "));
  return profiles;
}

std::string profiles_to_svg(const std::vector<DistanceProfile>& profiles) {
  std::vector<std::string> figures;
  for (const DistanceProfile& profile : profiles) {
    const std::string id = fmt::format("profile-{}", figures.size());
    figures.push_back(std::visit([&](const auto& plot) { return draw(plot, id); }, plot_of(profile)));
  }
  return above_each_other(figures);
}

std::string profiles_to_pdf(const std::vector<DistanceProfile>& profiles) {
  std::vector<Plot> plots;
  plots.reserve(profiles.size());
  for (const DistanceProfile& profile : profiles) plots.push_back(plot_of(profile));
  return draw_pdf(plots);
}

std::string profiles_to_csv(const std::vector<DistanceProfile>& profiles) {
  std::string csv = "stack,encoding,quantity,layer,head,distance,value\n";
  for (const DistanceProfile& profile : profiles) {
    for (size_t i = 0; i < profile.curves.size(); ++i) {
      const std::string layer = profile.part == "layer" ? std::to_string(profile.numbers[i]) : "";
      const std::string head = profile.part == "head" ? std::to_string(profile.numbers[i]) : "";
      for (size_t at = 0; at < profile.distances.size(); ++at) {
        csv += fmt::format("{},{},{},{},{},{},{:.7g}\n", profile.stack, profile.encoding, profile.quantity, layer, head,
                           profile.distances[at], profile.curves[i][at]);
      }
    }
  }
  return csv;
}

}  // namespace rotor
