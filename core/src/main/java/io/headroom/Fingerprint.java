package io.headroom;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.IntStream;

/** Short names for long texts: the first bytes of a SHA-256, in hexadecimal. */
public final class Fingerprint {
  private Fingerprint() {}

  public static String of(String text, int bytes) {
    return new Prefix("").with(text, bytes);
  }

  /** As {@link #of(String, int)} for numbers, however many. */
  public static String of(IntStream numbers, int bytes) {
    MessageDigest digest = sha256();
    ByteBuffer number = ByteBuffer.allocate(Integer.BYTES);
    numbers.forEachOrdered(next -> digest.update(number.putInt(0, next).array()));
    return HexFormat.of().formatHex(digest.digest(), 0, bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Fingerprints of texts that begin alike; the beginning is hashed once. */
  public static final class Prefix {
    private final MessageDigest begun = sha256();

    public Prefix(String beginning) {
      begun.update(beginning.getBytes(StandardCharsets.UTF_8));
    }

    /** What {@link Fingerprint#of} gives for the beginning and the rest together. */
    public String with(String rest, int bytes) {
      byte[] hash = copy().digest(rest.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, bytes);
    }

    private MessageDigest copy() {
      try {
        return (MessageDigest) begun.clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("Java's own SHA-256 can be cloned", e);
      }
    }
  }
}
