package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cli.ExtraCommand;
import io.landfall.cli.Main;
import io.landfall.lab.LabCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every {@code landfall} command of every page can be typed as it stands there: it is parsed by the
 * program, and there is no node that it could reach. Of what stands in backquotes, where words such
 * as FILE stand for others, the commands and the names of options are compared.
 */
class PageCommandsTest {
  private static final List<ExtraCommand> EXTRAS =
      List.of(new ExtraCommand("lab", "", LabCommand::new));

  private static final Pattern IN_PROSE =
      Pattern.compile("(?:^|<\\(|podman exec landfall )(?:\\./)?landfall ([^)]+)");

  /** A command of README's table of commands: the program's name is left out there. */
  private static final Pattern OF_TABLE = Pattern.compile("(?m)^\\| (`[^|]*(?:\\\\\\|[^|]*)*) \\|");

  /** Commands that ask a node, and do nothing without one. */
  private static final Set<String> ASKING =
      Set.of(
          "announce",
          "check",
          "configure",
          "drain",
          "dump",
          "explain",
          "maintenance",
          "monitor",
          "purge",
          "reload",
          "show",
          "undrain",
          "withdraw");

  private static final int WRONG_COMMAND_LINE = 2;

  /** The help of commands, which takes a moment to make. */
  private static final Map<List<String>, Optional<String>> helps = new ConcurrentHashMap<>();

  /** The kinds of blocks that have commands of a shell. */
  private static final Set<String> SHELL = Set.of("", "console", "sh");

  @Test
  void everyCommandOfABlockIsParsed() {
    List<String> complaints = new ArrayList<>();
    int commands = 0;
    for (PageBlocks.Text block : PageBlocks.fenced()) {
      if (SHELL.contains(block.kind())) {
        for (List<String> command : ShellText.ofLandfall(block.text())) {
          commands++;
          mistake(command)
              .ifPresent(why -> complaints.add(block.place() + ": " + command + ": " + why));
        }
      }
    }
    assertThat(commands).as("commands of all pages").isGreaterThan(60);
    assertThat(complaints).isEmpty();
  }

  @Test
  void everyCommandInProseIsOneWithTheseOptions() {
    List<String> complaints = new ArrayList<>();
    for (PageBlocks.Text quoted : PageBlocks.quoted()) {
      Matcher command = IN_PROSE.matcher(quoted.text());
      if (command.find()) {
        unknown(command.group(1)).ifPresent(why -> complaints.add(quoted.place() + ": " + why));
      }
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void everyCommandOfTheReadmesTableIsOneWithTheseOptions() {
    String readme = PageBlocks.page("README.md");
    int from = readme.indexOf("| command | what it does |");
    String table = readme.substring(from, readme.indexOf("\n\n", from));
    List<String> complaints = new ArrayList<>();
    List<String> cells = OF_TABLE.matcher(table).results().map(row -> row.group(1)).toList();
    assertThat(cells).hasSizeGreaterThan(20);
    for (String cell : cells) {
      for (PageBlocks.Text quoted : PageBlocks.quoted("README.md", cell)) {
        if (!quoted.text().startsWith("-")) {
          unknown(quoted.text()).ifPresent(complaints::add);
        }
      }
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void canaryWhatCannotBeTypedIsFlagged() {
    assertThat(
            ShellText.ofLandfall(
                """
                fra,nyc# landfall show status --jsno   # json
                landfall dump mrt 'a b.mrt' && landfall chekc FILE
                podman exec landfall landfall drain node
                systemctl enable --now landfall
                $ landfall ca issue --ca ca \\
                    --node fra
                apt install ./landfall_*.deb
                """))
        .containsExactly(
            List.of("show", "status", "--jsno"),
            List.of("dump", "mrt", "a b.mrt"),
            List.of("chekc", "FILE"),
            List.of("drain", "node"),
            List.of("ca", "issue", "--ca", "ca", "--node", "fra"));
    assertThat(mistake(List.of("show", "status", "--jsno"))).get().asString().contains("--jsno");
    assertThat(mistake(List.of("chekc", "FILE"))).isPresent();
    assertThat(mistake(List.of("ca", "isue", "--ca", "ca"))).isPresent();
    assertThat(mistake(List.of("check"))).get().asString().contains("FILE");
    assertThat(mistake(List.of("monitor", "requests", "--slower", "fast"))).isPresent();
    assertThat(mistake(List.of("monitor", "requests", "--slower", "500ms"))).isEmpty();
    assertThat(mistake(List.of("lab", "--dir", "/tmp/lab"))).isEmpty();
  }

  @Test
  void canaryAnUnknownOptionInProseIsFlagged() {
    assertThat(unknown("drain node --now")).get().asString().contains("--now");
    assertThat(unknown("configure apply\\|undo FILE [--confirm SECONDS]")).isEmpty();
    assertThat(unknown("configure apply\\|redo FILE")).get().asString().contains("redo");
    assertThat(unknown("configure check FILE --confirm 5")).get().asString().contains("--confirm");
    assertThat(unknown("show peers PEER")).isEmpty();
  }

  /** Why the program does not take a command line. */
  private static Optional<String> mistake(List<String> words) {
    Optional<String> unknown = unknown(String.join(" ", words));
    if (unknown.isPresent()) {
      return unknown;
    }
    // Where there is no node to ask, a command line that is right ends with another exit code than
    // 2; a command that does something by itself is only asked for its help.
    boolean asks = ASKING.contains(words.getFirst()) && !words.contains("--watch");
    List<String> all =
        new ArrayList<>(
            asks ? List.of("--socket", "/nonexistent/landfall.sock") : List.of("--help"));
    all.addAll(words);
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            EXTRAS,
            all.toArray(String[]::new));
    return code == WRONG_COMMAND_LINE
        ? Optional.of(err.toString().lines().findFirst().orElse("exit code " + code))
        : Optional.empty();
  }

  /** What a command in prose names that there is not. */
  private static Optional<String> unknown(String text) {
    List<List<String>> chains = new ArrayList<>(List.of(List.of()));
    List<String> options = new ArrayList<>();
    boolean below = true;
    for (String word : text.replaceAll("[\\[\\]]", "").split(" +")) {
      if (word.startsWith("-")) {
        options.add(word.replaceAll("=.*", ""));
        below = false;
      } else if (below && chains.stream().anyMatch(PageCommandsTest::hasMore)) {
        if (!word.matches("[a-z].*")) {
          break; // A word that stands for any of these, or an ellipsis.
        }
        List<String> names = Arrays.asList(word.split("\\\\\\|"));
        chains =
            chains.stream().flatMap(chain -> names.stream().map(name -> and(chain, name))).toList();
        for (List<String> chain : chains) {
          if (help(chain).isEmpty()) {
            return Optional.of("no command " + chain);
          }
        }
      }
    }
    List<String> helps = chains.stream().flatMap(chain -> help(chain).stream()).toList();
    return options.stream()
        .filter(each -> helps.stream().noneMatch(help -> names(help, each)))
        .findFirst()
        .map(each -> text + " has no " + each);
  }

  private static boolean names(String help, String option) {
    return Pattern.compile("(?<![\\w-])" + Pattern.quote(option) + "(?![\\w-])")
        .matcher(help)
        .find();
  }

  private static boolean hasMore(List<String> chain) {
    return help(chain).map(text -> text.contains("\nCommands:")).orElse(false);
  }

  private static Optional<String> help(List<String> chain) {
    return helps.computeIfAbsent(List.copyOf(chain), PageCommandsTest::madeHelp);
  }

  private static Optional<String> madeHelp(List<String> chain) {
    List<String> words = new ArrayList<>(List.of("help"));
    words.addAll(chain);
    StringWriter out = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(out),
            new PrintWriter(new StringWriter()),
            EXTRAS,
            words.toArray(String[]::new));
    return code == 0 ? Optional.of("\n" + out) : Optional.empty();
  }

  private static List<String> and(List<String> words, String word) {
    List<String> more = new ArrayList<>(words);
    more.add(word);
    return more;
  }
}
