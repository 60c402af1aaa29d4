package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code watch}: BMP stations and MRT files. */
class WatchReaderTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String with(String watch) {
    return ConfigFolder.GOOD + "watch: " + watch + "\n";
  }

  private void assertProblem(String watch, String... words) {
    assertThat(folder.problems(with(watch))).singleElement().asString().contains(words);
  }

  @Test
  void withoutItNobodyWatches() {
    assertThat(folder.valid(ConfigFolder.GOOD).operation().watch()).isEqualTo(WatchConfig.NONE);
  }

  @Test
  void stationsAndFilesAreReadWithTheirDefaults() {
    WatchConfig watch =
        folder
            .valid(
                with(
                    "{bmp: [{station: \"127.0.0.1:11019\"}, {station: \"[::1]:11019\","
                        + " statistics-interval: 5s, max-pending: 4MiB}],"
                        + " mrt: {updates: u.mrt, table: t.mrt, rotate: 5m, keep: 7}}"))
            .operation()
            .watch();
    assertThat(watch.bmp().get(0).statisticsMillis()).isEqualTo(60_000);
    assertThat(watch.bmp().get(0).maxPendingBytes()).isEqualTo(16 << 20);
    assertThat(watch.bmp().get(1).address().getPort()).isEqualTo(11_019);
    assertThat(watch.bmp().get(1).statisticsMillis()).isEqualTo(5_000);
    assertThat(watch.bmp().get(1).maxPendingBytes()).isEqualTo(4 << 20);
    WatchConfig.Mrt mrt = watch.mrt().orElseThrow();
    assertThat(mrt.updates()).contains(temp.resolve("u.mrt"));
    assertThat(mrt.table()).contains(temp.resolve("t.mrt"));
    assertThat(mrt.rotateMillis()).isEqualTo(300_000);
    assertThat(mrt.keep()).isEqualTo(7);
  }

  @Test
  void aStationIsAnAddressAndAPortAndThereOnce() {
    assertProblem("{bmp: [{}]}", "watch.bmp[0].station: is missing");
    assertProblem("{bmp: [{station: bmp.example:11019}]}", "watch.bmp[0].station", "not an IPv4");
    assertProblem(
        "{bmp: [{station: \"127.0.0.1:1\"}, {station: \"127.0.0.1:1\"}]}",
        "watch.bmp[1].station: is here twice");
    assertProblem(
        "{bmp: [{station: \"127.0.0.1:1\", statistics-interval: 10ms}]}",
        "watch.bmp[0].statistics-interval: 10ms is outside");
    assertProblem(
        "{bmp: [{station: \"127.0.0.1:1\", max-pending: 1KiB}]}", "watch.bmp[0].max-pending");
    assertProblem("{bmp: [{station: \"127.0.0.1:1\", port: 3}]}", "watch.bmp[0].port: unknown key");
  }

  @Test
  void thereAreAtMostEightStations() {
    String nine =
        IntStream.rangeClosed(1, 9)
            .mapToObj(i -> "{station: \"127.0.0.1:" + i + "\"}")
            .collect(Collectors.joining(", "));
    assertProblem("{bmp: [" + nine + "]}", "watch.bmp: has 9 stations");
  }

  @Test
  void filesAreNamedAndDiffer() {
    assertProblem("{mrt: {rotate: 5m}}", "watch.mrt.updates: is missing");
    assertProblem("{mrt: {updates: a.mrt, table: a.mrt}}", "watch.mrt.table: is the file of");
    assertProblem("{mrt: {updates: .}}", "watch.mrt.updates", "is a folder");
    assertProblem("{mrt: {updates: a.mrt, rotate: 1ms}}", "watch.mrt.rotate: 1ms is outside");
    assertProblem("{mrt: {updates: a.mrt, keep: 0}}", "watch.mrt.keep: 0 is outside");
    assertProblem("{bgp: []}", "watch.bgp: unknown key; did you mean 'bmp'?");
  }
}
