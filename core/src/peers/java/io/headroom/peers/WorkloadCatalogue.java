package io.headroom.peers;

import static io.headroom.kvcache.KvPrecision.BF16;
import static io.headroom.kvcache.KvPrecision.F16;
import static io.headroom.kvcache.KvPrecision.F32;
import static io.headroom.kvcache.KvPrecision.INT4;
import static io.headroom.kvcache.KvPrecision.INT8;

import io.headroom.UserException;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The workloads of a mode; those on the same data stand together. */
final class WorkloadCatalogue {
  private static final int HEAD_DIM = 128;
  private static final AttentionShape MHA = heads(32);
  private static final AttentionShape GQA = heads(8);
  private static final AttentionShape MQA = heads(1);
  private static final AttentionShape QWEN2_HALF_BILLION = new AttentionShape(14, 2, 64);

  private WorkloadCatalogue() {}

  private static AttentionShape heads(int kvHeads) {
    return new AttentionShape(32, kvHeads, HEAD_DIM);
  }

  static List<Workload> of(MeasuringMode mode) {
    return mode == MeasuringMode.FULL ? full() : quick();
  }

  /**
   * The workloads whose names contain a match of a regular expression.
   *
   * @throws UserException if it is none, or matches no name
   */
  static List<Workload> matching(List<Workload> workloads, String regex) {
    Pattern pattern = pattern(regex);
    List<Workload> selected =
        workloads.stream().filter(workload -> pattern.matcher(workload.name()).find()).toList();
    if (selected.isEmpty()) {
      throw new UserException(
          "peers.workloads matches none of %s: %s"
              .formatted(
                  String.join(", ", workloads.stream().map(Workload::name).toList()), regex));
    }
    return selected;
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new UserException(
          "peers.workloads must be a regular expression, %s: %s"
              .formatted(e.getDescription(), regex));
    }
  }

  private static List<Workload> quick() {
    List<Workload> workloads = new ArrayList<>();
    for (int tokens : new int[] {512, 2_048, 4_096}) {
      add(workloads, Phase.PREFILL, GQA, tokens, F32);
    }
    add(workloads, Phase.DECODE, MHA, 4_096, F32);
    add(workloads, Phase.DECODE, MQA, 4_096, F32);
    add(workloads, Phase.DECODE, MHA, 16_384, F32);
    add(workloads, Phase.DECODE, GQA, 16_384, F32);
    // Compressed to a quarter of a byte a number it is still larger than a last-level cache.
    add(workloads, Phase.DECODE, GQA, 65_536, BF16, INT8, INT4);
    add(workloads, Phase.PREFILL, QWEN2_HALF_BILLION, 2_048, F32);
    add(workloads, Phase.DECODE, QWEN2_HALF_BILLION, 4_096, F32);
    return workloads;
  }

  private static List<Workload> full() {
    List<Workload> workloads = new ArrayList<>();
    for (AttentionShape shape : List.of(MHA, GQA, MQA)) {
      for (int tokens : new int[] {512, 1_024, 2_048, 4_096}) {
        boolean compressed = shape.equals(GQA) && tokens == 2_048;
        add(workloads, Phase.PREFILL, shape, tokens, F32);
        if (compressed) {
          add(workloads, Phase.PREFILL, shape, tokens, BF16, INT8);
        }
      }
      for (int tokens : new int[] {1_024, 4_096, 16_384, 65_536}) {
        add(workloads, Phase.DECODE, shape, tokens, F32, BF16, INT8, INT4);
        if (shape.equals(GQA)) {
          add(workloads, Phase.DECODE, shape, tokens, F16);
        }
      }
    }
    add(workloads, Phase.PREFILL, QWEN2_HALF_BILLION, 2_048, F32);
    add(workloads, Phase.DECODE, QWEN2_HALF_BILLION, 4_096, F32, F16, BF16, INT8, INT4);
    return workloads;
  }

  private static void add(
      List<Workload> workloads,
      Phase phase,
      AttentionShape shape,
      int tokens,
      KvPrecision... precisions) {
    for (KvPrecision precision : precisions) {
      workloads.add(new Workload(phase, shape, tokens, precision));
    }
  }
}
