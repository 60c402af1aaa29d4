package io.landfall.bgp;

import io.landfall.bgp.SessionEffect.DownReason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * NOTIFICATION out and in, with the shutdown communication of RFC 9003: one length byte and up to
 * 255 bytes of UTF-8 after a Cease.
 *
 * <p>RFC 9003 defines the text for Administrative Shutdown and Reset. OpenBGPD sends it with other
 * Cease subcodes too, and so does this side when its owner gives a text, because the data of those
 * subcodes has no other meaning; Maximum Number of Prefixes (RFC 4486) and Hard Reset (RFC 8538)
 * have data of their own and never carry one.
 */
final class NotificationCodec {
  private static final int MAX_TEXT_BYTES = 255;
  private static final int MAX_HEX_BYTES = 64;

  private NotificationCodec() {}

  static byte[] encode(int code, int subcode, byte[] data) {
    byte[] message = MessageType.NOTIFICATION.frame(MessageType.HEADER_BYTES + 2 + data.length);
    message[19] = (byte) code;
    message[20] = (byte) subcode;
    System.arraycopy(data, 0, message, 21, data.length);
    return message;
  }

  /** A Cease with the owner's text; a text that is too long is cut at a character's edge. */
  static BgpError cease(int subcode, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length == 0 || !carriesText(subcode)) {
      return new BgpError(NotificationCodes.CEASE, subcode, text);
    }
    int length = Math.min(utf8.length, MAX_TEXT_BYTES);
    while (length < utf8.length && (utf8[length] & 0xC0) == 0x80) {
      length--;
    }
    byte[] data = new byte[1 + length];
    data[0] = (byte) length;
    System.arraycopy(utf8, 0, data, 1, length);
    return new BgpError(NotificationCodes.CEASE, subcode, data, text);
  }

  /** What a NOTIFICATION from the peer carries; its body is at least two bytes long. */
  static DownReason decode(byte[] bytes, int from, int to) {
    int code = Wire.u8(bytes, from);
    int subcode = Wire.u8(bytes, from + 1);
    String name = NotificationCodes.name(code, subcode);
    byte[] data = Arrays.copyOfRange(bytes, from + 2, to);
    String words = words(code, subcode, data);
    return new DownReason(
        DownReason.By.PEER, code, subcode, words.isEmpty() ? name : name + ": " + words);
  }

  private static String words(int code, int subcode, byte[] data) {
    if (data.length == 0) {
      return "";
    }
    if (code == NotificationCodes.CEASE && carriesText(subcode)) {
      int length = data[0] & 0xff;
      if (length == 0) {
        return "";
      }
      if (length <= data.length - 1) {
        try {
          return printable(
              StandardCharsets.UTF_8
                  .newDecoder()
                  .decode(ByteBuffer.wrap(data, 1, length))
                  .toString());
        } catch (CharacterCodingException e) {
          return "text that is not UTF-8, " + hex(data); // RFC 9003 section 4
        }
      }
    }
    return "data " + hex(data);
  }

  private static boolean carriesText(int subcode) {
    return subcode != NotificationCodes.MAX_PREFIXES && subcode != NotificationCodes.HARD_RESET;
  }

  /** The peer's text goes to logs and terminals: control characters become spaces (RFC 9003, 6). */
  private static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static String hex(byte[] data) {
    int shown = Math.min(data.length, MAX_HEX_BYTES);
    String text = HexFormat.of().formatHex(data, 0, shown);
    return shown < data.length ? text + "..." : text;
  }
}
