package io.landfall.node.bfd;

import io.landfall.bfd.BfdCodec;
import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.BfdEffect;
import io.landfall.bfd.BfdEvent;
import io.landfall.bfd.BfdPacket;
import io.landfall.bfd.BfdSession;
import io.landfall.bfd.BfdState;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.SocketText;
import io.landfall.node.ControlLoop;
import io.landfall.node.peering.PassedBfd;
import io.landfall.transport.udp.BfdSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The BFD session with one upstream router, and the socket that it sends from; a process that gives
 * it up sends on until it is closed. On the control thread only.
 */
final class UpstreamLink implements BfdRunner.Owner {
  /** How often a session that was given up sends: more often than any that is Up has to. */
  private static final long AGAIN_NANOS = 50_000_000;

  private static final int FIRST_SOURCE_PORT = 49_152;
  private static final int SOURCE_PORTS = 65_536 - FIRST_SOURCE_PORT;

  /** Tries to find a source port that is free. */
  private static final int MOST_TRIES = 16;

  private static final Logger log = LoggerFactory.getLogger("landfall.bfd");

  /** A session to go on with, and what its packets are sent from. */
  record Inherited(PassedBfd session, BfdSocket sender) {}

  private final ControlLoop control;
  private final UpstreamBfd.Listener listener;
  private final String upstream;
  private final InetAddress local;
  private final InetAddress remote;
  private final BfdRunner runner;
  private @Nullable BfdSocket sender;
  private byte[] lastReceived = new byte[0];
  private byte[] lastSent = new byte[0];
  private boolean suspended;
  private boolean closed;

  /**
   * The owner does not know yet that the path is dead; until then nothing is sent to the router.
   */
  private boolean telling;

  UpstreamLink(
      String upstream,
      UpstreamBfd.Ends ends,
      int discriminator,
      ControlLoop control,
      UpstreamBfd.Listener listener) {
    this.control = control;
    this.listener = listener;
    this.upstream = upstream;
    this.local = ends.local();
    this.remote = ends.remote();
    this.runner =
        new BfdRunner(
            new BfdSession(
                new BfdConfig(discriminator, BfdConfig.Timing.DEFAULT, Optional.empty()),
                bound -> ThreadLocalRandom.current().nextLong(bound)),
            control,
            this);
  }

  /** What another process needs to go on with it; empty if it is not Up. */
  Optional<PassedBfd> passed() {
    boolean can =
        runner.session().state() == BfdState.UP
            && BfdCodec.decode(lastReceived) instanceof BfdCodec.Decoding.Read(BfdPacket packet)
            && packet.state() == BfdState.UP
            && sender != null
            && sender.descriptor().isPresent();
    return can
        ? Optional.of(new PassedBfd(runner.session().discriminator(), lastReceived))
        : Optional.empty();
  }

  void suspend() {
    suspended = true;
    runner.stop();
    sendAgain();
  }

  private void sendAgain() {
    if (suspended && !closed) {
      send(lastSent);
      var _ = control.schedule(AGAIN_NANOS, this::sendAgain);
    }
  }

  /** Its sender, which is not closed with it. */
  @Nullable BfdSocket withoutSender() {
    BfdSocket taken = sender;
    sender = null;
    return taken;
  }

  /** Goes on as Up, from the socket of before, and does what is to be done then. */
  void goOn(Inherited before, Runnable resumed) {
    sender = before.sender();
    lastReceived = before.session().last();
    before
        .sender()
        .bound()
        .addListener(
            done ->
                control.execute(
                    () -> {
                      if (!closed) {
                        runner.step(new BfdEvent.Resume(lastReceived));
                        resumed.run();
                      }
                    }));
  }

  String upstream() {
    return upstream;
  }

  InetAddress local() {
    return local;
  }

  InetAddress remote() {
    return remote;
  }

  BfdSession session() {
    return runner.session();
  }

  boolean isSuspended() {
    return suspended;
  }

  @Nullable BfdSocket sender() {
    return sender;
  }

  /** A datagram that is of this session, as far as addresses and numbers show. */
  void received(byte[] datagram) {
    lastReceived = datagram;
    runner.step(new BfdEvent.Received(datagram));
  }

  /** Signals to the router that the session ends for no failure, and closes it. */
  void endInOrder() {
    runner.step(new BfdEvent.AdminDown());
    close();
  }

  boolean isOf(BfdPacket packet, InetAddress arrivedAt, InetAddress from) {
    return packet.yourDiscriminator() == 0
        ? local.equals(arrivedAt) && remote.equals(from)
        : packet.yourDiscriminator() == runner.session().discriminator();
  }

  /** RFC 5881 section 4: a source port of its own, from the range that it names. */
  void openSender(int attempt) {
    int port = FIRST_SOURCE_PORT + ThreadLocalRandom.current().nextInt(SOURCE_PORTS);
    BfdSocket opened =
        BfdSocket.open(
            control,
            new InetSocketAddress(local, port),
            BfdSocket.Reach.SINGLE_HOP,
            BfdCodec.MAX_BYTES,
            (datagram, from) -> {});
    sender = opened;
    opened
        .bound()
        .addListener(
            done ->
                control.execute(
                    () -> {
                      if (closed) {
                        opened.close();
                      } else if (done.isSuccess()) {
                        runner.step(new BfdEvent.Start());
                      } else if (attempt < MOST_TRIES) {
                        openSender(attempt + 1);
                      } else {
                        log.atWarn()
                            .addKeyValue("upstream", upstream)
                            .addKeyValue("why", SocketText.why(done.cause()))
                            .log("bfd cannot send");
                      }
                    }));
  }

  void close() {
    closed = true;
    runner.stop();
    BfdSocket open = sender;
    if (open != null) {
      // Behind what was still to be sent.
      control.execute(open::close);
    }
  }

  @Override
  public void send(byte[] datagram) {
    if (sender == null) {
      return;
    }
    lastSent = datagram;
    BfdSocket socket = sender;
    Runnable sending = () -> socket.send(datagram, new InetSocketAddress(remote, UpstreamBfd.PORT));
    if (telling) {
      control.execute(sending);
    } else {
      sending.run();
    }
  }

  @Override
  public void heard() {
    // A router is where it is configured to be.
  }

  @Override
  public void pathChanged(PathLiveness path, String why) {
    if (path == PathLiveness.DEAD) {
      // Not from within the session's own step: what follows closes the link. And before the
      // packet that says Down: a router that reads it first closes the BGP session itself, and
      // neither end would then say why (RFC 9384).
      telling = true;
      control.execute(
          () -> {
            telling = false;
            if (!closed) {
              listener.pathDown(upstream, why);
            }
          });
    }
  }

  @Override
  public void stateChanged(BfdEffect.StateChanged change) {
    log.atLevel(change.from() == BfdState.UP ? Level.WARN : Level.INFO)
        .addKeyValue("upstream", upstream)
        .addKeyValue("from", change.from().label())
        .addKeyValue("to", change.to().label())
        .addKeyValue("why", change.why())
        .log("bfd");
  }
}
