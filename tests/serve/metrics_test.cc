#include "serve/metrics.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

TEST(Histogram, CountsValuesUpToEachBound) {
  Histogram histogram({1, 2.5});
  for (const double value : {0.5, 1.0, 1.5, 7.0}) histogram.add(value);
  EXPECT_EQ(histogram.text("h"),
            "h_bucket{le=\"1\"} 2\nh_bucket{le=\"2.5\"} 3\nh_bucket{le=\"+Inf\"} 4\nh_sum 10\nh_count 4\n");
}

TEST(Metrics, CountEverythingUnderItsName) {
  Metrics metrics({{"rotor_sentences_total", "Sentences."}, {"rotor_tokens_total", "Tokens."}},
                  {{"rotor_translate_seconds", "Seconds."}, {"rotor_vector_seconds", "Seconds."}});
  metrics.count_request(200);
  metrics.count_request(200);
  metrics.count_request(503);
  metrics.count_batch(3);
  metrics.count("rotor_sentences_total", 3);
  metrics.count("rotor_sentences_total", 1);
  metrics.count("rotor_tokens_total", 19);
  metrics.count_seconds("rotor_translate_seconds", 0.02);
  EXPECT_TRUE(says(metrics.text(5), "# TYPE rotor_requests_total counter\n", "rotor_requests_total{status=\"200\"} 2\n",
                   "rotor_requests_total{status=\"503\"} 1\n", "rotor_sentences_total 4\n", "rotor_tokens_total 19\n",
                   "# HELP rotor_tokens_total Tokens.\n# TYPE rotor_tokens_total counter\n",
                   "# TYPE rotor_queue_sentences gauge\nrotor_queue_sentences 5\n",
                   "rotor_batch_sentences_bucket{le=\"2\"} 0\n", "rotor_batch_sentences_bucket{le=\"4\"} 1\n",
                   "rotor_batch_sentences_sum 3\n", "# TYPE rotor_translate_seconds histogram\n",
                   "rotor_translate_seconds_bucket{le=\"0.01\"} 0\n",
                   "rotor_translate_seconds_bucket{le=\"0.025\"} 1\n", "rotor_translate_seconds_count 1\n",
                   "rotor_vector_seconds_count 0\n"));
}

}  // namespace
}  // namespace rotor
