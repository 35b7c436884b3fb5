package io.headroom.jobs.calibrate;

import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.LocalAddress;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.results.WholeFile;
import io.headroom.jobs.spark.SparkLease;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.Adaptation;
import io.headroom.plan.accelerator.AdaptationFit;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelError;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelModel;
import io.headroom.plan.accelerator.Lender;
import io.headroom.plan.accelerator.MeasuredCall;
import io.headroom.plan.accelerator.ProfileFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
      description =
          "The folder of the tables NAME-generation.parquet, NAME-context.parquet..., or of a"
              + " sweep's results.")
  private String measurements;

  @Option(
      names = "--gpu",
      paramLabel = "NAME",
      required = true,
      description =
          "The accelerator, such as h100_sxm; how the names of its tables begin. Any other name for"
              + " the host of a sweep.")
  private String accelerator;

  @Option(
      names = "--from",
      paramLabel = "NAME",
      split = ",",
      description =
          "Accelerators that lend what they know to one without tables of its own, or to kernels"
              + " that its tables lack: by their tables in DIR, or else their profiles in"
              + " conf/accelerators.")
  private List<String> from = List.of();

  @Option(
      names = "--probe",
      paramLabel = "FILE",
      description =
          "With --from: a few measured rows, to which what is lent is adapted; the kind is the end"
              + " of the name, such as -generation.parquet. May be repeated.")
  private List<String> probes = List.of();

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
    Measurements.requireName(folder, accelerator, from);
    if (check) {
      AcceleratorProfile checked = profileOfAccelerator();
      onMeasurements(folder, measured -> print(ProfileCheck.of(checked, measured.tables())));
      return ExitStatus.DONE;
    }
    if (keptOut != null) {
      RowSplit split = RowSplit.named(keptOut);
      onMeasurements(folder, measured -> print(keptOut(measured, split)));
      return ExitStatus.DONE;
    }
    WholeFile file = WholeFile.at(LocalAddress.path("--out", out));
    try (SparkLease lease = new SparkLease("headroom calibrate")) {
      file.write(profile(folder, lease));
    }
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
    if (out == null && !from.isEmpty()) {
      throw wrong("--from goes with --out");
    }
    if (from.isEmpty() && !probes.isEmpty()) {
      throw wrong("--probe adapts what --from lends");
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

  private void onMeasurements(Path folder, Consumer<Measurements> then) {
    try (SparkLease lease = new SparkLease("headroom calibrate")) {
      then.accept(Measurements.read(folder, accelerator, lease.analysing()));
    }
  }

  private void print(ProfileCheck errors) {
    System.out.print(json ? errors.json() : errors.table());
  }

  private static ProfileCheck keptOut(Measurements measurements, RowSplit split) {
    KernelFit kernels = new KernelFit(measurements.sheet());
    SortedMap<KernelFamily, KernelError> errors = new TreeMap<>();
    measurements
        .tables()
        .forEach(
            (family, measured) -> {
              if (split.fits(family)) {
                kernels
                    .keptOut(family, measured, split, RowSplit.FOLDS)
                    .ifPresent(error -> errors.put(family, error));
              }
            });
    return ProfileCheck.ofKept(errors, measurements.tables());
  }

  /**
   * The text of the profile; its errors are printed. No method here has Spark's classes in its
   * signature: all commands' methods are listed where none of them is there.
   */
  private String profile(Path folder, SparkLease lease) {
    boolean isMeasured = from.isEmpty() || MeasuredTables.has(folder, accelerator);
    Measurements measurements =
        isMeasured
            ? Measurements.read(folder, accelerator, lease.analysing())
            : Measurements.none(MeasuredTables.sheet("--gpu", accelerator));
    DataSheet sheet = measurements.sheet();
    KernelFit kernels = new KernelFit(sheet);
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    SortedMap<KernelFamily, KernelError> errors = new TreeMap<>();
    measurements
        .tables()
        .forEach(
            (family, measured) -> {
              KernelError error =
                  kernels.keptOut(family, measured, RowSplit.ROWS, 1).orElse(KernelError.NOT_KNOWN);
              errors.put(family, error);
              models.put(family, kernels.fit(family, measured, error));
              System.err.printf(
                  "%s: fitted to %s rows%n", family.label(), Units.count(measured.size()));
            });
    SortedMap<String, String> provenance = new TreeMap<>(measurements.provenance());
    Lenders lenders = Lenders.of(sheet, from, folder, lease.analysing());
    provenance.putAll(lenders.provenance());
    List<Lender> lent = lenders.lent();
    AcceleratorProfile profile =
        new AcceleratorProfile(
            sheet, provenance, models, lent, adaptations(sheet, models.keySet(), lent, lease));
    String text = ProfileFile.text(profile);
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > ProfileFile.MOST_BYTES) {
      throw new IllegalStateException("a profile has more bytes than may be read: " + bytes);
    }
    if (isMeasured) {
      System.out.printf("%s, errors on a fifth of the rows that was kept out:%n", out);
      System.out.print(ProfileCheck.ofKept(errors, measurements.tables()).table());
    }
    if (!from.isEmpty()) {
      System.out.printf(
          "%s, errors of what is lent, each of those with tables predicted from the others:%n",
          out);
      System.out.print(ProfileCheck.ofErrors(lenders.errors()).table());
    }
    if (!profile.adaptations().isEmpty()) {
      System.out.printf("%s, errors on a fifth of the probes at a time, kept out:%n", out);
      SortedMap<KernelFamily, KernelError> adapted = new TreeMap<>();
      profile.adaptations().forEach((family, one) -> adapted.put(family, one.error()));
      System.out.print(ProfileCheck.ofErrors(adapted).table());
    }
    return text;
  }

  private SortedMap<KernelFamily, Adaptation> adaptations(
      DataSheet sheet, Set<KernelFamily> measured, List<Lender> lent, SparkLease lease) {
    SortedMap<KernelFamily, Adaptation> adaptations = new TreeMap<>();
    for (String probe : probes) {
      Map.Entry<KernelFamily, List<MeasuredCall>> rows =
          MeasuredTables.probe(LocalAddress.path("--probe", probe), sheet, lease.analysing());
      KernelFamily family = rows.getKey();
      if (measured.contains(family) || adaptations.containsKey(family)) {
        throw new UserException(
            "--probe: %s has a table or a probe already: %s".formatted(family.label(), probe));
      }
      if (lent.stream().noneMatch(lender -> lender.models().containsKey(family))) {
        throw new UserException(
            "--probe: none of --from lends %s: %s".formatted(family.label(), probe));
      }
      adaptations.put(family, AdaptationFit.fit(family, sheet, lent, rows.getValue()));
    }
    return adaptations;
  }
}
