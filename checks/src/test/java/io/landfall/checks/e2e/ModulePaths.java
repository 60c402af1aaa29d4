package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.checks.Rooms;
import io.landfall.testkit.TestJvm;
import io.landfall.tracing.OtlpProvider;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The module path and the flags with which {@code ./landfall run} starts a node. */
final class ModulePaths {
  /** The libraries of the program; what only tests need is no module of a node. */
  private static final Pattern LIBRARY =
      Pattern.compile(
          ".*/(netty|caffeine|brotli4j|service-1|native-linux|zstd-jni|jackson-core|picocli|snakeyaml-engine|slf4j-api|logback|prometheus|bc(pkix|prov|util))"
              + "[^/]*\\.jar");

  private ModulePaths() {}

  /** The libraries and rooms of the program but those that {@code ./landfall run} leaves out. */
  static String modulePath() throws IOException {
    Pattern leftOut = leftOut();
    return entries()
        .filter(ModulePaths::isOfTheProgram)
        .filter(entry -> !leftOut.matcher(Path.of(entry).getFileName().toString()).matches())
        .filter(entry -> !Path.of(entry).equals(of(CertificateAuthority.class)))
        .filter(entry -> !Path.of(entry).equals(of(OtlpProvider.class)))
        .filter(entry -> !Path.of(entry).equals(of(TestJvm.class)))
        .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("landfall-testkit-"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The folder or jar that a class comes from. */
  static Path of(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The libraries that a node loads by itself where it has tracing. */
  static List<Path> ofTracing() {
    return entries()
        .map(Path::of)
        .filter(entry -> entry.getFileName().toString().startsWith("opentelemetry-"))
        .toList();
  }

  private static Stream<String> entries() {
    return Arrays.stream(TestJvm.classPath().split(File.pathSeparator));
  }

  private static Pattern leftOut() throws IOException {
    return Pattern.compile(inScript("(?m)^not_at_start='(.*)'$"));
  }

  private static boolean isOfTheProgram(String entry) {
    return LIBRARY.matcher(entry).matches()
        || Path.of(entry).getFileName().toString().startsWith("landfall-")
        || Files.exists(Path.of(entry, "module-info.class"));
  }

  /** The array {@code named} of the script that starts the program. */
  static List<String> flags() throws IOException {
    return inScript("(?s)\nnamed=\\(\n(.*?)\n\\)")
        .lines()
        .map(line -> line.strip().replaceAll(" +#.*", ""))
        .toList();
  }

  private static String inScript(String expression) throws IOException {
    String script =
        Files.readString(Rooms.root().resolve("landfall"))
            + Files.readString(Rooms.root().resolve("tools/start.sh"));
    Matcher matcher = Pattern.compile(expression).matcher(script);
    assertThat(matcher.find()).as(expression + " in the scripts that start it").isTrue();
    return matcher.group(1);
  }
}
