package io.landfall.checks.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Which loopback addresses test classes write down, read off their text. Test classes of this room
 * run in two processes side by side, so an address that two of them listen at is a test that fails
 * now and then. What runs in a network namespace has loopback addresses of its own: a file that
 * names {@code NetworkNamespace} is taken to use its addresses there, and a helper that only such
 * files use as well.
 *
 * <p>The whole address is a test's own, not one port of it: ports stand apart from it as often as
 * not. An address that is put together ({@code "127.98.9." + host}) takes all that begin so. One
 * that is looked for at run time ({@code "127." + net}) is not seen here.
 */
final class LoopbackAddresses {
  private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*(//|/?\\*).*$");
  private static final Pattern TEST = Pattern.compile("@(\\w+)?Test\\b");
  private static final Pattern NAMESPACE = Pattern.compile("\\bNetworkNamespace\\b");
  private static final Pattern WORD = Pattern.compile("\\b[A-Z]\\w+");

  /** Whole, or how it begins; a network with its length is none. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<![\\d.])127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?![\\d.]|/\\d)"
              + "|(?<![\\d.])127\\.\\d{1,3}\\.(\\d{1,3}\\.)?(?!\\d)");

  /** Everyone's addresses, with a port beside them or as the next argument. */
  private static final Pattern COMMON =
      Pattern.compile(
          "(?<![\\d.])(127\\.0\\.0\\.1|\\[?::1\\]?)(?::|\"\\)?,\\s*)([1-9][\\d_]*|[A-Z][A-Z\\d_]+\\b)");

  /** What these tests use as they like, with ports that the system gives. */
  private static final String EVERYONES = "127.0.0.1";

  /** Text by the simple name of the type in it. */
  private final TreeMap<String, String> sources = new TreeMap<>();

  /** By type outside of namespaces, the test classes that use it, also by way of others. */
  private final TreeMap<String, Set<String>> tests = new TreeMap<>();

  private LoopbackAddresses(Map<String, String> textByPath) {
    textByPath.forEach(
        (path, text) ->
            sources.put(
                path.substring(path.lastIndexOf('/') + 1).replace(".java", ""),
                COMMENT.matcher(text).replaceAll("")));
    sources.forEach(
        (type, text) -> {
          if (TEST.matcher(text).find()) {
            reach(type, type);
          }
        });
  }

  /** What breaks the rule in these files of tests, each complaint with the classes' names. */
  static List<String> check(Map<String, String> textByPath) {
    return new LoopbackAddresses(textByPath).complaints();
  }

  private List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    TreeMap<String, Set<String>> users = new TreeMap<>();
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Set<String> using = tests.getOrDefault(source.getKey(), Set.of());
      if (using.isEmpty()) {
        continue;
      }
      for (String port : commonPorts(source.getValue())) {
        complaints.add(source.getKey() + ": " + port + " is everyone's, with a port that is fixed");
      }
      for (String address : addresses(source.getValue())) {
        users.computeIfAbsent(address, each -> new TreeSet<>()).addAll(using);
      }
    }
    for (Map.Entry<String, Set<String>> use : users.entrySet()) {
      Set<String> all = new TreeSet<>(use.getValue());
      users.forEach(
          (other, using) -> {
            if (other.endsWith(".") && use.getKey().startsWith(other)) {
              all.addAll(using);
            }
          });
      if (all.size() > 1) {
        complaints.add(use.getKey() + " is used by " + String.join(", ", all));
      }
    }
    return complaints;
  }

  /** Notes a test class at all that its text names, and at what they name. */
  private void reach(String type, String test) {
    String text = sources.getOrDefault(type, "");
    if (text.isEmpty()
        || NAMESPACE.matcher(text).find()
        || !tests.computeIfAbsent(type, each -> new TreeSet<>()).add(test)) {
      return;
    }
    WORD.matcher(text)
        .results()
        .map(MatchResult::group)
        .distinct()
        .forEach(other -> reach(other, test));
  }

  private static Set<String> addresses(String text) {
    Set<String> addresses = new TreeSet<>();
    ADDRESS.matcher(text).results().map(MatchResult::group).forEach(addresses::add);
    addresses.remove(EVERYONES);
    return addresses;
  }

  private static Set<String> commonPorts(String text) {
    Set<String> ports = new TreeSet<>();
    for (MatchResult use : COMMON.matcher(text).results().toList()) {
      String port = use.group(2);
      boolean constant = Character.isUpperCase(port.charAt(0));
      if (!constant || Pattern.compile("\\b" + port + " = [1-9][\\d_]*;").matcher(text).find()) {
        ports.add(use.group(1) + ":" + port);
      }
    }
    return ports;
  }
}
