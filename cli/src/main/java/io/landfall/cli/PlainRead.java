package io.landfall.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A read that is written plainly, recognised without picocli, whose start takes longer than all the
 * rest: {@code [--socket S] [--json] show VIEW [WORD...]} and {@code explain URL}, options
 * anywhere. Whatever else stands there, help and mistakes above all, is picocli's to read.
 *
 * @param socket the node's admin socket
 * @param json whether to print JSON
 * @param read what is asked
 */
record PlainRead(Path socket, boolean json, Read read) {
  private static final String SOCKET = "--socket";

  /** The read that these arguments are; empty when they are anything else, or a mistake. */
  static Optional<PlainRead> of(List<String> args, Map<String, String> environment) {
    List<String> words = new ArrayList<>();
    @Nullable String socket = null;
    boolean json = false;
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--json") && !json) {
        json = true;
      } else if (arg.equals(SOCKET) && socket == null && i + 1 < args.size()) {
        socket = args.get(++i);
      } else if (arg.startsWith(SOCKET + "=") && socket == null) {
        socket = arg.substring(SOCKET.length() + 1);
      } else if (arg.isEmpty() || "-@\"'".indexOf(arg.charAt(0)) >= 0) {
        return Optional.empty();
      } else {
        words.add(arg);
      }
    }
    if (socket == null) {
      socket = environment.getOrDefault(Landfall.SOCKET_VARIABLE, Landfall.DEFAULT_SOCKET);
    }
    if (socket.isEmpty() || socket.startsWith("-") || socket.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Path path = Path.of(socket);
    boolean asJson = json;
    return read(words).map(read -> new PlainRead(path, asJson, read));
  }

  private static Optional<Read> read(List<String> words) {
    if (words.size() < 2) {
      return Optional.empty();
    }
    List<String> rest = words.subList(2, words.size());
    return switch (words.getFirst()) {
      case "show" -> shown(words.get(1), rest);
      case "explain" ->
          rest.isEmpty() ? Optional.of(new ExplainRead(words.get(1))) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Read> shown(String view, List<String> rest) {
    if (view.equals("routes")) {
      try {
        return Optional.of(RoutesRead.of(rest));
      } catch (IllegalArgumentException mistake) {
        return Optional.empty();
      }
    }
    if (view.equals(StatusRead.VIEW)) {
      return rest.isEmpty() ? Optional.of(new StatusRead()) : Optional.empty();
    }
    if (view.equals("cache") && rest.size() == 1) {
      return Optional.of(new CacheUrlRead(rest.getFirst()));
    }
    if (view.equals(FilteredRead.SERVICES) && rest.size() == 1) {
      return Optional.of(new FilteredRead(view, new QueryText().with("name", rest.getFirst())));
    }
    if (ViewRead.OF_PEERS.contains(view) && rest.size() <= 1) {
      return Optional.of(new ViewRead(view, rest.stream().findFirst()));
    }
    return ViewRead.WHOLE.contains(view) && rest.isEmpty()
        ? Optional.of(new ViewRead(view, Optional.empty()))
        : Optional.empty();
  }

  /** Asks and prints; the exit code. */
  int run(PrintWriter out, PrintWriter err) {
    try {
      return read.answer(new AdminClient(socket), json, out);
    } catch (CliFailure failure) {
      return failure.print(err);
    }
  }
}
