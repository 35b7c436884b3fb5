package io.headroom.jobs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.headroom.UserException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One package a command; commands share the packages beside them, and never know each other. Inside
 * a sweep everything flows one way: settings, cells, rows, folder, cost, schedule, and then the
 * command; what runs on executors knows cells and rows alone.
 */
class ArchitectureTest {
  private static final String JOBS = "io.headroom.jobs";
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.headroom");

  static Stream<Arguments> packages() {
    return Stream.of(
        mayUse("cli"),
        mayUse("settings"),
        mayUse("spark"),
        mayUse("results", "spark"),
        mayUse("measurements"),
        mayUse("deployments"),
        mayUse("traces", "spark"),
        mayUse("workload", "traces", "settings"),
        mayUse("sweep.settings", "settings", "workload"),
        mayUse("sweep.cells", "sweep.settings", "settings", "workload"),
        mayUse(
            "sweep.rows",
            "sweep.cells",
            "sweep.settings",
            "settings",
            "workload",
            "measurements",
            "cli"),
        mayUse("sweep.folder", "sweep.rows", "sweep.cells", "workload", "measurements", "results"),
        mayUse("sweep.executor", "sweep.cells", "sweep.rows", "workload", "measurements", "cli"),
        mayUse(
            "sweep.cost",
            "sweep.cells",
            "sweep.rows",
            "workload",
            "measurements",
            "results",
            "cli"),
        mayUse(
            "sweep.schedule",
            "sweep.cells",
            "sweep.rows",
            "sweep.cost",
            "sweep.executor",
            "workload",
            "spark",
            "cli"),
        mayUse(
            "sweep",
            "sweep.settings",
            "sweep.cells",
            "sweep.rows",
            "sweep.folder",
            "sweep.cost",
            "sweep.schedule",
            "workload",
            "measurements",
            "results",
            "settings",
            "spark",
            "cli"),
        mayUse("report", "measurements", "deployments", "results", "spark", "cli"),
        mayUse("calibrate", "measurements", "settings", "results", "spark", "cli"),
        mayUse("kv", "settings", "cli"),
        mayUse("plan.check", "settings", "cli", "results"),
        mayUse("plan.settings", "settings", "workload"),
        mayUse("plan.requests", "plan.settings", "traces", "workload"),
        mayUse("plan.search", "spark"),
        mayUse("plan.rows", "plan.search", "plan.requests", "deployments", "spark"),
        mayUse("plan.folder", "plan.rows", "deployments", "results"),
        mayUse(
            "plan",
            "plan.check",
            "plan.settings",
            "plan.requests",
            "plan.prices",
            "plan.search",
            "plan.rows",
            "plan.folder",
            "plan.demand",
            "deployments",
            "traces",
            "results",
            "settings",
            "spark",
            "cli"),
        mayUse("plan.demand", "traces", "spark", "cli"),
        mayUse("plan.prices", "settings"),
        mayUse("verify", "cli"));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void packagesUseOnlyWhatTheyMay(String name, String[] others) {
    usesOnly(name, others).check(ALL);
  }

  @Test
  void everyPackageHasItsRule() {
    assertThat(ALL.stream().filter(type -> type.getPackageName().startsWith(JOBS)))
        .isNotEmpty()
        .allMatch(
            type ->
                type.getPackageName().equals(JOBS)
                    || packages()
                        .anyMatch(
                            rule -> type.getPackageName().equals(JOBS + "." + rule.get()[0])));
  }

  @Test
  void coreKnowsNothingOfJobs() {
    assertThat(ALL.contain(UserException.class)).as("core is looked at").isTrue();
    noClasses()
        .that()
        .resideOutsideOfPackage(JOBS + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(JOBS + "..")
        .check(ALL);
  }

  /** Whoever starts Spark says so: the commands kv and verify run without it. */
  @Test
  void commandsWithoutSparkDoNotKnowIt() {
    noClasses()
        .that()
        .resideInAnyPackage(JOBS + ".kv..", JOBS + ".verify..", JOBS + ".settings..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
        .check(ALL);
  }

  @Test
  void aForbiddenUseIsFound() {
    assertThatThrownBy(() -> usesOnly("workload", "settings").check(ALL))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.jobs.traces.TraceReader");
  }

  @Test
  void aUseAgainstTheFlowOfASweepIsFound() {
    assertThatThrownBy(() -> usesOnly("sweep.cost", "sweep.cells", "workload").check(ALL))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.jobs.sweep.rows.");
    assertThatThrownBy(() -> usesOnly("sweep.schedule", "sweep").check(ALL))
        .as("a package within is not the package around it")
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.jobs.sweep.cells.");
  }

  private static Arguments mayUse(String name, String... others) {
    return Arguments.of(name, others);
  }

  /** A package within is another one: to use it, it must be named. */
  private static ArchRule usesOnly(String name, String... others) {
    String own = JOBS + "." + name;
    String[] allowed =
        Stream.concat(Stream.of(own), Arrays.stream(others).map(other -> JOBS + "." + other))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(own)
        .should()
        .dependOnClassesThat(
            resideInAPackage(JOBS + "..").and(resideInAnyPackage(allowed).negate()))
        .as("%s uses of the jobs only %s".formatted(name, Arrays.toString(others)));
  }
}
