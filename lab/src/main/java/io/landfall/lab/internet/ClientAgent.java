package io.landfall.lab.internet;

import io.landfall.admin.client.HttpCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The people of a region: a process in the client's namespace that sends requests to the anycast
 * address when it is told to, and says what came back. It ends when its standard input does, so it
 * cannot outlive the lab.
 *
 * <p>Commands: {@code get HOST}; {@code load HOST ATTEMPTS} until {@code stop}. Each request is a
 * line, see {@link Sample}; {@code stopped} ends a load.
 */
public final class ClientAgent {
  private static final long PAUSE_MILLIS = 3;
  private static final long TIMEOUT_MILLIS = 5_000;
  private static final String NODE_WORD = "[, ;]+";

  private final SocketAddress anycast;
  private final PrintStream out;
  private volatile boolean stopped;

  private ClientAgent(SocketAddress anycast, PrintStream out) {
    this.anycast = anycast;
    this.out = out;
  }

  /** Arguments: address and port of the HTTP listener. */
  @SuppressWarnings("SystemOut") // The lab reads it.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var anycast = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    new ClientAgent(anycast, System.out).run();
  }

  private void run() throws IOException, InterruptedException {
    Thread load = Thread.ofVirtual().unstarted(() -> {});
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "get" -> ask(words[1], 1);
        case "load" -> {
          stopped = false;
          int attempts = Integer.parseInt(words[2]);
          load = Thread.ofVirtual().start(() -> askOn(words[1], attempts));
        }
        default -> {
          stopped = true;
          load.join();
          out.println(Client.STOPPED);
        }
      }
    }
    System.exit(0);
  }

  private void askOn(String host, int attempts) {
    try {
      while (!stopped) {
        ask(host, attempts);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * One GET. A GET whose connection broke before the answer may be sent again on a new one (RFC
   * 9110 section 9.2.2), which is what browsers do.
   */
  private void ask(String host, int attempts) {
    long sent = System.nanoTime();
    for (int attempt = 1; attempt <= attempts; attempt++) {
      try {
        HttpCall.Answer answer = HttpCall.get(anycast, host, "/", TIMEOUT_MILLIS);
        String backend = answer.header("x-lab-backend").orElse(Sample.NOBODY);
        say(sent, answer.status(), attempt, landing(answer), backend);
        return;
      } catch (IOException e) {
        if (attempt == attempts) {
          say(sent, 0, attempt, Sample.NOBODY, Sample.NOBODY);
        }
      }
    }
  }

  private void say(long sent, int status, int attempts, String landing, String backend) {
    long took = System.nanoTime() - sent;
    out.println(new Sample(sent, took, status, attempts, landing, backend).line());
    out.flush();
  }

  /** The last Via is the node that spoke to the client; a decline has only its Proxy-Status. */
  private static String landing(HttpCall.Answer answer) {
    List<String> via = answer.headers("via");
    if (!via.isEmpty()) {
      String[] words = via.getLast().split(NODE_WORD, -1);
      return words[words.length - 1];
    }
    return answer
        .header("proxy-status")
        .map(value -> value.split(NODE_WORD, 2)[0])
        .orElse(Sample.NOBODY);
  }
}
