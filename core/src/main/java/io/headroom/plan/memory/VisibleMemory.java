package io.headroom.plan.memory;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The memory that programs see of a GPU, by its name: less than its label says, and the same for
 * all GPUs of the name. {@code visible-memory.json} has the sources.
 */
public final class VisibleMemory {
  private static final List<Entry> ENTRIES =
      JsonDocument.resources(VisibleMemory.class, "visible-memory.json").stream()
          .map(
              entry ->
                  new Entry(
                      Pattern.compile(entry.text("name").orElseThrow()),
                      (long) (entry.positiveNumber("gib").orElseThrow() * (1L << 30))))
          .toList();

  private static final Pattern VENDOR =
      Pattern.compile("^(NVIDIA|AMD)\\s+(Instinct\\s+|GeForce\\s+)?", Pattern.CASE_INSENSITIVE);

  private VisibleMemory() {}

  /** Bytes; empty where they are not known. */
  public static Optional<Long> of(String gpu) {
    String name = VENDOR.matcher(gpu.strip()).replaceFirst("");
    return ENTRIES.stream()
        .filter(entry -> entry.name().matcher(name).find())
        .map(Entry::bytes)
        .findFirst();
  }

  /**
   * @param name finds the names of GPUs that have so much
   */
  private record Entry(Pattern name, long bytes) {}
}
