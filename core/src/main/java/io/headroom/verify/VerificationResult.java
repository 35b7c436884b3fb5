package io.headroom.verify;

import java.nio.file.Path;

/**
 * How far an engine's output is from what a file expects.
 *
 * @param engine its name
 * @param engineDetail what runs underneath
 * @param maxAbsoluteError the largest difference of two numbers; NaN if the engine gave NaN
 * @param relativeL2Error the norm of all differences over the norm of the expected output; NaN if
 *     the engine gave NaN, infinite if zeros were expected and not given
 * @param tolerance the largest relative L2 error that passes
 */
public record VerificationResult(
    Path file,
    String engine,
    String engineDetail,
    double maxAbsoluteError,
    double relativeL2Error,
    double tolerance) {

  /** Whether the relative L2 error is within the tolerance; NaN is not. */
  public boolean passed() {
    return relativeL2Error <= tolerance;
  }
}
