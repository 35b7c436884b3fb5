package io.headroom.plan.search;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The lengths of many requests, as far as a closed form needs them: exact means, and some points of
 * each distribution, closest where the longest prompts and the shortest outputs are, for these are
 * the ones that miss a service level.
 *
 * @param inputTokens mean
 * @param decodeSteps mean of the output tokens after the first
 * @param keptTokens positions that a decoding sequence has, on average over time
 * @param keptVariation squared coefficient of variation of the same over sequences and time
 * @param leftTokens output tokens that a decoding sequence still has to come, on average over time
 * @param inputVariation squared coefficient of variation of the input tokens
 * @param prompts lengths of prompts
 * @param outputs decode steps of those requests that have any
 * @param totals input and output tokens of requests
 * @param severalTokens the part of the requests that have more than one output token
 * @param longestTokens of the longest request, input and output
 */
public record RequestMix(
    double inputTokens,
    double decodeSteps,
    double keptTokens,
    double keptVariation,
    double leftTokens,
    double inputVariation,
    Points prompts,
    Points outputs,
    Points totals,
    double severalTokens,
    int longestTokens)
    implements Serializable {
  private static final double[] PROMPT_CUTS = {
    0, 0.2, 0.4, 0.6, 0.75, 0.87, 0.94, 0.97, 0.985, 0.992, 0.997, 1
  };
  private static final double[] OUTPUT_CUTS = {
    0, 0.004, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.55, 0.8, 1
  };

  /**
   * Some points of a distribution.
   *
   * @param weights sum up to 1
   */
  public record Points(double[] values, double[] weights) implements Serializable {

    /** The means of the parts of sorted values between cuts. */
    private static Points of(double[] sorted, double[] cuts) {
      double[] values = new double[cuts.length - 1];
      double[] weights = new double[cuts.length - 1];
      int count = 0;
      int from = 0;
      for (int i = 1; i < cuts.length; i++) {
        int to = (int) Math.round(cuts[i] * sorted.length);
        if (to > from) {
          values[count] = mean(sorted, from, to);
          weights[count] = (double) (to - from) / sorted.length;
          count++;
          from = to;
        }
      }
      return new Points(Arrays.copyOf(values, count), Arrays.copyOf(weights, count));
    }

    public int count() {
      return values.length;
    }

    double largest() {
      return values.length == 0 ? 0 : values[values.length - 1];
    }
  }

  /**
   * @param inputTokens of each request, at least 1
   * @param outputTokens of each request, at least 1
   * @throws IllegalArgumentException if there are none, or they differ in number
   */
  public static RequestMix of(int[] inputTokens, int[] outputTokens) {
    int count = inputTokens.length;
    if (count == 0 || outputTokens.length != count) {
      throw new IllegalArgumentException(
          "as many inputs as outputs are needed, at least one: %d, %d"
              .formatted(count, outputTokens.length));
    }
    double[] inputs = new double[count];
    double[] steps = new double[count];
    double[] totals = new double[count];
    int several = 0;
    int longest = 0;
    double kept = 0;
    double keptSquares = 0;
    double left = 0;
    double stepSum = 0;
    for (int i = 0; i < count; i++) {
      inputs[i] = inputTokens[i];
      double decode = outputTokens[i] - 1.0;
      if (decode > 0) {
        steps[several++] = decode;
      }
      stepSum += decode;
      double half = inputTokens[i] + decode / 2;
      kept += decode * half;
      keptSquares += decode * (half * half + decode * decode / 12);
      left += decode * decode / 2;
      totals[i] = inputTokens[i] + outputTokens[i];
      longest = Math.max(longest, inputTokens[i] + outputTokens[i]);
    }
    Arrays.sort(inputs);
    double[] outputs = Arrays.copyOf(steps, several);
    Arrays.sort(outputs);
    Arrays.sort(totals);
    double meanInput = mean(inputs, 0, count);
    double meanKept = stepSum > 0 ? kept / stepSum : meanInput;
    double keptVariation = stepSum > 0 ? keptSquares / stepSum / (meanKept * meanKept) - 1 : 0;
    return new RequestMix(
        meanInput,
        stepSum / count,
        meanKept,
        Math.max(0, keptVariation),
        stepSum > 0 ? left / stepSum : 0,
        squareMean(inputs) / (meanInput * meanInput) - 1,
        Points.of(inputs, PROMPT_CUTS),
        Points.of(outputs, OUTPUT_CUTS),
        Points.of(totals, PROMPT_CUTS),
        (double) several / count,
        longest);
  }

  private static double mean(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum / (to - from);
  }

  private static double squareMean(double[] values) {
    return Arrays.stream(values).map(value -> value * value).sum() / values.length;
  }

  /** The same requests where nothing decodes: what a pool has to do that runs prompts alone. */
  RequestMix promptsAlone() {
    Points none = new Points(new double[0], new double[0]);
    return new RequestMix(
        inputTokens,
        0,
        inputTokens,
        inputVariation,
        0,
        inputVariation,
        prompts,
        none,
        totals,
        0,
        longestTokens);
  }

  /** The part of the requests that have more tokens than so many, as far as points tell. */
  double partAbove(double tokens) {
    if (tokens >= longestTokens) {
      return 0;
    }
    double part = 0;
    for (int i = 0; i < totals.count(); i++) {
      part += totals.values()[i] > tokens ? totals.weights()[i] : 0;
    }
    return part;
  }

  /** Output tokens of a request, the first included. */
  public double outputTokens() {
    return decodeSteps + 1;
  }
}
