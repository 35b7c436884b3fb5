package io.headroom.tensors;

import java.util.List;

/**
 * Where a tensor lies in a safetensors file.
 *
 * @param shape from the outermost dimension to the innermost, which is contiguous; empty for one
 *     number
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
public record TensorInfo(String name, TensorType type, List<Long> shape, long begin, long end) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** How many numbers. */
  public long size() {
    return (end - begin) / type.bytes();
  }
}
