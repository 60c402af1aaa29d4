package io.landfall.checks.pages;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The fenced blocks of the pages, and what stands in backquotes beside them. */
final class PageBlocks {
  private static final Pattern FENCED = Pattern.compile("(?ms)^```([^\\n`]*)\\n(.*?)^```$");
  private static final Pattern QUOTED = Pattern.compile("`([^`\\n]+)`");

  private PageBlocks() {}

  /**
   * One text of a page.
   *
   * @param page the path of the page in the tree
   * @param line the line on which it begins, from 1
   * @param kind the word behind the fence; empty for none, and for a text in backquotes
   * @param text what stands there
   */
  record Text(String page, int line, String kind, String text) {
    /** Where it is, for complaints. */
    String place() {
      return page + ":" + line;
    }
  }

  /** The pages for people who run nodes, by their paths. */
  static SequencedMap<String, String> pages() {
    Path root = Rooms.root();
    SequencedMap<String, String> pages = new TreeMap<>();
    try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      Stream<Path> top = Stream.of("README.md", "SECURITY.md").map(root::resolve);
      for (Path page : Stream.concat(docs, top).toList()) {
        if (page.toString().endsWith(".md")) {
          pages.put(root.relativize(page).toString(), Files.readString(page));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pages;
  }

  /** One page by its path. */
  static String page(String path) {
    return Optional.ofNullable(pages().get(path)).orElseThrow();
  }

  /** The fenced blocks of all pages. */
  static List<Text> fenced() {
    List<Text> found = new ArrayList<>();
    pages().forEach((page, text) -> found.addAll(fenced(page, text)));
    return found;
  }

  /** The fenced blocks of one page. */
  static List<Text> fenced(String page, String text) {
    return FENCED
        .matcher(text)
        .results()
        .map(
            each ->
                new Text(page, lineOf(text, each.start(2)), each.group(1).strip(), each.group(2)))
        .toList();
  }

  /** What stands in backquotes on all pages, outside of fenced blocks. */
  static List<Text> quoted() {
    List<Text> found = new ArrayList<>();
    pages().forEach((page, text) -> found.addAll(quoted(page, text)));
    return found;
  }

  /** What stands in backquotes on one page, outside of fenced blocks. */
  static List<Text> quoted(String page, String text) {
    // Blocks become empty lines, so that lines keep their numbers.
    String prose =
        FENCED
            .matcher(text)
            .replaceAll(each -> Matcher.quoteReplacement(each.group().replaceAll("[^\\n]", "")));
    return QUOTED
        .matcher(prose)
        .results()
        .map(each -> new Text(page, lineOf(prose, each.start()), "", each.group(1)))
        .toList();
  }

  private static int lineOf(String text, int at) {
    return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
  }
}
