package io.landfall.control;

import io.landfall.core.NodeName;

/** What is to be done with a connection for requests, in order. */
public sealed interface RequestEffect {
  /** Its requests are served. */
  record Serve(long connection) implements RequestEffect {}

  /** Its requests are refused, and it ends when those under way are done. */
  record Refuse(long connection) implements RequestEffect {}

  /** It was refused for a rule, which is to be counted and perhaps logged. */
  record Count(long connection, String rule, String sentence) implements RequestEffect {}

  /** It ends now with the requests under way, whether or not the other side reads. */
  record Cut(long connection, NodeName peer) implements RequestEffect {}
}
