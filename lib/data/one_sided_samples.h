// OneSidedSamples: the base of samples that only an encoder reads, or only a decoder: one length, and one limit of it.
#pragma once

#include <string>
#include <utility>

#include "base/check.h"
#include "data/samples.h"

namespace rotor {

class OneSidedSamples : public Samples {
 public:
  enum class Reader { kEncoder, kDecoder };

  OneSidedSamples(Corpus corpus, Reader reader) : Samples(std::move(corpus)), reader_(reader) {}

  SampleLengths lengths(int64_t i) const override {
    return reader_ == Reader::kEncoder ? SampleLengths{length(i), 0} : SampleLengths{0, length(i)};
  }
  std::string limits(const BatchOptions& options) const override {
    return fmt::format("at most {} tokens", most(options));
  }
  std::string excess(const BatchOptions& options) const override {
    return fmt::format("more than {} tokens", most(options));
  }
  std::string limiting_options() const override {
    return reader_ == Reader::kEncoder ? "--max-source-positions" : "--max-target-positions";
  }

 protected:
  /// The tokens of a sample.
  virtual int64_t length(int64_t i) const = 0;
  /// The most tokens that the options allow.
  int64_t most(const BatchOptions& options) const {
    return reader_ == Reader::kEncoder ? options.max_source_positions : options.max_target_positions;
  }

 private:
  const Reader reader_;
};

}  // namespace rotor
