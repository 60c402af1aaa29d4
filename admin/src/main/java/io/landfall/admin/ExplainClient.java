package io.landfall.admin;

import io.landfall.core.Addresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The client for whom a request is explained: {@code from} and {@code field} of the query. */
final class ExplainClient {
  /** The most fields of a request that are named. */
  static final int MOST_FIELDS = 16;

  /** A name (RFC 9110 section 5.1), and a value of visible characters and spaces. */
  private static final Pattern FIELD =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}):[ \\t]*([\\x20-\\x7e]{0,4096})");

  private ExplainClient() {}

  /**
   * The client of a query; empty if it names none.
   *
   * @throws CommandBody.Wrong if it names none that there can be
   */
  static Optional<ExplainTarget.Client> of(Map<String, List<String>> query)
      throws CommandBody.Wrong {
    List<String> from = query.getOrDefault("from", List.of());
    List<String> fields = query.getOrDefault("field", List.of());
    if (from.isEmpty()) {
      if (!fields.isEmpty()) {
        throw new CommandBody.Wrong("'field' needs 'from', the address of the client");
      }
      return Optional.empty();
    }
    if (from.size() > 1 || fields.size() > MOST_FIELDS) {
      throw new CommandBody.Wrong("give one 'from', and at most " + MOST_FIELDS + " of 'field'");
    }
    for (String field : fields) {
      if (!FIELD.matcher(field).matches()) {
        throw new CommandBody.Wrong("'" + field + "' is no field: write it as 'X-API-Key: value'");
      }
    }
    return Optional.of(
        new ExplainTarget.Client(
            address(from.getFirst()), fields.stream().map(ExplainClient::lowered).toList()));
  }

  private static String lowered(String field) {
    int colon = field.indexOf(':');
    return field.substring(0, colon).toLowerCase(Locale.ROOT) + field.substring(colon);
  }

  private static InetAddress address(String text) throws CommandBody.Wrong {
    try {
      Optional<byte[]> bytes = Addresses.parseLiteral(text);
      if (bytes.isPresent()) {
        return InetAddress.getByAddress(bytes.get());
      }
    } catch (UnknownHostException neitherFourNorSixteenBytes) {
      // It is answered as any other text that is no address.
    }
    throw new CommandBody.Wrong(
        "'" + text + "' is no IP address: write one such as 192.0.2.7 or 2001:db8::7");
  }
}
