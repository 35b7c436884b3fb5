package io.headroom.jobs.verify;

import io.headroom.UserException;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.EngineUnavailableException;
import io.headroom.engines.AttentionEngines;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.TextTable;
import io.headroom.verify.TensorVerification;
import io.headroom.verify.VerificationResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headroom verify}: holds engines against outputs that were computed elsewhere. */
@Command(
    name = "verify",
    description = "Runs tensors through the engines and compares with the output in their files.",
    mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Safetensors files: query, key, value, output; or a whole attention layer.")
  private List<Path> files;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = "vector, nd4j or reference; default: all of them.")
  private String engine;

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description = "Largest relative L2 error that passes; default: by the type of the output.")
  private Double tolerance;

  @Override
  public Integer call() {
    if (tolerance != null && !(tolerance >= 0)) {
      throw new UserException(
          "--tolerance %s: must be a number of at least 0".formatted(tolerance));
    }
    List<String> engines = engine == null ? AttentionEngines.NAMES : List.of(engine);
    // Every file is read before any is run: a broken one ends the command, not half of it.
    List<TensorVerification> verifications = files.stream().map(TensorVerification::read).toList();
    List<VerificationResult> results = new ArrayList<>();
    for (String name : engines) {
      try (AttentionEngine attention = create(name)) {
        for (TensorVerification verification : verifications) {
          results.add(
              tolerance == null
                  ? verification.verify(attention)
                  : verification.verify(attention, tolerance));
        }
      }
    }
    System.out.print(table(results));
    long failed = results.stream().filter(result -> !result.passed()).count();
    System.out.printf("%d passed, %d failed%n", results.size() - failed, failed);
    return failed == 0 ? ExitStatus.DONE : ExitStatus.BAD_RESULT;
  }

  private static AttentionEngine create(String name) {
    try {
      return AttentionEngines.create(name, 1);
    } catch (EngineUnavailableException e) {
      throw new UserException(
          "--engine %s: %s; allowed: another of %s"
              .formatted(name, e.getMessage(), String.join(", ", AttentionEngines.NAMES)),
          e);
    }
  }

  private static String table(List<VerificationResult> results) {
    TextTable table =
        new TextTable(
            "file", "engine", "runs on", "max absolute error", "relative L2 error", "allowed", "");
    for (VerificationResult result : results) {
      table.add(
          result.file().getFileName().toString(),
          result.engine(),
          result.engineDetail(),
          scientific(result.maxAbsoluteError()),
          scientific(result.relativeL2Error()),
          scientific(result.tolerance()),
          result.passed() ? "pass" : "FAIL");
    }
    return table.render();
  }

  private static String scientific(double value) {
    return String.format(Locale.ROOT, "%.2e", value);
  }
}
