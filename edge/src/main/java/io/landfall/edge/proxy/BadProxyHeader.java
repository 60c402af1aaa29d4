package io.landfall.edge.proxy;

import io.landfall.edge.ProxyFault;

/** What was received is no PROXY header that is taken. */
final class BadProxyHeader extends Exception {
  private static final long serialVersionUID = 1L;

  private final ProxyFault fault;

  /** It is bad for that reason. */
  BadProxyHeader(ProxyFault fault) {
    super(fault.text(), null, false, false);
    this.fault = fault;
  }

  ProxyFault fault() {
    return fault;
  }
}
