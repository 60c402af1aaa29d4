package io.landfall.cli;

import io.landfall.admin.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code landfall purge}: what a node's cache must not answer with any more. */
@Command(
    name = "purge",
    description = {
      "Purge what the cache of this node has stored: exactly one of --url, --prefix,",
      "--host, --tag, and --service with --all. It is done when the command ends."
    },
    footer = {
      "",
      "Examples:",
      "  landfall purge --url http://shop.example/logo.png",
      "  landfall purge --prefix shop.example/images --soft",
      "  landfall purge --tag product-17",
      "  landfall purge --service shop --all"
    })
final class PurgeCommand implements Callable<Integer> {
  @Option(
      names = "--url",
      paramLabel = "U",
      description = "One URL, all its variants, http and https.")
  private @Nullable String url;

  @Option(
      names = "--prefix",
      paramLabel = "U",
      description = "A host with a path: all there and below, by whole segments.")
  private @Nullable String prefix;

  @Option(names = "--host", paramLabel = "H", description = "All of a host.")
  private @Nullable String host;

  @Option(
      names = "--tag",
      paramLabel = "T",
      description = "All with this tag (Surrogate-Key, Cache-Tag), of every service.")
  private @Nullable String tag;

  @Option(names = "--service", paramLabel = "S", description = "A service; with --all.")
  private @Nullable String service;

  @Option(names = "--all", description = "All of the service.")
  private boolean all;

  @Option(
      names = "--soft",
      description = "Stale from now on instead of gone: validated before use.")
  private boolean soft;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  PurgeCommand() {}

  @Override
  public Integer call() {
    Map<String, Object> body = new LinkedHashMap<>();
    put(body, "url", url);
    put(body, "prefix", prefix);
    put(body, "host", host);
    put(body, "tag", tag);
    put(body, "service", service == null ? null : ServiceArgument.name(spec, service));
    if (body.size() != 1) {
      throw wrong(
          "Purge what? Exactly one of --url U, --prefix U, --host H, --tag T, --service S --all");
    }
    if (all != body.containsKey("service")) {
      throw wrong(
          all ? "--all goes with --service S only" : "--service S takes --all: all of the service");
    }
    if (all) {
      body.put("all", true);
    }
    body.put("soft", soft);
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("POST", "/v1/purge", JsonWriter.text(body).strip()));
    return ExitCode.OK;
  }

  private static void put(Map<String, Object> body, String name, @Nullable String value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
