package io.landfall.checks.pages;

import java.util.ArrayList;
import java.util.List;

/** Commands as a page prints them, with prompts, comments and continued lines. */
final class ShellText {
  private static final String PROMPT = "^(?:[a-z]+(?:,[a-z]+)*# |\\$ )";

  /** What may stand before the program's name. */
  private static final List<List<String>> RUNNERS =
      List.of(List.of("podman", "exec", "landfall"), List.of("runuser", "-u", "landfall", "--"));

  private ShellText() {}

  /** The command lines of the program in a text, each without the program's name. */
  static List<List<String>> ofLandfall(String text) {
    List<List<String>> found = new ArrayList<>();
    for (String line : text.replaceAll("\\\\\\n\\s*", "").lines().toList()) {
      for (List<String> command : commands(line.replaceFirst(PROMPT, ""))) {
        List<String> words = command;
        for (List<String> runner : RUNNERS) {
          if (words.size() > runner.size() && words.subList(0, runner.size()).equals(runner)) {
            words = words.subList(runner.size(), words.size());
          }
        }
        if (words.getFirst().equals("landfall") || words.getFirst().equals("./landfall")) {
          found.add(words.subList(1, words.size()));
        }
      }
    }
    return found;
  }

  /** The commands of one line, each as its words: those of a pipe or a list are several. */
  private static List<List<String>> commands(String line) {
    List<List<String>> commands = new ArrayList<>();
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    for (int i = 0; i <= line.length(); i++) {
      char c = i < line.length() ? line.charAt(i) : '\n';
      if (quote != 0 && c != '\n') {
        quote = quoted(c, quote, word);
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '#' && word.isEmpty()) {
        i = line.length() - 1; // A comment.
      } else if (" \n;|&".indexOf(c) < 0) {
        word.append(c);
      } else {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
        if (c != ' ' && !words.isEmpty()) {
          commands.add(List.copyOf(words));
          words.clear();
        }
      }
    }
    return commands;
  }

  /** Takes one character within quotes; the quote that is open then. */
  private static char quoted(char c, char quote, StringBuilder word) {
    if (c == quote) {
      return 0;
    }
    word.append(c);
    return quote;
  }
}
