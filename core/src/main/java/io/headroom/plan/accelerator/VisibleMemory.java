package io.headroom.plan.accelerator;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The memory that programs see of a GPU, by its name: less than its label says, and the same for
 * all GPUs of the name. Where there is a data sheet it is that one's; {@code visible-memory.json}
 * has the others, and their sources.
 */
public final class VisibleMemory {
  private static final List<Entry> ENTRIES =
      JsonDocument.resources(VisibleMemory.class, "visible-memory.json").stream()
          .map(
              entry ->
                  new Entry(Pattern.compile(entry.text("name").orElseThrow()), (long) bytes(entry)))
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

  private static double bytes(JsonDocument entry) {
    return entry
        .text("data_sheet")
        .map(sheet -> DataSheet.named(sheet).orElseThrow().memoryBytes())
        .orElseGet(() -> entry.positiveNumber("gib").orElseThrow() * (1L << 30));
  }

  /**
   * @param name finds the names of GPUs that have so much
   */
  private record Entry(Pattern name, long bytes) {}
}
