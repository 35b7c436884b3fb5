package io.headroom.peers;

import io.headroom.kvcache.HeadTensor;

/** The root of the summed squares of the differences, over that of the expected numbers. */
final class RelativeError {
  private RelativeError() {}

  /** Of two dense tensors of the same shape; NaN if any number is. */
  static double of(HeadTensor actual, HeadTensor expected) {
    double squaredDifferences = 0;
    double squaredExpected = 0;
    for (int i = 0; i < expected.data().length; i++) {
      double difference = (double) actual.data()[i] - expected.data()[i];
      squaredDifferences += difference * difference;
      squaredExpected += (double) expected.data()[i] * expected.data()[i];
    }
    return squaredDifferences == 0 ? 0 : Math.sqrt(squaredDifferences / squaredExpected);
  }
}
