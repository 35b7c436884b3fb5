package io.headroom.model;

import io.headroom.UserException;
import io.headroom.kvcache.KvFormat;

/**
 * The KV memory of one model at one length, beside what other numbers of KV heads would take. All
 * bytes are exact: numbers and scales, no padding.
 *
 * @param model its name
 * @param tokens positions of a sequence
 * @param format how keys and values are kept
 * @param tensorParallel GPUs that share every layer
 * @param batch sequences at once
 * @param bytesPerToken of one sequence while no window is full
 * @param bytesPerSequence of one sequence, what grows with it
 * @param stateBytesPerSequence of one sequence, what does not grow
 * @param bytesMha the same with one KV head for every query head
 * @param bytesMqa the same with one KV head a layer
 * @param bytesPerGpu of the whole batch on the fullest GPU, states included
 */
public record KvFootprint(
    String model,
    long tokens,
    KvFormat format,
    int tensorParallel,
    int batch,
    long bytesPerToken,
    long bytesPerSequence,
    long stateBytesPerSequence,
    long bytesMha,
    long bytesMqa,
    long bytesPerGpu) {

  /**
   * @throws UserException if the tokens are not between 0 and {@link ModelSpec#MOST_TOKENS}, tensor
   *     parallelism or batch are below 1, or the model cannot be kept in the format
   */
  public static KvFootprint of(
      ModelSpec model, long tokens, KvFormat format, int tensorParallel, int batch) {
    return of(model, tokens, format, tensorParallel, batch, 1);
  }

  /**
   * The same in blocks: layers that keep every position keep whole ones.
   *
   * @throws UserException as there
   */
  public static KvFootprint of(
      ModelSpec model,
      long tokens,
      KvFormat format,
      int tensorParallel,
      int batch,
      int blockTokens) {
    if (batch < 1) {
      throw new UserException("%s: batch must be at least 1: %d".formatted(model.name(), batch));
    }
    return new KvFootprint(
        model.name(),
        tokens,
        format,
        tensorParallel,
        batch,
        model.kvBytesPerToken(format),
        model.kvBytes(tokens, format, blockTokens),
        model.stateBytes(format),
        model.asMha().kvBytes(tokens, format.ofExpandedHeads(), blockTokens),
        model.asMqa().kvBytes(tokens, format.ofExpandedHeads(), blockTokens),
        times(model, model.kvBytesPerGpu(tokens, format, tensorParallel, blockTokens), batch));
  }

  /** The part of the MHA cache that is saved: 0 for MHA, 0.8 for 8 of 40 heads. */
  public double saving() {
    return bytesMha == 0 ? 0 : 1 - (double) bytesPerSequence / bytesMha;
  }

  private static long times(ModelSpec model, long bytes, int batch) {
    try {
      return Math.multiplyExact(bytes, batch);
    } catch (ArithmeticException e) {
      throw new UserException(
          "%s: KV bytes must stay below 2^63, a batch of %d takes more"
              .formatted(model.name(), batch),
          e);
    }
  }
}
