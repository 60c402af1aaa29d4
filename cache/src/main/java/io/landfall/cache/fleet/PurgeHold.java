package io.landfall.cache.fleet;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/**
 * When nothing is served from the cache, because purges may have been missed.
 *
 * <p>After a start, until all nodes with a channel are compared with, and one at least. After a
 * time without any channel, from the first channel on until that node is compared with. While other
 * channels were there all the time, purges came by them: then only if the comparison shows that
 * this node lacks something, until it has it. A node that can reach no other serves from its cache:
 * a site alone must not be useless.
 *
 * <p>It never lasts longer than the limit. Then all that is stored is dropped, and the node serves:
 * which is the same as far as stale answers go, and costs no more than waiting longer.
 */
final class PurgeHold {
  private final long limitNanos;
  private boolean starting;
  private boolean on;
  private long sinceNanos;
  private String why = "";

  PurgeHold(long limitNanos, boolean hasPeers, long nowNanos) {
    this.limitNanos = limitNanos;
    this.starting = hasPeers;
    this.on = starting;
    this.sinceNanos = nowNanos;
    this.why = starting ? "the node starts" : "";
  }

  boolean isOn() {
    return on;
  }

  boolean isStarting() {
    return starting;
  }

  /** Why it holds; empty if it does not. */
  String why() {
    return why;
  }

  /** Whether it has lasted so long that what is stored is dropped instead. */
  boolean isOverdue(Collection<PurgePeer> peers, long nowNanos) {
    boolean late = on && nowNanos - sinceNanos >= limitNanos;
    boolean reachesNone = peers.stream().noneMatch(peer -> peer.up);
    if (late && starting) {
      starting = false;
    }
    return late && !reachesNone;
  }

  /** Looks whether it still has to last, or begins. */
  void judge(Collection<PurgePeer> peers, long nowNanos, List<PurgeEffect> out) {
    boolean any = false;
    boolean all = true;
    String wanted = "";
    for (PurgePeer peer : peers) {
      if (peer.up) {
        any |= peer.compared;
        all &= peer.isCaughtUp();
        if (peer.holds || !peer.targets.isEmpty()) {
          wanted = "it catches up with node " + peer.name();
        }
      }
    }
    starting &= !(any && all);
    why = starting ? "the node starts" : wanted;
    if (on == why.isEmpty()) {
      on = !on;
      sinceNanos = nowNanos;
      out.add(new PurgeEffect.Hold(on, why));
    }
  }

  OptionalLong deadlineNanos() {
    return on ? OptionalLong.of(sinceNanos + limitNanos) : OptionalLong.empty();
  }
}
