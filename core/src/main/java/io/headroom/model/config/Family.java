package io.headroom.model.config;

import io.headroom.model.LayerSpec;
import java.util.List;

/** How the configurations of one family of models say what every layer keeps. */
@FunctionalInterface
interface Family {

  /**
   * From the first layer to the last.
   *
   * @throws io.headroom.UserException if a value is missing or not allowed
   */
  List<LayerSpec> layers(DecoderConfig config);
}
