package io.headroom.jobs.mistakes;

import static io.headroom.jobs.mistakes.MalformedKind.SPECIAL_FILE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Each reader meets everything that a path may lead to but a file with an end. */
final class SpecialFiles {
  private static final String CONF = "a configuration";
  private static final String MODEL = "a config.json file";
  private static final String TENSORS = "a safetensors file";

  private SpecialFiles() {}

  static Stream<MalformedInput> all() {
    return Stream.of(
            readers("a pipe", SpecialFiles::pipe, "is no regular file"),
            readers("a device", folder -> Path.of("/dev/zero"), "is no regular file"),
            readers("a folder", folder -> folder, "is a folder"),
            readers("a loop of links", SpecialFiles::loop, ": no such file"),
            readers(
                "nothing, named with blanks and letters of all kinds",
                folder -> folder.resolve("eine Größe 模型 .json"),
                ": no such file"),
            readers(
                "nothing, named with an escape sequence",
                folder -> folder.resolve("\u001b[31m.json"),
                ": no such file"),
            unreadable("what fails when read", CONF, " cannot be read"),
            unreadable("what fails when read", MODEL, " cannot be read"),
            unreadable(
                "what fails when read", TENSORS, ": a safetensors file has at least 8 bytes"),
            traces())
        .flatMap(inputs -> inputs);
  }

  private interface Place {
    Path in(Path folder) throws IOException;
  }

  private static Stream<MalformedInput> readers(String what, Place place, String complaint) {
    return Stream.of(
        reader(what, place, CONF, complaint),
        reader(what, place, MODEL, complaint),
        reader(what, place, TENSORS, complaint));
  }

  private static MalformedInput reader(String what, Place place, String needed, String complaint) {
    return new MalformedInput(
        SPECIAL_FILE,
        what + " for " + needed,
        folder -> {
          Path path = place.in(folder);
          return switch (needed) {
            case CONF -> List.of("sweep", path.toString(), "--out", folder + "/out");
            case MODEL -> MalformedInput.kv(path);
            default -> MalformedInput.verify(path);
          };
        },
        complaint.startsWith("is ") ? "PATH " + complaint + "; " + needed : "PATH" + complaint);
  }

  private static Stream<MalformedInput> unreadable(String what, String needed, String complaint) {
    return Stream.of(reader(what, folder -> Path.of("/proc/self/mem"), needed, complaint));
  }

  private static Stream<MalformedInput> traces() {
    return Stream.of(
        new MalformedInput(
            SPECIAL_FILE,
            "a pipe for a trace",
            folder -> MalformedInput.sweepOf(folder, pipe(folder).getFileName().toString()),
            "FOLDER/pipe.json: no regular file; a trace is one file"),
        new MalformedInput(
            SPECIAL_FILE,
            "a device for a trace",
            folder -> MalformedInput.sweepOf(folder, "/dev/zero"),
            "/dev/zero: no regular file; a trace is one file"),
        new MalformedInput(
            SPECIAL_FILE,
            "a folder for a trace",
            folder -> MalformedInput.sweepOf(folder, "."),
            "FOLDER: a directory; a trace is one file"),
        new MalformedInput(
            SPECIAL_FILE,
            "a loop of links for a trace",
            folder -> MalformedInput.sweepOf(folder, loop(folder).getFileName().toString()),
            "FOLDER/sweep.conf:1: sweep.sequences.trace = \"loop.json\": no such file"));
  }

  private static Path pipe(Path folder) throws IOException {
    Path pipe = folder.resolve("pipe.json");
    try {
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return pipe;
  }

  private static Path loop(Path folder) throws IOException {
    Path loop = folder.resolve("loop.json");
    return Files.createSymbolicLink(loop, loop);
  }
}
