package io.landfall.acme;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The challenges that this node answers: its own and those of other nodes. Each node has at most
 * {@link ChallengeMessage#MAX_CHALLENGES}, for at most {@link #LIFETIME}. Looked up by any thread
 * without a lock; changed by any.
 */
public final class ChallengeTable {
  /** How long a challenge is answered that nobody takes back. */
  public static final Duration LIFETIME = Duration.ofMinutes(15);

  /** By owner. */
  private final Map<String, List<Held>> owners = new LinkedHashMap<>();

  private volatile Map<String, Held> byToken = Map.of();
  private volatile Map<String, Held> byName = Map.of();

  /** Nothing is pending. */
  public ChallengeTable() {}

  private record Held(PendingChallenge challenge, long untilNanos) {}

  /**
   * Puts all challenges of one owner in place of those before. Of tls-alpn-01 one at a time can be
   * answered for a name: what another owner has stays, and what comes is not taken.
   *
   * @param owner a node
   * @param all what it has pending
   * @return the names whose challenges were not taken
   */
  public synchronized List<String> put(String owner, List<PendingChallenge> all, long nowNanos) {
    owners.remove(owner);
    expire(nowNanos);
    publish();
    List<String> busy = new ArrayList<>();
    List<Held> taken = new ArrayList<>();
    for (PendingChallenge each : all) {
      boolean isTaken =
          each.type() == ChallengeType.TLS_ALPN_01
              ? !byName.containsKey(each.name())
              : !byToken.containsKey(each.token());
      if (isTaken) {
        taken.add(new Held(each, nowNanos + LIFETIME.toNanos()));
      } else {
        busy.add(each.name());
      }
    }
    if (!taken.isEmpty()) {
      owners.put(owner, taken);
    }
    publish();
    return busy;
  }

  private void expire(long nowNanos) {
    owners.values().forEach(each -> each.removeIf(held -> isOver(held, nowNanos)));
    owners.values().removeIf(List::isEmpty);
  }

  private static boolean isOver(Held held, long nowNanos) {
    return held.untilNanos - nowNanos <= 0;
  }

  private void publish() {
    Map<String, Held> tokens = new HashMap<>();
    Map<String, Held> names = new HashMap<>();
    for (List<Held> each : owners.values()) {
      for (Held held : each) {
        if (held.challenge.type() == ChallengeType.TLS_ALPN_01) {
          names.put(held.challenge.name(), held);
        } else {
          tokens.put(held.challenge.token(), held);
        }
      }
    }
    byToken = tokens;
    byName = names;
  }

  /** What answers a token of http-01 for a name; empty if it is not known, or of another one. */
  public Optional<String> keyAuthorization(String name, String token, long nowNanos) {
    Held held = byToken.get(token);
    return held == null || isOver(held, nowNanos) || !held.challenge.name().equals(name)
        ? Optional.empty()
        : Optional.of(held.challenge.keyAuthorization());
  }

  /** The challenge of tls-alpn-01 for a name; empty if there is none. */
  public Optional<PendingChallenge> forName(String name, long nowNanos) {
    Held held = byName.get(name);
    return held == null || isOver(held, nowNanos) ? Optional.empty() : Optional.of(held.challenge);
  }

  /** The challenges of tls-alpn-01 that are held, those that are over among them. */
  public List<PendingChallenge> handshakes() {
    return byName.values().stream().map(Held::challenge).toList();
  }

  /** How many are held. */
  public int size() {
    return byToken.size() + byName.size();
  }
}
