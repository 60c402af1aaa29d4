package io.landfall.admin;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** A URL that is to be explained, as the edge reads it. */
public sealed interface ExplainTarget {
  /**
   * A request for it is routed.
   *
   * @param host by which host
   * @param path by which path, starting with a slash
   * @param url the whole of it, with its query, which only a cache looks at
   * @param client who asks; empty for whoever does
   */
  record Routed(String host, String path, String url, Optional<Client> client)
      implements ExplainTarget {
    /** Whoever asks. */
    public Routed(String host, String path, String url) {
      this(host, path, url, Optional.empty());
    }

    /** The same of one client. */
    Routed by(Optional<Client> other) {
      return new Routed(host, path, url, other);
    }
  }

  /**
   * A client, and what it sends beside the URL.
   *
   * @param address its address
   * @param fields fields, each {@code name: value} with the name in lower case
   */
  record Client(InetAddress address, List<String> fields) {
    /** Copies the list. */
    public Client {
      fields = List.copyOf(fields);
    }
  }

  /**
   * A request for it is refused before it is routed.
   *
   * @param why the rule that it breaks, and the status that it is answered with
   */
  record Refused(String why) implements ExplainTarget {}
}
