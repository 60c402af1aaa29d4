package io.landfall.edge.http;

/**
 * The rules of the gate: what a message must not be, each with the status that refuses it. They are
 * stricter than RFC 9112 asks for wherever two parsers are known to differ: the edge refuses, it
 * never repairs.
 */
public enum HttpViolation {
  REQUEST_LINE(400, "the request line is not 'method SP target SP version'"),
  VERSION(400, "the version is not one of HTTP/1"),
  TARGET(400, "the request target has bytes or a form that is not allowed"),
  DOT_SEGMENT(400, "a segment of the path is '.' or '..', which names another path"),
  METHOD_CONNECT(501, "CONNECT is not offered"),
  METHOD_TRACE(405, "TRACE is not allowed"),
  TARGET_TOO_LONG(414, "the request line is too long"),
  HEAD_TOO_LARGE(431, "the header section is too large"),
  TOO_MANY_FIELDS(431, "the header section has too many fields"),
  BARE_LINE_FEED(400, "a line ends with LF alone"),
  BARE_CARRIAGE_RETURN(400, "a CR stands inside a line"),
  FIELD_NAME(400, "a field name is not a token followed by a colon"),
  FIELD_VALUE(400, "a field value has a control byte"),
  FOLDED_FIELD(400, "a field value is folded over lines"),
  HOST_MISSING(400, "there is no Host"),
  HOST_REPEATED(400, "there is more than one Host"),
  HOST_DIFFERS(400, "Host differs from :authority"),
  HOST_NOT_CERTIFIED(421, "the certificate of this connection does not cover the host"),
  HOST_MALFORMED(400, "Host is not a host name with an optional port"),
  LENGTH_MALFORMED(400, "Content-Length is not one plain decimal number"),
  LENGTH_REPEATED(400, "there is more than one Content-Length"),
  LENGTH_WITH_CODING(400, "there are both Content-Length and Transfer-Encoding"),
  CODING(400, "Transfer-Encoding is not exactly 'chunked'"),
  CODING_UNKNOWN(501, "Transfer-Encoding has a coding before 'chunked', and none is offered"),
  CODING_IN_1_0(400, "Transfer-Encoding in HTTP/1.0"),
  EXPECTATION(417, "the expectation is not 100-continue"),
  CHUNK_SIZE(400, "a chunk size is not a plain hexadecimal number"),
  CHUNK_EXTENSION(400, "a chunk extension is malformed or too long"),
  CHUNK_END(400, "a chunk does not end with CRLF"),
  TRAILER_FORBIDDEN(400, "a trailer field is of a kind that is not allowed in trailers"),
  LENGTH_MISMATCH(400, "the body is not as long as Content-Length says"),
  STATUS_LINE(502, "the status line is malformed"),
  PSEUDO_FIELDS(400, "the request's pseudo-header fields are missing or malformed"),
  HEAD_TIMEOUT(408, "the header section did not arrive in time"),
  CROWDED_OUT(408, "its room was needed for newer requests before it was complete"),
  BODY_TIMEOUT(408, "the body did not arrive in time");

  private final int status;
  private final String text;

  HttpViolation(int status, String text) {
    this.status = status;
    this.text = text;
  }

  /** The status that refuses a request that breaks the rule. */
  public int status() {
    return status;
  }

  /** What is wrong, for people. */
  public String text() {
    return text;
  }
}
