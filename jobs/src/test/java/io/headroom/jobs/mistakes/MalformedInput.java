package io.headroom.jobs.mistakes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One malformed input and what the user is told.
 *
 * @param what the case in a few words
 * @param message how the line begins after {@code headroom: }; FOLDER stands for the test's folder
 */
record MalformedInput(MalformedKind kind, String what, Preparation preparation, String message) {

  /** Puts files into a folder and gives the arguments of the command that meets them. */
  interface Preparation {
    List<String> in(Path folder) throws IOException;
  }

  /** A file that a sweep is read from. */
  static MalformedInput sweep(MalformedKind kind, String what, byte[] text, String message) {
    return new MalformedInput(
        kind,
        what,
        folder -> {
          Path conf = Files.write(folder.resolve("sweep.conf"), text);
          return List.of("sweep", conf.toString(), "--out", folder.resolve("out").toString());
        },
        message);
  }

  static MalformedInput sweep(MalformedKind kind, String what, String text, String message) {
    return sweep(kind, what, bytes(text), message);
  }

  /** A file that a model is read from. */
  static MalformedInput model(MalformedKind kind, String what, byte[] json, String message) {
    return new MalformedInput(
        kind,
        what,
        folder -> kv(Files.write(folder.resolve("config.json"), json)),
        "FOLDER/config.json" + message);
  }

  static MalformedInput model(MalformedKind kind, String what, String json, String message) {
    return model(kind, what, bytes(json), message);
  }

  /** A tensor file. */
  static MalformedInput tensors(MalformedKind kind, String what, byte[] bytes, String message) {
    return new MalformedInput(
        kind,
        what,
        folder -> verify(Files.write(folder.resolve("t.safetensors"), bytes)),
        "FOLDER/t.safetensors" + message);
  }

  /** Makes what a file holds. */
  interface Content {
    byte[] bytes() throws IOException;
  }

  /** A trace that a sweep reads. */
  static MalformedInput trace(
      MalformedKind kind, String what, String name, byte[] bytes, String message) {
    return trace(kind, what, name, () -> bytes, message);
  }

  static MalformedInput trace(
      MalformedKind kind, String what, String name, Content content, String message) {
    return new MalformedInput(
        kind,
        what,
        folder -> {
          Files.write(folder.resolve(name), content.bytes());
          return sweepOf(folder, name);
        },
        "FOLDER/" + name + message);
  }

  static MalformedInput trace(
      MalformedKind kind, String what, String name, String text, String message) {
    return trace(kind, what, name, bytes(text), message);
  }

  static List<String> sweepOf(Path folder, String trace) throws IOException {
    Path conf =
        Files.writeString(
            folder.resolve("sweep.conf"),
            "sweep { models = [gpt2], sequences { trace = \"%s\" } }".formatted(trace));
    return List.of("sweep", conf.toString(), "--out", folder.resolve("out").toString());
  }

  static List<String> kv(Path model) {
    return List.of("kv", model.toString(), "--tokens", "5");
  }

  static List<String> verify(Path file) {
    return List.of("verify", file.toString());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return kind + ", " + what;
  }
}
