package io.landfall.checks.e2e;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Requests whose ends two parsers could see differently, by what is odd about each. */
final class FramingCases {
  private static final String HOST = "Host: a.test\r\n";
  private static final String POST = "POST /case HTTP/1.1\r\n" + HOST;
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
  private static final String GET = "GET /case HTTP/1.1\r\n" + HOST;

  private final SequencedMap<String, String> cases = new LinkedHashMap<>();

  private FramingCases() {}

  /** All of them: the bytes by the name. The target of each is {@code /case}. */
  static SequencedMap<String, String> all() {
    FramingCases made = new FramingCases();
    made.ordinary();
    made.lengths();
    made.codings();
    made.chunks();
    made.lines();
    made.startLines();
    made.hosts();
    return made.cases;
  }

  private void add(String name, String bytes) {
    if (cases.put(name, bytes) != null) {
      throw new IllegalStateException(name);
    }
  }

  private void ordinary() {
    add("GET", GET + "\r\n");
    add("two GETs in one read", GET + "\r\n" + GET + "\r\n");
    add("POST with a length", POST + "Content-Length: 5\r\n\r\nhello");
    add("POST in chunks", CHUNKED + "5\r\nhello\r\n0\r\n\r\n");
    add("GET with a body", GET + "Content-Length: 5\r\n\r\nhello");
    add(
        "GET with a body in chunks",
        GET + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    add(
        "Expect, the body sent at once",
        POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
    add(
        "HTTP/1.0",
        "POST /case HTTP/1.0\r\n"
            + HOST
            + "Connection: keep-alive\r\nContent-Length: 5\r\n\r\nhello");
  }

  private void lengths() {
    for (String length :
        new String[] {
          "5, 5",
          "5,6",
          "+5",
          "-5",
          "0x5",
          "05",
          "5a",
          "5 5",
          "5.0",
          "",
          "٥",
          "18446744073709551621"
        }) {
      add("Content-Length: " + length, POST + "Content-Length: " + length + "\r\n\r\nhello");
    }
    add(
        "Content-Length: 5 behind a tab and before blanks",
        POST + "Content-Length:\t5  \r\n\r\nhello");
    add(
        "Content-Length twice, the same",
        POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
    add(
        "Content-Length twice, not the same",
        POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
    add("a blank before the colon of Content-Length", POST + "Content-Length : 5\r\n\r\nhello");
    add("Content_Length", POST + "Content_Length: 5\r\nContent-Length: 0\r\n\r\n");
    add("NUL in Content-Length", POST + "Content-Length: 5\0\r\n\r\nhello");
  }

  private void codings() {
    String end = "\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for (String coding :
        new String[] {
          "Chunked",
          "\"chunked\"",
          "chunked, identity",
          "identity, chunked",
          "identity",
          "gzip, chunked",
          "chunked, chunked",
          "xchunked",
          "chunked;q=1",
          ", chunked",
          ""
        }) {
      add("Transfer-Encoding: " + coding, POST + "Transfer-Encoding: " + coding + end);
    }
    add(
        "Transfer-Encoding and Content-Length",
        POST + "Content-Length: 5\r\nTransfer-Encoding: chunked" + end);
    add(
        "Transfer-Encoding twice",
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked" + end);
    add(
        "Transfer-Encoding twice, the second unknown",
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x" + end);
    add(
        "a blank before the colon of Transfer-Encoding",
        POST + "Transfer-Encoding : chunked" + end);
    add("a vertical tab before chunked", POST + "Transfer-Encoding: \u000bchunked" + end);
    add(
        "Transfer-Encoding on a line that is folded",
        POST + "Transfer-Encoding:\r\n chunked" + end);
    add("Transfer_Encoding", POST + "Transfer_Encoding: chunked\r\nContent-Length: 0\r\n\r\n");
    add(
        "Transfer-Encoding in HTTP/1.0",
        "POST /case HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked" + end);
    add(
        "Transfer-Encoding named by Connection",
        POST + "Connection: transfer-encoding\r\nTransfer-Encoding: chunked" + end);
  }

  private void chunks() {
    String rest = "\r\nhello\r\n0\r\n\r\n";
    for (String size :
        new String[] {
          "0x5",
          "+5",
          "-5",
          " 5",
          "5 ",
          "5\t",
          "05",
          "0000000000000005",
          "5;",
          "5;a",
          "5;a=b",
          "5;a=\"b\"",
          "5;a=\"b;c\"",
          "5 ;a=b",
          "5; a=b",
          "5,5",
          "",
          "g",
          "10000000000000005"
        }) {
      add("chunk size '" + size.replace("\t", "\\t") + "'", CHUNKED + size + rest);
    }
    add("a chunk extension with a bare LF", CHUNKED + "5;a\n" + "hello\r\n0\r\n\r\n");
    add("a chunk extension with a bare CR", CHUNKED + "5;a\rb" + rest);
    add("a bare LF behind a chunk size", CHUNKED + "5\nhello\r\n0\r\n\r\n");
    add("a bare LF behind a chunk", CHUNKED + "5\r\nhello\n0\r\n\r\n");
    add("a bare CR behind a chunk", CHUNKED + "5\r\nhello\r0\r\n\r\n");
    add("two octets in place of CRLF behind a chunk", CHUNKED + "5\r\nhelloxx0\r\n\r\n");
    add("a chunk that is longer than its size", CHUNKED + "3\r\nhello\r\n0\r\n\r\n");
    add("a last chunk of many zeros", CHUNKED + "5\r\nhello\r\n00000\r\n\r\n");
    add("a last chunk with a bare LF", CHUNKED + "5\r\nhello\r\n0\n\r\n");
    add("trailers", CHUNKED + "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
    add("trailers with Content-Length", CHUNKED + "5\r\nhello\r\n0\r\nContent-Length: 40\r\n\r\n");
    add(
        "trailers with Transfer-Encoding",
        CHUNKED + "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n");
    add("trailers with a bare LF", CHUNKED + "5\r\nhello\r\n0\r\nX-Sum: 1\n\r\n");
    add("a trailer without a colon", CHUNKED + "5\r\nhello\r\n0\r\nX-Sum\r\n\r\n");
  }

  private void lines() {
    add("all lines end with bare LF", (GET + "\r\n").replace("\r\n", "\n"));
    add("one line ends with a bare LF", "GET /case HTTP/1.1\nHost: a.test\r\n\r\n");
    add("the head ends with a bare LF", GET + "\n");
    add("a bare CR in a value", GET + "X-A: b\rX-C: d\r\n\r\n");
    add("a bare CR before a CRLF", GET + "X-A: b\r\r\n\r\n");
    add("NUL in a value", GET + "X-A: b\0c\r\n\r\n");
    add("a control character in a value", GET + "X-A: b\u0001c\r\n\r\n");
    add("octets above 127 in a value", GET + "X-A: \u00e9\u00ff\r\n\r\n");
    add("a folded line", GET + "X-A: b\r\n c\r\n\r\n");
    add("a folded line first", "GET /case HTTP/1.1\r\n X-A: b\r\n" + HOST + "\r\n");
    add("a line without a colon", GET + "X-A\r\n\r\n");
    add("a line with an empty name", GET + ": b\r\n\r\n");
    add("a blank before a colon", GET + "X-A : b\r\n\r\n");
    add("a tab before a colon", GET + "X-A\t: b\r\n\r\n");
    add("a name that is no token", GET + "X(A): b\r\n\r\n");
    add("a name with an octet above 127", GET + "X-\u00e9: b\r\n\r\n");
    add("an empty value", GET + "X-A:\r\n\r\n");
  }

  private void startLines() {
    String rest = "\r\n" + HOST + "\r\n";
    add("an empty line first", "\r\n" + GET + "\r\n");
    add("two empty lines first", "\r\n\r\n" + GET + "\r\n");
    add("a bare LF first", "\n" + GET + "\r\n");
    add("a blank first", " " + GET + "\r\n");
    add("two blanks before the target", "GET  /case HTTP/1.1" + rest);
    add("a tab before the target", "GET\t/case HTTP/1.1" + rest);
    add("two blanks before the version", "GET /case  HTTP/1.1" + rest);
    add("a blank behind the version", "GET /case HTTP/1.1 " + rest);
    add("a blank in the target", "GET /case x HTTP/1.1" + rest);
    add("HTTP/1.2", "GET /case HTTP/1.2" + rest);
    add("HTTP/1.10", "GET /case HTTP/1.10" + rest);
    add("HTTP/2.0", "GET /case HTTP/2.0" + rest);
    add("HTTP/0.9", "GET /case HTTP/0.9" + rest);
    add("http/1.1", "GET /case http/1.1" + rest);
    add("no version", "GET /case" + rest);
    add("a method in lower case", "get /case HTTP/1.1" + rest);
    add("an unknown method", "FROB /case HTTP/1.1" + rest);
    add("a method that is no token", "G(T /case HTTP/1.1" + rest);
    add("a fragment", "GET /case#x HTTP/1.1" + rest);
    add("a target without a slash", "GET case HTTP/1.1" + rest);
    add("a query", "GET /case?a=b&c HTTP/1.1" + rest);
    add("an octet above 127 in the target", "GET /case\u00e9 HTTP/1.1" + rest);
    add("a control character in the target", "GET /case\u0001 HTTP/1.1" + rest);
    add("CONNECT", "CONNECT a.test:80 HTTP/1.1" + rest);
  }

  private void hosts() {
    add("no Host", "GET /case HTTP/1.1\r\n\r\n");
    add("no Host in HTTP/1.0", "GET /case HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    add("two Hosts", GET + HOST + "\r\n");
    add("two Hosts that differ", GET + "Host: b.test\r\n\r\n");
    add("an empty Host", "GET /case HTTP/1.1\r\nHost:\r\n\r\n");
    add("two names in Host", "GET /case HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n");
    add("a path in Host", "GET /case HTTP/1.1\r\nHost: a.test/x\r\n\r\n");
    add("a user in Host", "GET /case HTTP/1.1\r\nHost: u@a.test\r\n\r\n");
    add("a port that is no number", "GET /case HTTP/1.1\r\nHost: a.test:x\r\n\r\n");
    add("the absolute form", "GET http://a.test/case HTTP/1.1" + "\r\n" + HOST + "\r\n");
    add(
        "the absolute form of another host",
        "GET http://b.test/case HTTP/1.1" + "\r\n" + HOST + "\r\n");
    add(
        "the absolute form with a user",
        "GET http://u@a.test/case HTTP/1.1" + "\r\n" + HOST + "\r\n");
    add("a blank before the colon of Host", "GET /case HTTP/1.1\r\nHost : a.test\r\n\r\n");
  }
}
