package io.landfall.edge;

/** How a backend showed that it may be dead. Each is worth a probe at once. */
public enum OriginFailure {
  /** It refused the connection, or could not be reached. */
  REFUSED,
  /** It did not accept the connection in time. */
  CONNECT_TIMEOUT,
  /** Its certificate is not accepted: nothing was sent to it. */
  TLS_CERTIFICATE,
  /** It ended the TLS handshake with an alert, or does not speak TLS: nothing was sent to it. */
  TLS_FAILED,
  /** It closed or reset a connection before the head of the response. */
  CLOSED_BEFORE_HEAD,
  /** It closed a connection in the middle of a response. */
  CLOSED_IN_RESPONSE,
  /** It closed a pooled connection that was idle; usual for a server with a short keep-alive. */
  IDLE_CLOSED,
  /** It did not send the head of a response in time. */
  RESPONSE_TIMEOUT,
  /** It sent something that is not one unambiguous HTTP/1 response. */
  BAD_RESPONSE
}
