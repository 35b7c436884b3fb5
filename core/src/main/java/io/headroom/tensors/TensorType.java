package io.headroom.tensors;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The number formats of safetensors (github.com/huggingface/safetensors, tensor.rs). */
public enum TensorType {
  F64(8, true),
  F32(4, true),
  F16(2, true),
  BF16(2, true),
  I64(8, false),
  I32(4, false),
  I16(2, false),
  I8(1, false),
  U64(8, false),
  U32(4, false),
  U16(2, false),
  U8(1, false),
  BOOL(1, false),
  F8_E4M3(1, false),
  F8_E5M2(1, false),
  F8_E8M0(1, false);

  private final int bytes;
  private final boolean readable;

  TensorType(int bytes, boolean readable) {
    this.bytes = bytes;
    this.readable = readable;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** Whether its numbers are fractions, and each takes its own bytes. */
  public boolean isFloatingPoint() {
    return readable || this == F8_E4M3 || this == F8_E5M2;
  }

  /** Whether it can be read as floats or doubles. */
  public boolean isReadable() {
    return readable;
  }

  static Optional<TensorType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  static String readableNames() {
    return Arrays.stream(values())
        .filter(TensorType::isReadable)
        .map(TensorType::name)
        .collect(Collectors.joining(", "));
  }
}
