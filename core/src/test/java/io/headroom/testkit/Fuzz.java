package io.headroom.testkit;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import io.headroom.UserException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Gives a reader mutations of valid inputs for some seconds. A reader may succeed or blame the user
 * in one line; it may throw nothing else, nor hang, nor allocate without bound.
 *
 * <p>{@code -Dheadroom.fuzz.seconds=600} runs longer, {@code -Dheadroom.fuzz.seed=S} begins with
 * the input that failed at seed S.
 */
public final class Fuzz {
  private static final String SEED_PROPERTY = "headroom.fuzz.seed";
  private static final int SECONDS = Integer.getInteger("headroom.fuzz.seconds", 3);
  private static final long FIRST_SEED = Long.getLong(SEED_PROPERTY, 42);
  private static final Duration LONGEST_INPUT = Duration.ofSeconds(30);
  private static final int LONGEST_SHOWN = 2000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Fuzz() {}

  /** Takes one input; throws only {@link UserException}. */
  public interface Reader {
    void read(byte[] input) throws Exception;
  }

  /**
   * @param valid inputs that are mutated
   * @param tokens what is inserted into them beside what is of no format
   * @param mostBytes that one input may allocate
   * @return how many inputs were read
   */
  public static long run(List<byte[]> valid, List<String> tokens, long mostBytes, Reader reader) {
    AtomicLong current = new AtomicLong(FIRST_SEED);
    Duration longest = Duration.ofSeconds(SECONDS).plus(LONGEST_INPUT);
    Supplier<String> hung = () -> "an input does not end: " + again(current.get());
    return assertTimeoutPreemptively(
        longest,
        () -> {
          long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
          long seed = FIRST_SEED;
          while (System.nanoTime() < end) {
            current.set(seed);
            one(new Mutator(seed, valid, tokens).next(), seed, mostBytes, reader);
            seed++;
          }
          return seed - FIRST_SEED;
        },
        hung);
  }

  private static void one(byte[] input, long seed, long mostBytes, Reader reader) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reader.read(input);
    } catch (UserException e) {
      requireOneLine(e.getMessage(), input, seed);
    } catch (Exception | Error e) {
      throw new AssertionError(described(e.toString(), input, seed), e);
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (allocated > mostBytes) {
      throw new AssertionError(
          described(
              "%d bytes allocated, allowed: %d".formatted(allocated, mostBytes), input, seed));
    }
  }

  private static void requireOneLine(String message, byte[] input, long seed) {
    boolean plain = message.chars().noneMatch(Character::isISOControl);
    if (message.isBlank() || !plain) {
      throw new AssertionError(described("not one plain line: " + message, input, seed));
    }
  }

  private static String described(String failure, byte[] input, long seed) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    String shown = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    return "%s; %s; %d bytes: %s".formatted(failure, again(seed), input.length, shown);
  }

  private static String again(long seed) {
    return "again with -D%s=%d".formatted(SEED_PROPERTY, seed);
  }
}
