#include "histogram.h"

static unsigned bucket_of(uint64_t value) {
  if (value < histogram_sub_buckets)
    return (unsigned)value;
  unsigned shift = 63 - (unsigned)__builtin_clzll(value) - histogram_sub_bits;
  return shift * histogram_sub_buckets + (unsigned)(value >> shift);
}

static uint64_t last_value_of(unsigned bucket) {
  if (bucket < 2 * histogram_sub_buckets)
    return bucket;
  unsigned shift = bucket / histogram_sub_buckets - 1;
  uint64_t mantissa = bucket - shift * histogram_sub_buckets;
  return (mantissa << shift) + ((UINT64_C(1) << shift) - 1);
}

void histogram_add(struct histogram* self, uint64_t value) {
  self->counts[bucket_of(value)]++;
  self->total++;
  if (value > self->max)
    self->max = value;
}

uint64_t histogram_at(const struct histogram* self, double percentile) {
  if (self->total == 0)
    return 0;
  double exact_rank = percentile / 100.0 * (double)self->total;
  uint64_t rank = (uint64_t)exact_rank;
  if ((double)rank < exact_rank || rank == 0)
    rank++;
  uint64_t seen = 0;
  for (unsigned bucket = 0; bucket < histogram_buckets; bucket++) {
    seen += self->counts[bucket];
    if (seen >= rank) {
      uint64_t value = last_value_of(bucket);
      return value < self->max ? value : self->max;
    }
  }
  return self->max;
}
