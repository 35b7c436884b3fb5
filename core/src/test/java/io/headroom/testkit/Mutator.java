package io.headroom.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Spoils one of several valid inputs, the same way for the same seed. */
final class Mutator {
  private static final int MOST_CHANGES = 6;
  private static final int MOST_BYTES = 1 << 17;

  /** Trouble in any format. */
  private static final List<String> TROUBLE =
      List.of(
          "1e999",
          "-1",
          "0",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "2147483647",
          "2147483648",
          "4294967296",
          "1e-400",
          "0.1",
          "NaN",
          "Infinity",
          "9".repeat(1000),
          "[".repeat(12_000),
          "{\"a\":".repeat(9000),
          "[[],[]],",
          "]",
          "}",
          "{",
          "[",
          "\"",
          "'",
          ",",
          ":",
          "\\",
          "\\u0000",
          "\\ud800",
          "\0",
          "\u001b[31m",
          "\n",
          "\r\n",
          "null",
          "true",
          "x".repeat(5000),
          " ".repeat(5000),
          "\ufeff",
          "\u202e",
          "\ud83d\ude00");

  private final SplittableRandom random;
  private final List<byte[]> valid;
  private final List<String> tokens;

  Mutator(long seed, List<byte[]> valid, List<String> tokens) {
    this.random = new SplittableRandom(seed);
    this.valid = valid;
    this.tokens = tokens;
  }

  byte[] next() {
    byte[] input = any(valid).clone();
    int changes = 1 + random.nextInt(MOST_CHANGES);
    for (int i = 0; i < changes; i++) {
      input = changed(input);
    }
    return input.length <= MOST_BYTES ? input : Arrays.copyOf(input, MOST_BYTES);
  }

  private byte[] changed(byte[] input) {
    return switch (random.nextInt(9)) {
      case 0 -> withFlippedBit(input);
      case 1 -> withByte(input);
      case 2 -> spliced(input, position(input), position(input), new byte[0]);
      case 3 -> Arrays.copyOf(input, position(input));
      case 4 -> spliced(input, position(input), position(input), part(any(valid)));
      case 5 -> inserted(input, part(input));
      case 6 -> inserted(input, bytes(any(TROUBLE)));
      case 7 -> inserted(input, bytes(any(tokens)));
      default -> withOtherNumber(input);
    };
  }

  private byte[] withFlippedBit(byte[] input) {
    if (input.length == 0) {
      return input;
    }
    byte[] flipped = input.clone();
    flipped[random.nextInt(input.length)] ^= (byte) (1 << random.nextInt(8));
    return flipped;
  }

  private byte[] withByte(byte[] input) {
    if (input.length == 0) {
      return input;
    }
    byte[] changed = input.clone();
    changed[random.nextInt(input.length)] = (byte) random.nextInt(256);
    return changed;
  }

  /** A run of digits becomes another number. */
  private byte[] withOtherNumber(byte[] input) {
    int from = position(input);
    while (from < input.length && !isDigit(input[from])) {
      from++;
    }
    int to = from;
    while (to < input.length && isDigit(input[to])) {
      to++;
    }
    return spliced(input, from, to, bytes(any(TROUBLE)));
  }

  private byte[] inserted(byte[] input, byte[] part) {
    int at = position(input);
    return spliced(input, at, at, part);
  }

  /** The part stands for what lies between two places. */
  private static byte[] spliced(byte[] input, int one, int other, byte[] part) {
    int from = Math.min(one, other);
    int to = Math.max(one, other);
    byte[] spliced = Arrays.copyOf(input, input.length - (to - from) + part.length);
    System.arraycopy(part, 0, spliced, from, part.length);
    System.arraycopy(input, to, spliced, from + part.length, input.length - to);
    return spliced;
  }

  private byte[] part(byte[] input) {
    int one = position(input);
    int other = position(input);
    return Arrays.copyOfRange(input, Math.min(one, other), Math.max(one, other));
  }

  private int position(byte[] input) {
    return random.nextInt(input.length + 1);
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
