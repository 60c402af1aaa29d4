package io.landfall.edge;

/** Settings of an edge as several tests need them. */
public final class TestSettings {
  private TestSettings() {}

  /** The same with one event loop, so that what each loop has for itself is the whole edge's. */
  public static EdgeSettings oneLoop(EdgeSettings c) {
    return new EdgeSettings(
        c.node(),
        c.identity(),
        c.cdnId(),
        c.listeners(),
        1,
        c.limits(),
        c.timeouts(),
        c.policies());
  }
}
