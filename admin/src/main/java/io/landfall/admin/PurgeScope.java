package io.landfall.admin;

import io.landfall.core.ServiceName;

/** What a purge is asked to take, as its asker wrote it. */
public sealed interface PurgeScope {
  /** What it is called in bodies and answers. */
  String kind();

  /** What of that kind, for people. */
  String what();

  /**
   * One URL with all its variants, whichever scheme.
   *
   * @param url with a scheme
   */
  record Url(String url) implements PurgeScope {
    @Override
    public String kind() {
      return "url";
    }

    @Override
    public String what() {
      return url;
    }
  }

  /**
   * What lies at a path of a host and below it.
   *
   * @param url host and path, with a scheme
   */
  record Prefix(String url) implements PurgeScope {
    @Override
    public String kind() {
      return "prefix";
    }

    @Override
    public String what() {
      return url;
    }
  }

  /**
   * All of a host.
   *
   * @param host with the port if requests name one
   */
  record Host(String host) implements PurgeScope {
    @Override
    public String kind() {
      return "host";
    }

    @Override
    public String what() {
      return host;
    }
  }

  /**
   * All with a tag, of every cached service.
   *
   * @param tag as the origin gives it in Surrogate-Key or Cache-Tag
   */
  record Tag(String tag) implements PurgeScope {
    @Override
    public String kind() {
      return "tag";
    }

    @Override
    public String what() {
      return tag;
    }
  }

  /**
   * All of a service.
   *
   * @param service its name
   */
  record Service(ServiceName service) implements PurgeScope {
    @Override
    public String kind() {
      return "service";
    }

    @Override
    public String what() {
      return service.value();
    }
  }
}
