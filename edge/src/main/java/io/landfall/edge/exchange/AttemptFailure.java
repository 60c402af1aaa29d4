package io.landfall.edge.exchange;

/**
 * An attempt that did not bring a response.
 *
 * @param kind how it failed
 * @param untouched whether no byte of the request can have reached an application: the connection
 *     never came about, or the other node guarantees that it did not process the request (RFC 9113
 *     section 8.7). Then any request may be tried again, whatever its method
 */
public record AttemptFailure(FailureKind kind, boolean untouched) {}
