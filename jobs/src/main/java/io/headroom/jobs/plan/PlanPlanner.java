package io.headroom.jobs.plan;

import io.headroom.CanonicalText;
import io.headroom.Fingerprint;
import io.headroom.UserException;
import io.headroom.jobs.plan.prices.Price;
import io.headroom.jobs.plan.prices.PriceList;
import io.headroom.jobs.plan.requests.PlannedRequests;
import io.headroom.jobs.plan.search.ShippedSearch;
import io.headroom.jobs.plan.settings.PlanSettings;
import io.headroom.jobs.plan.settings.PlanSettingsReader;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.settings.AcceleratorProfiles;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.ProjectFolders;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.settings.Window;
import io.headroom.model.ModelIdentity;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.plan.search.ModelVariant;
import io.headroom.plan.search.SearchSpace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Plans what a command line asks for: reads everything from files that there is to read. */
final class PlanPlanner {
  private static final int FINGERPRINT_BYTES = 16;

  private final SettingsFile file;
  private final PlanSettings settings;
  private final List<ModelVariant> variants;
  private final List<String> accelerators = new ArrayList<>();
  private final List<String> unbuildable = new ArrayList<>();
  private final Map<String, byte[]> profiles = new TreeMap<>();
  private final Map<String, Price> prices = new TreeMap<>();

  /**
   * @param configuration a HOCON file, or {@code plan.conf} or {@code manifest.json} of results
   * @param trace in the place of the workload's; empty: that
   * @param overrides {@code key=value}, each as given to {@code --set}
   * @throws UserException if a setting, model, profile or price is wrong, missing or unknown
   */
  PlanPlanner(Path configuration, Optional<String> trace, List<String> overrides) {
    SettingsFile written =
        SettingsFile.readOrRecall(
            ProjectFolders.configuration(configuration),
            ResultsFolder.CONFIGURATION,
            PlanSettings.DEFAULTS,
            overrides);
    SettingsFile asked =
        trace
            .map(
                path ->
                    written.withOption("plan.workload", Map.of("trace", path), "--trace " + path))
            .orElse(written);
    this.settings = PlanSettingsReader.read(asked);
    this.file = settings.locatedIn(asked);
    for (String accelerator : settings.accelerators()) {
      byte[] profile = naming(() -> AcceleratorProfiles.bytes(accelerator));
      String name = AcceleratorProfiles.name(accelerator, profile);
      byte[] other = profiles.put(name, profile);
      if (other != null && !Arrays.equals(other, profile)) {
        throw new UserException(
            "%s: plan.accelerators: two profiles are named %s; allowed: one data_sheet.name each"
                .formatted(file.file(), name));
      }
      accelerators.add(name);
    }
    PriceList known =
        settings
            .prices()
            .map(path -> PriceList.read(Path.of(path)))
            .orElseGet(PriceList::ofProject);
    for (String accelerator : accelerators) {
      known.price(accelerator).ifPresent(price -> prices.put(accelerator, price));
    }
    this.variants = naming(this::variants);
  }

  private List<ModelVariant> variants() {
    ModelCatalogue catalogue = ProjectFolders.models();
    List<ModelVariant> made = new ArrayList<>();
    Set<List<Object>> known = new HashSet<>();
    for (String name : settings.models()) {
      ConfiguredModel configured = catalogue.locate(name);
      for (KvHeads heads : settings.kvHeads()) {
        if (!heads.divide(configured.model())) {
          unbuildable.add(
              "%s: kv-heads %s does not divide the %d query heads"
                  .formatted(
                      configured.model().name(), heads.label(), configured.model().queryHeads()));
          continue;
        }
        ModelSpec spec = heads.of(configured.model());
        ConfiguredModel shaped = new ConfiguredModel(configured.file(), spec, configured.config());
        for (Window window : settings.windows()) {
          if (known.add(List.of(spec.name(), spec.kvHeads(), window))) {
            made.add(
                new ModelVariant(
                    heads.label(),
                    window.size(),
                    window.sinks(),
                    window.isNone() ? spec : spec.withWindow(window.size(), window.sinks()),
                    configured.model().asMha(),
                    DecoderWeights.of(shaped)));
          }
        }
      }
    }
    if (made.isEmpty()) {
      throw new UserException("plan.kv-heads: " + unbuildable.get(0));
    }
    return made;
  }

  PlanSettings settings() {
    return settings;
  }

  SettingsFile file() {
    return file;
  }

  /** What is asked for and cannot be built, in a sentence each. */
  List<String> unbuildable() {
    return unbuildable;
  }

  Map<String, Price> prices() {
    return prices;
  }

  SearchSpace space() {
    return new SearchSpace(
        variants,
        accelerators.stream().distinct().toList(),
        settings.parallelisms(),
        settings.weights(),
        settings.kvPrecisions(),
        settings.maxBatchedTokens(),
        settings.disaggregated(),
        settings.maxSequences(),
        settings.memoryUtilizations());
  }

  ShippedSearch search(PlannedRequests requests) {
    Map<String, Double> usdPerHour = new TreeMap<>();
    prices.forEach((name, price) -> usdPerHour.put(name, price.usdPerHour()));
    return new ShippedSearch(
        space(),
        requests.demand(settings.levels()),
        settings.engine(),
        settings.release(),
        profiles,
        usdPerHour,
        settings.linkBytesPerSecond());
  }

  /** Of all that decides what is found; folders are resumed by those that have the same. */
  String fingerprint(PlannedRequests requests) {
    CanonicalText text =
        new CanonicalText("plan", 2)
            .put("configuration", file.render())
            .put("requests", requests.fingerprint());
    profiles.forEach(
        (name, profile) ->
            text.put(
                "profile." + name,
                Fingerprint.of(new String(profile, StandardCharsets.UTF_8), FINGERPRINT_BYTES)));
    prices.forEach((name, price) -> text.put("price." + name, price.usdPerHour()));
    for (int i = 0; i < variants.size(); i++) {
      text.put("variant." + CanonicalText.number(i + 1), ModelIdentity.of(variants.get(i).spec()));
    }
    return text.fingerprint(FINGERPRINT_BYTES);
  }

  /** Mistakes name the file. */
  private <T> T naming(Supplier<T> step) {
    try {
      return step.get();
    } catch (UserException e) {
      throw new UserException("%s: %s".formatted(file.file(), e.getMessage()), e);
    }
  }
}
