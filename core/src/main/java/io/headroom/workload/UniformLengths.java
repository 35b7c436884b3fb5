package io.headroom.workload;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Every length from {@code min} to {@code max} is equally likely.
 *
 * @param min tokens, at least 1
 * @param max tokens, included, at least {@code min}
 */
public record UniformLengths(int min, int max) implements LengthDistribution {

  public UniformLengths {
    if (min < 1) {
      throw new IllegalArgumentException("uniform min must be at least 1: " + min);
    }
    if (max < min) {
      throw new IllegalArgumentException(
          "uniform max must be at least min, which is %d: %d".formatted(min, max));
    }
  }

  @Override
  public DrawnLengths draw(int count, long seed) {
    SeededDraws draws = new SeededDraws(seed);
    long lengths = (long) max - min + 1;
    List<Integer> tokens =
        IntStream.range(0, SeededDraws.requireCount(count))
            .mapToObj(i -> min + (int) (draws.nextUnit() * lengths))
            .toList();
    return new DrawnLengths(tokens, 0);
  }
}
