package io.headroom.jobs.plan.demand;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes a trace of any number of requests over a week, in the format of Azure: an Azure trace lap
 * after lap, each request several times a lap, moved by up to {@link #MOST_JITTER_MICROS}.
 *
 * <p>{@code java ... WeekOfRequests SOURCE.csv OUT.csv REQUESTS SEED}
 */
public final class WeekOfRequests {
  private static final DateTimeFormatter READ =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSS");
  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");
  private static final LocalDateTime START = LocalDateTime.of(2024, 5, 6, 0, 0);
  private static final long WEEK_MICROS = 7 * 86_400L * 1_000_000L;
  private static final long MOST_JITTER_MICROS = 5_000_000L;

  private WeekOfRequests() {}

  public static void main(String[] arguments) throws IOException {
    write(
        Path.of(arguments[0]),
        Path.of(arguments[1]),
        Long.parseLong(arguments[2]),
        Long.parseLong(arguments[3]));
  }

  static void write(Path source, Path out, long requests, long seed) throws IOException {
    List<String> lines = Files.readAllLines(source);
    int count = lines.size() - 1;
    long[] micros = new long[count];
    String[] lengths = new String[count];
    for (int i = 0; i < count; i++) {
      String line = lines.get(i + 1);
      int comma = line.indexOf(',');
      micros[i] = micros(LocalDateTime.parse(line.substring(0, comma), READ));
      lengths[i] = line.substring(comma);
    }
    long origin = micros[0];
    long lapMicros = micros[count - 1] - origin;
    SplittableRandom random = new SplittableRandom(seed);
    try (BufferedWriter writer = Files.newBufferedWriter(out)) {
      writer.write(lines.get(0));
      writer.newLine();
      for (long lap = 0; lap * lapMicros < WEEK_MICROS; lap++) {
        long from = lap * lapMicros;
        long length = Math.min(lapMicros, WEEK_MICROS - from);
        long due = due(requests, from + length) - due(requests, from);
        writeLap(writer, micros, lengths, from, length, due, random);
      }
    }
  }

  /** How many requests there are until then. */
  private static long due(long requests, long untilMicros) {
    return Math.round((double) requests * untilMicros / WEEK_MICROS);
  }

  private static void writeLap(
      BufferedWriter writer,
      long[] micros,
      String[] lengths,
      long from,
      long length,
      long due,
      SplittableRandom random)
      throws IOException {
    int within = 0;
    while (within < micros.length && micros[within] - micros[0] <= length) {
      within++;
    }
    long[] arrivals = new long[(int) due];
    for (int i = 0; i < due; i++) {
      int which = (int) ((long) i * within / due);
      long moved =
          micros[which] - micros[0] + random.nextLong(-MOST_JITTER_MICROS, MOST_JITTER_MICROS + 1);
      // Arrival and request in one number, so that one sort of primitives orders both.
      arrivals[i] = Math.min(Math.max(moved, 0), length - 1) << 20 | which;
    }
    Arrays.sort(arrivals);
    for (long arrival : arrivals) {
      LocalDateTime time = START.plusNanos((from + (arrival >> 20)) * 1000);
      writer.write(WRITTEN.format(time));
      writer.write(lengths[(int) (arrival & ((1 << 20) - 1))]);
      writer.newLine();
    }
  }

  private static long micros(LocalDateTime time) {
    return ChronoUnit.MICROS.between(START, time);
  }
}
