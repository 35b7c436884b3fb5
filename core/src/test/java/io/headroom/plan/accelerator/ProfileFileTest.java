package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.fit.GradientBoosting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileFileTest {
  @TempDir Path folder;

  @Test
  void isReadAsItWasWritten() throws IOException {
    AcceleratorProfile written = profile();
    String text = ProfileFile.text(written);

    AcceleratorProfile read = ProfileFile.read(file(text));

    assertThat(read.sheet()).isEqualTo(written.sheet());
    assertThat(read.provenance()).containsEntry("decode", "made up");
    assertThat(ProfileFile.text(read)).isEqualTo(text);
    KernelModel before = written.model(KernelFamily.DECODE).orElseThrow();
    KernelModel after = read.model(KernelFamily.DECODE).orElseThrow();
    assertThat(after.error()).isEqualTo(before.error());
    for (MeasuredCall measured : SyntheticCalls.of(KernelFamily.DECODE, 100)) {
      assertThat(after.millis(measured.call(), read.sheet()))
          .isCloseTo(
              before.millis(measured.call(), written.sheet()), within(1e-3 * measured.millis()));
    }
    assertThat(read.model(KernelFamily.MOE)).isEmpty();
  }

  /** Of tables so small that no row was kept out. */
  @Test
  void anErrorThatIsNotKnownIsReadAsSuch() throws IOException {
    AcceleratorProfile profile = profile();
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    profile
        .models()
        .forEach(
            (family, model) ->
                models.put(
                    family,
                    new KernelModel(
                        family, model.variants(), model.residual(), KernelError.NOT_KNOWN)));
    AcceleratorProfile unknown =
        new AcceleratorProfile(profile.sheet(), profile.provenance(), models);

    AcceleratorProfile read = ProfileFile.read(file(ProfileFile.text(unknown)));

    assertThat(read.model(KernelFamily.DECODE).orElseThrow().error())
        .isEqualTo(KernelError.NOT_KNOWN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "format":2         | "format":1         | format must be 2, calibrate again: 1
          "format":2         | "version":2        | format is missing; no profile of an accelerator
          "families":{"decode"    | "families":{"dekode"    | families.dekode is no family of kernels
          "kv_heads"         | "heads"            | families.decode.features must be
          "merge"            | "join"             | families.decode.terms must be
          "processors":132   | "processors":0     | data_sheet.processors must be an integer from 1
          "l2_bytes":5.0E7   | "l2":5.0E7         | data_sheet.l2_bytes is missing
          "trees":[[         | "trees":[[7,       | families.decode.a split names no feature or threshold: 7
          """)
  void whatIsWrongIsTold(String right, String wrong, String message) throws IOException {
    String text = ProfileFile.text(profile());
    assertThat(text).contains(right);
    Path file = file(text.replace(right, wrong));

    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> ProfileFile.read(file))
        .withMessageContaining(message)
        .withMessageStartingWith(file.toString());
  }

  @Test
  void whatOthersLendIsReadAsItWasWritten() throws IOException {
    KernelFamily family = KernelFamily.PREFILL;
    DataSheet a100 = DataSheet.named("a100_sxm").orElseThrow();
    List<MeasuredCall> measured = SyntheticCalls.of(family, 100);
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    models.put(family, KernelModel.ofPhysics(family, PhysicsFit.variants(family, a100, measured)));
    List<Lender> lenders = List.of(new Lender(a100, models));
    SortedMap<KernelFamily, Adaptation> adaptations = new TreeMap<>();
    adaptations.put(
        family, AdaptationFit.fit(family, KernelFamilyTest.H100, lenders, measured.subList(0, 30)));
    AcceleratorProfile written =
        new AcceleratorProfile(
            KernelFamilyTest.H100, new TreeMap<>(), new TreeMap<>(), lenders, adaptations);

    AcceleratorProfile read = ProfileFile.read(file(ProfileFile.text(written)));

    assertThat(ProfileFile.text(read)).isEqualTo(ProfileFile.text(written));
    for (MeasuredCall row : measured) {
      KernelTime before = written.time(family, row.call());
      KernelTime after = read.time(family, row.call());
      assertThat(after.basis()).isEqualTo(TimeBasis.DATA_SHEET);
      assertThat(after.millis()).isCloseTo(before.millis(), within(1e-3 * before.millis()));
      assertThat(after.relativeError()).isCloseTo(before.relativeError(), within(1e-5));
    }
  }

  @Test
  void whatIsNoProfileIsTold() throws IOException {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> ProfileFile.read(file("{}")))
        .withMessageEndingWith("format is missing; no profile of an accelerator");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> ProfileFile.read(file("no JSON")))
        .withMessageContaining("is not valid JSON");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("profile.json"), text);
  }

  private static AcceleratorProfile profile() {
    KernelFamily family = KernelFamily.DECODE;
    DataSheet sheet = KernelFamilyTest.H100;
    List<MeasuredCall> measured = SyntheticCalls.of(family, 100);
    SortedMap<String, KernelVariant> variants = PhysicsFit.variants(family, sheet, measured);
    KernelModel physics = KernelModel.ofPhysics(family, variants);
    List<double[]> features =
        measured.stream()
            .map(
                row ->
                    physics.features(row.call(), sheet, physics.physicsMillis(row.call(), sheet)))
            .toList();
    double[] labels = measured.stream().mapToDouble(row -> row.call().numbers()[3] / 128).toArray();
    KernelModel model =
        new KernelModel(
            family,
            variants,
            GradientBoosting.fit(
                features,
                labels,
                new GradientBoosting.Effort(3, 4, 2, 0.5, 0, GradientBoosting.Refit.NONE)),
            new KernelError(100, 0.03, 0.08));
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    models.put(family, model);
    SortedMap<String, String> provenance = new TreeMap<>();
    provenance.put("decode", "made up");
    return new AcceleratorProfile(sheet, provenance, models);
  }
}
