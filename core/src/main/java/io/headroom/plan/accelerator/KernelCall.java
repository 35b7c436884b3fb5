package io.headroom.plan.accelerator;

import io.headroom.UserException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One call of a kernel, as the columns of its family say it.
 *
 * @param texts in the order of {@link KernelPhysics#texts}
 * @param numbers in the order of {@link KernelPhysics#numbers}
 */
public record KernelCall(List<String> texts, double... numbers) {
  private static final SortedMap<String, Double> BYTES = new TreeMap<>();

  static {
    BYTES.put("float32", 4.0);
    List.of("bfloat16", "float16", "half").forEach(type -> BYTES.put(type, 2.0));
    List.of("fp8", "fp8_e4m3", "fp8_block", "int8", "int8_wo")
        .forEach(type -> BYTES.put(type, 1.0));
    // Four bits and a scale of a byte: of 16 elements, and of 32.
    BYTES.put("nvfp4", 0.5 + 1.0 / 16);
    List.of("mxfp4", "w4a16_mxfp4", "w4a8_mxfp4_mxfp8")
        .forEach(type -> BYTES.put(type, 0.5 + 1.0 / 32));
    // Four bits, and a scale and an offset of two bytes each of 64 elements.
    BYTES.put("int4", 0.5 + 4.0 / 64);
    // Four bits and a scale of two bytes of 128 elements.
    List.of("int4_wo", "w4afp8").forEach(type -> BYTES.put(type, 0.5 + 2.0 / 128));
  }

  public KernelCall {
    texts = List.copyOf(texts);
  }

  /**
   * Bytes of an element of a type, the scales of its blocks included.
   *
   * @param column that names the type
   * @throws UserException if the type is not known
   */
  static double elementBytes(String column, String type) {
    Double bytes = BYTES.get(type);
    if (bytes == null) {
      throw new UserException(
          "column %s must be one of %s: %s"
              .formatted(column, String.join(", ", BYTES.keySet()), type));
    }
    return bytes;
  }

  /** Of a type that {@link KernelPhysics#requireKnownTypes} has let pass. */
  public static double elementBytes(String type) {
    return elementBytes("type", type);
  }
}
