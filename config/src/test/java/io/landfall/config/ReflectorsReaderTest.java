package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code overlay.reflectors} and {@code overlay.advertise}. */
class ReflectorsReaderTest {
  private static final String BLOCK = "  block: 10.32.0.0/23\n";

  @TempDir Path dir;
  private ConfigFolder folder;

  @BeforeEach
  void folder() {
    folder = new ConfigFolder(dir);
  }

  private OverlayConfig overlay(String keys) {
    return folder.valid(ConfigFolder.GOOD.replace(BLOCK, BLOCK + keys)).overlay();
  }

  private List<String> problems(String keys) {
    return folder.problems(BLOCK, BLOCK + keys);
  }

  @Test
  void reflectorsAreReadByNameAndNoneIsTheDefault() {
    assertThat(overlay("  reflectors: [rr1, rr2]\n").reflectors())
        .containsExactly(new NodeName("rr1"), new NodeName("rr2"));
    assertThat(overlay("").reflectors()).isEmpty();
  }

  @Test
  void aNodeIsReachedWhereItListensUnlessItSaysOtherwise() {
    assertThat(overlay("").reachedAt())
        .contains(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8443));
    assertThat(overlay("  advertise: 198.51.100.7:9443\n").reachedAt())
        .contains(new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 9443));
    String wildcard = ConfigFolder.GOOD.replace("listen: 127.0.0.1:8443", "listen: 0.0.0.0:8443");
    assertThat(folder.valid(wildcard).overlay().reachedAt()).isEmpty();
  }

  @Test
  void aNodeIsNotItsOwnReflectorAndEachIsNamedOnce() {
    assertThat(problems("  reflectors: [rr1, fra]\n"))
        .singleElement()
        .asString()
        .contains("overlay.reflectors[1]: this node cannot reflect to itself");
    assertThat(problems("  reflectors: [rr1, rr1]\n"))
        .singleElement()
        .asString()
        .contains("overlay.reflectors: has a name twice");
    assertThat(problems("  advertise: 0.0.0.0:8443\n"))
        .singleElement()
        .asString()
        .contains("is not a host's address");
  }
}
