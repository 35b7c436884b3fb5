package io.headroom.jobs.calibrate;

import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.LocalAddress;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.results.WholeFile;
import io.headroom.jobs.spark.SparkLease;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelError;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelModel;
import io.headroom.plan.accelerator.MeasuredCall;
import io.headroom.plan.accelerator.ProfileFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code headroom calibrate}: the times of an accelerator's kernels from measured tables. */
@Command(
    name = "calibrate",
    description = "Fits the profile of an accelerator to measured times of its kernels.",
    mixinStandardHelpOptions = true)
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec specification;

  @Option(
      names = "--measurements",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the tables NAME-generation.parquet, NAME-context.parquet...")
  private String measurements;

  @Option(
      names = "--gpu",
      paramLabel = "NAME",
      required = true,
      description = "The accelerator, such as h100_sxm; how the names of its tables begin.")
  private String accelerator;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The profile; replaced where it exists.")
  private String out;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "With --check: the profile whose error is asked for.")
  private String profile;

  @Option(
      names = "--check",
      description = "States the error of --profile on the tables, and fits nothing.")
  private boolean check;

  @Option(
      names = "--kept-out",
      paramLabel = "SPLIT",
      description =
          "States the error on what was kept from fits, a fifth at a time, and writes nothing: rows,"
              + " groups (whole query heads, KV heads and head dims of attention) or batches (whole"
              + " batch sizes of attention).")
  private String keptOut;

  @Option(
      names = "--json",
      description = "With --check or --kept-out: one JSON object on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    requireOneOf();
    Path folder = LocalAddress.path("--measurements", measurements);
    if (check) {
      AcceleratorProfile checked = profileOfAccelerator();
      onTables(folder, tables -> print(ProfileCheck.of(checked, tables)));
      return ExitStatus.DONE;
    }
    DataSheet sheet = sheet();
    KernelFit kernels = new KernelFit(sheet);
    if (keptOut != null) {
      RowSplit split = RowSplit.named(keptOut);
      onTables(folder, tables -> print(keptOut(kernels, tables, split)));
      return ExitStatus.DONE;
    }
    WholeFile file = WholeFile.at(LocalAddress.path("--out", out));
    onTables(folder, tables -> file.write(profile(sheet, kernels, folder, tables)));
    return ExitStatus.DONE;
  }

  private void requireOneOf() {
    if (check != (profile != null)) {
      throw wrong("--check and --profile belong together");
    }
    if ((check ? 1 : 0) + (keptOut == null ? 0 : 1) + (out == null ? 0 : 1) != 1) {
      throw wrong("one is needed: --out FILE, --profile FILE --check, or --kept-out SPLIT");
    }
    if (json && out != null) {
      throw wrong("--json goes with --check or --kept-out");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(specification.commandLine(), message);
  }

  private AcceleratorProfile profileOfAccelerator() {
    AcceleratorProfile read = ProfileFile.read(LocalAddress.path("--profile", profile));
    if (!read.sheet().name().equals(accelerator)) {
      throw new UserException(
          "%s: data_sheet.name must be that of --gpu, %s: %s"
              .formatted(profile, accelerator, read.sheet().name()));
    }
    return read;
  }

  private DataSheet sheet() {
    return DataSheet.named(accelerator)
        .orElseThrow(
            () ->
                new UserException(
                    "--gpu: no data sheet of it; known: %s: %s"
                        .formatted(
                            String.join(
                                ", ", DataSheet.known().stream().map(DataSheet::name).toList()),
                            accelerator)));
  }

  private void onTables(Path folder, Consumer<SortedMap<KernelFamily, List<MeasuredCall>>> then) {
    try (SparkLease lease = new SparkLease("headroom calibrate")) {
      then.accept(MeasuredTables.read(folder, accelerator, lease.analysing()));
    }
  }

  private void print(ProfileCheck errors) {
    System.out.print(json ? errors.json() : errors.table());
  }

  private static ProfileCheck keptOut(
      KernelFit kernels, SortedMap<KernelFamily, List<MeasuredCall>> tables, RowSplit split) {
    SortedMap<KernelFamily, KernelError> errors = new TreeMap<>();
    tables.forEach(
        (family, measured) -> {
          if (split.fits(family)) {
            kernels
                .keptOut(family, measured, split, RowSplit.FOLDS)
                .ifPresent(error -> errors.put(family, error));
          }
        });
    return new ProfileCheck(errors, new TreeMap<>());
  }

  /** The text of the profile; its errors are printed. */
  private String profile(
      DataSheet sheet,
      KernelFit kernels,
      Path folder,
      SortedMap<KernelFamily, List<MeasuredCall>> tables) {
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    SortedMap<KernelFamily, KernelError> errors = new TreeMap<>();
    tables.forEach(
        (family, measured) -> {
          KernelError error =
              kernels.keptOut(family, measured, RowSplit.ROWS, 1).orElse(KernelError.NOT_KNOWN);
          errors.put(family, error);
          models.put(family, kernels.fit(family, measured, error));
          System.err.printf(
              "%s: fitted to %s rows%n", family.label(), Units.count(measured.size()));
        });
    String text =
        ProfileFile.text(
            new AcceleratorProfile(sheet, MeasuredTables.provenance(folder, accelerator), models));
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > ProfileFile.MOST_BYTES) {
      throw new IllegalStateException("a profile has more bytes than may be read: " + bytes);
    }
    System.out.printf("%s, errors on a fifth of the rows that was kept out:%n", out);
    System.out.print(new ProfileCheck(errors, new TreeMap<>()).table());
    return text;
  }
}
