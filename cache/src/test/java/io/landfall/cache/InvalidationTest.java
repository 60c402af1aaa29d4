package io.landfall.cache;

import static io.landfall.cache.Exchanges.request;
import static io.landfall.cache.Exchanges.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 9111 section 4.4, RFC 9875. */
class InvalidationTest {
  @Test
  void aSuccessfulUnsafeRequestMakesItsTargetInvalid() {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "PURGE")) {
      assertThat(targets(method, 200)).containsExactly("/a");
      assertThat(targets(method, 303)).containsExactly("/a");
      assertThat(targets(method, 404)).isEmpty();
      assertThat(targets(method, 500)).isEmpty();
    }
    for (String method : List.of("GET", "HEAD", "OPTIONS", "TRACE", "QUERY")) {
      assertThat(targets(method, 200, "Location: /b")).isEmpty();
    }
  }

  @Test
  void locationAndContentLocationOfTheSameOriginAreInvalidToo() {
    assertThat(targets("POST", 201, "Location: b?c=d", "Content-Location: /x/../y"))
        .containsExactly("/a", "/b?c=d", "/y");
    assertThat(targets("POST", 201, "Location: https://Shop.example:443/b", "Content-Location: ?q"))
        .containsExactly("/a", "/b", "/a?q");
    assertThat(targets("POST", 201, "Location: https://shop.example")).containsExactly("/a", "/");
  }

  @Test
  void anotherOriginIsLeftAlone() {
    for (String other :
        List.of(
            "http://shop.example/b",
            "https://other.example/b",
            "https://shop.example:8443/b",
            "//other.example/b",
            "mailto:a@shop.example",
            "https:b",
            "::not a uri::",
            "")) {
      assertThat(targets("POST", 200, "Location: " + other)).as(other).containsExactly("/a");
    }
  }

  @Test
  void groupsAreInvalidatedByUnsafeMethodsOnly() {
    Lines response = Lines.of("Cache-Group-Invalidation: \"a\", \"b\"");
    assertThat(CacheTags.invalidatedGroups("POST", response)).containsExactly("a", "b");
    assertThat(CacheTags.invalidatedGroups("GET", response)).isEmpty();
    assertThat(CacheTags.invalidatedGroups("POST", Lines.of("Cache-Group-Invalidation: a")))
        .isEmpty();
  }

  private static List<String> targets(String method, int status, String... lines) {
    return Invalidation.targets("https", "shop.example", request(method), response(status, lines));
  }
}
