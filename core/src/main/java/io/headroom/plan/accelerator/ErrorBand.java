package io.headroom.plan.accelerator;

/**
 * How much wider the error of a prediction is than that of its model. Measured on the tables of the
 * A100, H100 and L40S, about 9,000 rows of each, as the part of the times that are within the band.
 *
 * <ul>
 *   <li>Of a fifth of the rows that was kept out 88 to 92 % are, in every family.
 *   <li>Of rows beyond the measured ones, where of every size the largest two values (or a tenth of
 *       them) were kept out, {@link #perOctave} was set so that nine of ten are: 90 % of decode,
 *       prefill, experts, GEMM and latent decode, 92 % of latent prefill, 97 % of messages.
 *   <li>Of kernels that were kept out, each predicted by the one most like it of the same
 *       accelerator, {@link #ofAnotherKernel} was set in the same way. Products of another type are
 *       not covered: they have their own launches, and half of them are 1.5 times off.
 *   <li>Between measured sizes the band is that of rows, and a little too narrow: of whole batch
 *       sizes kept out 78 % of decode and 90 % of prefill are within it, of whole groups of heads
 *       81 and 80 %.
 * </ul>
 */
final class ErrorBand {
  private static final double WHERE_NOT_KNOWN = 0.5;

  private ErrorBand() {}

  /**
   * @param octaves from the shapes that were measured
   * @param isSame whether the error is of this kernel, or of as unlike ones
   */
  static double of(KernelFamily family, KernelError known, double octaves, boolean isSame) {
    return (known.rows() > 0 ? known.p90() : WHERE_NOT_KNOWN)
        + octaves * perOctave(family)
        + (isSame ? 0 : ofAnotherKernel(family));
  }

  private static double perOctave(KernelFamily family) {
    return switch (family) {
      case MOE -> 0.37;
      case DECODE, MLA_DECODE -> 0.25;
      case GEMM -> 0.12;
      case PREFILL, MLA_PREFILL -> 0.09;
      case ALLREDUCE, NCCL -> 0.03;
    };
  }

  /** Another number of accelerators, or launches one by one, make other messages of them. */
  private static double ofAnotherKernel(KernelFamily family) {
    return switch (family) {
      case MOE -> 0.25;
      case MLA_PREFILL -> 0.5;
      case PREFILL, MLA_DECODE -> 0.6;
      case GEMM -> 2.2;
      case DECODE -> 2.8;
      case NCCL -> 3.8;
      case ALLREDUCE -> 5.4;
    };
  }
}
