package io.landfall.node.probe;

import io.landfall.signal.BackendAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Connects and closes. */
final class TcpProbe {
  private TcpProbe() {}

  static Verdict run(BackendAddress backend, Deadline deadline) {
    try (Socket socket = new Socket()) {
      connect(socket, backend, deadline);
      return Verdict.good("connected");
    } catch (SocketTimeoutException e) {
      return Verdict.bad(deadline.passed("connecting"));
    } catch (IOException e) {
      return Verdict.bad("connect: " + e.getMessage());
    }
  }

  static void connect(Socket socket, BackendAddress backend, Deadline deadline) throws IOException {
    InetSocketAddress address = new InetSocketAddress(backend.host(), backend.port());
    if (address.isUnresolved()) {
      throw new IOException("the host " + backend.host() + " does not resolve");
    }
    socket.connect(address, deadline.remainingMillis());
  }
}
