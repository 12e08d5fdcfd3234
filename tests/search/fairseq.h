// The golden of a model that fairseq trained: its scores and n-best lists.
#pragma once

#include <fstream>

#include "base/json.h"
#include "base/threads.h"
#include "model/encoder_decoder.h"
#include "model/model_file.h"
#include "search/step_model.h"

namespace rotor {

inline std::filesystem::path fairseq_model_path() {
  return std::filesystem::path(ROTOR_GOLDEN) / "fairseq_model.safetensors";
}

/// On one thread, which is fastest for a model as small as this.
inline std::unique_ptr<EncoderDecoder> fairseq_model() {
  set_threads(1);
  return load<EncoderDecoder>(SafeTensors(fairseq_model_path()));
}

inline nlohmann::json fairseq_scores() {
  return nlohmann::json::parse(std::ifstream(std::filesystem::path(ROTOR_GOLDEN) / "fairseq_scores.json"));
}

}  // namespace rotor
