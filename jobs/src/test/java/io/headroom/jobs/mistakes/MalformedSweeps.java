package io.headroom.jobs.mistakes;

import static io.headroom.jobs.mistakes.MalformedInput.bytes;
import static io.headroom.jobs.mistakes.MalformedInput.sweep;
import static io.headroom.jobs.mistakes.MalformedKind.ARGUMENT;
import static io.headroom.jobs.mistakes.MalformedKind.SWEEP_INCLUDE;
import static io.headroom.jobs.mistakes.MalformedKind.SWEEP_TEXT;
import static io.headroom.jobs.mistakes.MalformedKind.SWEEP_VALUE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Sweeps that are no HOCON, that reach beyond their folder, or that ask for too much. */
final class MalformedSweeps {
  private static final String CONF = "FOLDER/sweep.conf";
  private static final String GOOD = "models = [gpt2]\nsequences { lengths = [4] }\n";

  private MalformedSweeps() {}

  static Stream<MalformedInput> all() {
    return Stream.of(arguments(), texts(), includes(), substitutions(), values(), sizes())
        .flatMap(inputs -> inputs);
  }

  private static Stream<MalformedInput> arguments() {
    return Stream.of(
        argument(
            "a file of arguments that never ends",
            "@/dev/zero: no such file",
            "verify",
            "@/dev/zero"),
        argument(
            "an override nested 10,000 deep",
            "--set sweep.seed=[[[",
            "--set",
            "sweep.seed=" + "[".repeat(10_000)),
        argument(
            "an override with a key nested 10,000 deep",
            "--set sweep.a.a.a.",
            "--set",
            "sweep." + "a.".repeat(10_000) + "b=1"),
        argument(
            "an override that includes a file of the machine",
            "--set sweep.seed=1 include \"/etc/passwd\": include \"/etc/passwd\": must be a file in",
            "--set",
            "sweep.seed=1\n include \"/etc/passwd\""),
        argument(
            "an override that refers to itself",
            CONF + ": sweep.seed = \"sweep42x\": must be a whole number",
            "--set",
            "sweep.seed=${sweep.name}${sweep.seed}x"),
        argument(
            "an override that would turn the terminal red",
            "--set sweep.seed=\\u001b[31m: ",
            "--set",
            "sweep.seed=\u001b[31m"),
        argument(
            "an override longer than any configuration",
            "--set sweep.name=xxx",
            "--set",
            "sweep.name=" + "x".repeat(70_000)));
  }

  private static MalformedInput argument(String what, String message, String... arguments) {
    return new MalformedInput(
        ARGUMENT,
        what,
        folder -> {
          if (arguments[0].equals("verify")) {
            return List.of(arguments);
          }
          Path conf = Files.writeString(folder.resolve("sweep.conf"), "sweep {\n" + GOOD + "}");
          List<String> line = new ArrayList<>();
          line.addAll(List.of("sweep", conf.toString(), "--out", folder.resolve("out").toString()));
          line.addAll(List.of(arguments));
          return line;
        },
        message);
  }

  private static Stream<MalformedInput> texts() {
    return Stream.of(
        text("nothing", "", ": sweep.sequences is missing"),
        text("comments alone", "# a\n// b\n", ": sweep.sequences is missing"),
        text("blanks alone", " \n\t\n", ": sweep.sequences is missing"),
        sweep(SWEEP_TEXT, "random bytes", new byte[] {-1, -2, 3, -128, 7}, not("UTF-8")),
        sweep(
            SWEEP_TEXT,
            "UTF-16 with a byte order mark",
            "sweep { }".getBytes(StandardCharsets.UTF_16),
            not("UTF-8")),
        sweep(
            SWEEP_TEXT,
            "UTF-16 without one",
            "sweep { }".getBytes(StandardCharsets.UTF_16LE),
            CONF + ": holds a NUL character; text in UTF-8 is needed"),
        sweep(
            SWEEP_TEXT,
            "Latin-1",
            "sweep { name = Größe }".getBytes(StandardCharsets.ISO_8859_1),
            not("UTF-8")),
        text("a NUL", "sweep { name = \"a\0b\" }", ": holds a NUL character"),
        text("a byte order mark and a mistake", "\ufeffsweep = 5", ":1: sweep = 5: must be an"),
        text("10,000 open lists", "[".repeat(10_000), ": nested too deeply; at most 16 levels"),
        text("60,000 open lists", "sweep = " + "[".repeat(60_000), ": nested too deeply"),
        text("10,000 open objects", "sweep " + "{ a ".repeat(10_000), ": nested too deeply"),
        text(
            "20 lists in one another",
            "sweep { models = " + "[".repeat(20) + "]".repeat(20) + " }",
            ": nested too deeply; at most 16 levels are allowed"),
        text(
            "a key of 10,000 parts",
            "sweep." + "a.".repeat(10_000) + "b = 1",
            ": nested too deeply"),
        text("an unclosed object", "sweep {\n" + GOOD, ": 4: "),
        text("one brace too many", "sweep {\n" + GOOD + "}\n}", ": 5: "),
        text("an unclosed text", "sweep {\nname = \"a\n}", ": 2: "),
        text("an unclosed long text", "sweep {\nname = \"\"\"a\n}", ": "),
        text("a wrong escape", "sweep {\nname = \"\\q\"\n}", ": 2: "),
        text("a key without a value", "sweep {\n name = \n}", ": "),
        text("a text at the top", "\"sweep\"", ": "),
        sweep(
            SWEEP_TEXT,
            "one byte too many",
            bytes("#" + "x".repeat(1 << 16)),
            CONF + ": a configuration of at most 65536 bytes is allowed: 65537"),
        new MalformedInput(
            SWEEP_TEXT,
            "a line of 100 MB",
            folder ->
                List.of(
                    "sweep",
                    SparseFile.of(folder.resolve("sweep.conf"), 100_000_000).toString(),
                    "--dry-run"),
            CONF + ": a configuration of at most 65536 bytes is allowed: 100000000"));
  }

  private static Stream<MalformedInput> includes() {
    return Stream.of(
        include("itself", "\"sweep.conf\"", "include \"sweep.conf\": is what includes it: a cycle"),
        include(
            "itself by a detour",
            "\"./x/../sweep.conf\"",
            "include \"./x/../sweep.conf\": is what includes it: a cycle"),
        include("what is missing", "\"none.conf\"", "include \"none.conf\": FOLDER/none.conf: no"),
        include(
            "a required file that is missing", "required(file(\"a\"))", "include \"a\": FOLDER/a"),
        include(
            "its folder", "\".\"", "include \".\": FOLDER is a folder; a configuration is needed"),
        outside("a file of the machine", "\"/etc/passwd\"", "/etc/passwd"),
        outside("a file of the machine by name", "file(\"/etc/passwd\")", "/etc/passwd"),
        outside("a device", "file(\"/dev/zero\")", "/dev/zero"),
        outside("a file above", "\"../above.conf\"", "../above.conf"),
        outside("an address", "\"http://127.0.0.1:9/a.conf\"", "http://127.0.0.1:9/a.conf"),
        outside(
            "an address by name",
            "url(\"http://127.0.0.1:9/a.conf\")",
            "http://127.0.0.1:9/a.conf"),
        outside("a file by its address", "url(\"file:///etc/passwd\")", "file:/etc/passwd"),
        outside("a resource", "classpath(\"reference.conf\")", "reference.conf"),
        include("a NUL in a name", "\"a\\u0000b\"", "include \"a\\u0000b\": is no path: "),
        include("what is no address", "url(\"nowhere\")", "4: "),
        new MalformedInput(
            SWEEP_INCLUDE,
            "a link to a file elsewhere",
            folder -> {
              Files.createSymbolicLink(folder.resolve("link.conf"), Path.of("/etc/passwd"));
              return including(folder, "include \"link.conf\"");
            },
            CONF + ": include \"link.conf\": must be a file in the folder of the configuration"),
        new MalformedInput(
            SWEEP_INCLUDE,
            "each other",
            folder -> {
              Files.writeString(folder.resolve("b.conf"), "include \"sweep.conf\"");
              return including(folder, "include \"b.conf\"");
            },
            "FOLDER/b.conf: include \"sweep.conf\": is what includes it: a cycle"),
        new MalformedInput(
            SWEEP_INCLUDE,
            "a chain in which each includes the next one twice",
            folder -> {
              for (int i = 0; i < 40; i++) {
                String next = "include \"%d.conf\"\n".formatted(i + 1);
                Files.writeString(folder.resolve(i + ".conf"), next + next);
              }
              Files.writeString(folder.resolve("40.conf"), "");
              return including(folder, "include \"0.conf\"");
            },
            "FOLDER/"));
  }

  private static Stream<MalformedInput> substitutions() {
    StringBuilder doubling = new StringBuilder("sweep {\n" + GOOD + "a0 = xxxxxxxxxx\n");
    for (int i = 1; i <= 30; i++) {
      doubling.append("a%d = ${sweep.a%d}${sweep.a%d}\n".formatted(i, i - 1, i - 1));
    }
    return Stream.of(
        substitution("of nothing", "models = ${nowhere}", ": 4: Could not resolve"),
        substitution("of itself", "a = ${sweep.a}x", ": 4: Could not resolve"),
        substitution("in a ring", "a = ${sweep.b}\nb = ${sweep.a}", ": "),
        substitution("of what holds it", "sequences { uniform = ${sweep} }", ": "),
        substitution("of the environment", "seed = ${PATH}", ": sweep.seed = \""),
        substitution("unclosed", "seed = ${sweep", ": "),
        substitution("empty", "seed = ${}", ": "),
        sweep(
            SWEEP_INCLUDE,
            "a text that doubles thirty times",
            doubling + "}",
            CONF + ": a configuration may have at most 20 substitutions (${...} and +=): 60"),
        substitution(
            "a list that grows by itself",
            "threads += 1\n".repeat(4000),
            ": a configuration may have at most 20 substitutions (${...} and +=): 4000"));
  }

  private static Stream<MalformedInput> values() {
    return Stream.of(
        value("a number beyond 64 bits", "seed = 9223372036854775808", ":4: sweep.seed = "),
        value("a number of 10,000 digits", "seed = " + "9".repeat(10_000), ":4: sweep.seed = "),
        value(
            "an infinite number",
            "measure.max-seconds-per-cell = 1e999",
            ":4: sweep.measure.max-seconds-per-cell = "),
        value("not a number", "verify.sample = \"NaN\"", ":4: sweep.verify.sample = \"NaN\": must"),
        value("days for a number", "wave-seconds = 20d", ":4: sweep.wave-seconds = \"20d\": must"),
        value("a hexadecimal number", "verify.sample = 0x1p-3", ":4: sweep.verify.sample = "),
        value(
            "the smallest number", "threads = [-9223372036854775808]", ":4: sweep.threads = -922"),
        value("an object for a number", "seed { a = 1 }", ":4: sweep.seed = {\"a\":1}: must be a"),
        value("a later key that is wrong", "seed = 7\nseed = [7]", ":5: sweep.seed = [7]: must be"),
        value(
            "a key that would turn the terminal red",
            "\"\\u001b[31mred\" = 1",
            ":4: unknown key sweep.\\u001b[31mred; allowed: "),
        value(
            "a key that would turn the text around",
            "\"\\u202ederf\" = 1",
            ":4: unknown key sweep.\\u202ederf; allowed: "),
        value(
            "a key of 30,000 letters",
            "k".repeat(30_000) + " = 1",
            ":4: unknown key sweep." + "k".repeat(80) + "...; allowed: "),
        value(
            "a value of 30,000 letters",
            "seed = " + "v".repeat(30_000),
            ":4: sweep.seed = \"" + "v".repeat(79) + "...: must be a whole number"),
        value("a model whose path has a NUL", "models = [\"\\u0000.json\"]", ":4: sweep.models = "),
        value(
            "a model that would clear the screen",
            "models = [\"\\u001b[2J\"]",
            ": no model '\\u001b[2J' in "),
        value(
            "a model on the network",
            "models = [\"http://127.0.0.1:9/config.json\"]",
            ": http:/127.0.0.1:9/config.json: no such file"),
        value(
            "a trace whose path has a NUL",
            "sequences = null\nsequences { trace = \"a\\u0000b\" }",
            ":5: sweep.sequences.trace = \"a\\u0000b\": must be a path: "));
  }

  private static Stream<MalformedInput> sizes() {
    String many = "1,".repeat(1000);
    return Stream.of(
        value(
            "two milliards of sequences",
            "sequences.count = 2000000000",
            ":4: sweep.sequences.count = 2000000000: must be a whole number from 1 to 10000000"),
        value(
            "a milliard of cells",
            "threads = [%s]\nwindows = [%s]\nkv-cache = [%s]"
                .formatted(many, "none,".repeat(1000), "on,".repeat(1000)),
            ": sweep: its lists make 1000000000 cells; allowed: at most 100000"),
        value(
            "a million of cells by what runs beside them",
            "threads = [%s]\ncontention = [%s]".formatted(many, many),
            ": sweep: its lists make 1000000 cells; allowed: at most 100000"),
        value(
            "more cells than 64 bits count",
            "threads = [%s]\ncontext-shards = [%s]\nwindows = [%s]\nkv-cache = [%s]\nengines = [%s]\nkv-heads = [%s]\nkv-precisions = [%s]"
                .formatted(
                    many,
                    many,
                    "none,".repeat(1000),
                    "on,".repeat(1000),
                    "vector,".repeat(1000),
                    "mha,".repeat(1000),
                    "f32,".repeat(1000)),
            ": sweep: its lists make more than 2^63 cells; allowed: at most 100000"),
        value(
            "a hundred million rows",
            "threads = [%s]\nsequences.count = 1000000".formatted("1,".repeat(100)),
            ": sweep: 100 cells on 1000000 sequences make 100000000 rows; allowed: at most 10000000"),
        value(
            "a hundred million drawn rows",
            "threads = [%s]\nsequences = null\nsequences { uniform { min = 1, max = 2 }, count = 1000000 }"
                .formatted("1,".repeat(100)),
            ": sweep: 100 cells on 1000000 sequences make 100000000 rows; allowed: at most 10000000"));
  }

  private static MalformedInput text(String what, String text, String message) {
    return sweep(SWEEP_TEXT, what, text, CONF + message);
  }

  private static String not(String encoding) {
    return CONF + ": is not text in " + encoding;
  }

  private static MalformedInput include(String what, String how, String message) {
    String text = "sweep {\n" + GOOD + "include " + how + "\n}";
    return sweep(SWEEP_INCLUDE, "an include of " + what, text, CONF + ": " + message);
  }

  private static MalformedInput outside(String what, String how, String shown) {
    return include(
        what,
        how,
        "include \"%s\": must be a file in the folder of the configuration".formatted(shown));
  }

  private static List<String> including(Path folder, String text) throws IOException {
    Path conf = Files.writeString(folder.resolve("sweep.conf"), text);
    return List.of("sweep", conf.toString(), "--out", folder.resolve("out").toString());
  }

  private static MalformedInput substitution(String what, String body, String message) {
    String text = "sweep {\n" + GOOD + body + "\n}";
    return sweep(SWEEP_INCLUDE, "a substitution " + what, text, CONF + message);
  }

  private static MalformedInput value(String what, String body, String message) {
    return sweep(SWEEP_VALUE, what, "sweep {\n" + GOOD + body + "\n}", CONF + message);
  }
}
