package io.headroom.plan.accelerator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.InputFile;
import io.headroom.UserException;
import io.headroom.fit.BoostedTrees;
import io.headroom.json.JsonDocument;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A profile as a file: plain JSON, the same text for the same profile. */
public final class ProfileFile {
  /** What this version writes, and the only one that it reads. */
  private static final int FORMAT = 2;

  public static final int MOST_BYTES = 1_000_000;
  private static final MathContext COEFFICIENT_DIGITS = new MathContext(6);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper STRICT = JsonDocument.strictJson(MOST_BYTES);

  private ProfileFile() {}

  /** The text of the file. Coefficients have six digits. */
  public static String text(AcceleratorProfile profile) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    DataSheet sheet = profile.sheet();
    write(sheet, root.putObject("data_sheet"));
    ObjectNode provenance = root.putObject("provenance");
    profile.provenance().forEach(provenance::put);
    write(profile.models(), root.putObject("families"));
    if (!profile.lenders().isEmpty()) {
      ArrayNode lenders = root.putArray("lent_by");
      for (Lender lender : profile.lenders()) {
        ObjectNode one = lenders.addObject();
        write(lender.sheet(), one.putObject("data_sheet"));
        write(lender.models(), one.putObject("families"));
      }
    }
    if (!profile.adaptations().isEmpty()) {
      ObjectNode adapted = root.putObject("adapted");
      profile.adaptations().forEach((family, one) -> write(one, adapted.putObject(family.label())));
    }
    try {
      // A line a family and a data sheet: what differs between two versions can be seen.
      return JSON.writeValueAsString(root)
          .replace("\"data_sheet\":", "\n\"data_sheet\":")
          .replace("\"provenance\":", "\n\"provenance\":")
          .replace("\"families\":", "\n\"families\":")
          .replace("\"error\":", "\n\"error\":")
          .concat("\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(DataSheet sheet, ObjectNode data) {
    data.put("name", sheet.name());
    data.put("memory_bytes", sheet.memoryBytes());
    data.put("bandwidth_bytes_per_second", sheet.bandwidthBytesPerSecond());
    data.put("bf16_flops_per_second", sheet.bf16FlopsPerSecond());
    if (sheet.fp8FlopsPerSecond() > 0) {
      data.put("fp8_flops_per_second", sheet.fp8FlopsPerSecond());
    }
    if (sheet.fp4FlopsPerSecond() > 0) {
      data.put("fp4_flops_per_second", sheet.fp4FlopsPerSecond());
    }
    data.put("l2_bytes", sheet.l2Bytes());
    data.put("processors", sheet.processors());
    if (sheet.linkBytesPerSecond() > 0) {
      data.put("link_bytes_per_second", sheet.linkBytesPerSecond());
    }
    if (sheet.host()) {
      data.put("host", true);
    }
    data.put("source", sheet.source());
  }

  private static void write(SortedMap<KernelFamily, KernelModel> models, ObjectNode into) {
    models.forEach((family, model) -> write(model, into.putObject(family.label())));
  }

  private static void write(Adaptation adaptation, ObjectNode into) {
    write(adaptation.error(), into.putObject("error"));
    write(adaptation.factors(), into.putArray("factors"));
    write(adaptation.slopes(), into.putArray("slopes"));
    write(adaptation.least(), into.putArray("least"));
    write(adaptation.most(), into.putArray("most"));
    into.put("shift", rounded(adaptation.shift()));
    ObjectNode shifts = into.putObject("shifts");
    adaptation.shifts().forEach((variant, shift) -> shifts.put(variant, rounded(shift)));
  }

  private static void write(KernelError known, ObjectNode error) {
    error.put("rows", known.rows());
    // Absent stands for none: no row was kept out, or every one was met.
    if (known.p90() > 0) {
      error.put("mean_absolute_percentage_error", rounded(known.mean()));
      error.put("p90_absolute_percentage_error", rounded(known.p90()));
    }
  }

  private static void write(KernelModel model, ObjectNode into) {
    write(model.error(), into.putObject("error"));
    into.set("terms", JSON.valueToTree(model.family().physics().termNames()));
    ObjectNode variants = into.putObject("variants");
    model.variants().forEach((name, variant) -> write(variant, variants.putObject(name)));
    into.set("features", JSON.valueToTree(KernelModel.featureNames(model.family())));
    into.set("thresholds", JSON.valueToTree(model.residual().thresholds()));
    into.set("trees", JSON.valueToTree(model.residual().trees()));
    into.set("leaves", JSON.valueToTree(model.residual().leaves()));
  }

  private static void write(KernelVariant variant, ObjectNode into) {
    KernelSource source = variant.source();
    into.set("texts", JSON.valueToTree(source.texts()));
    into.put("window", source.window());
    into.put("rows", source.rows());
    ObjectNode ranges = into.putObject("ranges");
    source
        .ranges()
        .forEach((name, range) -> ranges.putArray(name).add(exact(range[0])).add(exact(range[1])));
    write(variant.coefficients(), into.putArray("coefficients"));
  }

  private static void write(double[] numbers, ArrayNode into) {
    Arrays.stream(numbers).mapToObj(ProfileFile::rounded).forEach(into::add);
  }

  private static BigDecimal rounded(double value) {
    return plain(new BigDecimal(value).round(COEFFICIENT_DIGITS));
  }

  /** A range that lost digits would not hold its own ends. */
  private static BigDecimal exact(double value) {
    return plain(new BigDecimal(value));
  }

  /** Without an exponent where there is no fraction. */
  private static BigDecimal plain(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /**
   * @throws UserException if it is no profile, or one of another version, or lacks what it needs
   */
  public static AcceleratorProfile read(Path file) {
    return parse(file.toString(), bytes(file));
  }

  /**
   * What {@link #parse} takes, to be parsed elsewhere.
   *
   * @throws UserException if it cannot be read
   */
  public static byte[] bytes(Path file) {
    return InputFile.read(file, "a profile of an accelerator", MOST_BYTES);
  }

  /**
   * @param file what messages call it
   * @throws UserException as of {@link #read}
   */
  public static AcceleratorProfile parse(String file, byte[] text) {
    JsonDocument root = JsonDocument.parse(file, text, STRICT);
    int format =
        root.integer("format", 1, Integer.MAX_VALUE)
            .orElseThrow(() -> root.missing("format", "no profile of an accelerator"));
    if (format != FORMAT) {
      throw root.wrong("format", "must be %d, calibrate again".formatted(FORMAT));
    }
    JsonDocument provenance = needed(root, "provenance");
    SortedMap<String, String> texts = new TreeMap<>();
    provenance
        .values()
        .properties()
        .forEach(entry -> texts.put(entry.getKey(), provenance.text(entry.getKey()).orElse("")));
    SortedMap<KernelFamily, Adaptation> adaptations = new TreeMap<>();
    root.object("adapted")
        .ifPresent(
            adapted ->
                byFamily(adapted)
                    .forEach((family, json) -> adaptations.put(family, adaptation(family, json))));
    return new AcceleratorProfile(
        DataSheet.read(needed(root, "data_sheet")),
        texts,
        models(root),
        lenders(root),
        adaptations);
  }

  private static List<Lender> lenders(JsonDocument root) {
    List<Lender> lenders = new ArrayList<>();
    for (JsonDocument lender : root.objects("lent_by").orElse(List.of())) {
      lenders.add(new Lender(DataSheet.read(needed(lender, "data_sheet")), models(lender)));
    }
    return lenders;
  }

  private static SortedMap<KernelFamily, KernelModel> models(JsonDocument json) {
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    byFamily(needed(json, "families"))
        .forEach((family, one) -> models.put(family, model(family, one)));
    return models;
  }

  private static SortedMap<KernelFamily, JsonDocument> byFamily(JsonDocument families) {
    SortedMap<KernelFamily, JsonDocument> found = new TreeMap<>();
    for (String name : names(families)) {
      KernelFamily family =
          KernelFamily.labelled(name)
              .orElseThrow(() -> families.wrong(name, "is no family of kernels"));
      found.put(family, needed(families, name));
    }
    return found;
  }

  private static Adaptation adaptation(KernelFamily family, JsonDocument json) {
    int terms = family.physics().termNames().size();
    int features = family.physics().featureNames().size();
    JsonDocument shifts = needed(json, "shifts");
    SortedMap<String, Double> known = new TreeMap<>();
    for (String name : names(shifts)) {
      known.put(name, number(shifts, name));
    }
    return new Adaptation(
        numbers(json, "factors", terms),
        numbers(json, "slopes", features),
        numbers(json, "least", features),
        numbers(json, "most", features),
        known,
        number(json, "shift"),
        error(needed(json, "error")));
  }

  private static KernelError error(JsonDocument error) {
    int rows = error.integer("rows", 0, Integer.MAX_VALUE).orElse(0);
    if (rows == 0) {
      return KernelError.NOT_KNOWN;
    }
    return new KernelError(
        rows,
        number(error, "mean_absolute_percentage_error"),
        number(error, "p90_absolute_percentage_error"));
  }

  private static KernelModel model(KernelFamily family, JsonDocument json) {
    requireSame(json, "terms", family.physics().termNames());
    requireSame(json, "features", KernelModel.featureNames(family));
    JsonDocument variants = needed(json, "variants");
    SortedMap<String, KernelVariant> kernels = new TreeMap<>();
    for (String name : names(variants)) {
      kernels.put(name, variant(family, needed(variants, name)));
    }
    JsonDocument error = needed(json, "error");
    try {
      return new KernelModel(
          family,
          kernels,
          new BoostedTrees(
              arrays(json, "thresholds"), integers(json, "trees"), integers(json, "leaves")),
          error(error));
    } catch (IllegalArgumentException e) {
      throw new UserException("%s: %s%s".formatted(json.file(), json.path(), e.getMessage()), e);
    }
  }

  private static KernelVariant variant(KernelFamily family, JsonDocument json) {
    List<String> texts = json.texts("texts").orElse(List.of());
    if (texts.size() != family.physics().texts().size()) {
      throw json.wrong("texts", "must be one of each of " + family.physics().texts());
    }
    JsonDocument ranges = needed(json, "ranges");
    SortedMap<String, double[]> known = new TreeMap<>();
    for (String name : names(ranges)) {
      double[] range = numbers(ranges, name, ranges.values().get(name));
      if (range.length != 2) {
        throw ranges.wrong(name, "must be the least and the most");
      }
      known.put(name, range);
    }
    KernelSource source =
        new KernelSource(
            texts,
            json.flag("window").orElse(false),
            known,
            json.integer("rows", 0, Integer.MAX_VALUE).orElse(0));
    return new KernelVariant(
        source, numbers(json, "coefficients", json.values().path("coefficients")));
  }

  private static List<String> names(JsonDocument json) {
    List<String> names = new ArrayList<>();
    json.values().fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonDocument needed(JsonDocument json, String key) {
    return json.object(key).orElseThrow(() -> json.missing(key, "an object is needed"));
  }

  /** Names say what the numbers mean: with others the profile is of another version. */
  private static void requireSame(JsonDocument json, String key, List<String> names) {
    if (!json.texts(key).orElse(List.of()).equals(names)) {
      throw json.wrong(key, "must be %s, calibrate again".formatted(names));
    }
  }

  private static List<int[]> integers(JsonDocument json, String key) {
    return arrays(json, key).stream()
        .map(array -> Arrays.stream(array).mapToInt(value -> (int) value).toArray())
        .toList();
  }

  private static List<double[]> arrays(JsonDocument json, String key) {
    if (!(json.values().get(key) instanceof ArrayNode outer)) {
      throw json.missing(key, "an array of arrays of numbers is needed");
    }
    List<double[]> arrays = new ArrayList<>();
    for (JsonNode inner : outer) {
      arrays.add(numbers(json, key, inner));
    }
    return arrays;
  }

  private static double number(JsonDocument json, String key) {
    if (!json.values().path(key).isNumber()) {
      throw json.missing(key, "a number is needed");
    }
    return json.values().get(key).doubleValue();
  }

  private static double[] numbers(JsonDocument json, String key, int count) {
    double[] numbers = numbers(json, key, json.values().path(key));
    if (numbers.length != count) {
      throw json.wrong(key, "must be %d numbers".formatted(count));
    }
    return numbers;
  }

  private static double[] numbers(JsonDocument json, String key, JsonNode array) {
    double[] numbers = new double[array.size()];
    Iterator<JsonNode> elements = array.elements();
    for (int i = 0; i < numbers.length; i++) {
      JsonNode element = elements.next();
      if (!array.isArray() || !element.isNumber()) {
        throw json.wrong(key, "must hold numbers");
      }
      numbers[i] = element.doubleValue();
    }
    return numbers;
  }
}
