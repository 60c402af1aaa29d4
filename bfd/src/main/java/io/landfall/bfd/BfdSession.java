package io.landfall.bfd;

import io.landfall.bfd.BfdPacket.AuthenticationSection;
import io.landfall.bfd.BfdPacket.Flag;
import io.landfall.bfd.BfdPacket.Flags;
import io.landfall.bfd.BfdPacket.Intervals;
import io.landfall.core.Machine;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One BFD session in Asynchronous mode and the Active role (RFC 5880 section 6.8), as a
 * single-threaded state object: events in, effects out.
 *
 * <p>Three states say how much is proved: Down nothing, Init that we receive from the peer, Up that
 * it receives from us too. A cut in one direction is noticed by the side that receives nothing any
 * more; it sends Down in its packets, and the other side, which still receives those, goes down
 * with it. A cut in both is noticed by each alone.
 *
 * <p>Every received datagram passes the rules of section 6.8.6 before it changes anything; with
 * keys, that includes its digest and its sequence number. Whoever cannot make those can neither
 * bring the session up nor take it down.
 *
 * <p>We never ask for demand mode or for echo; a peer that asks for demand mode gets it, as section
 * 6.8.6 demands. Timers change only by state: once a second while not Up, the configured interval
 * in Up, announced by a Poll Sequence (6.8.3).
 */
public final class BfdSession implements Machine<BfdEvent, BfdEffect> {
  private static final long MOST_MICROS = 0xffff_ffffL;

  private final BfdConfig config;
  private final Optional<Authenticator> authenticator;
  private final Schedule schedule;
  private final DiscardCounts discards = new DiscardCounts();
  private List<BfdEffect> out = new ArrayList<>();

  // The variables of section 6.8.1.
  private BfdState state = BfdState.DOWN;
  private BfdState remoteState = BfdState.DOWN;
  private Diagnostic diagnostic = Diagnostic.NONE;
  private int remoteDiscriminator;
  private long remoteMinRxMicros = 1;
  private long remoteDesiredMinTxMicros = Schedule.SLOW_MICROS;
  private boolean remoteDemand;

  /** A Poll Sequence of ours waits for its F. */
  private boolean polling;

  private boolean started;
  private boolean silenceNoted;
  private PathLiveness path = PathLiveness.UNPROVED;
  private long sinceNanos;
  private String lastDown = "";
  private long sent;
  private long received;
  private long ups;
  private long downs;

  /** A session that is Down and sends nothing before {@link BfdEvent.Start}. */
  public BfdSession(BfdConfig config, Rng random) {
    this.config = config;
    this.authenticator =
        config.keys().map(keys -> new Authenticator(keys, (int) random.nextLong(1L << 32)));
    this.schedule = new Schedule(random, config.timing().detectMult());
  }

  @Override
  public List<BfdEffect> step(BfdEvent event, Now now) {
    return step(event, now.monotonicNanos());
  }

  /** Applies one event and returns what the owner must do, in order; no wall clock is needed. */
  public List<BfdEffect> step(BfdEvent event, long nowNanos) {
    out = new ArrayList<>();
    switch (event) {
      case BfdEvent.Start _ -> {
        started = true;
        sinceNanos = nowNanos;
        send(false, nowNanos);
      }
      case BfdEvent.Resume(byte[] last) -> resume(last, nowNanos);
      case BfdEvent.Received(byte[] datagram) -> received(datagram, nowNanos);
      case BfdEvent.Tick _ -> tick(nowNanos);
      case BfdEvent.AdminDown _ -> adminDown(nowNanos);
    }
    return out;
  }

  private void resume(byte[] last, long nowNanos) {
    started = true;
    sinceNanos = nowNanos;
    if (BfdCodec.decode(last) instanceof BfdCodec.Decoding.Read(BfdPacket packet)
        && packet.state() == BfdState.UP
        && packet.yourDiscriminator() == config.discriminator()
        && sessionRule(packet, last).isEmpty()) {
      String why = "another process had proved both directions";
      become(BfdState.UP, diagnostic, why, nowNanos);
      pathIs(PathLiveness.ALIVE, why);
      take(packet, nowNanos);
    }
    send(false, nowNanos);
  }

  private void adminDown(long nowNanos) {
    become(BfdState.ADMIN_DOWN, Diagnostic.ADMINISTRATIVELY_DOWN, "by us", nowNanos);
    pathIs(PathLiveness.UNPROVED, "BFD is administratively down here");
    schedule.stopDetection();
    send(false, nowNanos);
  }

  private void received(byte[] datagram, long nowNanos) {
    switch (BfdCodec.decode(datagram)) {
      case BfdCodec.Decoding.Discarded(DiscardRule rule) -> discard(rule);
      case BfdCodec.Decoding.Read(BfdPacket packet) -> {
        Optional<DiscardRule> broken = sessionRule(packet, datagram);
        if (broken.isPresent()) {
          discard(broken.get());
        } else {
          take(packet, nowNanos);
        }
      }
    }
  }

  private void discard(DiscardRule rule) {
    discards.add(rule);
    out.add(new BfdEffect.Discarded(rule));
  }

  /** The rules of section 6.8.6 that need the session, in its order. */
  private Optional<DiscardRule> sessionRule(BfdPacket packet, byte[] datagram) {
    if (packet.yourDiscriminator() != 0 && packet.yourDiscriminator() != config.discriminator()) {
      return Optional.of(DiscardRule.NO_SESSION);
    }
    Optional<AuthenticationSection> section = packet.authentication();
    if (section.isPresent() && authenticator.isEmpty()) {
      return Optional.of(DiscardRule.AUTHENTICATED);
    }
    if (authenticator.isPresent()) {
      if (section.isEmpty()) {
        return Optional.of(DiscardRule.NOT_AUTHENTICATED);
      }
      Optional<DiscardRule> broken =
          authenticator.get().check(section.get(), datagram, packet.detectMult());
      if (broken.isPresent()) {
        return broken;
      }
    }
    return state == BfdState.ADMIN_DOWN ? Optional.of(DiscardRule.ADMIN_DOWN) : Optional.empty();
  }

  /** The rest of section 6.8.6: the packet is the peer's. */
  private void take(BfdPacket packet, long nowNanos) {
    received++;
    out.add(new BfdEffect.PacketAccepted());
    silenceNoted = false;
    remoteDiscriminator = packet.myDiscriminator();
    remoteState = packet.state();
    remoteDemand = packet.flags().has(Flag.DEMAND);
    remoteMinRxMicros = packet.intervals().requiredMinRx();
    remoteDesiredMinTxMicros = packet.intervals().desiredMinTx();
    if (packet.flags().has(Flag.FINAL)) {
      polling = false;
    }
    schedule.packetReceived(packet.detectMult(), peerIntervalMicros(), nowNanos);
    BfdState before = state;
    transition(packet, nowNanos);
    if (packet.flags().has(Flag.POLL)) {
      send(true, nowNanos);
    } else if (state != before) {
      // Section 6.8.7: what changed need not wait for the next interval.
      send(false, nowNanos);
    }
    if (isSendingPeriodically()) {
      schedule.intervalIs(transmitMicros(), nowNanos);
    } else {
      schedule.stopSending();
    }
  }

  private void transition(BfdPacket packet, long nowNanos) {
    switch (packet.state()) {
      case ADMIN_DOWN -> {
        if (state != BfdState.DOWN) {
          become(
              BfdState.DOWN,
              Diagnostic.NEIGHBOR_SIGNALED_DOWN,
              "the peer is administratively down",
              nowNanos);
        }
        pathIs(PathLiveness.UNPROVED, "the peer's BFD is administratively down");
      }
      case DOWN -> {
        if (state == BfdState.DOWN) {
          become(BfdState.INIT, diagnostic, "packets of the peer arrive", nowNanos);
        } else if (state == BfdState.UP) {
          String why = "the peer signals Down: " + packet.diagnostic().words();
          become(BfdState.DOWN, Diagnostic.NEIGHBOR_SIGNALED_DOWN, why, nowNanos);
          pathIs(PathLiveness.DEAD, why);
        }
      }
      case INIT -> {
        if (state == BfdState.DOWN || state == BfdState.INIT) {
          up(nowNanos);
        }
      }
      case UP -> {
        if (state == BfdState.INIT) {
          up(nowNanos);
        }
      }
    }
  }

  private void up(long nowNanos) {
    become(BfdState.UP, diagnostic, "both directions are proved", nowNanos);
    // Section 6.8.3: our desired interval is another from here on.
    polling = true;
    pathIs(PathLiveness.ALIVE, "both directions are proved");
  }

  private void tick(long nowNanos) {
    if (schedule.isDetectionTimeOver(nowNanos)) {
      detectionTimeExpired(nowNanos);
    }
    if (schedule.isSendDue(nowNanos)) {
      send(false, nowNanos);
    }
  }

  /** Section 6.8.4, and section 6.8.1 on what is forgotten then. */
  private void detectionTimeExpired(long nowNanos) {
    if (silenceNoted) {
      authenticator.ifPresent(Authenticator::forgetSequence);
      schedule.stopDetection();
      return;
    }
    silenceNoted = true;
    boolean wasUp = state == BfdState.UP;
    if (wasUp || state == BfdState.INIT) {
      String why = "no packet for " + schedule.detectionMicros() / 1_000 + " ms";
      become(BfdState.DOWN, Diagnostic.DETECTION_TIME_EXPIRED, why, nowNanos);
      if (wasUp) {
        pathIs(PathLiveness.DEAD, why);
      }
      // Still with the peer's discriminator: it may receive from us although we do not from it.
      send(false, nowNanos);
    }
    remoteDiscriminator = 0;
    remoteState = BfdState.DOWN;
    remoteDemand = false;
    remoteMinRxMicros = 1;
    schedule.waitOnceMore(nowNanos);
  }

  private void become(BfdState next, Diagnostic why, String words, long nowNanos) {
    if (next == state) {
      return;
    }
    BfdState before = state;
    state = next;
    diagnostic = why;
    sinceNanos = nowNanos;
    if (next == BfdState.UP) {
      ups++;
    } else {
      polling = false;
    }
    if (before == BfdState.UP) {
      downs++;
      lastDown = words;
    }
    out.add(new BfdEffect.StateChanged(before, next, words));
  }

  private void pathIs(PathLiveness next, String why) {
    if (next != path) {
      path = next;
      out.add(new BfdEffect.PathChanged(next, why));
    }
  }

  /** Sends now, and again an interval from now. */
  private void send(boolean fin, long nowNanos) {
    if (!started) {
      return;
    }
    Optional<AuthenticationSection> section = authenticator.map(Authenticator::next);
    byte[] packet =
        BfdCodec.encode(
            new BfdPacket(
                diagnostic,
                state,
                // P and F are never both set (section 6.8.7).
                flags(fin),
                config.timing().detectMult(),
                config.discriminator(),
                remoteDiscriminator,
                new Intervals(desiredMinTxMicros(), config.timing().intervalMicros(), 0),
                section));
    authenticator.ifPresent(a -> a.sign(packet));
    sent++;
    out.add(new BfdEffect.Send(packet));
    if (isSendingPeriodically()) {
      schedule.sent(transmitMicros(), nowNanos);
    } else {
      schedule.stopSending();
    }
  }

  /** Section 6.8.7: not to a peer that can receive nothing or that is in demand mode. */
  private boolean isSendingPeriodically() {
    boolean demandMode =
        remoteDemand && state == BfdState.UP && remoteState == BfdState.UP && !polling;
    return started && remoteMinRxMicros != 0 && !demandMode;
  }

  private long desiredMinTxMicros() {
    long configured = config.timing().intervalMicros();
    return state == BfdState.UP ? configured : Math.max(configured, Schedule.SLOW_MICROS);
  }

  private long transmitMicros() {
    return Math.max(desiredMinTxMicros(), remoteMinRxMicros);
  }

  private long peerIntervalMicros() {
    return Math.max(config.timing().intervalMicros(), remoteDesiredMinTxMicros);
  }

  /** When the next Tick is due, by the monotonic clock; empty when nothing waits for time. */
  @Override
  public OptionalLong deadlineNanos() {
    return schedule.deadlineNanos();
  }

  /** Our state. */
  public BfdState state() {
    return state;
  }

  /** What is known of the path. */
  public PathLiveness path() {
    return path;
  }

  /** Our number for the session. */
  public int discriminator() {
    return config.discriminator();
  }

  private Flags flags(boolean fin) {
    if (fin) {
      return Flags.of(Flag.FINAL);
    }
    return polling ? Flags.of(Flag.POLL) : Flags.NONE;
  }

  /** The session as it is shown. */
  public BfdView view() {
    return new BfdView(
        new BfdView.End(state, config.discriminator()),
        new BfdView.End(remoteState, remoteDiscriminator),
        path,
        new BfdView.Times(
            Math.min(transmitMicros(), MOST_MICROS),
            peerIntervalMicros(),
            schedule.detectionMicros()),
        config.keys().map(keys -> keys.type().label()).orElse("none"),
        new BfdView.Counts(sent, received, ups, downs, discards.view()),
        new BfdView.Past(sinceNanos, diagnostic, lastDown));
  }
}
