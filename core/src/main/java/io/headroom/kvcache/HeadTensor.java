package io.headroom.kvcache;

import java.util.Objects;

/**
 * A view of float32 rows of several heads, {@code [heads, tokens, dim]}, rows contiguous.
 *
 * @param data the array behind the view; shared, not copied
 * @param offset index of the first number of head 0, token 0
 * @param heads heads in the view
 * @param tokens tokens of each head in the view
 * @param dim numbers of a row
 * @param headStride distance from one head to the next in {@code data}; {@code tokens * dim} when
 *     the view is dense
 */
public record HeadTensor(float[] data, int offset, int heads, int tokens, int dim, int headStride) {

  public HeadTensor {
    Objects.requireNonNull(data, "data");
    if (heads < 1 || tokens < 0 || dim < 1 || offset < 0 || headStride < 0) {
      throw new IllegalArgumentException(
          "not a tensor: offset %d, heads %d, tokens %d, dim %d, head stride %d"
              .formatted(offset, heads, tokens, dim, headStride));
    }
    long end = offset + (long) (heads - 1) * headStride + (long) tokens * dim;
    if (end > data.length) {
      throw new IllegalArgumentException(
          "[%d, %d, %d] at %d needs %d numbers, the array has %d"
              .formatted(heads, tokens, dim, offset, end, data.length));
    }
  }

  /** All of a dense array {@code [heads, tokens, dim]}. */
  public static HeadTensor of(float[] data, int heads, int tokens, int dim) {
    return at(data, 0, heads, tokens, dim);
  }

  /** A dense {@code [heads, tokens, dim]} that starts at {@code offset}, such as one of a batch. */
  public static HeadTensor at(float[] data, int offset, int heads, int tokens, int dim) {
    return new HeadTensor(data, offset, heads, tokens, dim, Math.multiplyExact(tokens, dim));
  }

  /** A new dense tensor of zeros. */
  public static HeadTensor zeros(int heads, int tokens, int dim) {
    int size = Math.toIntExact((long) heads * tokens * dim);
    return of(new float[size], heads, tokens, dim);
  }

  /** The tokens from {@code from} to {@code to}, exclusive, of every head; shares the array. */
  public HeadTensor tokens(int from, int to) {
    if (from < 0 || to < from || to > tokens) {
      throw new IndexOutOfBoundsException("tokens %d to %d of %d".formatted(from, to, tokens));
    }
    return new HeadTensor(data, offset + from * dim, heads, to - from, dim, headStride);
  }

  /** Index in {@code data} of the first number of a row. */
  public int row(int head, int token) {
    return offset + head * headStride + token * dim;
  }
}
