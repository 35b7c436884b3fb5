package io.headroom.tensors;

import io.headroom.UserException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;

/** Reads the tensors and the metadata of one computation and rejects what does not fit. */
public record TensorReader(SafetensorsFile file) {

  public boolean has(String tensor) {
    return file.tensors().containsKey(tensor);
  }

  /** The shape of a tensor, which must have so many dimensions, none of them empty. */
  public int[] shape(String name, String layout) {
    TensorInfo tensor = file.tensors().get(name);
    if (tensor == null) {
      throw new UserException("%s: tensor %s is missing".formatted(file.path(), name));
    }
    List<Long> shape = tensor.shape();
    boolean fits =
        shape.size() == layout.split(",").length
            && shape.stream().allMatch(size -> size >= 1 && size <= Integer.MAX_VALUE);
    if (!fits) {
      throw wrongShape(name, "[" + layout.replace(",", ", ") + "], none of them empty");
    }
    return shape.stream().mapToInt(Long::intValue).toArray();
  }

  /** What to throw where a tensor's shape does not fit the others. */
  public UserException wrongShape(String name, String allowed) {
    return new UserException(
        "%s: the shape of %s must be %s: %s"
            .formatted(file.path(), name, allowed, file.tensors().get(name).shape()));
  }

  /** All numbers of a tensor, every one finite. */
  public float[] floats(String name) {
    float[] numbers = file.floats(name);
    for (int i = 0; i < numbers.length; i++) {
      requireFinite(name, i, numbers[i]);
    }
    return numbers;
  }

  /** As {@link #floats}, in double. */
  public double[] doubles(String name) {
    double[] numbers = file.doubles(name);
    for (int i = 0; i < numbers.length; i++) {
      requireFinite(name, i, numbers[i]);
    }
    return numbers;
  }

  /** A metadata string that says true or false and must be there. */
  public boolean flag(String key) {
    String text = file.metadata().get(key);
    if (text == null) {
      throw new UserException(
          "%s: metadata %s is missing; true or false is needed".formatted(file.path(), key));
    }
    if (!text.equals("true") && !text.equals("false")) {
      throw wrongMetadata(key, "true or false");
    }
    return text.equals("true");
  }

  /** A metadata string that says an integer of at least 0; 0 where it is absent. */
  public int count(String key) {
    String text = file.metadata().getOrDefault(key, "0");
    if (!text.matches("[0-9]{1,9}")) {
      throw wrongMetadata(key, "an integer from 0 to 999999999");
    }
    return Integer.parseInt(text);
  }

  /** A metadata string that says a number above 0; empty where it is absent. */
  public OptionalDouble positiveNumber(String key) {
    String text = file.metadata().get(key);
    if (text == null) {
      return OptionalDouble.empty();
    }
    double number = parse(text);
    if (!((float) number > 0 && number <= Float.MAX_VALUE)) {
      throw wrongMetadata(key, "a number above 0 within the range of a float");
    }
    return OptionalDouble.of(number);
  }

  private static double parse(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  public UserException wrongMetadata(String key, String allowed) {
    return new UserException(
        "%s: metadata %s must be %s: %s"
            .formatted(file.path(), key, allowed, file.metadata().get(key)));
  }

  /** Rejects what would not fit in memory, before any of it is read. */
  public void requireMemory(double bytes) {
    long most = Runtime.getRuntime().maxMemory() / 4 * 3;
    if (bytes > most) {
      throw new UserException(
          "%s: about %.0f bytes of memory are needed to verify it; allowed: %d, three quarters of the heap"
              .formatted(file.path(), bytes, most));
    }
  }

  /** Rejects tensors of other names, lest a misspelt one be left out unseen. */
  public void requireOnly(Collection<String> known) {
    for (String name : file.tensors().keySet()) {
      if (!known.contains(name)) {
        throw new UserException(
            "%s: unknown tensor %s; allowed: %s"
                .formatted(file.path(), name, String.join(", ", known)));
      }
    }
  }

  private void requireFinite(String name, int index, double number) {
    if (!Double.isFinite(number)) {
      throw new UserException(
          "%s: tensor %s must have finite numbers only; number %d is %s"
              .formatted(file.path(), name, index, number));
    }
  }
}
