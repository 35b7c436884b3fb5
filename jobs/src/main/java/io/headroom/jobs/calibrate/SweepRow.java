package io.headroom.jobs.calibrate;

import static org.apache.spark.sql.functions.col;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.AttentionWork;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.measure.AttentionSpeed;
import io.headroom.plan.accelerator.HostKernel;
import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.MeasuredCall;
import io.headroom.plan.time.CacheType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * A row of a sweep that was measured, as calls of attention: the time of one layer, of one
 * sequence. A window with sinks sees as many positions as a window that is larger by them, so it
 * stands for that.
 *
 * @param row the {@link #columns}
 */
record SweepRow(Row row) {
  private static final List<String> NEEDED =
      List.of(
          "host",
          "executor_id",
          "engine",
          "engine_detail",
          "threads",
          "contention",
          "context_shards",
          "kv_precision",
          "kv_cache",
          "window",
          "sinks",
          "query_heads",
          "kv_heads",
          "head_dim",
          "layers_measured",
          "prompt_tokens",
          "output_tokens",
          "prefill_ns",
          "prefill_gflops",
          "peak_gflops",
          "stream_gbps");

  private static final String DECODE = "decode_ns_p50";
  private static final String QUIET = "quiet";

  /** Of operations a second that were divided by the same time. */
  private static final double ROUNDING = 1e-6;

  private static final double NANOS_PER_MILLI = 1e6;

  static Column[] columns(Column isQuiet) {
    return Stream.concat(
            Stream.concat(NEEDED.stream(), Stream.of(DECODE)).map(name -> col(name)),
            Stream.of(isQuiet.as(QUIET)))
        .toArray(Column[]::new);
  }

  /** Why it says nothing of a kernel alone; empty if it does. */
  Optional<String> unusable() {
    if (NEEDED.stream().anyMatch(name -> row.isNullAt(row.fieldIndex(name)))) {
      return Optional.of("without a value that is needed");
    }
    if (!row.<Boolean>getAs(QUIET)) {
      return Optional.of("noisy");
    }
    if (!text("kv_cache").equals("on")) {
      return Optional.of("without a cache");
    }
    if (number("context_shards") != 1) {
      return Optional.of("over several tasks");
    }
    if (precision().isEmpty()) {
      return Optional.of("of a precision that no table names");
    }
    if (!isOfEqualLayers()) {
      return Optional.of("of layers that are not alike, or whose values are of another size");
    }
    return Optional.empty();
  }

  String host() {
    return row.isNullAt(row.fieldIndex("host")) ? "unknown" : text("host");
  }

  /** Whether it was measured in the process whose machine the manifest describes. */
  boolean isOfDriver() {
    return text("executor_id").equals("driver");
  }

  int threads() {
    return number("threads");
  }

  double streamGbps() {
    return row.<Double>getAs("stream_gbps");
  }

  double peakGflops() {
    return row.<Double>getAs("peak_gflops");
  }

  MeasuredCall prefill() {
    return measured(
        row.<Long>getAs("prefill_ns"),
        1,
        number("prompt_tokens"),
        number("query_heads"),
        number("kv_heads"),
        number("head_dim"),
        visible());
  }

  /** The middle one of the decoded tokens; empty where none was decoded. */
  Optional<MeasuredCall> decode() {
    Long nanos = row.getAs(DECODE);
    if (nanos == null) {
      return Optional.empty();
    }
    int prompt = number("prompt_tokens");
    long cached = AttentionSpeed.contextTokens(prompt, number("output_tokens"));
    return Optional.of(
        measured(
            nanos,
            1,
            number("query_heads"),
            number("kv_heads"),
            number("head_dim"),
            prompt,
            cached - prompt,
            visible()));
  }

  /** In the columns of the family. */
  private MeasuredCall measured(long nanos, double... numbers) {
    String type = CacheType.ofHost(precision().orElseThrow());
    KernelCall call = new KernelCall(List.of(source(), type), numbers);
    return new MeasuredCall(call, nanos / NANOS_PER_MILLI / number("layers_measured"));
  }

  /** Which kernel it is: engine, what it chose of itself, and what it shares the host with. */
  private String source() {
    return new HostKernel(text("engine"), text("engine_detail"), threads(), number("contention"))
        .source();
  }

  /** Empty where keys and values are kept apart, or as no engine here keeps them. */
  private Optional<KvPrecision> precision() {
    return KvFormat.named(text("kv_precision"))
        .filter(KvPrecision.class::isInstance)
        .map(KvPrecision.class::cast);
  }

  private int visible() {
    return number("window") + number("sinks");
  }

  /**
   * A row describes the first of its layers; the operations of all of them tell whether the others
   * are like it.
   */
  private boolean isOfEqualLayers() {
    int tokens = number("prompt_tokens");
    Attention first =
        new Attention(
            new AttentionShape(number("query_heads"), number("kv_heads"), number("head_dim")),
            new AttentionMask(true, number("window"), number("sinks")));
    double expected = number("layers_measured") * AttentionWork.roundedFlops(first, tokens, tokens);
    double counted = row.<Double>getAs("prefill_gflops") * row.<Long>getAs("prefill_ns");
    return Math.abs(counted - expected) <= ROUNDING * expected;
  }

  private int number(String column) {
    return row.<Integer>getAs(column);
  }

  private String text(String column) {
    return row.getAs(column);
  }
}
