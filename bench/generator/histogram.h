#pragma once

#include <stdint.h>

// Log-linear histogram (the idea of HdrHistogram): values below 128 are exact, above that each
// power of two is cut into 128 equal buckets, so a value is known to better than 0.8 %.
enum {
  histogram_sub_bits = 7,
  histogram_sub_buckets = 1 << histogram_sub_bits,
  histogram_buckets = (64 - histogram_sub_bits + 1) * histogram_sub_buckets,
};

struct histogram {
  uint64_t total;
  uint64_t max;
  uint64_t counts[histogram_buckets];
};

void histogram_add(struct histogram* self, uint64_t value);

/// The largest value that shares a bucket with the sample at `percentile` (0 to 100), never more
/// than the largest sample; 0 when there is no sample.
uint64_t histogram_at(const struct histogram* self, double percentile);
