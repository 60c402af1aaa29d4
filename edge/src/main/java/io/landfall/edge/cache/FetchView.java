package io.landfall.edge.cache;

import io.landfall.decision.RequestFacts.Cached;
import io.landfall.edge.exchange.Arrived;
import io.landfall.edge.exchange.Downstream;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.exchange.FillDownstream;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of a {@link Fill} from any event loop. It is written on the fill's own loop only,
 * and each reader looks at the state first.
 */
abstract class FetchView extends Counted implements FillDownstream {
  private final SocketAddress remote;
  private final boolean waitedForForwards;
  private final AtomicBoolean settled = new AtomicBoolean();
  private final Cached seeks;
  private final @Nullable Arrived asker;

  volatile FillState state = FillState.ASKED;
  volatile @Nullable StoredResponse object;
  volatile FailureKind failure = FailureKind.NOWHERE;
  volatile FillSource source = FillSource.UNKNOWN;
  volatile boolean overflows;

  /** Of a fetch that counts as one of the client that it is begun for, and waits or does not. */
  FetchView(Lookup lookup, boolean background) {
    this.asker = background ? null : lookup.arrived();
    Downstream client = lookup.arrived().downstream();
    this.seeks = lookup.missing();
    this.remote = client.remote();
    this.waitedForForwards = client.hasWaitedForForwards();
  }

  /**
   * Decides whether it is begun: for the first who asks, its own loop that begins it or one who
   * gives it up because that did not happen in time.
   */
  final boolean settle() {
    return settled.compareAndSet(false, true);
  }

  final FillState state() {
    return state;
  }

  /** The response; null before its head is here. */
  final @Nullable StoredResponse object() {
    return object;
  }

  /** How it failed, if it did. */
  final FailureKind failure() {
    return failure;
  }

  /** Where the response came from. */
  final FillSource source() {
    return source;
  }

  @Override
  public final @Nullable Arrived asker() {
    return asker;
  }

  @Override
  public final Cached seeks() {
    return seeks;
  }

  @Override
  public final SocketAddress remote() {
    return remote;
  }

  @Override
  public final boolean hasWaitedForForwards() {
    return waitedForForwards;
  }
}
