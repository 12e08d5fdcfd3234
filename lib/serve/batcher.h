// Batcher: a BatchQueue of one kind of input: the inputs of a request are computed under its options, in batches with
// those of other requests that have equal options.
#pragma once

#include <utility>

#include "serve/batch_queue.h"

namespace rotor {

template <typename Input, typename Options, typename Output>
class Batcher {
 public:
  using Ticket = BatchQueue::Ticket;
  using Outputs = std::vector<Output>;
  /// Computes a batch; ends early, by an exception, once `wanted()` is false.
  using Compute = std::function<Outputs(std::span<const Input> inputs, const Options& options,
                                        const std::function<bool()>& wanted)>;
  using Measure = std::function<BatchJob::Row(const Input& input, const Options& options)>;
  /// Takes the outputs of a request in the order of its inputs, or the reason why there are none, as BatchQueue::Done.
  using Done = std::function<void(Outputs, const std::exception_ptr&)>;

  /// The other arguments are those of BatchQueue.
  Batcher(const Batching& batching, Measure measure, Compute compute, Metrics& metrics,
          std::function<void()> idle = nullptr)
      : measure_(std::move(measure)),
        queue_(
            batching,
            [compute = std::move(compute)](std::span<const BatchQueue::Place> batch,
                                           const std::function<bool()>& wanted) {
              std::vector<Input> inputs;
              for (const auto& [job, index] : batch) inputs.push_back(of(job).inputs[index]);
              Outputs outputs = compute(inputs, of(batch[0].job).options, wanted);
              for (size_t i = 0; i < batch.size(); ++i)
                of(batch[i].job).outputs[batch[i].index] = std::move(outputs[i]);
            },
            metrics, std::move(idle)) {}

  /// BatchQueue::submit() of inputs.
  Ticket submit(std::vector<Input> inputs, const Options& options, Done done) {
    std::vector<BatchJob::Row> rows;
    for (const Input& input : inputs) rows.push_back(measure_(input, options));
    const auto job = std::make_shared<Job>(std::move(rows), std::move(inputs), options);
    queue_.submit(job, [&outputs = job->outputs, done = std::move(done)](const std::exception_ptr& error) {
      done(error ? Outputs() : std::move(outputs), error);  // the queue keeps the job until this returns
    });
    return job;
  }

  void cancel(const Ticket& ticket) { queue_.cancel(ticket); }
  void hurry() { queue_.hurry(); }
  int64_t waiting() const { return queue_.waiting(); }

 private:
  struct Job : BatchJob {
    Job(std::vector<Row> rows, std::vector<Input> inputs_of_request, const Options& options_of_request)
        : BatchJob(std::move(rows)),
          inputs(std::move(inputs_of_request)),
          options(options_of_request),
          outputs(inputs.size()) {}
    bool goes_with(const BatchJob& other) const override { return options == static_cast<const Job&>(other).options; }

    const std::vector<Input> inputs;
    const Options options;
    Outputs outputs;
  };

  static Job& of(const Ticket& ticket) { return static_cast<Job&>(*ticket); }

  const Measure measure_;
  BatchQueue queue_;
};

}  // namespace rotor
