package io.landfall.edge;

import io.landfall.core.ServiceName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What all event loops of one edge share: what it was started with, and what it counts. */
final class EdgeRuntime {
  private final EdgeConfig config;
  private final EdgePorts ports;
  private final Transport transport;
  private final EdgeCounters counters = new EdgeCounters();
  private final RequestFields requestFields;
  private final ResponseFields responseFields;
  private final ProxyStatus proxyStatus;
  private final Declines declines;

  // As many entries as services; looked up only.
  private final Map<ServiceName, ServiceLoad> loads = new ConcurrentHashMap<>();

  EdgeRuntime(EdgeConfig config, EdgePorts ports, Transport transport) {
    this.config = config;
    this.ports = ports;
    this.transport = transport;
    this.proxyStatus = new ProxyStatus(config.node());
    this.requestFields = new RequestFields(config);
    this.responseFields = new ResponseFields(config.node());
    this.declines = new Declines(config.node(), proxyStatus, config.timeouts().retryAfterSeconds());
  }

  EdgeConfig config() {
    return config;
  }

  EdgePorts ports() {
    return ports;
  }

  Transport transport() {
    return transport;
  }

  EdgeCounters counters() {
    return counters;
  }

  RequestFields requestFields() {
    return requestFields;
  }

  ResponseFields responseFields() {
    return responseFields;
  }

  ProxyStatus proxyStatus() {
    return proxyStatus;
  }

  Declines declines() {
    return declines;
  }

  ServiceLoad load(ServiceName service) {
    ServiceLoad known = loads.get(service);
    return known != null ? known : loads.computeIfAbsent(service, s -> new ServiceLoad());
  }
}
