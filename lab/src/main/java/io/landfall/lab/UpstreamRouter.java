package io.landfall.lab;

import io.landfall.bgp.Family;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The Internet's side of a lab site, as small as it can be: a BGP speaker that accepts the node's
 * eBGP session, announces nothing, and counts what it is told. It is there so that the lab can show
 * that the public side is told nothing while services come and go.
 *
 * <p>One virtual thread for each connection does everything for it: reads, steps the session,
 * writes.
 */
final class UpstreamRouter implements AutoCloseable {
  private static final int HOLD_TIME_SECONDS = 9;
  private static final int MAX_WAIT_MILLIS = 500;
  private static final int RECEIVE_LIMIT = 100;
  private static final int BUFFER_BYTES = 4096;
  private static final long CONNECTION = 1;

  private final LabPlan.Site site;
  private final ServerSocket listener;
  private final Set<String> announced = new TreeSet<>();
  private boolean established;
  private long updates;

  private UpstreamRouter(LabPlan.Site site, ServerSocket listener) {
    this.site = site;
    this.listener = listener;
  }

  /** Starts listening. */
  static UpstreamRouter start(LabPlan.Site site) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(site.router());
    UpstreamRouter router = new UpstreamRouter(site, listener);
    Thread.ofVirtual().name("router-" + site.name()).start(router::accept);
    return router;
  }

  /**
   * What the router has been told.
   *
   * @param established whether the node's session is up
   * @param updates UPDATE messages since the start of the lab, End-of-RIB included
   * @param announced the prefixes that the node announces now
   */
  record Heard(boolean established, long updates, List<String> announced) {}

  /** What the router has been told so far. */
  synchronized Heard heard() {
    return new Heard(established, updates, List.copyOf(announced));
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().name("router-" + site.name() + "-session").start(() -> run(socket));
      } catch (IOException e) {
        // Closed: the loop's condition says so.
      }
    }
  }

  private Session<Ipv4Prefix> newSession() {
    SplittableRandom random = new SplittableRandom(site.number());
    SessionConfig.Options options =
        new SessionConfig.Options(
            SessionConfig.AddPath.NONE,
            SessionConfig.Role.PROVIDER,
            2 * HOLD_TIME_SECONDS,
            5,
            RECEIVE_LIMIT);
    int routerId = (192 << 24) | (2 << 8) | site.number();
    SessionConfig config =
        new SessionConfig(
            Asn.of(site.routerAsn()),
            Asn.of(LabPlan.EDGE_ASN),
            routerId,
            OptionalLong.empty(),
            HOLD_TIME_SECONDS,
            List.of(Family.IPV4_UNICAST),
            SessionConfig.Opening.PASSIVE,
            options);
    return new Session<>(config, Ipv4Prefix.RECEIVE_ONLY, random::nextLong);
  }

  private void run(Socket socket) {
    Session<Ipv4Prefix> session = newSession();
    try (socket) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      boolean open = apply(step(session, new SessionEvent.Start()), out);
      open &= apply(step(session, new SessionEvent.Connected(CONNECTION, Direction.INCOMING)), out);
      byte[] buffer = new byte[BUFFER_BYTES];
      while (open) {
        open = apply(next(session, socket, buffer), out);
      }
    } catch (IOException e) {
      // The node's end is gone; its routes go with it, below.
    } finally {
      lost();
    }
  }

  private static List<SessionEffect<Ipv4Prefix>> next(
      Session<Ipv4Prefix> session, Socket socket, byte[] buffer) throws IOException {
    long wait = MAX_WAIT_MILLIS;
    OptionalLong deadline = session.deadlineNanos();
    if (deadline.isPresent()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline.getAsLong() - System.nanoTime());
      wait = Math.clamp(left + 1, 1, MAX_WAIT_MILLIS);
    }
    socket.setSoTimeout((int) wait);
    InputStream in = socket.getInputStream();
    try {
      int read = in.read(buffer);
      SessionEvent event =
          read < 0
              ? new SessionEvent.Closed(CONNECTION, "the node closed the connection")
              : new SessionEvent.Received(CONNECTION, Arrays.copyOf(buffer, read));
      List<SessionEffect<Ipv4Prefix>> effects = step(session, event);
      if (read < 0) {
        throw new IOException("closed");
      }
      return effects;
    } catch (SocketTimeoutException e) {
      return step(session, new SessionEvent.Tick());
    }
  }

  /** Everything at once: a router that only listens sends nothing in between. */
  private static List<SessionEffect<Ipv4Prefix>> step(
      Session<Ipv4Prefix> session, SessionEvent event) {
    List<SessionEffect<Ipv4Prefix>> effects = new ArrayList<>();
    session.step(event, System.nanoTime(), effects::add);
    return effects;
  }

  /** Does what the session asks. Returns whether the connection is still open. */
  private boolean apply(List<SessionEffect<Ipv4Prefix>> effects, OutputStream out)
      throws IOException {
    boolean open = true;
    for (SessionEffect<Ipv4Prefix> effect : effects) {
      switch (effect) {
        case SessionEffect.Write<Ipv4Prefix> write -> out.write(write.bytes());
        case SessionEffect.Close<Ipv4Prefix> _ -> open = false;
        case SessionEffect.Established<Ipv4Prefix> _ -> up();
        case SessionEffect.Update<Ipv4Prefix> update -> told(update.update());
        default -> {
          // Nothing else matters to a router that only receives.
        }
      }
    }
    return open;
  }

  private synchronized void up() {
    established = true;
  }

  private synchronized void lost() {
    established = false;
    announced.clear();
  }

  private synchronized void told(UpdateMessage<Ipv4Prefix> update) {
    updates++;
    update.withdrawn().forEach(nlri -> announced.remove(nlri.prefix().text()));
    update.announced().forEach(nlri -> announced.add(nlri.prefix().text()));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
