package io.headroom.jobs.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelPhysics;
import io.headroom.plan.accelerator.MeasuredCall;
import io.headroom.plan.accelerator.SyntheticCalls;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Tag("second-compiler")
class CalibrateCommandTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void aProfileIsFittedAndItsErrorStated() throws IOException {
    for (KernelFamily family : KernelFamily.values()) {
      write(family, rows(family, 120));
    }
    Path profile = folder.resolve("profile.json");

    CommandRun fitted = calibrate("--out", profile.toString());
    CommandRun checked = calibrate("--profile", profile.toString(), "--check", "--json");

    assertThat(fitted.err()).doesNotContain("Exception");
    assertThat(fitted.exitStatus()).isZero();
    assertThat(fitted.out()).anyMatch(line -> line.startsWith("mla_prefill"));
    assertThat(checked.out()).hasSize(1);
    JsonNode errors = checked.json();
    for (KernelFamily family : KernelFamily.values()) {
      JsonNode error = errors.path(family.label());
      assertThat(error.path("rows").asInt()).as(family.label()).isEqualTo(120);
      assertThat(error.path("mean_absolute_percentage_error").asDouble())
          .as(family.label())
          .isLessThan(0.05);
      assertThat(error.path("p90_absolute_percentage_error").asDouble()).isPositive();
      // The band rests on two dozen rows.
      assertThat(error.path("within_band").asDouble()).as(family.label()).isBetween(0.6, 1.0);
    }
    assertThat(calibrate("--profile", profile.toString(), "--check").out().get(0))
        .contains("within band");
  }

  @Test
  void kernelsThatAProfileDoesNotKnowAreCounted() throws IOException {
    write(KernelFamily.GEMM, rows(KernelFamily.GEMM, 60));
    Path profile = folder.resolve("profile.json");
    assertThat(calibrate("--out", profile.toString()).exitStatus()).isZero();
    List<Row> others = new ArrayList<>();
    for (Row row : rows(KernelFamily.GEMM, 10)) {
      others.add(
          RowFactory.create("another", row.get(1), row.get(2), row.get(3), row.get(4), row.get(5)));
    }
    write(KernelFamily.GEMM, others);
    write(KernelFamily.MOE, rows(KernelFamily.MOE, 5));

    JsonNode errors = calibrate("--profile", profile.toString(), "--check", "--json").json();

    assertThat(errors.path("gemm").path("rows_of_unknown_kernels").asInt()).isEqualTo(10);
    assertThat(errors.path("gemm").path("rows").asInt()).isEqualTo(10);
    assertThat(mean(errors, "gemm")).isLessThan(0.2);
    assertThat(errors.path("moe").path("rows_of_unknown_kernels").asInt()).isEqualTo(5);
    assertThat(mean(errors, "moe")).as("by the data sheet alone").isLessThan(1);
    assertThat(errors.path("moe").path("within_band").asDouble()).isEqualTo(1);
    assertThat(errors.has("decode")).isFalse();
  }

  @Test
  void aProfileIsCheckedOnItsOwnAcceleratorAlone() {
    write(KernelFamily.GEMM, rows(KernelFamily.GEMM, 60));
    Path profile = folder.resolve("profile.json");
    assertThat(calibrate("--out", profile.toString()).exitStatus()).isZero();

    CommandRun run =
        CommandRun.of(
            "calibrate",
            "--measurements",
            folder.toString(),
            "--gpu",
            "l40s",
            "--profile",
            profile.toString(),
            "--check");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err())
        .anyMatch(
            line ->
                line.contains(profile + ": data_sheet.name must be that of --gpu, l40s: h100_sxm"));
  }

  /** Of head layouts that a fit has not seen. */
  @Test
  void measuredAttentionIsPredicted() throws IOException {
    for (String table : List.of("a100_sxm-generation.parquet", "a100_sxm-context.parquet")) {
      Files.copy(SharedData.require("measured/" + table), folder.resolve(table));
    }

    JsonNode groups =
        JSON.readTree(
            CommandRun.of(
                    "calibrate",
                    "--measurements",
                    folder.toString(),
                    "--gpu",
                    "a100_sxm",
                    "--kept-out",
                    "groups",
                    "--json")
                .out()
                .get(0));

    assertThat(mean(groups, "decode")).isLessThan(0.06);
    assertThat(mean(groups, "prefill")).isLessThan(0.06);
    assertThat(groups.path("decode").path("rows").asInt()).isEqualTo(4353);
  }

  @Test
  void whatIsWrongWithATableIsTold() {
    Dataset<Row> table = table(KernelFamily.GEMM, rows(KernelFamily.GEMM, 3));
    store(KernelFamily.GEMM, table.drop("k"));
    refused("h100_sxm-gemm.parquet: column k is missing");

    store(KernelFamily.GEMM, table.withColumn("latency", table.col("latency").multiply(0)));
    refused("h100_sxm-gemm.parquet: column latency must be a number above 0: {");

    store(KernelFamily.GEMM, table.withColumn("m", table.col("gemm_dtype")));
    refused("h100_sxm-gemm.parquet: column m must hold numbers: string");

    store(KernelFamily.GEMM, table.withColumn("gemm_dtype", table.col("kernel_source")));
    refused("column gemm_dtype must be one of bfloat16, ");

    store(KernelFamily.GEMM, table.filter("m < 0"));
    refused("h100_sxm-gemm.parquet: no rows");
  }

  /** The figures of whole tables are in the README; an excerpt has about the same. */
  @Test
  void attentionOfAnAcceleratorNeverSeenIsPredicted() throws IOException {
    for (String table : List.of("generation", "context")) {
      excerpt("a100_sxm-" + table, 3);
      excerpt("l40s-" + table, 20);
    }
    Path profile = folder.resolve("lent.json");
    CommandRun lent = calibrate("--from", "a100_sxm,l40s", "--out", profile.toString());
    assertThat(lent.err()).doesNotContain("Exception");
    assertThat(lent.exitStatus()).isZero();
    assertThat(lent.out())
        .anyMatch(line -> line.contains("predicted from the others"))
        .anyMatch(line -> line.startsWith("decode"));
    for (String table : List.of("generation", "context")) {
      excerpt("h100_sxm-" + table, 10);
    }

    JsonNode errors = check(profile);

    assertThat(mean(errors, "decode")).isLessThan(0.22);
    assertThat(mean(errors, "prefill")).isLessThan(0.24);
    assertThat(errors.path("decode").path("rows_of_unknown_kernels").asInt())
        .isEqualTo(errors.path("decode").path("rows").asInt());

    Path probe = folder.resolve("probe-generation.parquet");
    Files.move(folder.resolve("h100_sxm-generation.parquet"), folder.resolve("kept"));
    Files.move(folder.resolve("h100_sxm-context.parquet"), folder.resolve("kept-context"));
    SPARK
        .session()
        .read()
        .parquet(folder.resolve("kept").toString())
        .orderBy(functions.hash(functions.col("latency"), functions.col("step")))
        .limit(40)
        .coalesce(1)
        .write()
        .parquet(probe.toString());
    CommandRun probed =
        calibrate(
            "--from", "a100_sxm,l40s", "--probe", probe.toString(), "--out", profile.toString());
    assertThat(probed.exitStatus()).isZero();
    Files.move(folder.resolve("kept"), folder.resolve("h100_sxm-generation.parquet"));

    assertThat(mean(check(profile), "decode")).isLessThan(0.16);
  }

  private void excerpt(String table, int nth) {
    SPARK
        .session()
        .read()
        .parquet(SharedData.require("measured/%s.parquet".formatted(table)).toString())
        .filter(
            functions
                .pmod(
                    functions.hash(functions.col("batch_size"), functions.col("latency")),
                    functions.lit(nth))
                .equalTo(0))
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(folder.resolve(table + ".parquet").toString());
  }

  private JsonNode check(Path profile) {
    return calibrate("--profile", profile.toString(), "--check", "--json").json();
  }

  @Test
  void whatIsWrongWithBorrowingIsTold() {
    write(KernelFamily.GEMM, rows(KernelFamily.GEMM, 60));
    String out = folder.resolve("profile.json").toString();

    assertThat(calibrate("--from", "never_seen", "--out", out).err())
        .anyMatch(line -> line.contains("--from: no table of it in " + folder));
    assertThat(calibrate("--from", "l4", "--out", out).err())
        .anyMatch(line -> line.contains("--from: allowed: an accelerator that was measured"));
    assertThat(calibrate("--probe", "x-gemm.parquet", "--out", out).err())
        .anyMatch(line -> line.contains("--probe adapts what --from lends"));
    assertThat(calibrate("--from", "l40s", "--kept-out", "rows").err())
        .anyMatch(line -> line.contains("--from goes with --out"));
    String lending = "h100_sxm";
    for (String[] wrong :
        new String[][] {
          {"rows.parquet", "--probe: must end with one of [-generation.parquet"},
          {"x-gemm.parquet", "--probe: no such file"},
          {"h100_sxm-gemm.parquet", "--probe: gemm has a table or a probe already"}
        }) {
      CommandRun run =
          calibrate(
              "--from", lending, "--probe", folder.resolve(wrong[0]).toString(), "--out", out);
      assertThat(run.exitStatus()).isEqualTo(2);
      assertThat(run.err()).anyMatch(line -> line.contains(wrong[1]));
    }
  }

  @Test
  void unitsThatCannotBeRightAreTold() {
    Dataset<Row> table = table(KernelFamily.GEMM, rows(KernelFamily.GEMM, 30));
    for (double factor : new double[] {1000, 0.001}) {
      store(KernelFamily.GEMM, table.withColumn("latency", table.col("latency").multiply(factor)));
      refused("h100_sxm-gemm.parquet: column latency must be in milliseconds: half of its rows");
    }
  }

  /** Sizes in bytes are twice as many as elements of two bytes. */
  @Test
  void messagesInBytesAreTold() throws IOException {
    String name = "h100_sxm-allreduce.parquet";
    Dataset<Row> table =
        SPARK.session().read().parquet(SharedData.require("measured/" + name).toString());
    table
        .withColumn("message_size", table.col("message_size").cast("long").multiply(2))
        .write()
        .parquet(folder.resolve(name).toString());

    refused(
        "h100_sxm-allreduce.parquet: column message_size must be in elements, not bytes: it would"
            + " be");
  }

  @Test
  void whatIsWrongWithTheCommandIsTold() throws IOException {
    refused("no table of the accelerator; needed: one of [h100_sxm-generation.parquet");
    Files.writeString(folder.resolve("h100_sxm-moe.parquet"), "none");
    refused("h100_sxm-moe.parquet: no whole Parquet file");
    assertThat(calibrate("--check").err()).anyMatch(line -> line.contains("belong together"));
    assertThat(calibrate().err()).anyMatch(line -> line.contains("one is needed"));
    assertThat(calibrate("--kept-out", "half").err())
        .anyMatch(line -> line.contains("--kept-out: allowed: rows, groups, batches: half"));
    CommandRun unknown =
        CommandRun.of(
            "calibrate", "--measurements", folder.toString(), "--gpu", "h1000", "--out", "x.json");
    assertThat(unknown.exitStatus()).isEqualTo(2);
    assertThat(unknown.err()).anyMatch(line -> line.contains("--gpu: no data sheet of it; known:"));
  }

  private static double mean(JsonNode errors, String family) {
    JsonNode mean = errors.path(family).path("mean_absolute_percentage_error");
    assertThat(mean.isNumber()).as(family).isTrue();
    return mean.asDouble();
  }

  private void refused(String message) {
    CommandRun run = calibrate("--out", folder.resolve("profile.json").toString());

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).anyMatch(line -> line.contains(message));
    assertThat(folder.resolve("profile.json")).doesNotExist();
  }

  private CommandRun calibrate(String... more) {
    return CommandRun.of(
        Stream.concat(
                Stream.of("calibrate", "--measurements", folder.toString(), "--gpu", "h100_sxm"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static List<Row> rows(KernelFamily family, int count) {
    List<Row> rows = new ArrayList<>();
    for (MeasuredCall measured : SyntheticCalls.of(family, count)) {
      List<Object> values = new ArrayList<>(measured.call().texts());
      for (double number : measured.call().numbers()) {
        values.add(number);
      }
      values.add(measured.millis());
      rows.add(RowFactory.create(values.toArray()));
    }
    return rows;
  }

  private void write(KernelFamily family, List<Row> rows) {
    store(family, table(family, rows));
  }

  private void store(KernelFamily family, Dataset<Row> table) {
    table
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(folder.resolve("h100_sxm-%s.parquet".formatted(family.ending())).toString());
  }

  private static Dataset<Row> table(KernelFamily family, List<Row> rows) {
    KernelPhysics physics = family.physics();
    StructType schema = new StructType();
    for (String text : physics.texts()) {
      schema = schema.add(text, DataTypes.StringType);
    }
    for (String number : physics.numbers()) {
      schema = schema.add(number, DataTypes.DoubleType);
    }
    return SPARK.session().createDataFrame(rows, schema.add("latency", DataTypes.DoubleType));
  }
}
