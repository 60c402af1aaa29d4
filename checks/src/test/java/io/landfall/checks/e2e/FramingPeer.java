package io.landfall.checks.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy in front of a backend of its own, which is sent odd requests.
 *
 * @param name whose proxy
 * @param address where it listens
 * @param backend what is behind it
 */
record FramingPeer(String name, InetSocketAddress address, FramingBackend backend) {
  /** The last request of each connection, by which is seen where the odd one ended. */
  private static final String END =
      "GET /end HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([2-5][0-9]{2})");
  private static final int MOST_MILLIS = 10_000;
  private static final int REFUSED = 400;

  /**
   * What came of a request.
   *
   * @param statuses those of the answers
   * @param asked what the backend was asked
   */
  record Seen(List<Integer> statuses, List<String> asked) {
    /**
     * Whether the odd request was not answered by the backend: nothing of it got there, or it was
     * broken off there when the rest was seen.
     */
    boolean isRefused() {
      boolean whole =
          asked.stream().anyMatch(each -> !each.equals("GET /end") && !each.startsWith("NO "));
      return !whole && (statuses.isEmpty() || statuses.getFirst() >= REFUSED);
    }

    /** Whether both understood the same. */
    boolean isReadAlike(Seen other) {
      return asked.equals(other.asked);
    }

    @Override
    public String toString() {
      return statuses + " " + asked;
    }
  }

  /** Sends the bytes, and one more request behind them, and reads all answers. */
  Seen send(String bytes) {
    backend.asked.clear();
    try (Socket socket = new Socket()) {
      socket.connect(address, MOST_MILLIS);
      socket.setSoTimeout(MOST_MILLIS);
      socket.getOutputStream().write((bytes + END).getBytes(ISO_8859_1));
      return new Seen(statuses(answers(socket)), List.copyOf(backend.asked));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static String answers(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[65_536];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        all.write(buffer, 0, read);
      }
    } catch (java.net.SocketException reset) {
      // It had more to read than it wanted.
    }
    return all.toString(ISO_8859_1);
  }

  private static List<Integer> statuses(String answers) {
    List<Integer> found = new ArrayList<>();
    Matcher status = STATUS.matcher(answers);
    while (status.find()) {
      found.add(Integer.parseInt(status.group(1)));
    }
    return found;
  }
}
