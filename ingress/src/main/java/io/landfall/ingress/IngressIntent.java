package io.landfall.ingress;

/**
 * What the public side is meant to advertise, as a pure function of two things and no third: what
 * the operator asked for, and whether the node's own listener takes connections.
 *
 * <p>The constructors are private and {@link #of} is the only way to an intent. No service, cache,
 * backend or overlay event has a type that could be passed to it; that is the point of this file.
 */
public sealed interface IngressIntent {
  /** The intent that follows from what the operator asked for and from the listener. */
  static IngressIntent of(OperatorWish wish, ListenerLiveness listener) {
    if (wish == OperatorWish.STOP) {
      return Withdraw.STOPPED;
    }
    return switch (listener) {
      case NOT_ACCEPTING -> Withdraw.NO_LISTENER;
      case STARTING -> Withdraw.START_DELAY;
      case ACCEPTING -> wish == OperatorWish.ADVERTISE ? Advertise.ADVERTISE : Drain.DRAIN;
    };
  }

  /** Announce every configured prefix to every upstream. */
  final class Advertise implements IngressIntent {
    private static final Advertise ADVERTISE = new Advertise();

    private Advertise() {}

    @Override
    public String toString() {
      return "advertise";
    }
  }

  /** Announce with GRACEFUL_SHUTDOWN, wait, then withdraw (RFC 8326). */
  final class Drain implements IngressIntent {
    private static final Drain DRAIN = new Drain();

    private Drain() {}

    @Override
    public String toString() {
      return "drain";
    }
  }

  /** Withdraw at once. */
  final class Withdraw implements IngressIntent {
    private static final Withdraw STOPPED = new Withdraw("withdraw (shutdown)");
    private static final Withdraw START_DELAY = new Withdraw("withdraw (start delay)");
    private static final Withdraw NO_LISTENER = new Withdraw("withdraw (listener does not accept)");

    private final String text;

    private Withdraw(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
