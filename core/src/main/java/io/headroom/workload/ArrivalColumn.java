package io.headroom.workload;

import java.util.Objects;

/** The column or field that says when a request arrived. */
public record ArrivalColumn(String name, ArrivalUnit unit) {

  public ArrivalColumn {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(unit, "unit");
  }
}
