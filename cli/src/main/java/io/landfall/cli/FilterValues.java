package io.landfall.cli;

import io.landfall.core.Signal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** The values of filters that shells complete and help names; the node refuses wrong ones. */
final class FilterValues {
  private FilterValues() {}

  /** The states of a service at a site. */
  static final class States implements Iterable<String> {
    /** For picocli. */
    States() {}

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Signal.values()).map(Signal::name).iterator();
    }
  }

  /** What becomes of a request. */
  static final class Outcomes implements Iterable<String> {
    /** For picocli. */
    Outcomes() {}

    @Override
    public Iterator<String> iterator() {
      return List.of("serve", "forward", "decline").iterator();
    }
  }
}
