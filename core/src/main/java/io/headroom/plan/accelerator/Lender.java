package io.headroom.plan.accelerator;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An accelerator that was measured, and says of others what their data sheets do not.
 *
 * @param models their errors are those as lent: of accelerators that have tables, each predicted
 *     from the others
 */
public record Lender(DataSheet sheet, SortedMap<KernelFamily, KernelModel> models) {
  public Lender {
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
  }
}
