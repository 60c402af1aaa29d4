package io.landfall.cli;

import io.landfall.admin.ConsoleServer;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code landfall console}: a page in a browser that shows one node, or several as one fleet. */
@Command(
    name = "console",
    description = {
      "Serve a page that shows one node, or several nodes as one fleet, until Ctrl-C.",
      "It only reads. Its address has a secret, and it listens on loopback only."
    },
    footer = {
      "",
      "Examples:",
      "  landfall console",
      "  ssh -N -L /tmp/fra.sock:/run/landfall/landfall.sock fra &",
      "  landfall console --node fra=/tmp/fra.sock --node nyc=/tmp/nyc.sock --open"
    })
final class ConsoleCommand implements Callable<Integer> {
  /** The most nodes of one console. */
  static final int MAX_NODES = 64;

  /** A loopback address and a port, with or without http:// in front. */
  private static final Pattern LOOPBACK =
      Pattern.compile("(?:http://)?(127(?:\\.[0-9]{1,3}){3}|localhost|\\[::1\\]):([0-9]{1,5})/?");

  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:0",
      description = "A loopback address; port 0 for any that is free (default: ${DEFAULT-VALUE}).")
  private String listen = "";

  @Option(
      names = "--node",
      paramLabel = "NAME=SOCKET|URL",
      description = {
        "A node: its admin socket, or the address of its admin.metrics listener",
        "(http://127.0.0.1:9100). May be given several times; without it, --socket."
      })
  private List<String> nodes = List.of();

  @Option(names = "--open", description = "Open the page in this user's browser.")
  private boolean open;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ConsoleCommand() {}

  @Override
  public Integer call() {
    InetSocketAddress address = loopback(listen);
    FleetNodes fleet = new FleetNodes(places());
    PrintWriter out = spec.commandLine().getOut();
    try (ConsoleServer server = ConsoleServer.start(address, fleet)) {
      out.println(server.url());
      out.flush();
      if (open) {
        browse(server.url());
      }
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw new CliFailure(ExitCode.NO, FailureText.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.OK;
  }

  private List<FleetNodes.Place> places() {
    if (nodes.isEmpty()) {
      Path socket = Landfall.of(spec).socket();
      return List.of(
          new FleetNodes.Place(
              socket.toString(), UnixDomainSocketAddress.of(socket), socket.toString()));
    }
    if (nodes.size() > MAX_NODES) {
      throw wrong("a console shows at most " + MAX_NODES + " nodes; there are " + nodes.size());
    }
    List<FleetNodes.Place> places = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String each : nodes) {
      int equals = each.indexOf('=');
      if (equals < 1 || equals == each.length() - 1) {
        throw wrong("--node " + each + ": write NAME=SOCKET, such as fra=/tmp/fra.sock");
      }
      String name = each.substring(0, equals);
      if (!names.add(name)) {
        throw wrong("--node " + name + " is given twice");
      }
      places.add(place(name, each.substring(equals + 1)));
    }
    return places;
  }

  private FleetNodes.Place place(String name, String where) {
    return new FleetNodes.Place(name, address(where), where);
  }

  private SocketAddress address(String where) {
    if (where.contains("://") || LOOPBACK.matcher(where).matches()) {
      return loopback(where);
    }
    try {
      return UnixDomainSocketAddress.of(where);
    } catch (InvalidPathException e) {
      throw wrong("'" + where + "' is no path of a socket");
    }
  }

  /** Nodes answer over TCP on their own loopback only, so nothing else can be meant. */
  private InetSocketAddress loopback(String text) {
    Matcher read = LOOPBACK.matcher(text);
    int port = read.matches() ? Integer.parseInt(read.group(2)) : MAX_PORT + 1;
    if (port > MAX_PORT) {
      throw wrong(
          "'"
              + text
              + "' is no loopback address with a port, such as 127.0.0.1:9100; to reach"
              + " another machine use ssh -L");
    }
    return new InetSocketAddress(read.group(1), port);
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  private void browse(String url) {
    String opener = System.getProperty("os.name", "").startsWith("Mac") ? "open" : "xdg-open";
    try {
      new ProcessBuilder(opener, url)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("landfall: no browser was opened (" + opener + "): open the address yourself");
      err.flush();
    }
  }
}
