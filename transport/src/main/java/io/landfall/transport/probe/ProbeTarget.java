package io.landfall.transport.probe;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One backend that is probed again and again: what does not change between its probes is made once,
 * and it holds the connection that is kept from one probe to the next. Its owner only passes it
 * around; what changes in it belongs to the prober's event loop.
 */
public final class ProbeTarget {
  private static final byte[] NONE = {};

  private final ProbePlan plan;
  private final @Nullable InetSocketAddress address;
  private final byte[] request;
  private final byte[] lastRequest;

  /** The idle connection that the next probe may use. */
  private @Nullable ProbeConnection kept;

  private boolean released;

  private int shownStatus = -1;
  private String shown = "";

  ProbeTarget(ProbePlan plan) {
    this.plan = plan;
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(plan.host());
    this.address = literal == null ? null : new InetSocketAddress(literal, plan.port());
    if (plan.check() instanceof ProbePlan.Http http) {
      request = request(http, "");
      lastRequest = request(http, "Connection: close\r\n");
    } else {
      request = NONE;
      lastRequest = NONE;
    }
  }

  private static byte[] request(ProbePlan.Http http, String connection) {
    String text =
        "GET "
            + http.path()
            + " HTTP/1.1\r\nHost: "
            + http.hostField()
            + "\r\nUser-Agent: landfall-probe\r\nAccept: */*\r\n"
            + connection
            + "\r\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  ProbePlan plan() {
    return plan;
  }

  /** Where it is; null when the host is a name, which is resolved for each connection. */
  @Nullable InetSocketAddress address() {
    return address;
  }

  /**
   * The request of a probe.
   *
   * @param isLast whether the connection ends after it
   */
  byte[] request(boolean isLast) {
    return isLast ? lastRequest : request;
  }

  @Nullable ProbeConnection kept() {
    return kept;
  }

  void kept(@Nullable ProbeConnection connection) {
    kept = connection;
  }

  /** Whether no probe of it follows. */
  boolean isReleased() {
    return released;
  }

  void release() {
    released = true;
  }

  /** What is reported of a response with this status; mostly the same as of the one before. */
  String shown(ProbePlan.Http http, int status) {
    if (status != shownStatus) {
      shownStatus = status;
      shown = "GET " + http.path() + ": status " + status;
    }
    return shown;
  }
}
