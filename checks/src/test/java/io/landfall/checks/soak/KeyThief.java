package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.SoftAssertions;

/**
 * Somebody with the key of node nyc, who was at fra before nyc was: dials in with it and with
 * another certificate of the same identity, with an OPEN and without one, and takes connections as
 * nyc where it dials from. No request may get there.
 */
final class KeyThief extends Attacker {
  private static final int NYC = 2;
  private static final int BACKLOG = 64;
  private static final int SILENT_MILLIS = 4_000;
  private static final long PAUSE_MILLIS = 500;

  private final SoakWorld world;
  private final SSLContext pair;
  private final SSLContext other;
  private final byte[] open =
      BgpBytes.open(BgpMessages.OVERLAY_ASN, SoakWorld.identity(NYC), false);

  KeyThief(SoakWorld world, Credentials pair) {
    super("clones");
    this.world = world;
    this.pair = Connections.context(pair);
    this.other = Connections.context(world.issue("nyc", NYC, "shop"));
  }

  /** Is there before nyc is, so that fra knows this address first. */
  @Override
  void first() {
    repeat(PAUSE_MILLIS, this::listen);
    repeat(PAUSE_MILLIS, () -> clone(pair, false));
  }

  @Override
  void start() {
    repeat(PAUSE_MILLIS, () -> clone(pair, true));
    repeat(PAUSE_MILLIS, () -> clone(other, true));
    repeat(PAUSE_MILLIS, () -> clone(other, false));
  }

  /** Connects as nyc and sends an OPEN, or nothing. */
  private void clone(SSLContext context, boolean opens) throws IOException {
    Socket plain = keep(Connections.plain(world.address(60, 1), world.overlay(1)));
    try (BgpPeer peer = new BgpPeer(plain, Connections.secured(plain, context, TrustingTls.BGP))) {
      tally.add("clones");
      if (opens) {
        peer.send(open);
      }
      peer.awaitEnd(SILENT_MILLIS);
    } finally {
      drop(plain);
    }
  }

  private void listen() throws IOException {
    try (ServerSocket server =
        keep(
            pair.getServerSocketFactory()
                .createServerSocket(SoakWorld.OVERLAY_PORT, BACKLOG, world.address(60, 1)))) {
      SSLServerSocket secure = (SSLServerSocket) server;
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {TrustingTls.BGP, TrustingTls.H2});
      secure.setSSLParameters(parameters);
      while (!isStopped()) {
        SSLSocket socket = (SSLSocket) keep(secure.accept());
        Thread.ofVirtual().start(() -> serve(socket));
      }
    }
  }

  private void serve(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      tally.add("dialled by fra for " + socket.getApplicationProtocol());
      if (!TrustingTls.H2.equals(socket.getApplicationProtocol())) {
        socket.getInputStream().readAllBytes();
        return;
      }
      H2Frames h2 = new H2Frames(socket);
      h2.answer();
      while (true) {
        H2Frames.Frame frame = h2.read();
        if (frame.type() == H2Frames.HEADERS) {
          tally.add("stolen");
          h2.write(
              H2Frames.HEADERS,
              H2Frames.END_HEADERS | H2Frames.END_STREAM,
              frame.stream(),
              new byte[] {H2Frames.OK});
        }
      }
    } catch (IOException e) {
      // It is over.
    }
  }

  @Override
  void check(SoftAssertions softly) {
    super.check(softly);
    softly.assertThat(tally.of("stolen")).as("requests that a thief got: %s", tally).isZero();
  }
}
