package io.headroom.model.config;

import io.headroom.ForeignFile;
import io.headroom.InputFile;
import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A configuration as it lies on a disk; what else may lie there in its place is told by kind. */
final class ConfigFile {
  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_LINK_BYTES = 4096;
  private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final int SAFETENSORS_HEADER = 8;

  /** Keys of {@code tokenizer_config.json} and {@code generation_config.json} alone. */
  private static final List<String> OTHERS =
      List.of("added_tokens_decoder", "_from_model_config", "do_sample");

  private ConfigFile() {}

  /**
   * @throws UserException if it is missing, something else, or no JSON object
   */
  static JsonDocument read(Path file) {
    return read(file, FileStart.of(file));
  }

  /**
   * @param start of the same file
   * @throws UserException as above
   */
  static JsonDocument read(Path file, FileStart start) {
    Optional<Path> target = linkTarget(file, start);
    if (target.isPresent()) {
      return parse(target.get(), FileStart.of(target.get()));
    }
    return parse(file, start);
  }

  private static JsonDocument parse(Path file, FileStart start) {
    requireKind(file, start);
    byte[] bytes = InputFile.read(file, FileStart.NEEDED, MOST_BYTES);
    JsonDocument document = JsonDocument.parsePython(file.toString(), withoutMark(bytes));
    if (document.has("peft_type") || document.has("base_model_name_or_path")) {
      throw new UserException(
          file + " is the configuration of a LoRA adapter; that of its base model is needed");
    }
    if (!document.has("model_type") && OTHERS.stream().anyMatch(document::has)) {
      throw new UserException(
          file + " is of the tokenizer or of generation; the config.json beside it is needed");
    }
    return document;
  }

  /**
   * What a link leads to that was copied as a text, as archives and some checkouts do it to those
   * in a Hugging Face cache.
   */
  private static Optional<Path> linkTarget(Path file, FileStart start) {
    if (!start.beginsWith('.', '.', '/')) {
      return Optional.empty();
    }
    byte[] bytes = InputFile.read(file, FileStart.NEEDED, MOST_LINK_BYTES);
    try {
      Path target = file.resolveSibling(new String(bytes, StandardCharsets.UTF_8).strip());
      return Files.isRegularFile(target) ? Optional.of(target) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static void requireKind(Path file, FileStart start) {
    Optional<String> other =
        ForeignFile.of(start.bytes())
            .map(ForeignFile::description)
            .or(() -> kindOfThoseBesideModels(start));
    if (other.isPresent()) {
      throw new UserException("%s is %s; a config.json is needed".formatted(file, other.get()));
    }
  }

  /** What traces may be, or only lies where models do. */
  private static Optional<String> kindOfThoseBesideModels(FileStart start) {
    if (start.beginsWith(0x1F, 0x8B)) {
      return Optional.of("compressed by gzip");
    }
    boolean tensors =
        start.length() > SAFETENSORS_HEADER
            && start.at(SAFETENSORS_HEADER) == '{'
            && start.at(SAFETENSORS_HEADER - 1) == 0;
    return tensors ? Optional.of("a file of tensors (safetensors)") : Optional.empty();
  }

  private static byte[] withoutMark(byte[] bytes) {
    return bytes.length >= UTF_8_MARK.length
            && Arrays.equals(bytes, 0, UTF_8_MARK.length, UTF_8_MARK, 0, UTF_8_MARK.length)
        ? Arrays.copyOfRange(bytes, UTF_8_MARK.length, bytes.length)
        : bytes;
  }
}
