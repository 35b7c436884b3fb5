package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.tensors.SafetensorsFile;
import io.headroom.tensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Holds a configuration against the tensors that lie beside it: the projections of a layer's keys
 * and values say how many channels a token keeps. Headers alone are read. Projections under other
 * names, in packed numbers, or in files that cannot be read say nothing.
 */
final class CheckpointShapes {
  private static final String ENDING = ".safetensors";

  /** Not those of towers beside the decoder, which have layers of their own. */
  private static final Pattern PROJECTION =
      Pattern.compile(
          "(?:(?:model|language_model|text_model)\\.)*layers\\.(\\d{1,6})\\.self_attn\\."
              + "(k_proj|v_proj|kv_a_proj_with_mqa)\\.weight");

  private CheckpointShapes() {}

  /**
   * @param config of the model
   * @throws UserException if a projection has another number of channels than the model's layer
   */
  static void require(ModelSpec model, Path config) {
    for (Path file : tensorFiles(config)) {
      for (TensorInfo tensor : tensors(file)) {
        Matcher projection = PROJECTION.matcher(tensor.name());
        if (projection.matches() && isPlain(tensor)) {
          int layer = Integer.parseInt(projection.group(1));
          OptionalLong channels = channels(model, layer, projection.group(2));
          long found = tensor.shape().get(0);
          if (channels.isPresent() && channels.getAsLong() != found) {
            throw new UserException(
                "%s: tensor %s has %d channels, by %s it should have %d: one of the two files is of another model"
                    .formatted(
                        file, tensor.name(), found, config.getFileName(), channels.getAsLong()));
          }
        }
      }
    }
  }

  private static List<Path> tensorFiles(Path config) {
    Path folder = config.toAbsolutePath().getParent();
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    } catch (IOException e) {
      throw new UserException(folder + " cannot be read: " + e, e);
    }
  }

  private static List<TensorInfo> tensors(Path file) {
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      return List.copyOf(open.tensors().values());
    } catch (UserException e) {
      // Such as the pointer that is there before the weights are fetched.
      return List.of();
    }
  }

  /** Whether it is a matrix of one number an entry: four bits are packed into others. */
  private static boolean isPlain(TensorInfo tensor) {
    return tensor.shape().size() == 2 && tensor.type().isFloatingPoint();
  }

  /** What a token keeps of it; empty where that is another layer's, or not for this to say. */
  private static OptionalLong channels(ModelSpec model, int index, String projection) {
    if (index >= model.layers().size() || !model.layers().get(index).holdsKv()) {
      return OptionalLong.empty();
    }
    LayerSpec layer = model.layers().get(index);
    boolean ofLatent = projection.equals("kv_a_proj_with_mqa");
    if (layer.heads() instanceof LatentHeads latent) {
      return ofLatent ? OptionalLong.of(latent.rowDim()) : OptionalLong.empty();
    }
    if (ofLatent || !(layer.heads() instanceof GroupedHeads heads)) {
      return OptionalLong.empty();
    }
    int channels = projection.equals("k_proj") ? heads.headDim() : heads.valueDim();
    return OptionalLong.of((long) heads.kvHeads() * channels);
  }
}
