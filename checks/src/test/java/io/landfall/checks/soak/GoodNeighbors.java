package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Who speaks with node fra and behaves: an upstream router, the service host web1 and a BMP
 * station. Each counts what it received.
 */
final class GoodNeighbors implements Closeable {
  /** Sessions, UPDATEs and ends of the router and of web1; bytes of the station. */
  final Tally tally = new Tally();

  private final SoakWorld world;
  private final ServerSocket router;
  private final ServerSocket station;
  private volatile Closeable web1 = () -> {};

  GoodNeighbors(SoakWorld world) throws IOException {
    this.world = world;
    this.router = listener(new InetSocketAddress(world.address(20, 1), SoakWorld.BGP_PORT));
    this.station = listener(new InetSocketAddress(world.address(50, 9), 0));
    Thread.ofPlatform().daemon().start(() -> accept(router, this::route));
    Thread.ofPlatform().daemon().start(() -> accept(station, this::watch));
  }

  private static ServerSocket listener(InetSocketAddress at) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(at);
    return server;
  }

  /** What is done with a connection. */
  private interface Taken {
    void take(Socket socket) throws IOException;
  }

  private void accept(ServerSocket server, Taken taken) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        taken.take(socket);
      } catch (IOException e) {
        // Closed, or a connection that failed: the counts show it.
      }
    }
  }

  private void route(Socket socket) throws IOException {
    BgpPeer peer =
        new BgpPeer(socket)
            .establish(BgpBytes.open(SoakWorld.UPSTREAM_ASN, Octets.ipv4("192.0.2.1"), false));
    tally.add("router sessions");
    peer.behave(type -> count("router", type));
  }

  private void count(String who, int type) {
    switch (type) {
      case BgpMessages.UPDATE -> tally.add(who + " updates");
      case BgpMessages.NOTIFICATION -> tally.add(who + " notifications");
      default -> {
        // KEEPALIVEs.
      }
    }
  }

  private void watch(Socket socket) throws IOException {
    tally.add("station connections");
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (socket;
                  InputStream in = socket.getInputStream()) {
                byte[] buffer = new byte[65_536];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                  tally.add("station bytes", read);
                }
              } catch (IOException e) {
                tally.add("station ends");
              }
            });
  }

  /** The service host web1 comes up and speaks for its service. */
  void startWeb1() throws IOException {
    BgpPeer peer =
        new BgpPeer(Connections.plain(world.address(10, 1), world.hostPort()))
            .establish(BgpBytes.open(BgpMessages.OVERLAY_ASN, 1, false));
    peer.send(
        BgpMessages.announce(
            BgpBytes.attributes(Octets.ipv4("10.0.0.1")),
            BgpMessages.host(Octets.ipv4(SoakWorld.SPOKEN))));
    peer.send(BgpBytes.END_OF_RIB);
    peer.behave(type -> count("web1", type));
    web1 = peer;
  }

  int stationPort() {
    return station.getLocalPort();
  }

  @Override
  public void close() {
    try {
      web1.close();
      router.close();
      station.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
