package io.headroom.jobs.plan;

import io.headroom.jobs.cli.Units;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.IdealKernels;
import io.headroom.plan.accelerator.KernelModel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a plan takes for granted of an accelerator that is a host: a sweep measures attention alone,
 * and everything else is an estimate.
 */
final class HostAssumptions {
  private static final double GIGA = 1e9;

  private HostAssumptions() {}

  /**
   * Of those profiles that are hosts, by name.
   *
   * @param profiles by name
   */
  static Map<String, List<String>> of(Map<String, AcceleratorProfile> profiles) {
    Map<String, List<String>> assumed = new TreeMap<>();
    profiles.forEach(
        (name, profile) -> {
          if (profile.sheet().host()) {
            assumed.put(name, lines(profile));
          }
        });
    return assumed;
  }

  private static List<String> lines(AcceleratorProfile profile) {
    DataSheet sheet = profile.sheet();
    return List.of(
        "one is %d thread%s of a host with all its memory, %s"
            .formatted(
                sheet.processors(),
                sheet.processors() == 1 ? "" : "s",
                Units.bytes(sheet.memoryBytes())),
        "measured: attention (%s); other shapes are extrapolated".formatted(measured(profile)),
        "not measured: products of matrices, taken as %s times what %s GB/s and %s GFLOP/s allow and right to a factor of %s"
            .formatted(
                Units.threeDigits(IdealKernels.OF_IDEAL),
                Units.threeDigits(sheet.bandwidthBytesPerSecond() / GIGA),
                Units.threeDigits(sheet.bf16FlopsPerSecond() / GIGA),
                Units.threeDigits(1 + IdealKernels.relativeError(sheet))),
        "not measured: the engine, whose own costs and memory are those on GPUs",
        "from " + sheet.source());
  }

  private static String measured(AcceleratorProfile profile) {
    return profile.models().values().stream()
        .map(HostAssumptions::measured)
        .collect(Collectors.joining(", "));
  }

  private static String measured(KernelModel model) {
    return model.error().rows() == 0
        ? "%s, error not known".formatted(model.family().label())
        : "%s, nine of ten rows that were kept out within %s %%"
            .formatted(model.family().label(), Units.threeDigits(100 * model.error().p90()));
  }
}
