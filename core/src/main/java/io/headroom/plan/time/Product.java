package io.headroom.plan.time;

/**
 * A matrix of one rank that every token is multiplied with.
 *
 * @param type of its numbers, as tables of kernels call it
 */
record Product(String type, long outputs, long inputs) {
  boolean isQuantised() {
    return !type.equals(WeightType.PLAIN);
  }
}
