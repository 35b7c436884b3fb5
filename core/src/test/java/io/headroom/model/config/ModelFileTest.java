package io.headroom.model.config;

import static io.headroom.kvcache.KvPrecision.BF16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.model.LayerSpec;
import io.headroom.testkit.GgufWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and folders as they lie on disks. */
class ModelFileTest {
  private static final String LLAMA =
      """
      {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
       "pad": NaN, "limits": [0.0, Infinity], "bos_token_id": 1, "bos_token_id": 2,
       "vocab_size": 7, "vocab_size": 7, "max_position_embeddings": 1000000000000000000}
      """;
  private static final long BYTES = 2 * 2 * 64 * 2;

  @TempDir Path folder;

  @Test
  void whatPythonWritesIsRead() throws IOException {
    Path config = write("config.json", "\ufeff" + LLAMA);

    assertThat(ModelFile.read(config).kvBytesPerToken(BF16)).isEqualTo(BYTES);
    assertThat(ModelFile.read(config).vocabSize()).isEqualTo(7);
    assertThat(ModelFile.read(config).maxPositions()).isZero();
  }

  @Test
  void foldersAreReadByWhatIsInThem() throws IOException {
    Path model = Files.createDirectory(folder.resolve("My-Model"));
    Files.writeString(model.resolve("config.json"), LLAMA);
    assertThat(ModelFile.read(model).name()).isEqualTo("My-Model");

    Path gguf = Files.createDirectory(folder.resolve("Gguf"));
    new GgufWriter("llama")
        .put("llama.block_count", 2)
        .put("llama.embedding_length", 64)
        .put("llama.attention.head_count", 4)
        .write(gguf.resolve("model-00001-of-00002.gguf"));
    assertThat(ModelFile.read(gguf).kvBytesPerToken(BF16)).isEqualTo(BYTES);
  }

  @Test
  void aCacheOfTheHubIsReadAtItsMainBranch() throws IOException {
    Path repository = folder.resolve("models--acme--Tiny Llama");
    Path old = Files.createDirectories(repository.resolve("snapshots/" + "0".repeat(40)));
    Path current = Files.createDirectories(repository.resolve("snapshots/" + "1".repeat(40)));
    Files.writeString(old.resolve("config.json"), "{}");
    Files.writeString(current.resolve("config.json"), LLAMA);

    assertThatThrownBy(() -> ModelFile.read(repository))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "snapshots has 2 snapshots and no refs/main that names one; say which");
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), "1".repeat(40));
    assertThat(ModelFile.read(repository).name()).isEqualTo("acme/Tiny Llama");
    assertThat(ModelFile.read(current).name()).isEqualTo("acme/Tiny Llama");

    Files.writeString(Files.createDirectories(repository.resolve("blobs")).resolve("abc"), LLAMA);
    Files.writeString(current.resolve("config.json"), "../../blobs/abc");
    assertThat(ModelFile.read(current).kvBytesPerToken(BF16)).isEqualTo(BYTES);
    assertThat(ModelFile.read(current).name()).isEqualTo("acme/Tiny Llama");
  }

  @Test
  void aParamsFileIsKnownByItsKeys() throws IOException {
    Path params =
        write(
            "params.json",
            "{\"dim\": 64, \"n_layers\": 4, \"n_heads\": 4, \"n_kv_heads\": 2,"
                + " \"sliding_window\": [8, null]}");
    assertThatThrownBy(() -> ModelFile.read(params)).isInstanceOf(UserException.class);

    Files.writeString(
        params,
        "{\"dim\": 64, \"n_layers\": 4, \"n_heads\": 4, \"n_kv_heads\": 2, \"vocab_size\": -1,"
            + " \"sliding_window\": [8, 0]}");
    assertThat(ModelFile.read(params).layers())
        .extracting(LayerSpec::window)
        .containsExactly(8, 0, 8, 0);
    assertThat(ModelFile.read(params).kvBytesPerToken(BF16)).isEqualTo(4 * 2 * 2 * 16 * 2);
  }

  @Test
  void whatIsSomethingElseIsToldByKind() throws IOException {
    assertTold(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
            .getBytes(StandardCharsets.UTF_8),
        "a Git LFS pointer, not the file itself (git lfs pull fetches it)");
    assertTold(
        " <!DOCTYPE html><html>".getBytes(StandardCharsets.UTF_8),
        "an HTML page, such as a login or an error");
    assertTold(gzip(LLAMA), "compressed by gzip");
    assertTold(
        LLAMA.getBytes(StandardCharsets.UTF_16),
        "text in UTF-16, as PowerShell's > writes it; UTF-8 is needed");
    assertTold(new GgufWriter("llama").bytes(), "a GGUF file, the weights of a model");
    assertTold(new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'}, "a file of tensors (safetensors)");
    Path adapter = write("config.json", "{\"peft_type\": \"LORA\", \"r\": 8}");
    assertThatThrownBy(() -> ModelFile.read(adapter))
        .isInstanceOf(UserException.class)
        .hasMessage(
            adapter + " is the configuration of a LoRA adapter; that of its base model is needed");
    Path tokenizer = write("config.json", "{\"added_tokens_decoder\": {}, \"bos_token\": \"a\"}");
    assertThatThrownBy(() -> ModelFile.read(tokenizer))
        .isInstanceOf(UserException.class)
        .hasMessage(
            tokenizer
                + " is of the tokenizer or of generation; the config.json beside it is needed");
    Path commented = write("config.json", "{\n  // of Llama\n}");
    assertThatThrownBy(() -> ModelFile.read(commented))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(": a comment, and JSON has none");
  }

  private void assertTold(byte[] bytes, String kind) throws IOException {
    Path file = Files.write(folder.resolve("config.json"), bytes);
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(UserException.class)
        .hasMessage("%s is %s; a config.json is needed".formatted(file, kind));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
