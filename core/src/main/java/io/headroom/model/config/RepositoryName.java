package io.headroom.model.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the name of a repository of the hub says of the model in it.
 *
 * @param architecture its name without the organisation and without words that say how it was
 *     trained further, which changes no layer
 * @param scheme the {@code quantization_config} that its ending stands for, as those who publish
 *     such checkpoints write them; empty where none is named
 */
record RepositoryName(String architecture, Optional<String> scheme) {
  private static final Set<String> TRAINING =
      Set.of("instruct", "chat", "it", "base", "hf", "pt", "sft");
  private static final String MIRROR = "meta-";

  /**
   * Endings of names with their organisation, and what the configuration of such a checkpoint says.
   */
  private record Ending(Pattern pattern, String scheme) {}

  private static final List<Ending> ENDINGS =
      List.of(
          new Ending(
              Pattern.compile("-fp8-dynamic$"),
              """
              {"quant_method": "compressed-tensors", "config_groups": {"group_0": {
              "targets": ["Linear"], "weights": {"num_bits": 8, "type": "float",
              "strategy": "channel"}}}, "ignore": ["lm_head"]}"""),
          // Of Qwen's own: a scale for each block, where others have one for each matrix.
          new Ending(
              Pattern.compile("(?<=^qwen/[^/]{1,96})-fp8$"),
              "{\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}"),
          new Ending(Pattern.compile("-fp8$"), "{\"quant_method\": \"fp8\"}"),
          new Ending(
              Pattern.compile("-awq(-4bit|-int4)?$"),
              """
              {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": true}"""),
          new Ending(
              Pattern.compile("-gptq(-4bit|-int4)?$"),
              """
              {"quant_method": "gptq", "bits": 4, "group_size": 128}"""),
          new Ending(
              Pattern.compile("-gptq(-8bit|-int8)$"),
              """
              {"quant_method": "gptq", "bits": 8, "group_size": 128}"""),
          new Ending(
              Pattern.compile("(-quantized\\.|-)w4a16$"),
              """
              {"quant_method": "compressed-tensors", "config_groups": {"group_0": {
              "targets": ["Linear"], "weights": {"num_bits": 4, "type": "int",
              "strategy": "group", "group_size": 128}}}, "ignore": ["lm_head"]}"""),
          new Ending(
              Pattern.compile("(-quantized\\.|-)w8a8$"),
              """
              {"quant_method": "compressed-tensors", "config_groups": {"group_0": {
              "targets": ["Linear"], "weights": {"num_bits": 8, "type": "int",
              "strategy": "channel"}}}, "ignore": ["lm_head"]}"""));

  static RepositoryName of(String repository) {
    String whole = repository.toLowerCase(Locale.ROOT);
    for (Ending ending : ENDINGS) {
      Matcher matcher = ending.pattern().matcher(whole);
      if (matcher.find()) {
        return new RepositoryName(
            architecture(whole.substring(0, matcher.start())), Optional.of(ending.scheme()));
      }
    }
    return new RepositoryName(architecture(whole), Optional.empty());
  }

  private static String architecture(String repository) {
    String name = repository.substring(repository.lastIndexOf('/') + 1);
    String plain = name.startsWith(MIRROR) ? name.substring(MIRROR.length()) : name;
    return Stream.of(plain.split("-", -1))
        .filter(word -> !TRAINING.contains(word))
        .collect(Collectors.joining("-"));
  }
}
