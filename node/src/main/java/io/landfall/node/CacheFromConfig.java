package io.landfall.node;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Coding;
import io.landfall.cache.CompressionPolicy;
import io.landfall.cache.GracePolicy;
import io.landfall.cache.KeyPolicy;
import io.landfall.cache.QueryRules;
import io.landfall.cache.ResponseDirectives;
import io.landfall.cache.TtlPolicy;
import io.landfall.config.CacheConfig;
import io.landfall.config.CompressionConfig;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.purges.PurgeLogBeside;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the edge caches. */
final class CacheFromConfig {
  private static final Logger LOG = LoggerFactory.getLogger(CacheFromConfig.class);

  private CacheFromConfig() {}

  /**
   * The cache's settings.
   *
   * @param bufferBytes the memory for buffers that the process may have
   */
  static CacheSettings of(NodeConfig config, long bufferBytes) {
    SortedMap<ServiceName, CacheSettings.Service> services = new TreeMap<>();
    for (ServiceConfig service : config.services()) {
      service
          .cache()
          .ifPresent(
              how ->
                  services.put(
                      service.name(),
                      new CacheSettings.Service(policy(how), how.store().memoryPercent())));
    }
    List<CacheSettings.Disk> disks =
        config.cache().disks().stream()
            .map(each -> new CacheSettings.Disk(each.folder(), each.bytes()))
            .toList();
    return new CacheSettings(memory(config.cache(), bufferBytes), services, disks);
  }

  /**
   * What the log of purges is kept beside: the disks that are opened, and by what a purge is taken
   * for one of something that is cached. Where two runs differ in that, one may have missed purges
   * of what the other had stored.
   */
  static PurgeLogBeside besideDisks(NodeConfig config) {
    CacheSettings made = of(config, Long.MAX_VALUE);
    if (made.disks().isEmpty()) {
      return PurgeLogBeside.NONE;
    }
    List<ServiceConfig> cached =
        config.services().stream().filter(each -> each.cache().isPresent()).toList();
    StringBuilder text = new StringBuilder();
    config.services().stream()
        // One that is not cached takes URLs of hosts that it has in common with one that is.
        .filter(each -> cached.stream().anyMatch(other -> haveHostInCommon(each, other)))
        .sorted(Comparator.comparing(ServiceConfig::name))
        .forEach(each -> text.append(reach(each)).append('\n'));
    return new PurgeLogBeside(
        made.disks().stream().map(CacheSettings.Disk::folder).toList(), text.toString());
  }

  private static String reach(ServiceConfig service) {
    return "service %s %s %s %s"
        .formatted(
            service.name(),
            service.hosts().stream().sorted().toList(),
            service.paths().stream().sorted().toList(),
            service.cache().map(how -> query(how.selection().query()).toString()).orElse("-"));
  }

  private static boolean haveHostInCommon(ServiceConfig one, ServiceConfig other) {
    return one.hosts().stream()
        .anyMatch(
            host ->
                other.hosts().stream()
                    .anyMatch(
                        each -> each.equals(host) || covers(each, host) || covers(host, each)));
  }

  private static boolean covers(String pattern, String host) {
    return pattern.startsWith("*.") && host.endsWith(pattern.substring(1));
  }

  /** The memory that fits into the process: what is configured, or half of what there is. */
  static long memory(CacheConfig cache, long bufferBytes) {
    return Math.min(cache.memoryBytes(), bufferBytes / 2);
  }

  /** Warns of slices that no memory which is configured can store. */
  static void warnOfSlices(NodeConfig config, Findings findings) {
    CacheSettings made = of(config, Long.MAX_VALUE);
    made.services()
        .forEach(
            (name, how) -> {
              long longest = CacheSettings.longestBodyBytes(made.ownBytes(how));
              if (how.policy().sliceBytes() > longest) {
                findings.warn(
                    "services." + name + ".cache.slice",
                    "no slice is stored: the longest body in its memory has " + longest + " bytes",
                    "a smaller slice, 0B for none, or more of cache.memory");
              }
            });
  }

  /** Logs what this process has less of than the config asks for. */
  static void logWhatIsLess(NodeConfig config, long bufferBytes) {
    CacheSettings made = of(config, bufferBytes);
    if (!made.services().isEmpty() && made.memoryBytes() < config.cache().memoryBytes()) {
      LOG.atInfo()
          .addKeyValue("bytes", made.memoryBytes())
          .addKeyValue("configured", config.cache().memoryBytes())
          .addKeyValue("available", bufferBytes)
          .log("cache.memory is half of what this process may have");
    }
  }

  /** What the rules are given of a service's config. */
  static CachePolicy policy(CacheConfig.OfService how) {
    CacheConfig.Selection selection = how.selection();
    return new CachePolicy(
        ttl(how.times()),
        new GracePolicy(
            how.times().staleWhileRevalidateSeconds(),
            how.times().staleIfErrorSeconds(),
            GracePolicy.NONE.permissionBeatsSMaxage()),
        new KeyPolicy(selection.keyFields(), query(selection.query())),
        how.store().methods(),
        selection.bypassCookies(),
        new CachePolicy.Admission(
            how.store().maxObjectBytes(),
            how.store().setCookie(),
            how.store().clientErrors(),
            how.compression().map(CacheFromConfig::compression).orElse(CompressionPolicy.NONE)),
        selection.clientNoCache(),
        how.store().sliceBytes());
  }

  private static CompressionPolicy compression(CompressionConfig how) {
    return new CompressionPolicy(
        how.codings().stream().map(CacheFromConfig::coding).toList(),
        how.types().orElse(CompressionPolicy.DEFAULT_TYPES),
        how.minBytes(),
        how.maxBytes(),
        how.savingPercent(),
        new CompressionPolicy.Levels(how.levels().gzip(), how.levels().br(), how.levels().zstd()),
        how.withCredentials());
  }

  private static Coding coding(CompressionConfig.Coding coding) {
    return switch (coding) {
      case BR -> Coding.BROTLI;
      case ZSTD -> Coding.ZSTD;
      case GZIP -> Coding.GZIP;
    };
  }

  private static TtlPolicy ttl(CacheConfig.Times times) {
    return new TtlPolicy(
        times.defaultSeconds().orElse(ResponseDirectives.ABSENT),
        times.minSeconds(),
        times.maxSeconds(),
        times.statusSeconds(),
        TtlPolicy.DEFAULT.heuristicPercent(),
        TtlPolicy.DEFAULT.heuristicMostSeconds(),
        times.hitForMissSeconds());
  }

  private static QueryRules query(CacheConfig.Query query) {
    QueryRules.Mode mode =
        switch (query.keep()) {
          case ALL -> QueryRules.Mode.ALL;
          case ALL_BUT -> QueryRules.Mode.ALL_BUT;
          case ONLY -> QueryRules.Mode.ONLY;
          case NONE -> QueryRules.Mode.NONE;
        };
    return new QueryRules(mode, query.names(), query.sort());
  }
}
