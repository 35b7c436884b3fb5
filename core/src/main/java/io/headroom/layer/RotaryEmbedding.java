package io.headroom.layer;

import io.headroom.kvcache.HeadTensor;
import java.util.Objects;

/**
 * Rotary position embedding (arXiv 2104.09864) in the half-split order of Hugging Face checkpoints:
 * channel {@code i} and channel {@code i + n} turn together by {@code position * frequency[i]},
 * where n is the number of frequencies. Channels beyond {@code 2 n} stay as they are.
 */
public final class RotaryEmbedding {
  private final double[] frequencies;

  /**
   * @param frequencies radians a position
   */
  public RotaryEmbedding(double[] frequencies) {
    this.frequencies = Objects.requireNonNull(frequencies, "frequencies").clone();
  }

  /**
   * Frequencies {@code theta^(-2i/channels)}.
   *
   * @param channels channels that turn; even
   */
  public static RotaryEmbedding of(int channels, double theta) {
    return new RotaryEmbedding(frequencies(channels, theta));
  }

  public static double[] frequencies(int channels, double theta) {
    if (channels < 0 || channels % 2 != 0) {
      throw new IllegalArgumentException("channels must be even: " + channels);
    }
    double[] frequencies = new double[channels / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(theta, -2.0 * i / channels);
    }
    return frequencies;
  }

  /** Channels that turn. */
  public int channels() {
    return 2 * frequencies.length;
  }

  /**
   * Turns rows in place.
   *
   * @param rows {@code [heads, tokens, dim]}, dim at least {@link #channels()}
   * @param firstPosition position of the first token
   */
  public void rotate(HeadTensor rows, int firstPosition) {
    if (rows.dim() < channels()) {
      throw new IllegalArgumentException(
          "rows must have at least %d channels: %d".formatted(channels(), rows.dim()));
    }
    float[] data = rows.data();
    int half = frequencies.length;
    for (int token = 0; token < rows.tokens(); token++) {
      for (int i = 0; i < half; i++) {
        double angle = (firstPosition + (double) token) * frequencies[i];
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        for (int head = 0; head < rows.heads(); head++) {
          int row = rows.row(head, token);
          double low = data[row + i];
          double high = data[row + half + i];
          data[row + i] = (float) (low * cos - high * sin);
          data[row + half + i] = (float) (high * cos + low * sin);
        }
      }
    }
  }
}
