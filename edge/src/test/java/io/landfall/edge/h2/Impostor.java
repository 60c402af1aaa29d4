package io.landfall.edge.h2;

import io.landfall.edge.server.TestSite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Answers the first request with frames, and then reads to the end. */
final class Impostor implements AutoCloseable {
  private final ServerSocket server;
  private final boolean leaves;
  private final RawFrames settings;
  private final CountDownLatch pingAnswered = new CountDownLatch(1);

  /** How many requests came. */
  final AtomicInteger asked = new AtomicInteger();

  /** How many streams the edge has reset. */
  final AtomicInteger resets = new AtomicInteger();

  Impostor(IntFunction<RawFrames> answer) throws IOException {
    this(answer, new RawFrames().settings(0, 0));
  }

  /** One with these SETTINGS. */
  Impostor(IntFunction<RawFrames> answer, RawFrames settings) throws IOException {
    this(answer, false, settings);
  }

  /** One that closes the connection behind its answer. */
  static Impostor thatLeaves(IntFunction<RawFrames> answer) throws IOException {
    return new Impostor(answer, true, new RawFrames().settings(0, 0));
  }

  private Impostor(IntFunction<RawFrames> answer, boolean leaves, RawFrames settings)
      throws IOException {
    this.leaves = leaves;
    this.settings = settings;
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> serve(answer));
  }

  private void serve(IntFunction<RawFrames> answer) {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket, answer));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void answer(Socket socket, IntFunction<RawFrames> answer) {
    try (socket) {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      socket.getOutputStream().write(settings.bytes());
      in.readNBytes(24);
      Optional<RawFrames.Frame> request = Optional.empty();
      while (request.isEmpty()) {
        got.write(in.read());
        request =
            RawFrames.parse(got.toByteArray()).stream()
                .filter(f -> f.type() == RawFrames.HEADERS)
                .findFirst();
      }
      asked.incrementAndGet();
      socket.getOutputStream().write(answer.apply(request.get().stream()).bytes());
      if (leaves) {
        socket.shutdownOutput();
      }
      while (true) {
        RawFrames.Frame frame = RawFrames.read(in);
        if (frame.type() == RawFrames.PING) {
          pingAnswered.countDown();
        }
        if (frame.type() == RawFrames.RST_STREAM) {
          resets.incrementAndGet();
        }
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      // The edge went away, in the middle of a frame even: its business.
    }
  }

  void awaitPingAnswered() {
    TestSite.await("the PING is answered", () -> pingAnswered.getCount() == 0);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
