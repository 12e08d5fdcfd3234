// Summary of a vocabulary's file: a SentencePiece model, BERT's vocab.txt, or the vocabulary.model of a corpus.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"

namespace rotor {

/// Returns whether a file's name is a vocabulary's, which ends in .model or vocab.txt, and it is no safetensors file.
bool is_vocabulary_file(const std::filesystem::path& path);

/// Returns what is said of a vocabulary beside a model or corpus: its kind, number of ids and SHA-256. `bytes` is its
/// serialized form.
nlohmann::ordered_json vocabulary_record(const std::string& bytes, int64_t size);

/// Returns keys in a fixed order: file, bytes, kind ("vocabulary"), vocabulary (as above), special_tokens: name -> id
/// and piece. A file that is no vocabulary is an Error.
nlohmann::ordered_json summarise_vocabulary(const std::filesystem::path& path);

}  // namespace rotor
