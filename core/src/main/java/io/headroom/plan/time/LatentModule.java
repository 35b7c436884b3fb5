package io.headroom.plan.time;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The projections that measured times of latent attention have in them: those of DeepSeek-V3.
 *
 * @param products into the ranks of queries and keys, to the queries, out of the heads
 */
record LatentModule(List<Product> products, Product upOfKeys) {
  private static final long HIDDEN = 7168;
  private static final long QUERY_RANK = 1536;
  private static final long KV_RANK = 512;
  private static final long PLAIN = 128;
  private static final long ROTARY = 64;
  private static final String PLAIN_TYPE = "bfloat16";

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
    return new Product(PLAIN_TYPE, product.outputs(), product.inputs());
  }

  /** Some tables have attention without the projections around it. */
  static boolean isAttentionAlone(List<String> texts) {
    return texts.get(0).equals("vllm_triton_mla");
  }
}
