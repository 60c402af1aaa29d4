package io.landfall.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A path to a node that can be cut for UDP, each direction by itself, while TCP goes on: what BFD
 * sees of a cut, without the privileges that a real one takes.
 */
final class PathRelay implements AutoCloseable {
  private final InetSocketAddress target;
  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable InetSocketAddress near;

  /** Whether what goes towards the node is lost. */
  volatile boolean cutTowards;

  /** Whether what comes back from the node is lost. */
  volatile boolean cutBack;

  /** Listens on this address, TCP and UDP with one port. */
  PathRelay(InetAddress address, InetSocketAddress target) {
    this.target = target;
    try {
      tcp = new ServerSocket(0, 64, address);
      udp = new DatagramSocket(new InetSocketAddress(address, tcp.getLocalPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
    Thread.startVirtualThread(this::relayDatagrams);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) tcp.getLocalSocketAddress();
  }

  /** Ends every TCP connection; new ones may come. */
  void reset() {
    open.forEach(PathRelay::closeQuietly);
    open.clear();
  }

  private void accept() {
    while (!tcp.isClosed()) {
      try {
        Socket nearSide = tcp.accept();
        Socket farSide = new Socket();
        open.add(nearSide);
        open.add(farSide);
        farSide.bind(new InetSocketAddress(tcp.getInetAddress(), 0));
        farSide.connect(target);
        Thread.startVirtualThread(() -> copy(nearSide, farSide));
        Thread.startVirtualThread(() -> copy(farSide, nearSide));
      } catch (IOException e) {
        // The target is not there yet, or the relay is closed; the loop's condition decides.
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    byte[] buffer = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // The end of one side is the end of both.
    }
    closeQuietly(from);
    closeQuietly(to);
  }

  private void relayDatagrams() {
    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
    while (!udp.isClosed()) {
      try {
        packet.setLength(512);
        udp.receive(packet);
        InetSocketAddress from = (InetSocketAddress) packet.getSocketAddress();
        InetSocketAddress to;
        boolean cut;
        if (from.equals(target)) {
          to = near;
          cut = cutBack;
        } else {
          near = from;
          to = target;
          cut = cutTowards;
        }
        if (to != null && !cut) {
          packet.setSocketAddress(to);
          udp.send(packet);
        }
      } catch (IOException e) {
        // A port where nobody listens, or the relay is closed.
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is as good as closed.
    }
  }

  @Override
  public void close() {
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    udp.close();
    reset();
  }
}
