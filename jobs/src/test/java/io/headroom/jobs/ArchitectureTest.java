package io.headroom.jobs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One package a command; commands share settings, workload and the root, and nothing else. Inside a
 * sweep everything flows one way: plan, rows, folder, cost, schedule, and then the command; what
 * runs on executors knows the plan and the rows alone.
 */
class ArchitectureTest {
  private static final String JOBS = "io.headroom.jobs";
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.headroom");

  static Stream<Arguments> packages() {
    return Stream.of(
        mayUse("sweep", "settings", "workload"),
        mayUse("sweep.plan", "settings", "workload"),
        mayUse("sweep.rows", "sweep.plan"),
        mayUse("sweep.folder", "sweep.plan", "sweep.rows"),
        mayUse("sweep.cost", "sweep.plan", "sweep.rows", "sweep.folder"),
        mayUse("sweep.executor", "sweep.plan", "sweep.rows"),
        mayUse(
            "sweep.schedule",
            "sweep.plan",
            "sweep.rows",
            "sweep.folder",
            "sweep.cost",
            "sweep.executor"),
        mayUse("kv"),
        mayUse("verify"),
        mayUse("report", "sweep.rows", "sweep.folder"),
        mayUse("settings"),
        mayUse("workload"),
        mayUse("cli", "sweep", "kv", "verify", "report"));
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
    assertThatThrownBy(() -> usesOnly("sweep", "settings").check(ALL))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.jobs.workload.TraceReader");
  }

  @Test
  void aUseAgainstTheFlowOfASweepIsFound() {
    assertThatThrownBy(() -> usesOnly("sweep.cost", "sweep.plan", "sweep.rows").check(ALL))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.jobs.sweep.folder.OutputFolder");
    assertThatThrownBy(() -> usesOnly("cli", "sweep.plan", "kv", "verify").check(ALL))
        .as("a package within is not the package around it")
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.headroom.jobs.sweep.SweepCommand");
  }

  private static Arguments mayUse(String name, String... others) {
    return Arguments.of(name, others);
  }

  /** The exit statuses are the one thing of the command line that commands know. */
  private static ArchRule usesOnly(String name, String... others) {
    String[] allowed =
        Stream.concat(
                Stream.of(JOBS, JOBS + "." + name + ".."),
                Arrays.stream(others).map(other -> JOBS + "." + other + ".."))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(JOBS + "." + name + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(JOBS + "..")
                .and(resideInAnyPackage(allowed).negate())
                .and(type(ExitStatus.class).negate()))
        .as("%s uses of the jobs only %s".formatted(name, Arrays.toString(others)))
        .allowEmptyShould(true);
  }
}
