package io.landfall.node.probe;

import java.util.function.Consumer;

/** Hands on the first verdict and drops every later one. Used by one thread. */
final class OneVerdict {
  private final Consumer<Verdict> to;
  private boolean given;

  OneVerdict(Consumer<Verdict> to) {
    this.to = to;
  }

  void give(Verdict verdict) {
    if (!given) {
      given = true;
      to.accept(verdict);
    }
  }
}
