// The bodies of answers about texts as wholes: JSON on one line. Numbers have the fewest digits that tell a float from
// its neighbours.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/options.h"

namespace rotor {

/// {"predictions": […]}: one for each row, whose scores are given.
///   of classes     {"label": the likeliest, "probabilities": {label: number, …}}
///   of a number    {"score": number}
///   of candidates  {"candidate": the number of the best, from 1, "scores": [one each], "probabilities": [one each]}
std::string predictions_answer(const TransformerOptions& model, std::span<const std::vector<float>> scores);

/// {"vectors": [[number, …], …]}: one for each row.
std::string vectors_answer(std::span<const std::vector<float>> vectors);

}  // namespace rotor
