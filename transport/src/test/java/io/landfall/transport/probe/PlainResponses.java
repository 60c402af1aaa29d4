package io.landfall.transport.probe;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A reader of responses for tests: heads that end with an empty line, and Content-Length. */
final class PlainResponses implements ResponseReader {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])[ \r]");
  private static final Pattern LENGTH = Pattern.compile("\r\nContent-Length: ([0-9]+)\r\n");

  private final StringBuilder head = new StringBuilder();
  private boolean inBody;
  private boolean isReusable;
  private int status;
  private long left;

  @Override
  public Progress read(ByteBuf in) {
    while (in.isReadable() && (!inBody || left != 0)) {
      char c = (char) in.readUnsignedByte();
      if (inBody) {
        left = Math.max(-1, left - 1);
        continue;
      }
      head.append(c);
      if (head.indexOf("\r\n\r\n") >= 0) {
        Progress progress = endOfHead();
        if (progress != Progress.MORE) {
          return progress;
        }
      }
    }
    if (inBody && left == 0) {
      inBody = false;
      return Progress.END;
    }
    return Progress.MORE;
  }

  private Progress endOfHead() {
    String text = head.toString();
    head.setLength(0);
    Matcher line = STATUS.matcher(text);
    if (!line.lookingAt()) {
      return Progress.REFUSED;
    }
    status = Integer.parseInt(line.group(1));
    if (status < 200) {
      return Progress.MORE;
    }
    Matcher length = LENGTH.matcher(text);
    boolean known = length.find();
    left = known ? Long.parseLong(length.group(1)) : -1;
    isReusable = known && !text.contains("Connection: close");
    inBody = true;
    return Progress.HEAD;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public boolean isReusable() {
    return isReusable;
  }

  @Override
  public String refusal() {
    return "no status line";
  }

  static byte[] ok(String body) {
    String text = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
