package io.headroom;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which package may use which; data flows one way. The root, messages and input files, is open to
 * all.
 */
class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.headroom");

  static Stream<Arguments> packages() {
    return Stream.of(
        mayUse("json"),
        mayUse("kvcache"),
        mayUse("kvcache.tiled", "kvcache"),
        mayUse("attention", "kvcache"),
        mayUse("attention.reference", "attention", "kvcache"),
        mayUse("attention.vector", "attention", "kvcache", "kvcache.tiled"),
        mayUse("attention.nd4j", "attention", "kvcache"),
        mayUse("engines", "attention", "attention.reference", "attention.vector", "attention.nd4j"),
        mayUse("layer", "attention", "kvcache"),
        mayUse("model", "attention", "kvcache"),
        mayUse("model.config", "model", "json", "layer", "tensors"),
        mayUse("model.weights", "model", "model.config", "json"),
        mayUse("tensors", "json", "kvcache"),
        mayUse(
            "verify",
            "tensors",
            "json",
            "layer",
            "model",
            "model.config",
            "attention",
            "kvcache",
            "kvcache.tiled"),
        mayUse("workload"),
        mayUse("plan.memory", "model", "model.weights", "kvcache", "json"),
        mayUse("fit"),
        mayUse("plan.accelerator", "fit", "json"),
        mayUse("plan.time", "plan.accelerator", "model", "model.weights", "kvcache", "json"),
        mayUse("plan.serving", "plan.time", "json"),
        mayUse(
            "plan.search",
            "plan.serving",
            "plan.memory",
            "plan.time",
            "plan.accelerator",
            "model",
            "model.weights",
            "kvcache",
            "json"),
        mayUse("host", "attention", "attention.vector"),
        mayUse("measure", "attention", "attention.reference", "kvcache", "host"));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void packagesUseOnlyWhatTheyMay(String name, String[] others) {
    usesOnly(name, others).check(CORE);
  }

  @Test
  void everyPackageHasItsRule() {
    assertThat(CORE.stream())
        .isNotEmpty()
        .allMatch(
            type ->
                type.getPackageName().equals("io.headroom")
                    || packages()
                        .anyMatch(
                            rule -> type.getPackageName().equals("io.headroom." + rule.get()[0])));
  }

  @Test
  void aForbiddenUseIsFound() {
    assertThatThrownBy(() -> usesOnly("attention").check(CORE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.kvcache.KvCache");
  }

  @Test
  void aPackageWithinIsNotThePackageAroundIt() {
    assertThatThrownBy(() -> usesOnly("attention.vector", "attention", "kvcache").check(CORE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.kvcache.tiled.TiledKvCache");
  }

  @Test
  void theRootPackageUsesNothing() {
    noClasses()
        .that()
        .resideInAPackage("io.headroom")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.headroom.*..")
        .check(CORE);
  }

  @Test
  void coreKnowsNothingOfSpark() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
        .check(CORE);
  }

  @Test
  void onlyItsEngineKnowsNd4j() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.headroom.attention.nd4j..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.bytedeco..", "com.sun.jna..")
        .check(CORE);
  }

  private static Arguments mayUse(String name, String... others) {
    return Arguments.of(name, others);
  }

  /** A package within is another one: to use it, it must be named. */
  private static ArchRule usesOnly(String name, String... others) {
    String own = "io.headroom." + name;
    String[] allowed =
        Stream.concat(
                Stream.of("io.headroom", own),
                Arrays.stream(others).map(other -> "io.headroom." + other))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(own)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.headroom..").and(resideInAnyPackage(allowed).negate()))
        .as("%s uses of the project only %s".formatted(name, Arrays.toString(others)));
  }
}
