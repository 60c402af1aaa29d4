package io.landfall.signal;

import io.landfall.core.Signal;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * What the service hosts that speak for one service say of it, and what follows from all of it.
 *
 * <p>The best word counts: a service that runs on several hosts is UP while any of them says so,
 * with the lowest tier among those. A host that has said nothing, or whose session is gone, says
 * DOWN; there is no memory of what it said before.
 *
 * <p>A backend that is on one of these hosts is used only while the word of its host is as good as
 * the best: a host that went down or drains takes its own backends along, and no other's.
 */
final class HostWords {
  /** What one host says. */
  private record Word(Signal signal, long tier, String why) {
    boolean isBetterThan(Word other) {
      int c = signal.compareTo(other.signal);
      return c != 0 ? c < 0 : tier < other.tier;
    }
  }

  private static final Word NOTHING_SAID = new Word(Signal.DOWN, 0, "has said nothing yet");

  private final List<ServiceSpec.SpeakingHost> hosts;
  private final IntPredicate isBackendUp;
  private final SortedMap<String, Word> words = new TreeMap<>();

  /**
   * Nobody has said anything.
   *
   * @param isBackendUp what the probes say of a backend, by index
   */
  HostWords(List<ServiceSpec.SpeakingHost> hosts, IntPredicate isBackendUp) {
    this.hosts = hosts;
    this.isBackendUp = isBackendUp;
  }

  /** Whether any host is configured to speak for the service at all. */
  boolean isSpokenFor() {
    return !hosts.isEmpty();
  }

  /** A host's word; one that is not configured to speak for the service is not heard. */
  void said(String host, Signal signal, long tier) {
    if (isConfigured(host)) {
      words.put(
          host,
          new Word(
              signal,
              signal == Signal.DOWN ? 0 : tier,
              "says " + signal + (signal == Signal.DOWN ? "" : " tier " + tier)));
    }
  }

  /** A host's word is void. */
  void silent(String host, String why) {
    if (isConfigured(host)) {
      words.put(host, new Word(Signal.DOWN, 0, "says nothing: " + why));
    }
  }

  private boolean isConfigured(String host) {
    return hosts.stream().anyMatch(each -> each.name().equals(host));
  }

  /** A host's word as it counts: that of a host whose own backends are all dead is void. */
  private Word wordOf(ServiceSpec.SpeakingHost host) {
    Word word = words.getOrDefault(host.name(), NOTHING_SAID);
    boolean dead =
        !host.backends().isEmpty() && host.backends().stream().noneMatch(isBackendUp::test);
    return dead && word.signal() != Signal.DOWN
        ? new Word(Signal.DOWN, 0, word.why() + ", but its backends are down")
        : word;
  }

  /** The host whose word counts; empty when nobody is configured to speak. */
  private Optional<ServiceSpec.SpeakingHost> best() {
    Optional<ServiceSpec.SpeakingHost> best = Optional.empty();
    for (ServiceSpec.SpeakingHost host : hosts) {
      if (best.isEmpty() || wordOf(host).isBetterThan(wordOf(best.get()))) {
        best = Optional.of(host);
      }
    }
    return best;
  }

  /** The signal that counts; UP when nobody is configured to speak. */
  Signal signal() {
    return best().map(host -> wordOf(host).signal()).orElse(Signal.UP);
  }

  /** The tier that counts, to be added to the configured one. */
  long tier() {
    return best().map(host -> wordOf(host).tier()).orElse(0L);
  }

  /** Who says what counts, for a person; empty when nobody is configured to speak. */
  String why() {
    return best()
        .map(
            host ->
                "host "
                    + host.name()
                    + " "
                    + wordOf(host).why()
                    + (hosts.size() > 1 ? " (the best of " + hosts.size() + " hosts)" : ""))
        .orElse("");
  }

  /** Whether one of the backends, from 0 to so many, is up and may have requests. */
  boolean allowsAnyOf(int backends) {
    for (int i = 0; i < backends; i++) {
      if (isBackendUp.test(i) && allows(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether requests may go to this backend as far as the hosts are concerned. */
  boolean allows(int backendIndex) {
    boolean onSpeakingHost = false;
    for (ServiceSpec.SpeakingHost host : hosts) {
      if (host.backends().contains(backendIndex)) {
        onSpeakingHost = true;
        if (wordOf(host).signal().compareTo(signal()) <= 0) {
          return true;
        }
      }
    }
    return !onSpeakingHost;
  }
}
