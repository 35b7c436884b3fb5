package io.headroom.jobs.calibrate;

import io.headroom.UserException;
import io.headroom.jobs.settings.ProjectFolders;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelError;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelModel;
import io.headroom.plan.accelerator.Lender;
import io.headroom.plan.accelerator.LentKernels;
import io.headroom.plan.accelerator.MeasuredCall;
import io.headroom.plan.accelerator.ProfileFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/** What other accelerators lend to one: fitted to their tables, or out of their profiles. */
final class Lenders {
  /** They say most of it, and the profile of who borrows holds them as well. */
  private static final int LENT_TREES = 80;

  /** Of a table, to state the error: more would say the same. */
  private static final int MOST_CHECKED_ROWS = 4_000;

  /** An accelerator that lends, with its tables where there are some. */
  private record Known(
      Lender lender,
      SortedMap<KernelFamily, List<MeasuredCall>> tables,
      SortedMap<String, String> provenance) {
    String name() {
      return lender.sheet().name();
    }
  }

  private final DataSheet sheet;
  private final List<Known> known;
  private final SortedMap<KernelFamily, KernelError> errors = new TreeMap<>();

  private Lenders(DataSheet sheet, List<Known> known) {
    this.sheet = sheet;
    this.known = known;
    for (KernelFamily family : KernelFamily.values()) {
      double[] all =
          known.stream().map(one -> errors(family, one)).flatMapToDouble(Arrays::stream).toArray();
      if (all.length > 0) {
        errors.put(family, KernelError.of(all));
      }
    }
  }

  /**
   * @param sheet of who borrows
   * @throws UserException if one of the names has neither tables nor a profile
   */
  static Lenders of(DataSheet sheet, List<String> names, Path folder, SparkSession spark) {
    List<Known> known = new ArrayList<>();
    for (String name : names) {
      known.add(
          MeasuredTables.has(folder, name)
              ? ofTables(name, sheet, folder, spark)
              : ofProfile(name, folder));
    }
    return new Lenders(sheet, known);
  }

  private static Known ofTables(String name, DataSheet borrower, Path folder, SparkSession spark) {
    DataSheet own = MeasuredTables.sheet("--from", name);
    SortedMap<KernelFamily, List<MeasuredCall>> tables = MeasuredTables.read(folder, name, spark);
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    tables.forEach(
        (family, measured) -> {
          int trees = LentKernels.lendsTrees(family, own, borrower) ? LENT_TREES : 0;
          models.put(
              family, new KernelFit(own, trees).fit(family, measured, KernelError.NOT_KNOWN));
        });
    return new Known(new Lender(own, models), tables, MeasuredTables.provenance(folder, name));
  }

  private static Known ofProfile(String name, Path folder) {
    Path file = ProjectFolders.accelerators().resolve(name + ".json");
    if (!Files.isRegularFile(file)) {
      throw new UserException(
          "--from: no table of it in %s, and no profile %s: %s".formatted(folder, file, name));
    }
    AcceleratorProfile profile = ProfileFile.read(file);
    if (profile.models().isEmpty()) {
      throw new UserException(
          "--from: allowed: an accelerator that was measured; %s rests on its data sheet: %s"
              .formatted(file, name));
    }
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    profile
        .models()
        .forEach((family, model) -> models.put(family, model.withFirstTrees(LENT_TREES)));
    return new Known(new Lender(profile.sheet(), models), new TreeMap<>(), profile.provenance());
  }

  /** As a profile holds them: with their errors as lent, and the trees of those close to it. */
  List<Lender> lent() {
    List<Lender> lent = new ArrayList<>();
    for (Known one : known) {
      SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
      one.lender
          .models()
          .forEach(
              (family, model) -> {
                boolean trees = LentKernels.lendsTrees(family, one.lender.sheet(), sheet);
                KernelModel kept = trees ? model : model.withFirstTrees(0);
                models.put(
                    family, kept.withError(errors.getOrDefault(family, KernelError.NOT_KNOWN)));
              });
      lent.add(new Lender(one.lender.sheet(), models));
    }
    return lent;
  }

  /** Each of those with tables, predicted from the others. */
  SortedMap<KernelFamily, KernelError> errors() {
    return errors;
  }

  private double[] errors(KernelFamily family, Known predicted) {
    List<Lender> others =
        known.stream()
            .filter(one -> !one.name().equals(predicted.name()))
            .map(Known::lender)
            .toList();
    Optional<LentKernels> lent = LentKernels.of(family, predicted.lender.sheet(), others);
    List<MeasuredCall> measured = predicted.tables.getOrDefault(family, List.of());
    if (lent.isEmpty() || measured.isEmpty()) {
      return new double[0];
    }
    int stride = (measured.size() + MOST_CHECKED_ROWS - 1) / MOST_CHECKED_ROWS;
    List<Double> errors = new ArrayList<>();
    for (int i = 0; i < measured.size(); i += stride) {
      MeasuredCall row = measured.get(i);
      errors.add(Math.abs(lent.get().millis(row.call()) / row.millis() - 1));
    }
    return errors.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Where everything that is lent comes from. */
  SortedMap<String, String> provenance() {
    SortedMap<String, String> all = new TreeMap<>();
    for (Known one : known) {
      one.provenance.forEach(
          (family, from) -> all.put("%s, lent by %s".formatted(family, one.name()), from));
    }
    return all;
  }
}
