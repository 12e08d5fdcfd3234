// SampleScores of a model of whole sentences as lines of text: what is predicted, and the probabilities of the classes
// or candidates, with tabs between. A class is its label, a candidate its number from 1.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "evaluate/evaluate_options.h"
#include "train/sample_scores.h"

namespace rotor {

/// The probabilities of classes or candidates with these scores, their softmax.
std::vector<double> probabilities(std::span<const float> scores);

/// The name of class or candidate i.
std::string outcome_name(const TransformerOptions& model, int64_t i);

/// The names of the line's columns: "prediction", and those of the probabilities.
std::string prediction_header(const TransformerOptions& model, int64_t outputs);

/// The line of a row's scores, without a line feed.
std::string prediction_line(const TransformerOptions& model, std::span<const float> scores);

/// Writes a header and a line for each sample; that of a sample that was left out is empty.
void write_predictions(const std::filesystem::path& path, const TransformerOptions& model,
                       const SampleScores& predictions);

/// Reads rows of texts with tabs between, one a line, and writes the line of each, in their order, as soon as a batch
/// of them is known. A row of another number of texts than the first one's, or with an empty text, is an Error.
void predict_lines(const EvaluateOptions& options, const SafeTensors& file, std::istream& in, std::ostream& out);

}  // namespace rotor
