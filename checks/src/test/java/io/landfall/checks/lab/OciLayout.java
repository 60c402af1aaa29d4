package io.landfall.checks.lab;

import io.landfall.lab.host.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * An unpacked OCI image layout of one image, held to the rules of the image specification 1.1:
 * image-layout.md, image-index.md, manifest.md, config.md, layer.md, descriptor.md.
 */
final class OciLayout {
  private static final String TYPES = "application/vnd.oci.image.";
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
  private static final Pattern PORT = Pattern.compile("[1-9]\\d{0,4}/(tcp|udp)");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  private final Path folder;
  private final List<String> faults = new ArrayList<>();
  private final Set<String> referenced = new TreeSet<>();

  OciLayout(Path folder) {
    this.folder = folder;
  }

  /** What breaks a rule; empty for a sound image. */
  List<String> faults() throws IOException {
    faults.clear();
    referenced.clear();
    expect("1.0.0".equals(map(json("oci-layout")).get("imageLayoutVersion")), "imageLayoutVersion");
    Map<?, ?> index = map(json("index.json"));
    expect(Integer.valueOf(2).equals(index.get("schemaVersion")), "schemaVersion of the index");
    expect((TYPES + "index.v1+json").equals(index.get("mediaType")), "media type of the index");
    List<?> manifests = list(index.get("manifests"));
    expect(manifests.size() == 1, "one manifest");
    for (Object each : manifests) {
      Map<?, ?> annotations = map(map(each).get("annotations"));
      String name = String.valueOf(annotations.get("org.opencontainers.image.ref.name"));
      expect(TAG.matcher(name).matches(), "ref.name " + name);
      Path manifest = blob(map(each), TYPES + "manifest.v1+json");
      if (Files.exists(manifest)) {
        checkManifest(map(parsed(manifest)), map(map(each).get("platform")));
      }
    }
    try (Stream<Path> blobs = Files.list(folder.resolve("blobs/sha256"))) {
      Set<String> there = new TreeSet<>();
      blobs.forEach(each -> there.add(each.getFileName().toString()));
      expect(there.equals(referenced), "blobs " + there + " where these are used: " + referenced);
    }
    return List.copyOf(faults);
  }

  private void checkManifest(Map<?, ?> manifest, Map<?, ?> platform) throws IOException {
    expect(Integer.valueOf(2).equals(manifest.get("schemaVersion")), "schemaVersion");
    expect((TYPES + "manifest.v1+json").equals(manifest.get("mediaType")), "media type");
    Path config = blob(map(manifest.get("config")), TYPES + "config.v1+json");
    List<String> diffs = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (Object each : list(manifest.get("layers"))) {
      Path layer = blob(map(each), TYPES + "layer.v1.tar+gzip");
      files.add(folder.relativize(layer).toString());
      if (Files.exists(layer)) {
        diffs.add("sha256:" + sha256(new GZIPInputStream(Files.newInputStream(layer))));
        checkLayer(layer);
      }
    }
    if (Files.exists(config)) {
      checkConfig(map(parsed(config)), platform, diffs);
    }
    // What is not of the specification: the archive of docker save before it was a layout.
    Map<?, ?> old = map(list(json("manifest.json")).getFirst());
    expect(folder.relativize(config).toString().equals(old.get("Config")), "manifest.json: Config");
    expect(files.equals(list(old.get("Layers"))), "manifest.json: Layers");
  }

  private void checkConfig(Map<?, ?> config, Map<?, ?> platform, List<String> diffs) {
    expect(("" + config.get("architecture")).matches("amd64|arm64"), "architecture");
    expect("linux".equals(config.get("os")), "os");
    expect(Objects.equals(config.get("architecture"), platform.get("architecture")), "platform");
    expect(TIME.matcher(String.valueOf(config.get("created"))).matches(), "created");
    Map<?, ?> root = map(config.get("rootfs"));
    expect("layers".equals(root.get("type")), "rootfs.type");
    expect(diffs.equals(list(root.get("diff_ids"))), "diff_ids are not " + diffs);
    long layersOfHistory =
        list(config.get("history")).stream()
            .filter(each -> !Boolean.TRUE.equals(map(each).get("empty_layer")))
            .count();
    expect(layersOfHistory == diffs.size(), "history of " + layersOfHistory + " layers");
    Map<?, ?> run = map(config.get("config"));
    map(run.get("ExposedPorts"))
        .forEach((port, empty) -> expect(PORT.matcher("" + port).matches(), "port " + port));
    map(run.get("Volumes"))
        .forEach((path, empty) -> expect(("" + path).startsWith("/"), "volume " + path));
    list(run.get("Env")).forEach(each -> expect(("" + each).indexOf('=') > 0, "env " + each));
  }

  /** Names that stay below the root, no file of others' rights, one time for all. */
  private void checkLayer(Path layer) {
    Set<String> times = new TreeSet<>();
    String listed =
        Command.must("tar", "-tvzf", layer.toString(), "--full-time", "--numeric-owner");
    for (String line : listed.lines().toList()) {
      String[] columns = line.split(" +", 6);
      times.add(columns[3] + " " + columns[4]);
      String name = columns[5].replaceAll(" -> .*", "");
      expect(name.startsWith("./") && !(name + "/").contains("/../"), "name " + name);
      expect(!columns[0].contains("s"), "rights of another " + line);
      expect(columns[1].matches("0/0|65532/65532"), "owner " + line);
    }
    expect(times.size() == 1, "times " + times);
  }

  /** The file of a descriptor, which it must describe. */
  private Path blob(Map<?, ?> descriptor, String mediaType) throws IOException {
    String digest = String.valueOf(descriptor.get("digest"));
    expect(mediaType.equals(descriptor.get("mediaType")), digest + " is no " + mediaType);
    if (!DIGEST.matcher(digest).matches()) {
      faults.add("digest " + digest);
      return folder.resolve("none");
    }
    String hex = digest.substring(digest.indexOf(':') + 1);
    referenced.add(hex);
    Path file = folder.resolve("blobs/sha256").resolve(hex);
    if (Files.notExists(file)) {
      faults.add("no blob " + hex);
      return file;
    }
    boolean sized =
        descriptor.get("size") instanceof Number size && size.longValue() == Files.size(file);
    expect(sized, digest + " has " + Files.size(file) + " bytes");
    expect(hex.equals(sha256(Files.newInputStream(file))), digest + " has another digest");
    return file;
  }

  /** The configuration of the image. */
  Map<?, ?> config() throws IOException {
    return map(parsed(described(map(manifest().get("config")))));
  }

  /** Lays its layers one over the other, with owners and modes. Needs root. */
  void unpackTo(Path root) throws IOException {
    Files.createDirectories(root);
    for (Object each : list(manifest().get("layers"))) {
      Command.must("tar", "-xpzf", described(map(each)).toString(), "-C", root.toString());
    }
  }

  private Map<?, ?> manifest() throws IOException {
    return map(parsed(described(map(list(map(json("index.json")).get("manifests")).getFirst()))));
  }

  private Path described(Map<?, ?> descriptor) {
    return folder.resolve("blobs").resolve(("" + descriptor.get("digest")).replace(':', '/'));
  }

  private void expect(boolean holds, String rule) {
    if (!holds) {
      faults.add(rule);
    }
  }

  private Object json(String name) throws IOException {
    return parsed(folder.resolve(name));
  }

  private static Object parsed(Path file) throws IOException {
    return new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
  }

  static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static String sha256(InputStream from) throws IOException {
    try (DigestInputStream in = new DigestInputStream(from, MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
