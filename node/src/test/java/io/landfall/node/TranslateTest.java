package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.metrics.DurationHistogram;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.edge.TrafficStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers of the config in the units of the machines. */
class TranslateTest {
  @TempDir Path folder;

  private NodeConfig config(String more) throws IOException {
    for (String name : List.of("ca.pem", "node.pem", "node.key")) {
      Files.writeString(folder.resolve(name), "");
    }
    Path file =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:7441"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
            edge: {listen: [{address: "127.0.0.1:8080"}]}
            admin: {socket: node.sock}
            """
                + more);
    ConfigResult loaded = ConfigLoader.load(file);
    assertThat(loaded).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) loaded).config();
  }

  @Test
  void bothRoomsMeanTheSameNativeBuckets() {
    assertThat(DurationHistogram.NATIVE_SCHEMA).isEqualTo(TrafficStats.Durations.NATIVE_SCHEMA);
  }

  @Test
  void aNodeThatStartsHoldsRequestsForTwiceTheStartDelay() throws IOException {
    assertThat(Translate.startHoldNanos(config(""))).isEqualTo(TimeUnit.SECONDS.toNanos(6));
    assertThat(
            Translate.startHoldNanos(
                config(
                    """
                    ingress:
                      start-delay: 7s
                      prefixes: [198.51.100.0/24]
                      upstreams: [{address: 127.0.0.2, asn: 64500, local-asn: 64510}]
                    """)))
        .isEqualTo(TimeUnit.SECONDS.toNanos(14));
  }
}
