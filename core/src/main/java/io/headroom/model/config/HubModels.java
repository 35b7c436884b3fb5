package io.headroom.model.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Models by the names of their repositories on the Hugging Face hub, {@code ORG/NAME}. A folder of
 * the user's, with files {@code ORG--NAME.json}, comes first; then the catalogue, whose files say
 * where they are from. There a name that differs in the organisation, or in words such as Instruct,
 * is the same model, and an ending such as -AWQ says how its weights are kept, see {@link
 * RepositoryName}. {@code same-layers.json} has those that are called otherwise.
 */
public final class HubModels {
  private static final String SOURCE = "_source";
  private static final String QUANTISATION = "quantization_config";
  private static final Pattern REPOSITORY = Pattern.compile("huggingface\\.co/([\\w.-]+/[\\w.-]+)");
  private static final Pattern NAME = Pattern.compile("[\\w.-]+/[\\w.-]+");

  private final ModelCatalogue catalogue;
  private final Optional<Path> folder;
  private final Map<String, String> byRepository = new HashMap<>();
  private final Map<String, String> byArchitecture = new HashMap<>();

  /**
   * @param folder of the user's own files
   * @throws UserException if the folder is none, or a file of the catalogue is no JSON object
   */
  public HubModels(ModelCatalogue catalogue, Optional<Path> folder) {
    this.catalogue = catalogue;
    this.folder = folder;
    if (folder.isPresent() && !Files.isDirectory(folder.get())) {
      throw new UserException(folder.get() + ": no such folder");
    }
    Set<String> ambiguous = new HashSet<>();
    for (String name : catalogue.names()) {
      Optional<String> source = ConfigFile.read(catalogue.file(name)).text(SOURCE);
      Matcher repository = REPOSITORY.matcher(source.orElse(""));
      if (repository.find()) {
        add(repository.group(1), name, ambiguous);
      }
    }
    ambiguous.forEach(byArchitecture::remove);
    JsonDocument same = JsonDocument.resource(HubModels.class, "same-layers.json");
    same.values()
        .fieldNames()
        .forEachRemaining(
            repository ->
                byArchitecture.put(
                    RepositoryName.of(repository).architecture(),
                    same.text(repository).orElseThrow()));
  }

  private void add(String repository, String name, Set<String> ambiguous) {
    byRepository.put(repository.toLowerCase(Locale.ROOT), name);
    RepositoryName said = RepositoryName.of(repository);
    if (said.scheme().isEmpty() && byArchitecture.put(said.architecture(), name) != null) {
      ambiguous.add(said.architecture());
    }
  }

  /**
   * @throws UserException if the name is none of a repository, no such model is known, or its file
   *     is wrong as {@link ModelFile#read} says
   */
  public ConfiguredModel locate(String repository) {
    if (!NAME.matcher(repository).matches()) {
      throw new UserException("not a name of a repository, ORG/NAME: " + repository);
    }
    Optional<Path> own =
        folder
            .map(path -> path.resolve(repository.replace("/", "--") + ".json"))
            .filter(Files::exists);
    if (own.isPresent()) {
      return named(ConfiguredModel.read(own.get(), ReadingOptions.NONE), repository);
    }
    String exact = byRepository.get(repository.toLowerCase(Locale.ROOT));
    if (exact != null) {
      return named(catalogue.locate(exact), repository);
    }
    RepositoryName said = RepositoryName.of(repository);
    String name = byArchitecture.get(said.architecture());
    if (name == null) {
      throw new UserException(
          "model %s is not in the catalogue%s"
              .formatted(repository, folder.map(path -> ", nor in " + path).orElse("")));
    }
    ConfiguredModel found = catalogue.locate(name);
    return named(
        said.scheme().isEmpty() ? found : quantised(found, said.scheme().get(), repository),
        repository);
  }

  private static ConfiguredModel named(ConfiguredModel found, String repository) {
    return new ConfiguredModel(found.file(), found.model().withName(repository), found.config());
  }

  private static ConfiguredModel quantised(
      ConfiguredModel found, String scheme, String repository) {
    HuggingFaceConfig config = found.config().orElseThrow();
    if (config.whole().has(QUANTISATION) || config.document().has(QUANTISATION)) {
      throw new UserException(
          "model %s is not in the catalogue, and %s there is quantised by itself"
              .formatted(repository, found.model().name()));
    }
    ObjectNode whole = config.whole().values().deepCopy();
    JsonDocument said =
        JsonDocument.parsePython(repository, scheme.getBytes(StandardCharsets.UTF_8));
    whole.set(QUANTISATION, said.values());
    JsonDocument changed = new JsonDocument(config.whole().file(), config.whole().path(), whole);
    return new ConfiguredModel(
        found.file(), found.model(), Optional.of(HuggingFaceConfig.of(config.name(), changed)));
  }
}
