package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.EngineMemory;
import io.headroom.attention.OutputError;
import io.headroom.attention.reference.ReferenceRows;
import java.util.stream.IntStream;

/**
 * Compares a measured layer's outputs with the reference engine's on the same data, uncompressed.
 * Long sequences are compared at positions spread over prompt and output, first and last included.
 */
final class OutputVerification {
  /** Of the prompt, and as many of the output. */
  static final int MOST_POSITIONS = 8;

  private OutputVerification() {}

  static OutputError compare(MeasuredLayer layer, SequenceRequest request) {
    SequenceTensors tensors = layer.tensors();
    int[] positions = positions(request.promptTokens(), request.totalTokens());
    return ReferenceRows.compute(
            layer.attention(), tensors.queries(), tensors.keys(), tensors.values(), positions)
        .errorOf(layer.output());
  }

  static int[] positions(int promptTokens, int totalTokens) {
    return IntStream.concat(
            ReferenceRows.spread(0, promptTokens, MOST_POSITIONS),
            ReferenceRows.spread(promptTokens, totalTokens, MOST_POSITIONS))
        .toArray();
  }

  /** Memory that a comparison takes at most. */
  static EngineMemory memory(Attention attention, int tokens) {
    return ReferenceRows.memory(attention, tokens, 2 * MOST_POSITIONS);
  }
}
