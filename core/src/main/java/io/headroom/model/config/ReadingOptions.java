package io.headroom.model.config;

import java.util.OptionalInt;

/**
 * What a configuration does not say of itself.
 *
 * @param assumePlain compute as if keys that no rule knows were not there, instead of refusing
 * @param images of a sequence, for models that keep keys and values of images apart
 * @param encoderTokens positions of an encoder; empty for the most that the configuration allows
 */
public record ReadingOptions(boolean assumePlain, int images, OptionalInt encoderTokens) {
  public static final ReadingOptions NONE = new ReadingOptions(false, 0, OptionalInt.empty());
}
