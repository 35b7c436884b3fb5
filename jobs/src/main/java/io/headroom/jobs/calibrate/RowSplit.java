package io.headroom.jobs.calibrate;

import io.headroom.UserException;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.MeasuredCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
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
  GROUPS("groups", call -> named(call, List.of("num_heads", "num_key_value_heads", "head_dim"))),
  /** Every row of a fifth of the batch sizes of attention. */
  BATCHES("batches", call -> named(call, List.of("batch_size")));

  static final int FOLDS = 5;

  /** Of a family's row. */
  record Keyed(KernelFamily family, KernelCall call) {}

  private final String label;

  /** Methods alone. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Function<Keyed, String> key;

  RowSplit(String label, Function<Keyed, String> key) {
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
    hash.update(
        (label + " " + key.apply(new Keyed(family, call))).getBytes(StandardCharsets.UTF_8));
    return (int) (hash.getValue() % FOLDS);
  }

  /** The rows of one fold, or all others. */
  List<MeasuredCall> rows(
      KernelFamily family, List<MeasuredCall> measured, int fold, boolean inside) {
    return measured.stream().filter(row -> (fold(family, row.call()) == fold) == inside).toList();
  }

  private static String shape(Keyed row) {
    return row.call().texts() + Arrays.toString(row.call().numbers());
  }

  private static String named(Keyed row, List<String> columns) {
    List<String> numbers = row.family().physics().numbers();
    List<String> values = new ArrayList<>();
    for (String column : columns) {
      values.add(String.valueOf(row.call().numbers()[numbers.indexOf(column)]));
    }
    return String.join(" ", values);
  }
}
