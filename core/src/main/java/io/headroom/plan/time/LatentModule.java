package io.headroom.plan.time;

import static io.headroom.plan.accelerator.LatentSizes.HIDDEN;
import static io.headroom.plan.accelerator.LatentSizes.KV_RANK;
import static io.headroom.plan.accelerator.LatentSizes.PLAIN;
import static io.headroom.plan.accelerator.LatentSizes.QUERY_RANK;
import static io.headroom.plan.accelerator.LatentSizes.ROTARY;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The projections that measured times of latent attention have in them: those of {@link
 * io.headroom.plan.accelerator.LatentSizes}.
 *
 * @param products into the ranks of queries and keys, to the queries, out of the heads
 */
record LatentModule(List<Product> products, Product upOfKeys) {
  LatentModule {
    products = List.copyOf(products);
  }

  static LatentModule ofTables(long heads, String type) {
    return new LatentModule(
        List.of(
            new Product(type, QUERY_RANK + KV_RANK + ROTARY, HIDDEN),
            new Product(type, heads * (PLAIN + ROTARY), QUERY_RANK),
            new Product(type, HIDDEN, heads * PLAIN)),
        new Product(type, 2 * heads * PLAIN, KV_RANK));
  }

  /** Whether these are the same, whatever their types. */
  boolean hasSizes(List<Product> others) {
    Set<Product> own = new HashSet<>();
    products.forEach(product -> own.add(untyped(product)));
    own.add(untyped(upOfKeys));
    Set<Product> compared = new HashSet<>();
    others.forEach(product -> compared.add(untyped(product)));
    return own.equals(compared);
  }

  private static Product untyped(Product product) {
    return new Product(WeightType.PLAIN, product.outputs(), product.inputs());
  }
}
