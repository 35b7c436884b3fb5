package io.headroom.plan.search;

import io.headroom.plan.memory.KvPool;
import java.math.BigDecimal;
import java.util.Locale;

/** Why a deployment cannot serve, in one sentence with its numbers. */
final class SearchReasons {
  private static final double GIB = 1L << 30;

  private SearchReasons() {}

  static String unfit(Limit limit, KvPool pool, int longest, RequestMix mix) {
    return switch (limit) {
      case CONTEXT ->
          text(
              "%.1f %% of the requests have more than the %d positions of the model",
              100 * mix.partAbove(longest), longest);
      case WEIGHTS ->
          text(
              "weights of %.1f GiB and %.1f GiB beside them leave nothing of %.1f GiB for the cache",
              pool.weightsBytes() / GIB,
              (pool.activationBytes() + pool.otherBytes()) / GIB,
              pool.budgetBytes() / GIB);
      default ->
          text(
              "a cache of %d tokens holds no request of %d",
              Math.round(pool.concurrency() * longest), longest);
    };
  }

  static String late(Limit limit, ServiceLevels levels) {
    return switch (limit) {
      case TTFT ->
          text(
              "more than 1 %% of the requests have no token within %s ms at any rate",
              plain(levels.ttftP99Millis()));
      case TPOT ->
          text(
              "more than 1 %% of the requests take longer than %s ms a token at any rate",
              plain(levels.tpotP99Millis()));
      default -> "no rate meets the service levels: " + limit.label();
    };
  }

  /** Without zeros behind the point that say nothing. */
  private static String plain(double millis) {
    return BigDecimal.valueOf(millis).stripTrailingZeros().toPlainString();
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
