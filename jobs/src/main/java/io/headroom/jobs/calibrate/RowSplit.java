package io.headroom.jobs.calibrate;

import io.headroom.UserException;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.MeasuredCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * Which of the measured rows are kept from a fit to state its error: a fifth, by a hash of what the
 * rows of it have in common, so that anyone can repeat it.
 */
enum RowSplit {
  /** A fifth of the rows. */
  ROWS("rows", RowSplit::shape),
  /** Every row of a fifth of the (query heads, KV heads, head dim) of attention. */
  GROUPS(
      "groups",
      (family, call) ->
          named(family, call, List.of("num_heads", "num_key_value_heads", "head_dim"))),
  /** Every row of a fifth of the batch sizes of attention. */
  BATCHES("batches", (family, call) -> named(family, call, List.of("batch_size")));

  static final int FOLDS = 5;

  private final String label;

  /** Methods alone. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final BiFunction<KernelFamily, KernelCall, String> key;

  RowSplit(String label, BiFunction<KernelFamily, KernelCall, String> key) {
    this.label = label;
    this.key = key;
  }

  /**
   * @throws UserException if there is no such split
   */
  static RowSplit named(String label) {
    return Arrays.stream(values())
        .filter(split -> split.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "--kept-out: allowed: %s: %s"
                        .formatted(
                            Arrays.stream(values())
                                .map(split -> split.label)
                                .collect(Collectors.joining(", ")),
                            label)));
  }

  boolean fits(KernelFamily family) {
    return this == ROWS || family == KernelFamily.DECODE || family == KernelFamily.PREFILL;
  }

  /** From 0 to {@link #FOLDS} - 1: CRC-32 of the split's name and of what the rows share. */
  int fold(KernelFamily family, KernelCall call) {
    CRC32 hash = new CRC32();
    hash.update((label + " " + key.apply(family, call)).getBytes(StandardCharsets.UTF_8));
    return (int) (hash.getValue() % FOLDS);
  }

  /** Under true the rows of one fold, and under false all others. */
  Map<Boolean, List<MeasuredCall>> byKept(
      KernelFamily family, List<MeasuredCall> measured, int fold) {
    return measured.stream()
        .collect(Collectors.partitioningBy(row -> fold(family, row.call()) == fold));
  }

  private static String shape(KernelFamily family, KernelCall call) {
    return call.texts() + Arrays.toString(call.numbers());
  }

  private static String named(KernelFamily family, KernelCall call, List<String> columns) {
    List<String> numbers = family.physics().numbers();
    List<String> values = new ArrayList<>();
    for (String column : columns) {
      values.add(String.valueOf(call.numbers()[numbers.indexOf(column)]));
    }
    return String.join(" ", values);
  }
}
