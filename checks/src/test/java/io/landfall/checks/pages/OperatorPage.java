package io.landfall.checks.pages;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The steps of a page of docs that a test follows word by word.
 *
 * <p>A block {@code console} has commands behind the names of the machines where they are run, one
 * after the other ({@code fra,nyc# landfall show status}), and below each what must come out: lines
 * in their order, among others; {@code ...} stands for anything, and one space for several. A block
 * {@code yaml add MACHINES} is added at the end of the config of these machines, {@code yaml whole
 * MACHINES} is the whole of it.
 */
final class OperatorPage {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(console|yaml (?:add|whole) \\S+)\\n(.*?)^```$");
  private static final Pattern PROMPT = Pattern.compile("([a-z]+(?:,[a-z]+)*)# (.+)");

  private OperatorPage() {}

  /** One step. */
  sealed interface Step {
    /** The machines where it is done. */
    List<String> machines();

    /** A command, and the lines that must come out. */
    record Run(List<String> machines, String command, List<String> shown) implements Step {}

    /** Text of a config. */
    record Write(List<String> machines, String text, boolean whole) implements Step {}
  }

  /** The steps of a page in their order. */
  static List<Step> steps(String page) {
    try {
      return stepsOf(Files.readString(Rooms.root().resolve(page)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The steps of a text. */
  static List<Step> stepsOf(String text) {
    List<Step> steps = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      String[] kind = block.group(1).split(" ");
      if (kind[0].equals("yaml")) {
        boolean whole = kind[1].equals("whole");
        steps.add(new Step.Write(List.of(kind[2].split(",")), block.group(2), whole));
      } else {
        console(block.group(2), steps);
      }
    }
    return steps;
  }

  private static void console(String text, List<Step> steps) {
    List<String> shown = new ArrayList<>();
    Step.Run last = null;
    for (String line : text.lines().toList()) {
      Matcher prompt = PROMPT.matcher(line);
      if (prompt.matches()) {
        if (last != null) {
          steps.add(new Step.Run(last.machines(), last.command(), List.copyOf(shown)));
        }
        last = new Step.Run(List.of(prompt.group(1).split(",")), prompt.group(2), List.of());
        shown.clear();
      } else if (last == null) {
        throw new AssertionError("a console block begins with '" + line + "', which is no command");
      } else if (!line.isBlank()) {
        shown.add(line);
      }
    }
    if (last != null) {
      steps.add(new Step.Run(last.machines(), last.command(), List.copyOf(shown)));
    }
  }

  /** Whether an output has these lines in their order. */
  static boolean has(String output, List<String> shown) {
    int next = 0;
    for (String line : output.lines().toList()) {
      if (next < shown.size() && pattern(shown.get(next)).matcher(squeezed(line)).matches()) {
        next++;
      }
    }
    return next == shown.size();
  }

  private static Pattern pattern(String line) {
    List<String> parts = new ArrayList<>();
    for (String part : squeezed(line).split("\\.\\.\\.", -1)) {
      parts.add(Pattern.quote(part));
    }
    return Pattern.compile(String.join(".*", parts));
  }

  private static String squeezed(String line) {
    return line.strip().replaceAll("\\s+", " ");
  }
}
