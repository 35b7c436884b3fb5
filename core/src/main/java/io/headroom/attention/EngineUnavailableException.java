package io.headroom.attention;

import org.apache.commons.lang3.exception.ExceptionUtils;

/**
 * An engine cannot run in this process, such as for want of a native library; one line says why.
 */
public final class EngineUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EngineUnavailableException(String engine, Throwable cause) {
    super("the %s engine is not available: %s".formatted(engine, reason(cause)), cause);
  }

  /** The innermost cause says most; the outer ones only tell which class failed to load. */
  private static String reason(Throwable cause) {
    Throwable innermost = ExceptionUtils.getRootCause(cause);
    return innermost.toString().strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
