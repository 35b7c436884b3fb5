package io.headroom.measure;

import java.math.BigDecimal;
import java.time.Duration;

/** Work was not done within its {@link TimeLimit} and was ended. */
public final class TimeLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TimeLimitException(Duration limit, Throwable cause) {
    super("not done within " + seconds(limit) + " s", cause);
  }

  private static String seconds(Duration limit) {
    return BigDecimal.valueOf(limit.toNanos(), 9).stripTrailingZeros().toPlainString();
  }
}
