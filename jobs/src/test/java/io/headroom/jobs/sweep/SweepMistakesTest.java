package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.testkit.WithoutSpark;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes that are known before Spark starts: exit status 2, one line, nothing written. */
@ExtendWith(WithoutSpark.class)
class SweepMistakesTest {
  private static final String GOOD =
      """
      models = [qwen2-0.5b]
      sequences { lengths = [4] }
      """;

  @TempDir Path folder;

  /** CONF is the configuration's path; the wrong line is the fourth of the file. */
  static Stream<Arguments> wrongValues() {
    return Stream.of(
        wrong("colour = red", "CONF:4: unknown key sweep.colour; allowed: sequences, measure,"),
        wrong(
            "measure { colour = red }",
            "CONF:4: unknown key sweep.measure.colour; allowed: layers, min-samples, max-seconds-per-cell, noisy-repeats"),
        wrong("verify { colour = 1 }", "CONF:4: unknown key sweep.verify.colour; allowed: sample"),
        wrong("sequences.colour = 1", "CONF:4: unknown key sweep.sequences.colour; allowed: "),
        wrong(
            "windows = [{ size = 4, colour = 1 }]",
            "CONF:4: unknown key sweep.windows.colour; allowed: size, sinks"),
        wrong(
            "models = [qwen3000]",
            "CONF: no model 'qwen3000' in ROOT/conf/models; near it: qwen3-4b, qwen3-8b"),
        wrong("models = []", "CONF:4: sweep.models = []: must not be empty"),
        wrong("models = llama-2-7b", "CONF:4: sweep.models = \"llama-2-7b\": must be a list"),
        wrong("models = [{ a = 1 }]", "CONF:4: sweep.models = {\"a\":1}: must be a word"),
        wrong("models = [nowhere.json]", "CONF: nowhere.json: no such file"),
        wrong("models = null", "CONF: sweep.models is missing"),
        wrong(
            "engines = [cuda]",
            "CONF:4: sweep.engines = \"cuda\": allowed: vector, nd4j, reference"),
        wrong(
            "kv-precisions = [f32, fp7]",
            "CONF:4: sweep.kv-precisions = \"fp7\": allowed: f32, f16, bf16, fp8, int8, int4, fp8-per-token-head"),
        wrong("kv-precisions = []", "CONF:4: sweep.kv-precisions = []: must not be empty"),
        wrong(
            "windows = [all]",
            "CONF:4: sweep.windows = \"all\": allowed: none, or { size = tokens, sinks = tokens }"),
        wrong("windows = [{ sinks = 2 }]", "CONF: sweep.windows.size is missing"),
        wrong(
            "windows = [{ size = 0 }]",
            "CONF:4: sweep.windows.size = 0: must be a whole number from 1 to 16777216"),
        wrong("windows = 5", "CONF:4: sweep.windows = 5: must be a list"),
        wrong("kv-cache = [maybe]", "CONF:4: sweep.kv-cache = \"maybe\": allowed: on, off"),
        wrong("threads = [0]", "CONF:4: sweep.threads = 0: must be a whole number from 1 to 1024"),
        wrong("threads = [two]", "CONF:4: sweep.threads = \"two\": must be a whole number from 1"),
        wrong("threads = [1.5]", "CONF:4: sweep.threads = 1.5: must be a whole number from 1"),
        wrong(
            "contention = [0]",
            "CONF:4: sweep.contention = 0: must be a whole number from 1 to 1024"),
        wrong("context-shards = [2]", "CONF:4: sweep.context-shards = 2: must be 1"),
        wrong(
            "kv-heads = [3]",
            "CONF: sweep.kv-heads = 3: divides the query heads of none of the models (qwen2-0.5b has 14); allowed: model, mha, mqa, or a number that divides the query heads"),
        wrong(
            "kv-heads = [0]",
            "CONF:4: sweep.kv-heads = 0: allowed: model, mha, mqa, or a number that divides the query heads"),
        wrong("kv-heads = [-2]", "CONF:4: sweep.kv-heads = -2: allowed: model, mha, mqa, or"),
        wrong("kv-heads = [99999999999]", "CONF:4: sweep.kv-heads = 99999999999: allowed: model,"),
        wrong("kv-heads = [gqa]", "CONF:4: sweep.kv-heads = \"gqa\": allowed: model, mha, mqa, or"),
        wrong(
            "sequences { lengths = [0] }",
            "CONF:4: sweep.sequences.lengths = 0: must be a whole number from 1 to 16777216"),
        wrong("sequences { lengths = [-5] }", "CONF:4: sweep.sequences.lengths = -5: must be a"),
        wrong(
            "sequences { lengths = [99999999999] }",
            "CONF:4: sweep.sequences.lengths = 99999999999: must be a whole number from 1 to"),
        wrong(
            "sequences { lengths = [1e400] }", "CONF:4: sweep.sequences.lengths = Infinity: must"),
        wrong(
            "sequences { lengths = [] }",
            "CONF:4: sweep.sequences.lengths = []: must not be empty"),
        wrong("sequences { lengths = 5 }", "CONF:4: sweep.sequences.lengths = 5: must be a list"),
        wrong(
            "sequences.count = 0",
            "CONF:4: sweep.sequences.count = 0: must be a whole number from 1 to 10000000"),
        wrong(
            "sequences { lengths = [1, 2], count = 10000000 }",
            "CONF:4: sweep.sequences.count = 10000000: is of each of 2 lengths; at most 10000000 sequences are allowed"),
        wrong(
            "sequences { uniform { min = 4, max = 8 }, count = 2 }",
            "CONF:4: sweep.sequences.uniform = {\"max\":8,\"min\":4}: exactly one of lengths, trace, lognormal, uniform must be given"),
        wrong("sequences = null", "CONF: sweep.sequences is missing"),
        wrong("sequences = 5", "CONF:4: sweep.sequences = 5: must be an object { ... }"),
        wrong(
            "decode-tokens = trace",
            "CONF:4: sweep.decode-tokens = \"trace\": needs sequences.trace"),
        wrong(
            "decode-tokens = -1",
            "CONF:4: sweep.decode-tokens = -1: must be a whole number from 0"),
        wrong(
            "decode-tokens = many",
            "CONF:4: sweep.decode-tokens = \"many\": must be a whole number"),
        wrong("seed = 1.5", "CONF:4: sweep.seed = 1.5: must be a whole number from"),
        wrong("seed = 9e99", "CONF:4: sweep.seed = "),
        wrong("name = { a = 1 }", "CONF:4: sweep.name = {\"a\":1}: must be a word"),
        wrong("measure = 5", "CONF:4: sweep.measure = 5: must be an object { ... }"),
        wrong(
            "measure.layers = 0",
            "CONF:4: sweep.measure.layers = 0: must be a whole number from 1"),
        wrong("measure.min-samples = 0", "CONF:4: sweep.measure.min-samples = 0: must be a whole"),
        wrong(
            "measure.max-seconds-per-cell = 0",
            "CONF:4: sweep.measure.max-seconds-per-cell = 0: must be a number from 0.001 to 1000000"),
        wrong(
            "measure.max-seconds-per-cell = NaN", "CONF:4: sweep.measure.max-seconds-per-cell = "),
        wrong(
            "measure.noisy-repeats = -1",
            "CONF:4: sweep.measure.noisy-repeats = -1: must be a whole number from 0 to 100"),
        wrong(
            "measure.time-limit-seconds = 0",
            "CONF:4: sweep.measure.time-limit-seconds = 0: must be a number from 0.001 to 10000000"),
        wrong(
            "measure.time-limit-seconds = never",
            "CONF:4: sweep.measure.time-limit-seconds = \"never\": must be a number from 0.001"),
        wrong(
            "verify.sample = 1.1",
            "CONF:4: sweep.verify.sample = 1.1: must be a number from 0 to 1"),
        wrong("wave-seconds = 0", "CONF:4: sweep.wave-seconds = 0: must be a number from 0.001 to"),
        wrong(
            "models = ${nowhere}",
            "CONF: 4: Could not resolve substitution to a value: ${nowhere}"),
        wrong("models = ${sweep.models} ", "CONF: 4: Could not resolve substitution to a value:"),
        wrong("models = [", "CONF: "),
        wrong("include required(\"nowhere.hocon\")", "CONF: "));
  }

  private static Arguments wrong(String line, String message) {
    return arguments(line, message);
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void wrongValuesAreNamed(String line, String message) {
    boolean replaces = line.startsWith("models = ${sweep.models}");
    ScratchSweep sweep =
        ScratchSweep.of(folder, replaces ? "sequences { lengths = [4] }\n\n" + line : GOOD + line);

    assertMistake(sweep.run(), message.replace("CONF", sweep.conf().toString()));
    assertThat(sweep.out()).doesNotExist();
  }

  static Stream<Arguments> wrongSequences() {
    return Stream.of(
        wrong("", "CONF: sweep.sequences is missing"),
        wrong(
            "sequences { }",
            "CONF:3: sweep.sequences.lengths = {}: exactly one of lengths, trace, lognormal, uniform must be given"),
        wrong(
            "sequences { uniform { min = 9, max = 8 }, count = 2 }",
            "CONF:3: sweep.sequences.uniform.max = 8: must be a whole number from 9 to 16777216"),
        wrong(
            "sequences { uniform { min = 1, max = 8 } }", "CONF: sweep.sequences.count is missing"),
        wrong(
            "sequences { lognormal { p50 = 9, mean = 8, max = 10 }, count = 2 }",
            "CONF:3: sweep.sequences.lognormal.mean = 8: must be above p50 = 9.0"),
        wrong(
            "sequences { lognormal { p50 = 9, mean = 18, max = 5 }, count = 2 }",
            "CONF:3: sweep.sequences.lognormal.max = 5: must be at least p50 = 9.0"),
        wrong(
            "sequences { trace = a.csv, format = xml }",
            "CONF:3: sweep.sequences.format = \"xml\": allowed: auto, azure, mooncake, burstgpt, aiperf, bailian, llmservingsim, weka, vidur, guidellm, sharegpt"),
        wrong(
            "sequences { trace = a.csv, format = azure, columns { prompt = a, output = b } }",
            "CONF:3: sweep.sequences.format = \"azure\": must be auto or left out where columns are named"),
        wrong(
            "sequences { trace = a.csv, columns { arrival = t, prompt = a, output = b } }",
            "CONF: sweep.sequences.columns.unit is missing"),
        wrong(
            "sequences { trace = a.csv, columns { arrival = t, unit = h, prompt = a, output = b } }",
            "CONF:3: sweep.sequences.columns.unit = \"h\": allowed: s, ms, us, ns, iso"),
        wrong(
            "sequences { trace = a.csv, columns { unit = s, prompt = a, output = b } }",
            "CONF:3: sweep.sequences.columns.unit = \"s\": is that of the column arrival, which is not named"),
        wrong(
            "sequences { trace = a.csv, columns { prompt = a } }",
            "CONF: sweep.sequences.columns.output is missing"),
        wrong(
            "sequences { trace = a.csv, columns { prompt = a, output = a } }",
            "CONF:3: sweep.sequences.columns.output = \"a\": each column must be named once"),
        wrong(
            "sequences { trace = a.csv, columns { prompt = a, output = b, time = c } }",
            "CONF:3: unknown key sweep.sequences.columns.time; allowed: arrival, unit, prompt, output"),
        wrong(
            "sequences { trace = a.csv, sample = 0 }",
            "CONF:3: sweep.sequences.sample = 0: must be a whole number from 1 to 10000000"),
        wrong(
            "sequences { trace = nowhere.csv }",
            "CONF:3: sweep.sequences.trace = \"nowhere.csv\": no such file, neither beside the configuration nor here"));
  }

  @ParameterizedTest
  @MethodSource("wrongSequences")
  void wrongSequencesAreNamed(String line, String message) {
    ScratchSweep sweep = ScratchSweep.of(folder, "models = [gpt2]\n" + line);

    assertMistake(sweep.run(), message.replace("CONF", sweep.conf().toString()));
  }

  static Stream<Arguments> wrongFiles() {
    return Stream.of(
        arguments("", "CONF: sweep.sequences is missing"),
        arguments("sweep = 5", "CONF:1: sweep = 5: must be an object { ... }"),
        arguments("sweep {\n" + GOOD + "}\nother = 1", "CONF:5: unknown key other; allowed: sweep"),
        arguments("sweep {", "CONF: 1: "),
        arguments("[".repeat(50_000), "CONF: nested too deeply"),
        arguments(
            "include \"sweep.conf\"",
            "CONF: include \"sweep.conf\": is what includes it: a cycle"));
  }

  @ParameterizedTest
  @MethodSource("wrongFiles")
  void wrongFilesAreNamed(String text, String message) {
    ScratchSweep sweep = ScratchSweep.of(folder, "");
    ScratchSweep.write(sweep.conf(), text);

    assertMistake(sweep.run(), message.replace("CONF", sweep.conf().toString()));
  }

  static Stream<Arguments> wrongOverrides() {
    return Stream.of(
        arguments("novalue", "--set novalue: must be key=value"),
        arguments("=5", "--set =5: must be key=value"),
        arguments("sweep.seed=x", "--set sweep.seed=x: sweep.seed = \"x\": must be a whole number"),
        arguments("sweep.colour=x", "--set sweep.colour=x: unknown key sweep.colour; allowed: "),
        arguments("colour=x", "--set colour=x: unknown key colour; allowed: sweep"),
        arguments("sweep.seed=[", "--set sweep.seed=[: 1: List should have ]"),
        arguments("sweep.seed=${x}", "--set sweep.seed=${x}: 1: Could not resolve substitution"));
  }

  @ParameterizedTest
  @MethodSource("wrongOverrides")
  void wrongOverridesAreNamed(String override, String message) {
    assertMistake(ScratchSweep.of(folder, GOOD).run("--set", override), message);
  }

  @Test
  void aMissingFileIsNamed() {
    String missing = folder.resolve("none.conf").toString();

    assertMistake(CommandRun.of("sweep", missing, "--dry-run"), missing + ": no such file");
  }

  @Test
  void aFolderIsNoConfiguration() {
    assertMistake(
        CommandRun.of("sweep", folder.toString(), "--dry-run"),
        folder + " is a folder; a configuration is needed");
  }

  @Test
  void aFileTooLargeIsNoConfiguration() throws IOException {
    Path large = folder.resolve("large.conf");
    Files.write(large, new byte[(1 << 16) + 1]);

    assertMistake(
        CommandRun.of("sweep", large.toString(), "--dry-run"),
        large + ": a configuration of at most 65536 bytes is allowed: 65537");
  }

  @Test
  void resultsNeedAPlace() {
    ScratchSweep sweep = ScratchSweep.of(folder, GOOD);

    assertMistake(CommandRun.of("sweep", sweep.conf().toString()), "--out DIR is missing");
  }

  @Test
  void speculationIsRefused() {
    ScratchSweep sweep = ScratchSweep.of(folder, GOOD);
    List<String> before = ScratchSweep.snapshot(folder);
    System.setProperty("spark.speculation", "true");
    try {
      assertMistake(
          sweep.run(),
          "spark.speculation = true: would measure a slow shard twice and keep the faster; allowed: false, as in --conf spark.speculation=false");
    } finally {
      System.clearProperty("spark.speculation");
    }
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  @Test
  void aForeignFolderIsRefusedAndLeftAlone() throws IOException {
    ScratchSweep sweep = ScratchSweep.of(folder, GOOD);
    Files.createDirectory(sweep.out());
    Files.writeString(sweep.out().resolve("thesis.txt"), "mine");
    List<String> before = ScratchSweep.snapshot(folder);

    assertMistake(
        sweep.run(),
        "--out " + sweep.out() + ": is not empty and holds no sweep; allowed: a new folder");
    assertMistake(sweep.run("--resume"), "--out " + sweep.out() + ": is not empty and holds no");
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  @Test
  void aFolderBelowAFileCannotBe() {
    ScratchSweep sweep = ScratchSweep.of(folder, GOOD);
    String below = sweep.conf() + "/deep/below";
    List<String> before = ScratchSweep.snapshot(folder);

    assertMistake(
        CommandRun.of("sweep", sweep.conf().toString(), "--out", below),
        "--out " + below + ": cannot be made: " + sweep.conf() + " is not a folder");
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nowhere://host/folder"})
  void whatIsNoPlaceIsRefused(String out) {
    ScratchSweep sweep = ScratchSweep.of(folder, GOOD);

    assertMistake(
        CommandRun.of("sweep", sweep.conf().toString(), "--out", out), "--out " + out + ": ");
  }

  @Test
  void overridesAreSeenInTheDryRunAndNothingIsWritten() {
    ScratchSweep sweep = ScratchSweep.of(folder, GOOD);
    List<String> before = ScratchSweep.snapshot(folder);

    CommandRun run =
        sweep.run(
            "--dry-run",
            "--set",
            "sweep.sequences.lengths=[100,1024]",
            "--set",
            "sweep.kv-heads=[mha,mqa]",
            "--set",
            "sweep.kv-heads=[mha,mqa,model]",
            "--set",
            "sweep.decode-tokens=0");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("3 cells, 2 sequences, 6 rows")
        .anyMatch(line -> line.startsWith("predicted time on 1 executor: "))
        .anyMatch(line -> line.startsWith("predicted time on 10 executors: "))
        .anyMatch(line -> line.contains("KV at 1,024"));
    // 2 x 4 bytes in 24 layers of 14, 1 and 2 heads of 64 channels.
    assertThat(run.out())
        .anyMatch(line -> line.contains("  MHA  ") && line.matches(".* 168 KiB +168 MiB .*"))
        .anyMatch(line -> line.contains("  MQA  ") && line.matches(".* 12 KiB +12 MiB .*"))
        .anyMatch(line -> line.contains("  GQA  ") && line.matches(".* 24 KiB +24 MiB .*"));
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  @Test
  void theLongestSequencesOfTheLargestModelsCanBePlanned() {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            """
            models = [deepseek-v3]
            kv-heads = [model, mha]
            kv-cache = [on, off]
            sequences { lengths = [16777216] }
            decode-tokens = 16777216
            """);

    CommandRun run = sweep.run("--dry-run");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.out())
        .contains("4 cells, 1 sequence, 4 rows")
        .noneMatch(line -> line.contains(" -0") || line.contains("NaN"));
  }

  @Test
  void theDryRunNamesCellsThatCannotBe() {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            "models = [qwen2-0.5b, llama-2-7b]\nkv-heads = [7]\nsequences { lengths = [4] }");

    CommandRun run = sweep.run("--dry-run");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.out())
        .contains("unsupported: llama-2-7b f32: kv-heads 7 does not divide the 32 query heads")
        .contains("1 cell, 1 sequence, 2 rows");
  }

  @Test
  void aCellThatIsNotThereIsRefused() {
    ScratchSweep sweep = ScratchSweep.of(folder, GOOD);
    List<String> before = ScratchSweep.snapshot(folder);

    for (String id : List.of("", "zz", "0123456789abcdef0")) {
      assertMistake(
          sweep.run("--only", id),
          "--only '"
              + id
              + "': no cell of this sweep; allowed: an id, or its beginning, from column cell_id of the results or from --dry-run");
    }
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  @Test
  void oneCellCanBePlannedByTheBeginningOfItsId() {
    ScratchSweep sweep =
        ScratchSweep.of(folder, GOOD + "kv-heads = [mha, mqa]\nkv-precisions = [f32, int8]");
    List<String> all = cellIds(sweep.run("--dry-run"));
    String id = all.get(2);

    CommandRun run = sweep.run("--dry-run", "--only", id.substring(0, 8));

    assertThat(all).hasSize(4);
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(cellIds(run)).containsExactly(id);
    assertThat(run.out()).contains("1 cell, 1 sequence, 1 rows");
  }

  private static List<String> cellIds(CommandRun dryRun) {
    return dryRun.out().stream()
        .map(line -> line.split(" ", -1)[0])
        .filter(word -> word.matches("[0-9a-f]{16}"))
        .toList();
  }

  private static void assertMistake(CommandRun run, String message) {
    assertThat(run.exitStatus()).as(run.err().toString()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("headroom: " + message.replace("ROOT", root()));
  }

  private static String root() {
    return SharedData.projectRoot().toString();
  }
}
