package io.landfall.bgp;

/**
 * The error codes and subcodes of NOTIFICATION, with their names as IANA lists them (RFC 4271
 * section 4.5, 4486, 5492, 6608, 7313, 8538, 9234, 9384, 9687).
 */
final class NotificationCodes {
  static final int MESSAGE_HEADER = 1;
  static final int NOT_SYNCHRONIZED = 1;
  static final int BAD_LENGTH = 2;
  static final int BAD_TYPE = 3;

  static final int OPEN = 2;
  static final int UNSUPPORTED_VERSION = 1;
  static final int BAD_PEER_AS = 2;
  static final int BAD_BGP_IDENTIFIER = 3;
  static final int UNSUPPORTED_PARAMETER = 4;
  static final int UNACCEPTABLE_HOLD_TIME = 6;
  static final int UNSUPPORTED_CAPABILITY = 7;
  static final int ROLE_MISMATCH = 11;

  static final int UPDATE = 3;
  static final int MALFORMED_ATTRIBUTE_LIST = 1;
  static final int UNRECOGNIZED_WELL_KNOWN = 2;
  static final int MISSING_WELL_KNOWN = 3;
  static final int ATTRIBUTE_FLAGS = 4;
  static final int ATTRIBUTE_LENGTH = 5;
  static final int INVALID_ORIGIN = 6;
  static final int INVALID_NEXT_HOP = 8;
  static final int OPTIONAL_ATTRIBUTE = 9;
  static final int INVALID_NETWORK = 10;
  static final int MALFORMED_AS_PATH = 11;

  static final int HOLD_TIMER = 4;

  static final int FSM = 5;
  static final int UNEXPECTED_IN_OPEN_SENT = 1;
  static final int UNEXPECTED_IN_OPEN_CONFIRM = 2;
  static final int UNEXPECTED_IN_ESTABLISHED = 3;

  static final int CEASE = 6;
  static final int MAX_PREFIXES = 1;
  static final int ADMIN_SHUTDOWN = 2;
  static final int DECONFIGURED = 3;
  static final int ADMIN_RESET = 4;
  static final int CONNECTION_REJECTED = 5;
  static final int COLLISION = 7;
  static final int OUT_OF_RESOURCES = 8;
  static final int HARD_RESET = 9;

  static final int ROUTE_REFRESH = 7;
  static final int INVALID_REFRESH_LENGTH = 1;

  static final int SEND_HOLD_TIMER = 8;

  private static final String[] CODES = {
    "No NOTIFICATION",
    "Message Header Error",
    "OPEN Message Error",
    "UPDATE Message Error",
    "Hold Timer Expired",
    "Finite State Machine Error",
    "Cease",
    "ROUTE-REFRESH Message Error",
    "Send Hold Timer Expired"
  };

  private static final String[][] SUBCODES = {
    {},
    {"", "Connection Not Synchronized", "Bad Message Length", "Bad Message Type"},
    {
      "",
      "Unsupported Version Number",
      "Bad Peer AS",
      "Bad BGP Identifier",
      "Unsupported Optional Parameter",
      "Authentication Failure",
      "Unacceptable Hold Time",
      "Unsupported Capability",
      "",
      "",
      "",
      "Role Mismatch"
    },
    {
      "",
      "Malformed Attribute List",
      "Unrecognized Well-known Attribute",
      "Missing Well-known Attribute",
      "Attribute Flags Error",
      "Attribute Length Error",
      "Invalid ORIGIN Attribute",
      "AS Routing Loop",
      "Invalid NEXT_HOP Attribute",
      "Optional Attribute Error",
      "Invalid Network Field",
      "Malformed AS_PATH"
    },
    {},
    {
      "",
      "Receive Unexpected Message in OpenSent State",
      "Receive Unexpected Message in OpenConfirm State",
      "Receive Unexpected Message in Established State"
    },
    {
      "",
      "Maximum Number of Prefixes Reached",
      "Administrative Shutdown",
      "Peer De-configured",
      "Administrative Reset",
      "Connection Rejected",
      "Other Configuration Change",
      "Connection Collision Resolution",
      "Out of Resources",
      "Hard Reset",
      "BFD Down"
    },
    {"", "Invalid Message Length"},
    {}
  };

  private NotificationCodes() {}

  /** The name of an error, such as {@code Cease/Administrative Shutdown}; numbers when unknown. */
  static String name(int code, int subcode) {
    if (code < 0 || code >= CODES.length) {
      return "error code " + code + "/" + subcode;
    }
    String[] subcodes = SUBCODES[code];
    if (subcode > 0 && subcode < subcodes.length && !subcodes[subcode].isEmpty()) {
      return CODES[code] + "/" + subcodes[subcode];
    }
    return subcode == 0 ? CODES[code] : CODES[code] + "/" + subcode;
  }
}
