// Vocabularies that are given instead of being made: a file of one, or a model, which holds those it was trained with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "data/corpus_folder.h"
#include "format/safetensors.h"

namespace rotor {

/// The side of a translation model whose vocabulary is asked for; other models have one.
enum class VocabularySide { kSource, kTarget };

/// Reads a vocabulary from its file, or from a model or checkpoint, whose name ends in .safetensors. See
/// Vocabulary::from_file() for `lower_case`, which is for no model, and errors, and open_model() for others.
Vocabulary read_given_vocabulary(const std::filesystem::path& path, VocabularySide side = VocabularySide::kSource,
                                 std::optional<bool> lower_case = std::nullopt);

/// Makes the vocabularies of a model; equal ones are one, which takes its memory once. What is no model is an Error.
Vocabularies vocabularies_of(const SafeTensors& file);

/// The note that a log adds to the size of a vocabulary: of WordPiece which case was found, " (WordPiece, uncased)", of
/// other kinds, which options name, nothing.
std::string note_of_wordpiece(const Vocabulary& vocabulary);

}  // namespace rotor
