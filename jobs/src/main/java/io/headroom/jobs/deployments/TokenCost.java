package io.headroom.jobs.deployments;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Column;

/** What tokens cost, from what all accelerators cost and the rate that is asked for. */
public final class TokenCost {
  private static final double SECONDS_PER_HOUR = 3600;
  private static final double MILLION = 1e6;

  private TokenCost() {}

  /** US dollars for a million tokens. */
  public static double usdPerMillion(double usdPerHour, double tokensPerSecond) {
    return usdPerHour / (tokensPerSecond * SECONDS_PER_HOUR) * MILLION;
  }

  /** The same of output tokens, in rows that say what is asked for; null without a price. */
  public static Column usdPerMillionOutput(Column usdPerHour) {
    Column tokensPerSecond = col("requests_per_second").multiply(col("output_tokens_mean"));
    return usdPerHour.divide(tokensPerSecond.multiply(SECONDS_PER_HOUR)).multiply(MILLION);
  }
}
