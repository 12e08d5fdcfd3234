// Objective: what a training learns, as the trainer sees it: a module, the loss of a batch, the samples, what
// validation measures, and what a checkpoint stores of the model. The trainer knows nothing else of a task; which tasks
// there are is a table (train/objectives.h).
#pragma once

#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "data/training_data.h"
#include "format/safetensors_writer.h"
#include "nn/module.h"
#include "train/validator.h"

namespace rotor {

struct TrainingOptions;

/// The loss of a batch for the backward pass.
struct BatchLoss {
  Variable loss;        ///< a scalar, in nats, summed over the targets
  double nll = 0;       ///< negative log-likelihood, in nats, summed over the targets
  int64_t targets = 0;  ///< number of targets, which the sums of an update are divided by
  int64_t tokens = 0;   ///< number of tokens that were read for them, as the speed counts
};

class Objective {
 public:
  virtual ~Objective() = default;

  virtual Module& module() = 0;

  /// The width of the model, from which --lr-scheduler noam takes its rate.
  virtual int64_t width() const = 0;

  /// Nats in the unit in which losses are reported: those of a bit, or 1 of losses that are no likelihoods.
  virtual double loss_unit() const { return std::numbers::ln2; }

  /// The loss that training minimises.
  virtual BatchLoss loss(const Batch& batch) const = 0;

  /// The scores of its validations that may decide which is better.
  virtual std::vector<std::string> metrics() const = 0;

  /// The training samples of corpus folders with weights (open_weighted()).
  virtual TrainingData training_data(const std::vector<std::string>& corpora, const TrainingOptions& options) const = 0;
  /// The validator, which makes batches by these options; null if there is nothing to validate on.
  virtual std::unique_ptr<Validator> validator(const BatchOptions& batches) const = 0;

  /// The vocabularies of the samples. An Error if they are no real ones.
  virtual Vocabularies vocabularies() const = 0;

  /// The configuration of the model, as model files hold it, and that of a file, with defaults for what it does not
  /// name. A file of another kind of model is an Error.
  virtual std::string config() const = 0;
  virtual std::string config_of(const SafeTensors& file) const = 0;
  /// Whether a model file has the vocabularies of this training.
  virtual bool has_same_vocabulary(const SafeTensors& file) const = 0;
  virtual void read_parameters(const SafeTensors& file) = 0;
  /// The same two of a file that a training starts from without its state (--finetune-from-model), of which an
  /// objective may take a part of the parameters.
  virtual std::string config_to_start(const SafeTensors& file) const { return config_of(file); }
  virtual void start_from(const SafeTensors& file) { read_parameters(file); }
  /// What the names of parameters begin with that such a file has and that start anew; empty: there are none.
  virtual std::string anew(const SafeTensors& /*file*/) const { return {}; }
  /// Adds all of the model to a file being written, for which this object must live.
  virtual void save(SafeTensorsWriter& writer) const = 0;
};

}  // namespace rotor
