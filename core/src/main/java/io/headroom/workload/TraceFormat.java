package io.headroom.workload;

import static io.headroom.workload.ArrivalUnit.ISO_TIME;
import static io.headroom.workload.ArrivalUnit.MILLISECONDS;
import static io.headroom.workload.ArrivalUnit.NANOSECONDS;
import static io.headroom.workload.ArrivalUnit.SECONDS;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The request traces that are known, as a table of what their fields are called: one constant a
 * format, one {@link TraceLayout} for each way in which its files are laid out. Any of them may be
 * a table of text, JSON lines or Parquet. A file has the first format whose layout fits.
 */
public enum TraceFormat implements TraceDescription {
  /**
   * Azure LLM inference traces of 2023, 2024 and 2025 (github.com/Azure/AzurePublicDataset):
   * wall-clock times with or without an offset from UTC. Without one they count as UTC.
   */
  AZURE(timed("TIMESTAMP", ISO_TIME, "ContextTokens", "GeneratedTokens")),
  /**
   * Mooncake (github.com/kvcache-ai/Mooncake): times in milliseconds. What has the same fields and
   * no hashes may be of guidellm, which takes seconds.
   */
  MOONCAKE(
      timed("timestamp", MILLISECONDS, "input_length", "output_length")
          .markedBy("hash_ids")
          .telling(hashes(512))
          .unless("chat_id", "parent_chat_id", "session_id", "delay"),
      timed("timestamp", MILLISECONDS, "input_length", "output_length")
          .unless("hash_ids", "chat_id", "parent_chat_id", "session_id", "delay")
          .remarked(
              "timestamp is read as milliseconds, as Mooncake has it; where it is seconds, as in"
                  + " guidellm: format = guidellm")),
  /**
   * BurstGPT (github.com/HPMLL/BurstGPT), with or without session columns: times in seconds. A
   * request with 0 response tokens failed.
   */
  BURSTGPT(timed("Timestamp", SECONDS, "Request tokens", "Response tokens").emptyOutputIsFailure()),
  /**
   * The traces of aiperf (github.com/ai-dynamo/aiperf): those of Mooncake, and sessions, whose
   * later turns have a delay after the answer before them, so that nobody knows when they arrive.
   */
  AIPERF(
      timed("timestamp", MILLISECONDS, "input_length", "output_length")
          .arrivalOptional()
          .markedBy("session_id", "delay")
          .telling(hashes(512).sessionIn("session_id").delayIn("delay", MILLISECONDS))
          .unless("chat_id", "parent_chat_id"),
      timed("timestamp", MILLISECONDS, "input_length", "output_length")
          .arrivalOptional()
          .telling(hashes(512))
          .unless("timestamp", "chat_id", "parent_chat_id")),
  /** Bailian (github.com/alibaba-edu/qwen-bailian-usagetraces-anon): times in seconds. */
  BAILIAN(
      timed("timestamp", SECONDS, "input_length", "output_length")
          .markedBy("chat_id", "parent_chat_id")
          .telling(hashes(16))),
  /**
   * LLMServingSim (github.com/casys-kaist/LLMServingSim): workloads, in nanoseconds, with sessions
   * of which only the first request has a time, and requests as its benchmark records them, in
   * seconds since 1970.
   */
  LLMSERVINGSIM(
      timed("arrival_time_ns", NANOSECONDS, "input_toks", "output_toks")
          .sessionsIn("sub_requests")
          .telling(HistoryFields.NONE.delayOfNextIn("tool_duration_ns", NANOSECONDS)),
      timed("arrival_time", SECONDS, "input_toks", "output_toks")),
  /**
   * Weka's conversations (github.com/callanjfox/agentic-coding-analysis), one a line, or a request
   * a line as guidellm takes them: seconds since the conversation began.
   */
  WEKA(
      timed("t", SECONDS, "in", "out")
          .sessionsIn("requests")
          .telling(
              hashes(64)
                  .blockSizeIn("block_size")
                  .withIdsOfSession()
                  .sessionIn("id")
                  .delayIn("think_time", SECONDS))
          .remarked(
              "t counts from the start of each conversation: all are taken to start at once")),
  /** Vidur (github.com/microsoft/vidur): seconds since the trace began, or lengths alone. */
  VIDUR(timed("arrived_at", SECONDS, "num_prefill_tokens", "num_decode_tokens").arrivalOptional()),
  /**
   * guidellm (github.com/vllm-project/guidellm): data sets whose prompts are counted, with seconds
   * since the first request or without, and its own traces, which are read so when asked for since
   * their fields are those of Mooncake.
   */
  GUIDELLM(
      guidellm("prompt_tokens_count", "output_tokens_count"),
      guidellm("prompt_tokens_count", "completion_tokens_count"),
      guidellm("input_tokens_count", "output_tokens_count"),
      guidellm("input_tokens_count", "completion_tokens_count"),
      timed("timestamp", SECONDS, "input_length", "output_length").telling(hashes(512))),
  /**
   * Conversations as ShareGPT has them, once somebody has counted their tokens, under the names
   * that benchmarks and servers give such counts.
   */
  SHAREGPT(
      counted("prompt_tokens", "completion_tokens"),
      counted("prompt_tokens", "output_tokens"),
      counted("input_tokens", "output_tokens"),
      counted("prompt_len", "completion_len"),
      counted("prompt_len", "output_len"),
      counted("prompt_len", "expected_output_len"),
      counted("input_len", "output_len"),
      counted("num_prompt_tokens", "num_output_tokens"),
      counted("num_input_tokens", "num_output_tokens"),
      counted("usage.prompt_tokens", "usage.completion_tokens"));

  @SuppressWarnings("ImmutableEnumChecker") // An unmodifiable list of records of such lists.
  private final List<TraceLayout> layouts;

  TraceFormat(TraceLayout... layouts) {
    this.layouts = List.of(layouts);
  }

  private static TraceLayout timed(String arrival, ArrivalUnit unit, String prompt, String output) {
    return TraceLayout.of(arrival, unit, prompt, output);
  }

  /** Ids of the blocks that a prompt begins with, each of so many tokens. */
  private static HistoryFields hashes(int blockTokens) {
    return HistoryFields.NONE.prefixIn("hash_ids", blockTokens);
  }

  private static TraceLayout guidellm(String prompt, String output) {
    return timed("relative_timestamp", SECONDS, prompt, output).arrivalOptional();
  }

  private static TraceLayout counted(String prompt, String output) {
    return TraceLayout.withoutArrival(prompt, output)
        .remarked("times are not read, requests are taken in the order of the file");
  }

  /** The name that configurations use: {@code azure}, {@code mooncake}, {@code burstgpt}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<TraceFormat> named(String label) {
    return Arrays.stream(values()).filter(format -> format.label().equals(label)).findFirst();
  }

  /** The allowed names, for messages: {@code azure, mooncake, burstgpt}. */
  public static String labels() {
    return Arrays.stream(values()).map(TraceFormat::label).collect(Collectors.joining(", "));
  }

  /** The fields by which each format is known, for messages. */
  public static String allFields() {
    return Arrays.stream(values())
        .map(format -> "%s (%s)".formatted(format.label(), format.fields()))
        .collect(Collectors.joining(", "));
  }

  /** The fields of its first layout, for messages. */
  public String fields() {
    return String.join(", ", layouts.get(0).columns().names());
  }

  /** In the order in which they are tried. */
  List<TraceLayout> layouts() {
    return layouts;
  }
}
