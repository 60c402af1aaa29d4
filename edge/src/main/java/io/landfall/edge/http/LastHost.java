package io.landfall.edge.http;

import io.netty.util.AsciiString;

/**
 * The host of a request's authority, which is made once for requests that have the same authority
 * one after another: most connections are for one host, and what is looked up by a text that was
 * looked up before needs no new hash. Of one connection.
 */
public final class LastHost {
  private AsciiString authority = AsciiString.EMPTY_STRING;
  private String host = "";

  /** None yet. */
  public LastHost() {}

  /** As {@link Authority#hostOf}. */
  public String of(AsciiString asked, boolean required) throws BadMessage {
    if (!asked.isEmpty() && asked.equals(authority)) {
      return host;
    }
    String found = Authority.hostOf(asked, required);
    // A copy: the one that was asked for is a part of a whole head.
    authority = new AsciiString(asked.toByteArray(), false);
    host = found;
    return found;
  }
}
