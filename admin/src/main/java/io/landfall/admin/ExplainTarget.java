package io.landfall.admin;

/** A URL that is to be explained, as the edge reads it. */
public sealed interface ExplainTarget {
  /**
   * A request for it is routed.
   *
   * @param host by which host
   * @param path by which path, starting with a slash
   * @param url the whole of it, with its query, which only a cache looks at
   */
  record Routed(String host, String path, String url) implements ExplainTarget {}

  /**
   * A request for it is refused before it is routed.
   *
   * @param why the rule that it breaks, and the status that it is answered with
   */
  record Refused(String why) implements ExplainTarget {}
}
